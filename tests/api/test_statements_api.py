"""GET /api/v1/statements: closed account-days, their entries, and the lines behind them."""

import pytest

from tests.build import event, push, settle

pytestmark = pytest.mark.django_db


def test_a_streamers_day_opens_into_entries_and_lines(sale, calling):
    caller = calling(sale.seller)
    day = {
        "account": "available",
        "day": "2024-06-10",
        "opening_fen": 0,
        "inflow_fen": 2000,
        "outflow_fen": 200,
        "closing_fen": 1800,
    }
    assert caller.get("/statements").json() == {"results": [day], "next": None}
    opened = caller.get("/statements/available/2024-06-10").json()
    assert opened == day | {
        "entries": [
            {"kind": "commission", "label": "佣金", "amount_fen": 2000},
            {"kind": "tech_fee", "label": "技术服务费", "amount_fen": -200},
        ]
    }
    assert caller.get("/statements/available/2024-06-10/lines").json() == {
        "results": [
            {
                "order_no": "o1",
                "line_no": 1,
                "source": "youzan",
                "sub_id": "",
                "phase": 0,
                "kind": "settlement",
                "base_fen": 10000,
                "shares": {"streamer": {"party": "s1", "gross_fen": 2000, "tech_fee_fen": 200, "net_fen": 1800}},
            }
        ],
        "next": None,
    }


def test_a_merchants_day_shows_its_cost_and_each_gross(sale, calling):
    caller = calling(sale.shop)
    (day,) = caller.get("/statements").json()["results"]
    assert (day["account"], day["inflow_fen"], day["outflow_fen"], day["closing_fen"]) == ("funding", 2000, 2000, 0)
    (line,) = caller.get("/statements/funding/2024-06-10/lines").json()["results"]
    assert line["shares"] == {"streamer": {"party": "s1", "gross_fen": 2000}, "merchant": {"cost_fen": 2000}}


def test_entries_carry_the_opening_to_the_closing_and_lines_add_up_to_them(sale, calling):
    push(sale.source, [event("refunded", "o1", "2024-06-11 09:00", refund_no="r1", goods_fen=4000)])
    settle("2024-06-12")
    caller = calling(sale.seller)
    opened = caller.get("/statements/available/2024-06-12").json()
    assert (opened["opening_fen"], opened["closing_fen"]) == (1800, 1080)
    assert sum(entry["amount_fen"] for entry in opened["entries"]) == -720
    lines = caller.get("/statements/available/2024-06-12/lines").json()["results"]
    assert [(line["phase"], line["kind"], line["shares"]["streamer"]["net_fen"]) for line in lines] == [
        (1, "clawback", -720)
    ]


def test_statements_are_filtered_by_day_and_account(sale, calling):
    push(sale.source, [event("refunded", "o1", "2024-06-11 09:00", refund_no="r1", goods_fen=4000)])
    settle("2024-06-12")
    caller = calling(sale.seller)
    for query, found in [
        ({}, ["2024-06-12", "2024-06-10"]),
        ({"day_from": "2024-06-11"}, ["2024-06-12"]),
        ({"day_to": "2024-06-10"}, ["2024-06-10"]),
        ({"account": "available"}, ["2024-06-12", "2024-06-10"]),
        ({"account": "debt"}, []),
    ]:
        assert [each["day"] for each in caller.get("/statements", query).json()["results"]] == found
    first = caller.get("/statements", {"page_size": 1}).json()
    second = caller.http.get(first["next"], headers={"Authorization": f"Bearer {caller.token}"}).json()
    assert (second["results"][0]["day"], second["next"]) == ("2024-06-10", None)


@pytest.mark.parametrize(
    "path",
    ["available/2024-06-09", "available/2024-13-01", "available/today", "clearing/2024-06-10", "nothing/2024-06-10",
     "%00/2024-06-10", "available/2024-06-09/lines"],
)  # fmt: skip
def test_a_day_that_was_not_closed_is_not_found(sale, calling, path):
    answer = calling(sale.seller).get(f"/statements/{path}")
    assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")


def test_a_figure_opens_into_parts_postings_with_causes_and_lines(sale, calling):
    caller = calling(sale.seller)
    assert caller.get("/statements/available/2024-06-10/entries/tech_fee").json() == {
        "kind": "tech_fee",
        "label": "技术服务费",
        "amount_fen": -200,
        "parts": [{"label": "订单行合计", "amount_fen": -200}],
    }
    (line,) = caller.get("/statements/available/2024-06-10/entries/tech_fee/lines").json()["results"]
    assert (line["order_no"], line["amount_fen"], line["shares"]["streamer"]["tech_fee_fen"]) == ("o1", -200, 200)
    (posting,) = caller.get("/statements/available/2024-06-10/postings", {"kind": "tech_fee"}).json()["results"]
    assert (posting["amount_fen"], posting["counterpart"], posting["counterpart_account"]) == (
        -200,
        "platform",
        "revenue",
    )
    assert posting["cause"] == {
        "kind": "night",
        "text": "2024-06-10 结算夜的净额，由订单行合计而来。",
        "facts": {"day": "2024-06-10"},
    }
    assert len(caller.get("/statements/available/2024-06-10/postings").json()["results"]) == 2
    refused = caller.get("/statements/available/2024-06-10/entries/rebate")
    assert (refused.status_code, refused.json()["code"]) == (404, "NOT_FOUND")


def test_a_month_is_the_sum_of_its_days(sale, calling):
    push(sale.source, [event("refunded", "o1", "2024-06-11 09:00", refund_no="r1", goods_fen=4000)])
    settle("2024-06-12")
    settle("2024-07-02")
    caller = calling(sale.seller)
    month = {
        "account": "available",
        "month": "2024-06",
        "last_on": "2024-06-12",
        "days": 2,
        "opening_fen": 0,
        "inflow_fen": 2080,
        "outflow_fen": 1000,
        "closing_fen": 1080,
    }
    assert caller.get("/statements/months").json() == {"results": [month], "next": None}
    opened = caller.get("/statements/months/available/2024-06").json()
    assert opened["entries"] == [
        {"kind": "commission", "label": "佣金", "amount_fen": 2000},
        {"kind": "tech_fee", "label": "技术服务费", "amount_fen": -200},
        {"kind": "clawback", "label": "追回", "amount_fen": -800},
        {"kind": "tech_fee_returned", "label": "技术服务费退回", "amount_fen": 80},
    ]
    assert [day["closing_fen"] for day in opened["statements"]] == [1800, 1080]
    for path in ("available/2024-07", "debt/2024-06", "available/2024-13", "available/june"):
        assert caller.get(f"/statements/months/{path}").status_code == 404
