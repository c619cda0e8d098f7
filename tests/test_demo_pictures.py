"""Pictures of the demo: every kind of goods has one, drawn the same for ever, large and small; faces that differ."""

import hashlib
import time

import pytest
from PIL import Image

from haowu.demo import cast
from haowu.demo.goods import kinds
from haowu.demo.goods.catalogue import Good
from haowu.demo.goods.titles import title_of
from haowu.demo.pictures import faces, goods, jobs
from haowu.demo.pictures.jobs import Avatar, Goods
from haowu.demo.pictures.looks import look_of
from haowu.demo.pictures.studio import Studio
from haowu.tenants.models import Tenant
from merchants.models import ProductImage
from tests import build


def print_of(image: Image.Image) -> str:
    return hashlib.sha256(image.tobytes()).hexdigest()


def test_each_kind_of_goods_is_drawn_in_a_way_of_its_own():
    prints = {print_of(goods.draw(look_of("22423", kind, ("红色",), "heart")).small()) for kind in kinds.kinds()}
    assert len(prints) == len(kinds.kinds()) == 70


def test_the_same_goods_look_the_same_for_ever_and_others_do_not():
    def drawn(*look: object) -> str:
        return print_of(goods.draw(look_of(*look)).small())

    mug = ("22423", "mug", ("红色",), "bird")
    assert drawn(*mug) == drawn(*mug)
    others = [("22424", *mug[1:]), (*mug[:2], ("蓝色",), "bird"), (*mug[:3], "owl"), (*mug[:3], "spots")]
    assert len({drawn(*mug), *(drawn(*other) for other in others)}) == 5


def test_a_red_mug_is_red_where_the_mug_is():
    for name, colour in (("红色", (206, 68, 60)), ("蓝色", (92, 138, 184))):
        pixel = goods.draw(look_of("1", "mug", (name,), "")).large().getpixel((384, 480))
        assert max(abs(a - b) for a, b in zip(pixel, colour, strict=True)) < 12


def test_everybody_has_a_face_of_their_own():
    people = [player for role in ("streamer", "leader") for player in cast.players(role).values()]
    prints = {print_of(faces.face(person.code, is_man=person.is_man).small()) for person in people}
    assert len(prints) == len(people) >= 60


def test_a_picture_is_drawn_once_as_webp_of_800_and_400_pixels(tmp_path):
    job = Goods("k1", "22423", "cakestand", ("粉色",), "rose")
    jobs.draw(str(tmp_path), [job, Avatar("s01")])
    sizes = {}
    for path in tmp_path.rglob("*.*"):
        with Image.open(path) as image:
            sizes[str(path.relative_to(tmp_path))] = (image.format, image.size)
    assert sizes == {
        "products/demo/k1.webp": ("WEBP", (800, 800)),
        "products/demo/k1-small.webp": ("WEBP", (400, 400)),
        "avatars/demo/s01.webp": ("WEBP", (400, 400)),
    }
    written = (tmp_path / job.name).stat().st_mtime_ns
    jobs.draw(str(tmp_path), [job])
    assert (tmp_path / job.name).stat().st_mtime_ns == written


@pytest.mark.django_db
def test_the_studio_gives_a_picture_to_every_product_without_one_and_to_everybody(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    shop, streamer = build.merchant("m21"), build.streamer("s01")
    product, pictured = build.product(shop, "22423"), build.product(shop, "85123A")
    ProductImage.objects.create(product=pictured, image="products/own.webp")
    with Studio() as studio:
        studio.begin(
            Good(code, description, title_of(description), "m21", 1000, 1)
            for code, description in (("22423", "PINK ROSE CAKESTAND"), ("85123A", "WHITE HEART HOLDER"))
        )
        while studio.publish():
            time.sleep(0.05)
    picture = product.images.get()
    assert (tmp_path / picture.image.name).exists() and (tmp_path / picture.small.name).exists()
    assert picture.small_url.endswith("-small.webp")
    assert [image.image.name for image in pictured.images.all()] == ["products/own.webp"]
    avatars = Tenant.objects.filter(pk__in=(shop.pk, streamer.pk)).order_by("code").values_list("avatar", flat=True)
    assert list(avatars) == ["avatars/demo/m21.webp", "avatars/demo/s01.webp"]
    assert all((tmp_path / avatar).exists() for avatar in avatars)
