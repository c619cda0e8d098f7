"""The first page of merchants and leaders: figures of the books, what waits, nights."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import build
from tests.browser import browser, text, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def sold(clock):
    """Two orders in the last 30 days, one in the 30 before; one of the two is refunded by half."""
    shop, seller, source = build.merchant("m1"), build.streamer("s1", name="林小满"), build.source()
    goods = build.product(shop, "p1", price_fen=10_000)
    build.normal_plan(goods, 1000)
    build.pick(seller, goods, "x1")
    build.push(
        source,
        [
            build.paid("o1", "2024-05-01 10:00", [build.bought(goods, "x1")]),
            build.paid("o2", "2024-06-01 10:00", [build.bought(goods, "x1")]),
            build.paid("o3", "2024-06-02 10:00", [build.bought(goods, "x1")]),
            build.event("refunded", "o3", "2024-06-03 10:00", line_no=1, refund_no="r1", amount_fen=5_000),
        ],
    )
    clock("2024-06-10 09:00")
    return shop, seller


def test_the_merchant_reads_what_was_sold_beside_the_days_before(sold):
    page = browser(sold[0]).get("/dashboard/")
    total = page.context["total"]
    assert (total.now.orders, total.now.sold_fen, total.now.kept_fen) == (2, 20_000, 15_000)
    assert (total.before.orders, total.before.sold_fen, total.sold_change) == (1, 10_000, 100)
    assert total.now.own_fen == 1_500
    assert total.kept_percent == "75.0%"
    shown = words(page)
    assert "近 30 天卖了 ¥200.00，比前 30 天多 100%" in shown
    assert "林小满" in shown


def test_the_chart_and_its_table_say_the_same(sold):
    page = browser(sold[0]).get("/dashboard/")
    chart = page.context["chart"]
    shown = {label: now for label, now, _before in chart.rows() if now}
    assert (chart.unit, len(chart.labels), shown) == ("元", 30, {"06-01": 100.0, "06-02": 100.0})
    assert chart.csv().startswith("data:text/csv;charset=utf-8,%EF%BB%BF")
    assert '<script data-chart id="sales-data"' in text(page)


def test_a_merchant_who_sold_nothing_is_told_what_will_appear(clock):
    shown = words(browser(build.merchant("m2")).get("/dashboard/"))
    assert "近 30 天卖了 ¥0.00" in shown and "还没有结算过" in shown and "这段时间还没有成交" in shown


def test_the_home_asks_few_questions_of_the_database(sold):
    page = browser(sold[0])
    with CaptureQueriesContext(connection) as asked:
        page.get("/dashboard/")
    assert len(asked) <= 22


def test_a_leader_reads_his_own_fee_net_of_what_the_platform_keeps(clock):
    build.policy(tech_bps=1000)
    shop, seller, source, head = build.merchant("m1"), build.streamer("s1"), build.source(), build.leader("l1")
    goods, activity = build.product(shop, "p1", price_fen=10_000), build.activity(head)
    build.enrolled(goods, activity, 2000, 600)
    build.pick(seller, goods, "x1", activity=activity)
    build.push(source, [build.paid("o1", "2024-06-02 10:00", [build.bought(goods, "x1")])])
    total = browser(head).get("/dashboard/").context["total"]
    assert (total.now.sold_fen, total.now.own_fen) == (10_000, 540)
