"""The whole road on a phone: a streamer finds, filters, understands, compares and picks a product."""

import pytest
from playwright.sync_api import expect

from haowu.tenants.models import Tenant
from merchants import listing
from merchants.models import Category, Product
from streamers import arranging
from streamers.centre import lexicon, sync
from streamers.models import Pick
from tests import build
from tests.browser import NOW

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("screens")]
AT = build.moment(NOW)


def offered(merchant: Tenant, code: str, title: str, price_fen: int, bps: int) -> Product:
    leaf = Category.objects.get(code="uncategorised")
    draft = listing.ProductDraft(code, title, leaf, price_fen, stock=50)
    (made,) = listing.add_products(merchant, [draft])
    listing.list_product(made, at=build.moment("2024-05-01 09:00"))
    build.normal_plan(made, bps)
    return made


@pytest.fixture
def goods(market) -> dict[str, Product]:
    shop = build.merchant("m9", name="山野集")
    made = {
        "nut": offered(shop, "nut", "夏威夷果 30包 原味", 12_900, 2000),
        "big": offered(shop, "big", "夏威夷果 大罐 奶油味", 15_900, 2500),
        "cheap": offered(shop, "cheap", "夏威夷果 试吃装", 1_990, 3000),
        "lamp": offered(shop, "lamp", "护眼台灯", 39_900, 1200),
    }
    build.enrolled(made["big"], build.activity(build.leader("l9", name="好货团"), title="坚果节"), 3000)
    sync.catch_up()  # what others committed: each act was a transaction of its own
    lexicon.recount()
    return made


def shows(page, titles: list[str]) -> None:
    """The list comes to hold exactly these goods."""
    expect(page.locator("#goods h3 a")).to_have_count(len(titles))
    assert sorted(page.locator("#goods h3 a").all_inner_texts()) == sorted(titles)


def test_a_streamer_finds_filters_understands_compares_and_picks(screen, goods, market):
    seen = screen("streamer", width=390)
    page = seen.page
    assert seen.open("/selection/") == 200
    page.fill("#q", "夏威夷果")
    page.press("#q", "Enter")
    page.wait_for_url("**/selection/?q=**")
    shows(page, ["夏威夷果 30包 原味", "夏威夷果 大罐 奶油味", "夏威夷果 试吃装"])
    page.click("a.filter-btn")
    page.fill("[name=price_from]", "100")
    with page.expect_response("**/selection/filters/**"):
        page.press("[name=price_from]", "Tab")
    page.wait_for_timeout(300)
    page.click("#filters button.btn-main")
    page.wait_for_url("**price_from=100**")
    shows(page, ["夏威夷果 30包 原味", "夏威夷果 大罐 奶油味"])
    page.click("label.choose")
    for number in range(2):
        page.locator(".good-choose").nth(number).click()
    page.click(".dock >> text=比一比")
    page.wait_for_url("**/selection/compare/?product=**")
    assert "夏威夷果 大罐" in page.locator(".compare thead th", has_text="赚得最多").inner_text()
    assert page.locator("tr.differs").count() >= 3
    page.click(".compare thead a >> text=夏威夷果 大罐")
    page.wait_for_url(f"**/selection/{goods['big'].public_id}/")
    assert "经 好货团 的「坚果节」更好" in page.inner_text("#calculator")
    page.click("#calculator >> text=100 单")
    page.wait_for_selector("#calculator >> text=100 ×")
    assert page.inner_text("#calculator .calc-sum .yuan") == "¥3,577.00"
    page.click("#calculator >> text=经它选入")
    page.wait_for_selector(".dock >> text=推广位")
    pick = Pick.objects.get(product=goods["big"])
    assert pick.latest_through is not None
    page.click(".dock >> text=货架")
    page.wait_for_url("**/shelf/")
    assert "夏威夷果 大罐" in page.inner_text(".stocks")
    assert seen.said == []
    assert seen.overflow() <= 0


def test_goods_of_the_shelf_are_dragged_into_order_and_moved_to_a_group(screen, goods, market):
    seller = market.parties["streamer"]
    for minute, name in enumerate(("nut", "big", "lamp")):
        build.pick(seller, goods[name], at=build.moment(f"2024-06-20 10:0{minute}"))
    arranging.add_group(seller, "必推", at=AT)
    seen = screen("streamer", width=390)
    page = seen.page
    seen.open("/shelf/")
    page.click("label.bar-act")
    handles = page.locator("[data-drag]")
    last, first = handles.nth(2).bounding_box(), page.locator("[data-row]").nth(0).bounding_box()
    page.mouse.move(last["x"] + 10, last["y"] + 10)
    page.mouse.down()
    page.mouse.move(last["x"] + 10, first["y"] + 30, steps=4)
    with page.expect_response("**/place/") as answer:
        page.mouse.move(last["x"] + 10, first["y"] + 4, steps=4)
        page.mouse.up()
    assert answer.value.status == 204
    mine = Pick.objects.visible_to(seller).on_shelf().in_own_order().filter(product__merchant__code="m9")
    assert list(mine.values_list("product__code", flat=True)) == ["nut", "lamp", "big"]
    page.locator(".stock-pick").nth(0).click()
    page.select_option(".dock [name=group]", label="必推")
    page.click(".dock button.btn-main")
    page.wait_for_selector(".result.done")
    assert mine.get(product=goods["nut"]).group.name == "必推"
    assert seen.said == []
    assert seen.overflow() <= 0
