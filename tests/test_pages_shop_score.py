"""What a merchant and a streamer read of a shop's score and of a product's exposure."""

import pytest
from django.urls import reverse

from commissions.orders import service
from haowu.ground import days
from haowu.tenants.models import Tenant
from merchants.models import Product
from streamers.centre import sync
from streamers.exposure.weighing import weigh_listings
from tests import build
from tests.browser import NOW, browser, text, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
AT = build.moment(NOW)


@pytest.fixture
def merchant() -> Tenant:
    return build.merchant("m1", name="山野集")


@pytest.fixture
def goods(merchant) -> list[Product]:
    """Three of one word: 100, 120 and 200 yuan at 10, 20 and 12%."""
    made = []
    for code, price_fen, bps in (("a", 10_000, 1000), ("b", 12_000, 2000), ("c", 20_000, 1200)):
        product = build.product(merchant, code, price_fen=price_fen)
        build.normal_plan(product, bps)
        made.append(product)
    Product.objects.update(title="青花盖碗")
    return made


def serve(product: Product, number: int, shipped: str) -> None:
    by = Tenant.objects.filter(kind=Tenant.Kind.PARTNER).first() or build.source()
    build.push(by, [build.paid(f"o{number}", "2024-06-01 08:00", [build.bought(product)])])
    build.push(by, [build.event("shipped", f"o{number}", shipped)])


def test_a_merchant_reads_what_its_score_is_made_of(merchant, goods):
    empty = words(browser(merchant).get(reverse("shop-score")))
    assert "明天清晨有第一个分" in empty
    for number in range(4):
        serve(goods[0], number, "2024-06-02 08:00" if number else "2024-06-09 08:00")
    for back in (1, 0):
        service.score_shops(at=AT - back * days.ONE_DAY)
    page = words(browser(merchant).get(reverse("shop-score")))
    for shown in (
        "4.63", "近 90 天 4 行订单", "订单还不到 50 行", "发货 4 行，其中 48 小时后才发 1 行（25%）", "与同类持平",
        "主营类目「未分类」", "数据截至 2024-06-20",
    ):  # fmt: skip
        assert shown in page
    english = browser(merchant, language="en").get(reverse("shop-score"))
    assert "4 lines shipped, 1 of them after 48 hours (25%)" in words(english)


def test_a_streamer_reads_the_parts_beside_the_category(merchant, goods):
    other = build.product(build.merchant("m2"), "d")
    serve(goods[0], 1, "2024-06-09 08:00")
    for number in range(2, 5):
        serve(other, number, "2024-06-02 08:00")
    service.score_shops(at=AT)
    sync.in_step()
    page = words(browser(build.streamer("s1")).get(reverse("selection-product", args=[goods[0].public_id])))
    for shown in ("4.60", "低于同类 0.07", "48 小时后才发 100%", "订单较少"):
        assert shown in page
    card = words(browser(build.streamer("s2")).get("/selection/"))
    assert "单少" in card


def test_a_merchant_reads_where_its_goods_stand_and_what_would_raise_them(merchant, goods):
    page = words(browser(merchant).get(reverse("product", args=[goods[2].public_id])))
    assert "明天清晨开始计算" in page
    sync.in_step()
    weigh_listings(at=AT)
    page = words(browser(merchant).get(reverse("product", args=[goods[2].public_id])))
    for shown in (
        "0.89", "3 件可比里第 3 低，中位数 ¥120.00", "标题里也有「盖碗」", "同类目 3 件里第 2 高，中位数 12%",
        "还没有点击，从同类平均起步", "便宜 80.00 元",
    ):  # fmt: skip
        assert shown in page
    cheap = words(browser(merchant).get(reverse("product", args=[goods[0].public_id])))
    assert "佣金加 2 个点" in cheap
    good = words(browser(merchant).get(reverse("product", args=[goods[1].public_id])))
    assert "三项都到了中位数" in good
    listed = text(browser(merchant).get(reverse("products")))
    assert listed.count('class="expo"') == 3


def test_nobody_else_reads_a_products_exposure(goods):
    sync.in_step()
    weigh_listings(at=AT)
    other = build.merchant("m2")
    assert browser(other).get(reverse("product", args=[goods[2].public_id])).status_code == 404
    page = words(browser(build.streamer("s1")).get(reverse("selection-product", args=[goods[2].public_id])))
    assert "曝光" not in page
