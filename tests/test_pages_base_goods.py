"""Goods that lie at bases: in the selection list as long as their base speaks, in orders, on merchants' pages."""

import pytest

from bases import founding, reserving
from bases.models import Base
from commissions.models import OrderLine
from commissions.orders.intake import receive
from haowu.tenants.models import Tenant
from streamers.centre import sync
from tests import build
from tests.bases import base, feed
from tests.browser import NOW, browser, text, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
TODAY = build.moment(NOW)


def row(sku: str, quantity: int, price: int = 1_000) -> tuple:
    return ("m1", "p1", sku, price, quantity)


@pytest.fixture
def made() -> Base:
    build.merchant("m1", name="山野集")
    return base("b1", name="临沂基地", agreed_by=["m1"])


class TestSelection:
    def test_goods_of_a_silent_base_leave_and_come_back_in_the_same_instant(self, made, clock):
        shop = made.base.__class__.objects.get(code="m1")
        held, own = build.product(shop, "p1"), build.product(shop, "p2")
        for product in (held, own):
            build.normal_plan(product, 2000)
        feed(made, 1, [row("k1", 5)], at=TODAY)
        client = browser(build.streamer())

        def shown() -> set[str]:
            sync.in_step()
            page = text(client.get("/selection/"))
            return {product.public_id for product in (held, own) if product.public_id in page}

        assert shown() == {held.public_id, own.public_id}
        clock("2024-06-21 14:00:00")
        assert shown() == {own.public_id}
        feed(made, 2, [], "changes", at=build.moment("2024-06-21 14:00"))
        assert shown() == {held.public_id, own.public_id}
        founding.close(made, "停业", at=TODAY)
        assert shown() == {own.public_id}
        other = base("b2", agreed_by=["m1"])
        feed(other, 1, [row("k1", 1)], at=build.moment("2024-06-21 13:00"))
        assert shown() == {held.public_id, own.public_id}

    def test_goods_are_found_by_city_and_base_as_long_as_these_have_any(self, made):
        shop = Tenant.objects.get(code="m1")
        here, there, nowhere = (build.product(shop, code) for code in ("p1", "p2", "p3"))
        for product in (here, there, nowhere):
            build.normal_plan(product, 2000)
        other = base("b2", city="yiwu", name="义乌基地", agreed_by=["m1"])
        feed(made, 1, [row("k1", 5), ("m1", "p3", "k1", 1_000, 0)], at=TODAY)
        feed(other, 1, [("m1", "p2", "k1", 1_000, 1)], at=TODAY)
        client = browser(build.streamer())

        def shown(query: str) -> set[str]:
            sync.in_step()
            cards = client.get(f"/selection/?{query}").context["found"].cards
            codes = {product.public_id: product.code for product in (here, there, nowhere)}
            return {codes[card.public_id] for card in cards}

        assert shown("") == {"p1", "p2", "p3"}
        assert (shown("city=linyi"), shown("city=yiwu"), shown("city=xian")) == ({"p1"}, {"p2"}, set())
        assert (shown("base=b1"), shown("base=b2&city=linyi")) == ({"p1"}, set())
        reserving.reserve(reserving.Want("o1", shop.pk, "p2", "k1", 1), at=TODAY)
        assert shown("city=yiwu") == set()


class TestSupply:
    @pytest.fixture
    def ordered(self, made):
        """One line kept at the base, one that found nobody with so much."""
        goods = build.product(Tenant.objects.get(code="m1"), "p1")
        feed(made, 1, [row("k1", 5)], at=TODAY)
        by = build.source("shop")
        for number, quantity in (("o1", 2), ("o2", 9)):
            line = build.bought(goods, quantity=quantity, sku="k1")
            receive(by, [build.paid(number, "2024-06-20 13:00", [line], city="临沂")], now=TODAY)
        return goods

    def test_a_base_sees_what_orders_hold_of_its_stock(self, made, ordered):
        client = browser(made.base)
        page = text(client.get("/base/reservations/"))
        assert "1 个订单行的货已在你处预留" in page and "shop:o1:1" in page and "shop:o2:1" not in page
        assert "shop:o1:1" in text(client.get("/base/reservations/?status=open&q=o1"))
        assert "没有符合筛选的预留" in text(client.get("/base/reservations/?status=dispatched"))
        assert "shop:o1:1" not in text(browser(base("b2").base).get("/base/reservations/"))
        assert browser(build.streamer()).get("/base/reservations/").status_code == 404

    def test_a_merchant_sees_where_its_goods_lie_and_what_waits_for_goods(self, made, ordered, clock):
        client = browser(Tenant.objects.get(code="m1"))
        page = text(client.get("/stock/"))
        for shown in ("p1/k1", "临沂基地", "接单", "1 个订单行没有基地有足够的现货", "shop:o2:1"):
            assert shown in page
        assert "p1/k1" in text(client.get("/stock/?q=p1&city=linyi&sort=least"))
        assert "没有符合筛选的库存" in text(client.get("/stock/?city=yiwu"))
        clock("2024-06-22 14:00")
        assert "基地失联" in text(client.get("/stock/"))
        assert "还没有基地有你的货" in text(browser(build.merchant()).get("/stock/"))

    def test_an_order_line_tells_its_merchant_alone_which_base_sends_it(self, made, ordered):
        pages = {}
        for line in OrderLine.objects.order_by("order_no"):
            page = words(browser(line.merchant).get(f"/orders/lines/{line.pk}/"))
            pages[line.order_no] = " ".join(page.split())
        assert "临沂基地 · 临沂 · 已预留" in pages["o1"] and "缺货待补" in pages["o2"]
