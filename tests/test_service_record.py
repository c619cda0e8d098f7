"""Late shipments, after-sale cases and disputes of a leader's goods; and what waits for his answer."""

import pytest

from commissions.cases import disputes
from commissions.leaders import goods_served
from commissions.models import OrderLine
from haowu.analytics.leaders.service_record import Grouping, of_leader
from streamers.models import ProductService
from tests import build
from tests.browser import NOW, browser, shown_messages, text
from tuanzhang import changes, enrolling, recommending, second_level, waiting
from tuanzhang.models import Enrolment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
AT = build.moment(NOW)


@pytest.fixture
def sold():
    """Shop m1 sells p1 and p2, shop m2 sells p3, all through one activity of l1; ordered since 10 June."""
    lead, seller, by = build.leader("l1"), build.streamer("s1"), build.source()
    activity = build.activity(lead)
    m1, m2 = build.merchant("m1", name="山野集"), build.merchant("m2", name="海味坊")
    goods = {code: build.product(shop, code) for code, shop in (("p1", m1), ("p2", m1), ("p3", m2))}
    for product in goods.values():
        build.enrolled(product, activity)
        build.pick(seller, product, f"x-{product.code}", activity=activity)
    for number, (code, shipped) in enumerate(
        [
            ("p1", "2024-06-12 10:00"),  # 48 hours to the second: in time
            ("p1", "2024-06-12 10:01"),  # late
            ("p1", ""),  # not yet: late
            ("p2", "2024-06-10 18:00"),
            ("p3", "2024-06-11 10:00"),
        ]
    ):
        order = f"o{number}"
        events = [build.paid(order, "2024-06-10 10:00", [build.bought(goods[code], f"x-{code}", price_fen=10_000)])]
        if shipped:
            events.append(build.event("shipped", order, shipped))
        build.push(by, events)
    return lead, by, goods


def served(lead, by: Grouping, since: str = "2024-06-01 00:00"):
    rows = of_leader(lead, build.moment(since), by, at=AT)
    return {(row.product or row.merchant).code: (row.lines, row.late, row.to_ship) for row in rows}


def test_late_is_more_than_48_hours_after_the_order_or_not_yet(sold):
    lead, _by, _goods = sold
    assert served(lead, Grouping.PRODUCT) == {"p1": (3, 2, 3), "p2": (1, 0, 1), "p3": (1, 0, 1)}
    assert served(lead, Grouping.MERCHANT) == {"m1": (4, 2, 4), "m2": (1, 0, 1)}
    assert served(lead, Grouping.PRODUCT, since="2024-06-10 10:01") == {}
    assert served(build.leader("l2"), Grouping.PRODUCT) == {}


def test_what_was_cancelled_before_shipping_or_is_not_due_yet_is_not_late(sold):
    lead, by, goods = sold
    build.push(by, [build.event("cancelled", "o2", "2024-06-11 10:00")])
    young = build.paid("young", "2024-06-18 14:00", [build.bought(goods["p3"], "x-p3", price_fen=10_000)])
    build.push(by, [young])
    assert served(lead, Grouping.PRODUCT) == {"p1": (3, 1, 2), "p2": (1, 0, 1), "p3": (2, 0, 1)}


def test_what_streamers_see_of_a_product_is_counted_alike(sold):
    """Cancelled, young, with a case, refunded before and after shipping: each product the same."""
    lead, by, goods = sold
    young = build.paid("young", "2024-06-18 14:00", [build.bought(goods["p3"], "x-p3", price_fen=10_000)])
    build.push(by, [young, build.event("cancelled", "o2", "2024-06-11 10:00")])
    build.push(by, [build.event("after_sale_opened", "o3", "2024-06-13 10:00", case_no="c1")])
    build.push(by, [build.event("refunded", "o0", "2024-06-13 10:00", refund_no="r1", goods_fen=2_500, freight_fen=0)])
    build.push(by, [build.event("refunded", "o4", "2024-06-10 12:00", refund_no="r2", goods_fen=1_000, freight_fen=0)])
    assert goods_served.count_service(at=AT) == 3
    morning = build.moment("2024-06-20 00:00")
    rows = of_leader(lead, morning - goods_served.COUNTED_DAYS, Grouping.PRODUCT, at=morning)
    record = {row.product: (row.to_ship, row.late, row.shipped, row.after_sales) for row in rows}
    known = ProductService.objects.all()
    counted = {row.product: (row.to_ship, row.late, row.shipped, row.after_sales) for row in known}
    assert counted == record
    assert counted[goods["p1"]] == (2, 1, 2, 1)


def test_goods_without_orders_of_late_are_known_no_more(sold):
    goods_served.count_service(at=AT)
    goods_served.count_service(at=build.moment("2024-12-01 09:00"))
    assert not ProductService.objects.exists()


