"""Pictures of products: taken up, drawn anew, and shown to whoever has signed in."""

import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from haowu.tenants.models import Tenant
from tests import build
from tests.browser import browser, shown_messages

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def merchant() -> Tenant:
    return build.merchant("m1", name="山野集")


def picture(name: str = "a.jpg", size: tuple[int, int] = (1600, 800)) -> SimpleUploadedFile:
    drawn = BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "a camera that knows where I live"
    Image.new("RGB", size, "red").save(drawn, "JPEG", exif=exif)
    return SimpleUploadedFile(name, drawn.getvalue(), "image/jpeg")


def test_a_picture_is_drawn_anew_smaller_and_without_what_the_camera_wrote(merchant, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    client, product = browser(merchant), build.product(merchant, "p1")
    client.post(f"/products/{product.public_id}/pictures/", {"picture": picture()})
    kept = product.images.get()
    with Image.open(kept.image) as drawn:
        assert (drawn.format, drawn.size, dict(drawn.getexif())) == ("WEBP", (1200, 600), {})
    client.post(f"/products/{product.public_id}/pictures/{kept.pk}/removal/")
    assert not product.images.exists()


def test_what_is_no_picture_is_refused(merchant, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    client, product = browser(merchant), build.product(merchant, "p1")
    page = SimpleUploadedFile("a.jpg", b"<script>alert(1)</script>", "image/jpeg")
    answer = client.post(f"/products/{product.public_id}/pictures/", {"picture": page}, follow=True)
    assert shown_messages(answer)[0].startswith("这个文件不是可用的图片")
    assert not product.images.exists() and not list(tmp_path.rglob("*.*"))


def animated(frames: int) -> bytes:
    drawn = BytesIO()
    rest = [Image.new("RGB", (300, 200), (0, 0, number % 256)) for number in range(1, frames)]
    Image.new("RGB", (300, 200), "red").save(drawn, "WEBP", save_all=True, append_images=rest)
    return drawn.getvalue()


def test_of_an_animation_the_first_picture_is_kept(merchant, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    client, product = browser(merchant), build.product(merchant, "p1")
    client.post(f"/products/{product.public_id}/pictures/", {"picture": SimpleUploadedFile("a.webp", animated(40))})
    with Image.open(product.images.get().image) as drawn:
        red, green, blue = drawn.convert("RGB").getpixel((150, 100))
        assert (drawn.n_frames, red > 240, green < 20, blue < 20) == (1, True, True, True)


def test_a_picture_taken_sideways_stands_upright_and_loses_what_it_says_of_itself(merchant, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    client, product = browser(merchant), build.product(merchant, "p1")
    exif = Image.Exif()
    exif[0x0112], exif[0x8825] = 6, {1: "N", 2: (31.0, 14.0, 0.0)}  # turned a quarter; where it was taken
    drawn = BytesIO()
    secrets = {
        "exif": exif,
        "comment": b"secret",
        "xmp": b"<x:xmpmeta>secret</x:xmpmeta>",
        "icc_profile": b"secret" * 9,
    }
    Image.new("RGB", (800, 400), "red").save(drawn, "JPEG", **secrets)
    client.post(f"/products/{product.public_id}/pictures/", {"picture": SimpleUploadedFile("a.jpg", drawn.getvalue())})
    kept = product.images.get().image
    assert b"secret" not in kept.read()
    with Image.open(kept) as shown:
        assert (shown.size, sorted(shown.info.keys() & {"exif", "xmp", "icc_profile"})) == ((400, 800), [])


def test_what_a_picture_is_says_its_content_and_not_its_name(merchant, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    client, product = browser(merchant), build.product(merchant, "p1")
    drawn = BytesIO()
    Image.new("RGB", (8, 8)).save(drawn, "TIFF")
    for content in (drawn.getvalue(), b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%!PS-Adobe-3.0 EPSF-3.0\n", b""):
        client.post(f"/products/{product.public_id}/pictures/", {"picture": SimpleUploadedFile("a.jpg", content)})
    assert not product.images.exists()


def flat(kind: str, size: tuple[int, int], mode: str = "RGB", **options) -> bytes:
    """One colour: a small file whatever its size."""
    drawn = BytesIO()
    Image.new(mode, size).save(drawn, kind, **options)
    return drawn.getvalue()


BOMBS = {
    "a PNG of 400 million pixels": lambda: flat("PNG", (20_000, 20_000), "1"),
    "a PNG that is only just too large": lambda: flat("PNG", (4_001, 4_000)),
    "a WebP of 64 million pixels": lambda: flat("WEBP", (8_000, 8_000), lossless=True, method=0),
    "a JPEG of 64 million pixels": lambda: flat("JPEG", (8_000, 8_000), "L"),
}
LARGEST = {
    "PNG with transparency": lambda: flat("PNG", (4_000, 4_000), "RGBA"),
    "PNG with a palette": lambda: flat("PNG", (4_000, 4_000), "P"),
    "WebP": lambda: flat("WEBP", (4_000, 4_000), "RGBA", lossless=True, method=0),
    "progressive JPEG": lambda: flat("JPEG", (4_000, 4_000), "CMYK", progressive=True, subsampling=0),
    "one line": lambda: flat("PNG", (1, 16_000_000 // 16)),
}
IN_A_PROCESS = """
import django, sys
django.setup()
from django.core.files.uploadedfile import SimpleUploadedFile
from haowu.ground.errors import Refused
from merchants import pictures
content = open(sys.argv[1], "rb").read()
def peak():
    return int(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))) // 1024
open("/proc/self/clear_refs", "w").write("5")
before = peak()
try:
    pictures._redrawn(SimpleUploadedFile("a", content))
    said = "drawn"
except Refused as refused:
    said = refused.code
print(said, peak() - before)
"""


def drawn_alone(content: bytes, place) -> tuple[str, int]:
    """What came of it, and the megabytes of memory that it took at most."""
    place.write_bytes(content)
    ended = subprocess.run([sys.executable, "-c", IN_A_PROCESS, str(place)], capture_output=True, text=True, check=True)
    said, megabytes = ended.stdout.split()
    return said, int(megabytes)


@pytest.mark.skipif(sys.platform != "linux", reason="the memory of a process is read from /proc")
class TestMemory:
    @pytest.mark.parametrize("bomb", BOMBS)
    def test_a_small_file_with_too_many_pixels_is_refused_before_it_is_opened(self, tmp_path, bomb):
        content = BOMBS[bomb]()
        assert len(content) < 1024 * 1024
        said, megabytes = drawn_alone(content, tmp_path / "bomb")
        assert (said, megabytes < 20) == ("PICTURE_HAS_TOO_MANY_PIXELS", True), megabytes

    @pytest.mark.parametrize("kind", LARGEST)
    def test_the_largest_that_is_accepted_fits_in_300_megabytes(self, tmp_path, kind):
        said, megabytes = drawn_alone(LARGEST[kind](), tmp_path / "large")
        assert (said, megabytes < 300) == ("drawn", True), megabytes

    def test_a_refused_picture_leaves_no_file_and_no_row(self, merchant, settings, tmp_path):
        settings.MEDIA_ROOT = str(tmp_path)
        client, product = browser(merchant), build.product(merchant, "p1")
        upload = SimpleUploadedFile("a.png", BOMBS["a PNG that is only just too large"]())
        answer = client.post(f"/products/{product.public_id}/pictures/", {"picture": upload}, follow=True)
        assert shown_messages(answer) == ["图片超过 1600 万像素。请缩小后再上传（例如 4000 × 3000）。"]
        assert not product.images.exists() and not list(tmp_path.rglob("*.*"))


class TestMedia:
    @pytest.fixture
    def address(self, merchant, settings, tmp_path) -> str:
        """Of a picture that the merchant took up."""
        settings.MEDIA_ROOT = str(tmp_path / "media")
        (tmp_path / "secret.txt").write_text("not for the web")
        product = build.product(merchant, "p1")
        browser(merchant).post(f"/products/{product.public_id}/pictures/", {"picture": picture()})
        return product.images.get().image.url

    def test_a_streamer_sees_the_picture_of_a_shop_as_what_it_is(self, address):
        answer = browser(build.streamer("s1")).get(address)
        with Image.open(BytesIO(b"".join(answer.streaming_content))) as shown:
            assert (answer.status_code, shown.format, shown.size) == (200, "WEBP", (1200, 600))
        assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/webp", "nosniff")
        assert answer["Cache-Control"] == "private, max-age=3600"
        assert answer["Content-Disposition"].startswith("inline")

    @pytest.mark.parametrize("name", ["page.html", "drawing.svg", "paper.pdf", "table.csv.gz", "nothing", "a.webp.js"])
    def test_what_is_no_picture_is_a_file_to_keep_and_nothing_to_open(self, merchant, address, settings, name):
        (Path(settings.MEDIA_ROOT) / name).write_text("<script>alert(1)</script>")
        answer = browser(merchant).get(f"/media/{name}")
        assert (answer["Content-Type"], answer["Content-Disposition"]) == ("application/octet-stream", "attachment")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in answer["Content-Security-Policy"]
        assert "Content-Encoding" not in answer

    def test_who_has_not_signed_in_is_sent_to_the_door(self, address):
        answer = Client().get(address)
        assert (answer.status_code, answer.url) == (302, f"/sign-in/?next={address}")

    @pytest.mark.parametrize(
        ("path", "status"),
        [
            ("nothing.webp", 404),
            ("", 404),
            ("../secret.txt", 400),
            ("%2e%2e/secret.txt", 400),
            ("..%2fsecret.txt", 400),
        ],
    )
    def test_nothing_but_pictures_is_handed_out(self, merchant, address, path, status):
        answer = browser(merchant).get(f"/media/{path}")
        assert answer.status_code == status
        assert b"not for the web" not in answer.content

    def test_a_picture_that_was_removed_is_gone(self, merchant, address, django_capture_on_commit_callbacks):
        product, client = merchant.products.get(), browser(merchant)
        kept = product.images.get()
        with django_capture_on_commit_callbacks(execute=True):
            client.post(f"/products/{product.public_id}/pictures/{kept.pk}/removal/")
        assert client.get(address).status_code == 404
