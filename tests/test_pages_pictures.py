"""Pictures of products: taken up, drawn anew, and shown to whoever has signed in."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from haowu.tenants.models import Tenant
from tests import build
from tests.browser import browser, clock, shown_messages  # noqa: F401

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