def test_a_case_or_a_refund_after_shipping_is_an_after_sale_and_one_before_is_not(sold):
    lead, by, _goods = sold
    build.push(by, [build.event("after_sale_opened", "o3", "2024-06-13 10:00", case_no="c1")])
    build.push(by, [build.event("after_sale_closed", "o3", "2024-06-14 10:00", case_no="c1")])
    build.push(by, [build.event("refunded", "o0", "2024-06-13 10:00", refund_no="r1", goods_fen=2_500, freight_fen=0)])
    build.push(by, [build.event("refunded", "o4", "2024-06-10 12:00", refund_no="r2", goods_fen=1_000, freight_fen=0)])
    rows = {row.product.code: row for row in of_leader(lead, build.moment("2024-06-01 00:00"), Grouping.PRODUCT, at=AT)}
    found = {code: (row.after_sales, row.shipped, row.after_sale_bps, row.refunded_fen) for code, row in rows.items()}
    assert found == {"p1": (1, 2, 5_000, 2_500), "p2": (1, 1, 10_000, 0), "p3": (0, 1, 0, 1_000)}


def test_disputes_are_counted_on_their_line(sold):
    lead, _by, goods = sold
    line = OrderLine.objects.get(order_no="o0")
    shop = goods["p1"].merchant
    disputes.open_dispute(line, claimant=shop, against=lead, reason="没有推广", by=build.member(shop), at=AT)
    rows = of_leader(lead, build.moment("2024-06-01 00:00"), Grouping.MERCHANT, at=AT)
    assert {row.merchant.code: row.disputes for row in rows} == {"m1": 1, "m2": 0}


def test_a_tenth_late_is_not_marked_and_more_is(sold):
    lead, *_rest = sold
    (worst, good) = of_leader(lead, build.moment("2024-06-01 00:00"), Grouping.MERCHANT, at=AT)
    assert (worst.late_bps, worst.ships_late, good.late_bps, good.ships_late) == (5_000, True, 0, False)


def test_the_leader_ends_everything_with_a_bad_merchant(sold):
    lead, _by, goods = sold
    client = browser(lead)
    page = text(client.get("/service/?sort=late"))
    assert page.index("山野集") < page.index("海味坊")
    assert "50%" in page and "2 / 4" in page
    assert "p1" in text(client.get("/service/?by=product"))
    messages = shown_messages(client.post("/service/endings/", {"merchant": "m1"}, follow=True))
    assert messages == ["2 件商品的合作将在明日 0 点结束。今天的订单仍按活动计。"]
    ends = dict(Enrolment.objects.values_list("product__code", "ended_at"))
    assert ends == {"p1": build.moment("2024-06-21 00:00"), "p2": build.moment("2024-06-21 00:00"), "p3": None}
    assert browser(build.leader("l2")).post("/service/endings/", {"merchant": "m2"}, follow=True).status_code == 200
    assert Enrolment.objects.get(product=goods["p3"]).ended_at is None, "another leader ends nothing of his"
    assert client.post("/service/endings/", {"merchant": "nobody"}).status_code == 404


def test_what_waits_is_counted_with_its_age_and_escalates():
    lead, shop = build.leader("l1"), build.merchant("m1")
    activity = build.activity(lead, joining="all")
    running = build.enrolled(build.product(shop, "p0"), activity)
    terms = {"commission_bps": 2000, "service_fee_bps": 600}
    enrolling.enrol(activity, build.product(shop, "p1"), at=build.moment("2024-06-13 14:00"), **terms)
    enrolling.enrol(activity, build.product(shop, "p2"), at=build.moment("2024-06-19 14:00"), **terms)
    second_level.apply(build.leader("l2"), running, 500, at=build.moment("2024-06-17 14:01"))
    recommending.ask(build.streamer("s1"), lead, "鞋", at=build.moment("2024-06-17 14:00"))
    changes.ask_cancel(running, reason="断货", at=build.moment("2024-06-20 09:00"))
    found = [
        (each.page, each.count, each.days, each.is_overdue, each.is_escalated) for each in waiting.of_leader(lead, AT)
    ]
    assert found == [
        ("activities", 2, 7, True, True),
        ("goods-requests", 1, 3, True, False),
        ("second-levels", 1, 2, False, False),
        ("activities", 1, 0, False, False),
    ]
    assert "最久已等 7 天" in text(browser(lead).get("/activities/"))
    assert "平台已看到" in text(browser(shop).get("/enrolments/"))


def test_staff_find_what_waits_too_long(client):
    lead, shop = build.leader("l1"), build.merchant("m1")
    activity = build.activity(lead)
    terms = {"commission_bps": 2000, "service_fee_bps": 600}
    for code, asked in (("p-old", "2024-06-13 14:00"), ("p-new", "2024-06-19 14:00")):
        enrolling.enrol(activity, build.product(shop, code), at=build.moment(asked), **terms)
    recommending.ask(build.streamer("s1"), lead, "old shoes", at=build.moment("2024-06-13 14:00"))
    staff = build.staff()
    staff.is_superuser = True
    staff.save()
    client.force_login(staff)
    page = text(client.get("/admin/tuanzhang/enrolment/?waits=7"))
    assert "p-old" in page and "p-new" not in page
    assert "p-new" in text(client.get("/admin/tuanzhang/enrolment/?waits=any"))
    assert "old shoes" in text(client.get("/admin/tuanzhang/goodsrequest/?waits=7"))
    made = recommending.recommend(
        lead,
        recommending.NewRecommendation([build.enrolled(build.product(shop, "p9"), activity)], "note", to_all=True),
        at=AT,
    )
    assert "note" in text(client.get(f"/admin/tuanzhang/recommendation/{made.pk}/change/"))
