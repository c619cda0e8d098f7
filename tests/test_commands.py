"""The command line: fixed points that outside checks call, and what they say to bad input."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from commissions.models import OrderEvent, OrderLine, Run
from haowu.tenants.models import Tenant
from merchants.models import Plan, Product
from streamers.models import Pick

pytestmark = pytest.mark.django_db

MARKET = {
    "policy": {"tech_bps": 1000, "hold_days": 7},
    "merchants": [
        {
            "code": "m1",
            "name": "",
            "products": [
                {"code": "p1", "title": "", "category": "", "price_fen": 12900, "stock": 100},
                {"code": "p2", "title": "外套", "category": "服饰/女装/外套", "price_fen": 22800, "stock": 5},
            ],
        }
    ],
    "streamers": [{"code": code, "fans": 120000, "buyer_ref": f"buyer-{code}"} for code in ("s1", "s2", "s3")],
    "leaders": [{"code": "l1", "name": ""}],
    "plans": [
        {"merchant": "m1", "type": "normal", "product": "p1", "rates": [
            {"bps": 1500, "at": "2024-06-02T14:00:00+08:00"},
            {"bps": 2000, "at": "2024-06-01T00:00:00+08:00"},
        ]},
        {"merchant": "m1", "type": "item_targeted", "product": "p1", "streamers": {"s1": 1800}},
        {"merchant": "m1", "type": "shop_targeted", "streamers": {"s3": 1500}},
        {"merchant": "m1", "type": "exclusive", "product": "p2", "streamers": {"s1": 2500}},
    ],
    "picks": [
        {"pid": f"x{n}", "streamer": f"s{n}", "product": {"merchant": "m1", "code": "p1"}, "at": ""} for n in (1, 2, 3)
    ],
}  # fmt: skip


def run(command: str, *arguments: object) -> str:
    out = StringIO()
    call_command(command, *map(str, arguments), stdout=out)
    return out.getvalue()


def load(tmp_path: Path, market: object) -> dict:
    path = tmp_path / "market.json"
    path.write_text(market if isinstance(market, str) else json.dumps(market))
    return json.loads(run("load_market", path, "--json"))


def push(tmp_path: Path, *lines: object) -> dict:
    path = tmp_path / "events.jsonl"
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines))
    return json.loads(run("push_events", path, "--json"))


def sale(order_no: str, pid: str, product: str = "p1", **changes: object) -> dict:
    line = {"line_no": 1, "product": {"merchant": "m1", "code": product}, "quantity": 1, "price_fen": 10000, "pid": pid}
    at = "2024-06-01T10:00:00+08:00"
    return {"event_id": f"{order_no}-paid", "type": "paid", "order_no": order_no, "occurred_at": at, "ordered_at": at,
            "buyer_ref": "b", "freight_fen": 0, "order_coupon_fen": 0, "lines": [line | changes]}  # fmt: skip


def receipt(order_no: str, at: str = "2024-06-02T10:00:00+08:00") -> dict:
    return {"event_id": f"{order_no}-received", "type": "received", "order_no": order_no, "occurred_at": at}


def test_a_market_is_built_sold_settled_and_explained_on_the_command_line(tmp_path):
    assert load(tmp_path, MARKET)["refusals"] == []
    counts = push(tmp_path, *(event for n in (1, 2, 3) for event in (sale(f"o{n}", f"x{n}"), receipt(f"o{n}"))))[
        "counts"
    ]
    assert counts == {"accepted": 6}
    report = json.loads(run("settle", "--day", "2024-06-10", "--json"))
    assert (report["lines"], report["totals"]["settlement"]["merchant_cost_fen"]) == (3, 1800 + 2000 + 1500)
    stories = [json.loads(line) for line in run("explain", "--all", "--json").splitlines()]
    assert [(story["order_no"], story["terms"]["offer"]["kind"]) for story in stories] == [
        ("o1", "item_targeted"),
        ("o2", "normal"),
        ("o3", "shop_targeted"),
    ]
    assert stories[1]["phases"] == [
        {
            "day": "2024-06-10",
            "kind": "settlement",
            "streamer": {"party": "s2", "gross_fen": 2000, "tech_fee_fen": 200, "net_fen": 1800},
            "merchant": {"cost_fen": 2000},
        }
    ]
    assert json.loads(run("audit", "--json"))["holds"] is True
    assert "普通计划有效" in run("explain", "o2", 1)


def test_settling_a_settled_day_prints_the_same_report(tmp_path):
    load(tmp_path, MARKET)
    push(tmp_path, sale("o1", "x2"), receipt("o1"))
    assert run("settle", "--day", "2024-06-10", "--json") == run("settle", "--day", "2024-06-10", "--json")


def test_the_dated_rates_of_a_market_file_follow_the_change_rules(tmp_path):
    load(tmp_path, MARKET)
    plan = Plan.objects.get(type="normal")
    rates = [(rate.commission_bps, rate.effective_from.isoformat()) for rate in plan.rates.order_by("pk")]
    assert rates == [(2000, "2024-05-31T16:00:00+00:00"), (1500, "2024-06-02T16:00:00+00:00")]


ON_P1 = {"merchant": "m1", "type": "normal", "product": "p1"}
ON_P2 = {"merchant": "m1", "type": "normal", "product": "p2"}
P2 = {"merchant": "m1", "code": "p2"}
STEPPED = ON_P2 | {"rates": [{"bps": 1000}], "step": {"threshold": 100, "bps": 1500}}


@pytest.mark.parametrize(
    ("part", "entry", "place", "code"),
    [
        ("plans", ON_P1 | {"type": "nope"}, "plans[4]", "PLAN_TYPE_UNKNOWN"),
        ("plans", ON_P1 | {"merchant": "m9"}, "plans[4]", "UNKNOWN_REFERENCE"),
        ("plans", ON_P1 | {"rates": [{"bps": 1}]}, "plans[4]", "PLAN_EXISTS"),
        ("plans", ON_P2 | {"rates": [{"bps": 9001}]}, "plans[4]", "RATE_OUT_OF_RANGE"),
        ("plans", ON_P2 | {"rates": [{"bps": "10%"}]}, "plans[4]", "ENTRY_INVALID"),
        ("plans", ON_P2, "plans[4]", "RATE_MISSING"),
        ("plans", STEPPED | {"rates": [{"bps": 1500}]}, "plans[4]", "STEP_NOT_HIGHER"),
        ("plans", STEPPED | {"step": {"threshold": 0, "bps": 2000}}, "plans[4]", "STEP_THRESHOLD_INVALID"),
        ("plans", STEPPED | {"step": {"threshold": 1, "bps": 2000, "mode": "all"}}, "plans[4]", "ENTRY_INVALID"),
        ("plans", STEPPED | {"step": 2000}, "plans[4]", "ENTRY_INVALID"),
        ("policy", {"subsidy_in_base": "yes"}, "policy[0]", "ENTRY_INVALID"),
        ("plans", "normal", "plans[4]", "ENTRY_INVALID"),
        ("activities", {"code": "a1"}, "activities[0]", "ENTRY_INVALID"),
        ("picks", {"pid": "x9", "streamer": "s2", "product": P2}, "picks[3]", "EXCLUSIVE_OFFER"),
        ("picks", {"pid": "x1", "streamer": "s2", "product": P2}, "picks[3]", "PID_TAKEN"),
    ],
)
def test_what_a_market_file_gets_wrong_is_refused_by_its_place_and_nothing_else_is_lost(
    tmp_path, part, entry, place, code
):
    wrong = entry if part == "policy" else [*MARKET.get(part, []), entry]
    loaded = load(tmp_path, MARKET | {part: wrong})
    assert [(refusal["entry"], refusal["code"]) for refusal in loaded["refusals"]] == [(place, code)]
    assert loaded["refusals"][0]["message"]
    assert (Plan.objects.count(), Pick.objects.count(), Product.objects.listed().count()) == (4, 3, 2)


@pytest.mark.parametrize("market", ["{", "[]", '{"plan": []}'], ids=["half a file", "a list", "an unknown part"])
def test_a_market_file_that_cannot_be_read_changes_nothing(tmp_path, market):
    with pytest.raises(CommandError, match="MARKET_UNREADABLE"):
        load(tmp_path, market)
    assert not Tenant.objects.of_kind("merchant").exists()


def test_a_market_loaded_twice_is_there_once(tmp_path):
    load(tmp_path, MARKET)
    again = load(tmp_path, MARKET)
    assert {refusal["code"] for refusal in again["refusals"]} == {"PRODUCT_CODE_TAKEN", "PLAN_EXISTS", "PID_TAKEN"}
    assert (Tenant.objects.of_kind("merchant").count(), Product.objects.count(), Plan.objects.count()) == (1, 2, 4)


def test_a_line_that_is_no_json_is_refused_by_number_and_the_others_are_taken(tmp_path):
    load(tmp_path, MARKET)
    answer = push(tmp_path, sale("o1", "x1"), '{"event_id": "half', receipt("o1"), receipt("unknown"))
    assert [(result["line"], result["status"], result["code"]) for result in answer["results"]] == [
        (1, "accepted", ""),
        (2, "rejected", "LINE_UNREADABLE"),
        (3, "accepted", ""),
        (4, "parked", "PREDECESSOR_MISSING"),
    ]
    assert OrderEvent.objects.count() == 3


def test_an_event_pushed_again_is_a_duplicate(tmp_path):
    load(tmp_path, MARKET)
    push(tmp_path, sale("o1", "x1"))
    assert push(tmp_path, sale("o1", "x1"), sale("o1", "x1"))["counts"] == {"duplicate": 2}
    assert OrderLine.objects.count() == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("settle", "--day", "2099-01-01"), "DAY_NOT_ENDED"),
        (("settle", "--day", "yesterday"), "2024-06-09"),
        (("settle", "--day", "9999-12-31"), "2024-06-09"),
        (("explain", "nothing"), "没有订单 nothing"),
        (("explain", "cut \ud83d"), "残缺的字符"),
        (("explain", "o1", "9" * 5000), "整数"),
        (("push_events", "/nowhere.jsonl", "--source", "x" * 65), "64"),
        (("reconcile", "/nowhere.csv", "--source", "cut \ud83d"), "残缺的字符"),
        (("explain",), "--all"),
        (("push_events", "/nowhere.jsonl"), "/nowhere.jsonl"),
        (("load_market", "/nowhere.json"), "/nowhere.json"),
    ],
)
def test_a_command_that_cannot_do_it_says_what_is_wrong(arguments, says):
    with pytest.raises(CommandError, match=says):
        run(*arguments)
    assert Run.objects.count() == 0
