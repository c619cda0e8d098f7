"""Statements down to their lines, and the orders behind them."""

import csv
from datetime import date, timedelta
from io import StringIO

import pytest

from haowu.ledger import books
from haowu.tenants.models import Tenant
from merchants.models import Product
from tests import build
from tests.browser import browser, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def merchant() -> Tenant:
    return build.merchant("m1", name="山野集")


@pytest.fixture
def settled(merchant) -> Tenant:
    """100.00 at 20% settled on 10 June, 40.00 of it refunded and clawed back on the 12th."""
    product, streamer = build.product(merchant, "p1"), build.streamer("s1", name="小禾")
    build.normal_plan(product, 2000)
    build.pick(streamer, product, "x1")
    source = build.source("shop")
    build.push(
        source,
        [
            build.paid("=1+1", "2024-06-01 10:00", [build.bought(product, "x1")]),
            build.event("received", "=1+1", "2024-06-02 10:00"),
        ],
    )
    build.settle("2024-06-10")
    build.push(source, [build.event("refunded", "=1+1", "2024-06-11 10:00", refund_no="r1", goods_fen=4000)])
    build.settle("2024-06-12")
    return streamer


class TestStatements:
    def test_days_are_listed_newest_first(self, merchant, settled):
        page = browser(merchant).get("/statements/")
        assert [(str(row.day), row.inflow_fen, row.outflow_fen) for row in page.context["rows"]] == [
            ("2024-06-12", 800, 0),
            ("2024-06-10", 2000, 2000),
        ]

    def test_more_days_than_a_page_holds_go_on_on_the_next(self, merchant):
        outside = books.open_accounts([(books.platform().pk, "external")]).popitem()[1]
        funding = books.open_accounts([(merchant.pk, "funding")]).popitem()[1]
        for number in range(33):
            day = date(2024, 5, 1) + timedelta(days=number)
            books.post([books.Transfer(outside, funding, 1, "withheld", f"n{number}", "test")], day=day)
            books.close_day(day, after=day - timedelta(days=1))
        client = browser(merchant)
        first = client.get("/statements/")
        rest = client.get("/statements/", {"after": first.context["next_cursor"]})
        seen = [str(row.day) for page in (first, rest) for row in page.context["rows"]]
        assert (seen[0], seen[-1], len(seen), len(set(seen))) == ("2024-06-02", "2024-05-01", 33, 33)

    def test_a_statement_opens_from_opening_over_entries_to_closing_into_its_lines(self, merchant, settled):
        page = browser(merchant).get("/statements/funding/2024-06-12/")
        statement = page.context["statement"]
        assert [(entry.label, entry.amount_fen) for entry in statement.entries] == [("追回款返还", 800)]
        assert (statement.balance.opening_fen, statement.balance.closing_fen) == (0, 800)
        assert "期初加各项等于期末。" in text(page)
        opened = browser(merchant).get("/statements/funding/2024-06-12/reimbursed/")
        assert [(each["row"].line.order_no, each["row"].figure_fen) for each in opened.context["rows"]] == [
            ("=1+1", 800)
        ]
        assert [each["offer"] for each in opened.context["rows"]] == ["普通计划"]

    def test_a_figure_opens_in_place_as_a_part_of_the_page(self, merchant, settled):
        part = browser(merchant).get("/statements/funding/2024-06-12/reimbursed/", headers={"HX-Request": "true"})
        assert "<html" not in text(part) and "小禾" in text(part) and "等于这一项" in text(part)

    def test_the_chart_runs_from_the_opening_over_each_entry_to_the_closing(self, merchant, settled):
        chart = browser(merchant).get("/statements/funding/2024-06-12/").context["chart"]
        assert chart.rows() == [["期初余额", 0.0], ["追回款返还", 8.0], ["期末余额", 8.0]]

    def test_lines_export_as_csv_that_no_spreadsheet_takes_for_a_formula(self, settled):
        answer = browser(settled).get("/statements/available/2024-06-10/lines.csv")
        content = b"".join(answer.streaming_content).decode()
        assert content.startswith("\ufeff")
        head, *rows = csv.reader(StringIO(content.lstrip("\ufeff")))
        assert head[-11:] == [
            "毛额（元）",
            "毛额（分）",
            "技术服务费（元）",
            "技术服务费（分）",
            "净额（元）",
            "净额（分）",
            *["商品", "达人", "按什么", "率", "渠道标记"],
        ]
        assert rows == [
            [
                "2024-06-10",
                "'=1+1",
                "1",
                "0",
                "结算",
                *["100.00", "10000", "20.00", "2000", "2.00", "200", "18.00", "1800"],
                *["p1", "", "普通计划", "20%", ""],
            ],
            [
                "合计",
                "1 行",
                "",
                "",
                "",
                *["100.00", "10000", "20.00", "2000", "2.00", "200", "18.00", "1800"],
                *[""] * 5,
            ],
        ]

    def test_a_line_says_why_it_pays_what_it_pays(self, merchant, settled):
        client = browser(merchant)
        row = client.get("/statements/funding/2024-06-10/cost/").context["rows"][0]["row"]
        path = f"/orders/lines/{row.line_id}/"
        sentences = ("普通计划有效：按普通计划计佣。", "佣金 20%", "¥60.00", "2024-06-12 追回", "-¥7.20", "小禾")
        beside = text(client.get(path, headers={"HX-Request": "true"}))
        for sentence in sentences:
            assert sentence in text(client.get(path)) and sentence in beside
        assert "<html" not in beside

    def test_a_strangers_statement_and_line_do_not_exist(self, merchant, settled):
        mine = browser(merchant)
        line = mine.get("/statements/funding/2024-06-10/cost/").context["rows"][0]["row"].line_id
        stranger = browser(build.merchant("m2"))
        assert stranger.get(f"/orders/lines/{line}/").status_code == 404
        for path in ("/statements/funding/2024-06-10/", "/statements/funding/2024-06-10/lines.csv"):
            assert stranger.get(path).status_code == 404
        for path in ("/statements/funding/2024-06-11/", "/statements/nothing/2024-06-10/", "/statements/funding/june/"):
            assert mine.get(path).status_code == 404

    def test_orders_show_the_frozen_terms(self, merchant, settled):
        (row,) = browser(merchant).get("/orders/?status=settled&q==1%2B1").context["rows"]
        line = row["line"]
        assert (line.order_no, line.commission_bps, line.streamer.name, line.is_settled) == ("=1+1", 2000, "小禾", True)
        assert browser(merchant).get("/orders/?status=paid").context["rows"] == []

    def test_orders_ask_as_many_questions_for_nine_lines_as_for_one(self, merchant, settled, django_assert_num_queries):
        client, source = browser(merchant), build.source()
        product = Product.objects.get()
        for number in range(9):
            build.push(source, [build.paid(f"o{number}", "2024-06-15 10:00", [build.bought(product, "x1")])])
            if number in (0, 8):
                with django_assert_num_queries(12):
                    client.get("/orders/")
