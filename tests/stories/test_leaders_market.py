"""Rulebook §4–§6 with leaders, figure for figure, through the files that a market is fed with."""

import pytest

from haowu.audit.invariants import run_audit
from haowu.ledger.models import Account
from haowu.tenants.models import Tenant
from merchants import listing
from merchants.models import Product
from tests.build import moment, story_of
from tests.test_commands import load, push, run

pytestmark = pytest.mark.django_db

P1 = {"merchant": "m1", "code": "p1"}
ITEM = {"product": P1, "commission_bps": 2000, "service_fee_bps": 600}
A1 = {"code": "a1", "leader": "l1", "type": "normal", "begins_at": "", "ends_at": "", "min_commission_bps": 500,
      "min_service_fee_bps": 100, "streamers": [], "items": [ITEM], "closed_at": None}  # fmt: skip
MARKET = {
    "merchants": [{"code": "m1", "products": [{"code": "p1", "price_fen": 20_000}]}],
    "streamers": [{"code": code} for code in ("s1", "s2", "s3", "s4")],
    "leaders": [{"code": "l1"}, {"code": "l2"}],
    "plans": [{"merchant": "m1", "type": "normal", "product": "p1", "rates": [{"bps": 1000}]}],
    "activities": [A1],
}


def picked(pid: str, streamer: str, activity: str | None = "a1", at: str = "") -> dict:
    return {"pid": pid, "streamer": streamer, "product": P1, "at": at and moment(at).isoformat()} | (
        {"activity": activity} if activity else {}
    )


def sold(
    order_no: str, pid: str, at: str = "2024-06-01 10:00", price_fen: int = 20_000, paid_at: str = ""
) -> list[dict]:
    """A sale that is received on 10 June and due on the 18th's night."""
    line = {"line_no": 1, "product": P1, "quantity": 1, "price_fen": price_fen, "pid": pid}
    common = {"order_no": order_no}
    return [
        common
        | {"event_id": f"{order_no}-paid", "type": "paid", "occurred_at": moment(paid_at or at).isoformat()}
        | {"ordered_at": moment(at).isoformat(), "buyer_ref": "b", "freight_fen": 0, "order_coupon_fen": 0}
        | {"lines": [line]},
        common
        | {"event_id": f"{order_no}-got", "type": "received", "occurred_at": moment("2024-06-10 09:00").isoformat()},
    ]


def settled(tmp_path, market: dict, *sales: list[dict]) -> None:
    assert load(tmp_path, market)["refusals"] == []
    events = [event for sale in sales for event in sale]
    assert push(tmp_path, *events)["counts"] == {"accepted": len(events)}
    run("settle", "--day", "2024-06-18", "--json")
    assert [finding.code for finding in run_audit() if not finding.holds] == []


def paid(order_no: str) -> dict[str, tuple[int, int]]:
    """``{role: (fee, net)}`` of what was settled; the merchant's is ``(cost,)``."""
    (phase,) = story_of(order_no)["phases"]
    roles = {role: part for role, part in phase.items() if role not in ("day", "kind", "merchant")}
    return {role: (part["tech_fee_fen"], part["net_fen"]) for role, part in roles.items()} | (
        {"merchant": (phase["merchant"]["cost_fen"],)} if "merchant" in phase else {}
    )


def terms(order_no: str) -> tuple:
    offer = story_of(order_no)["terms"]["offer"]
    return (offer["kind"], offer.get("activity")) if offer else (story_of(order_no)["terms"]["trace"][-1],)


def balance(kind: str, code: str) -> int:
    account = Account.objects.filter(owner__kind=kind, owner__code=code, kind="available").first()
    return account.balance_fen if account else 0


def test_of_every_offer_kind_the_first_match_speaks(tmp_path):
    market = MARKET | {
        "plans": [
            *MARKET["plans"],
            {"merchant": "m1", "type": "item_targeted", "product": "p1", "streamers": {"s1": 1800}},
            {"merchant": "m1", "type": "shop_targeted", "streamers": {"s3": 1500}},
        ],
        "picks": [picked("x1", "s1"), picked("x3", "s3"), picked("x2", "s2"), picked("x4", "s4", None)],
    }
    settled(tmp_path, market, *(sold(f"o{n}", f"x{n}") for n in (1, 2, 3, 4)))
    assert [terms(f"o{n}") for n in (1, 2, 3, 4)] == [
        ("item_targeted", None),
        ("activity", "a1"),
        ("shop_targeted", None),
        ("normal", None),
    ]
    assert paid("o1") == {"streamer": (360, 3240), "merchant": (3600,)}
    assert paid("o3") == {"streamer": (300, 2700), "merchant": (3000,)}
    assert paid("o2") == {"streamer": (400, 3600), "first_leader": (120, 1080), "merchant": (5200,)}
    assert paid("o4") == {"streamer": (200, 1800), "merchant": (2000,)}
    assert balance("tuanzhang", "l1") == 1080


def test_a_second_leader_is_paid_out_of_the_first_ones_fee(tmp_path):
    item = {"product": P1, "commission_bps": 2500, "service_fee_bps": 800, "second": {"leader": "l2", "bps": 500}}
    market = MARKET | {"activities": [A1 | {"items": [item]}], "picks": [picked("x2", "s2")]}
    settled(tmp_path, market, sold("o1", "x2", price_fen=19_900))
    assert paid("o1") == {
        "streamer": (498, 4477),
        "first_leader": (60, 537),
        "second_leader": (100, 895),
        "merchant": (6567,),
    }
    told_terms = story_of("o1")["terms"]
    assert (told_terms["service_fee_bps"], told_terms["second_bps"]) == (800, 500)
    assert story_of("o1")["estimate"]["second_leader"] == {
        "party": "l2", "gross_fen": 995, "tech_fee_fen": 100, "net_fen": 895,
    }  # fmt: skip
    assert (balance("tuanzhang", "l1"), balance("tuanzhang", "l2"), balance("platform", "platform")) == (537, 895, 0)
    assert "二级团长" in run("explain", "o1", 1)


def test_the_cooperation_window_is_half_open_at_the_order_not_the_payment(tmp_path):
    item = ITEM | {"from": moment("2024-06-01 00:00").isoformat(), "until": moment("2024-06-08 00:00").isoformat()}
    market = MARKET | {"activities": [A1 | {"items": [item]}], "picks": [picked("x2", "s2")]}
    settled(
        tmp_path,
        market,
        sold("early", "x2", "2024-05-31 23:59:59"),
        sold("first", "x2", "2024-06-01 00:00:00"),
        sold("late", "x2", "2024-06-07 23:58", paid_at="2024-06-08 00:05"),
        sold("after", "x2", "2024-06-08 00:00:00"),
    )
    assert [terms(no) for no in ("early", "first", "late", "after")] == [
        ("normal", None), ("activity", "a1"), ("activity", "a1"), ("normal", None),
    ]  # fmt: skip
    assert paid("late") == {"streamer": (400, 3600), "first_leader": (120, 1080), "merchant": (5200,)}
    assert paid("after") == {"streamer": (200, 1800), "merchant": (2000,)}
    assert "ACTIVITY_NOT_LIVE" in story_of("after")["terms"]["trace"]


def test_closing_an_activity_early_keeps_the_terms_of_earlier_orders(tmp_path):
    closed = A1 | {"closed_at": moment("2024-06-05 12:00").isoformat()}
    market = MARKET | {"activities": [closed], "picks": [picked("x2", "s2")]}
    settled(tmp_path, market, sold("o1", "x2", "2024-06-05 11:59:59"), sold("o2", "x2", "2024-06-05 12:00:00"))
    assert [terms("o1"), terms("o2")] == [("activity", "a1"), ("normal", None)]
    assert balance("tuanzhang", "l1") == 1080


@pytest.mark.parametrize("pid", ["x2", "y2"], ids=["the same pid", "another pid"])
def test_picking_again_through_another_leader_changes_later_orders_only(tmp_path, pid):
    other = A1 | {"code": "a2", "leader": "l2", "items": [ITEM | {"service_fee_bps": 1000}]}
    again = picked(pid, "s2", "a2", at="2024-06-04 00:00")
    market = MARKET | {"activities": [A1, other], "picks": [again, picked("x2", "s2")]}
    settled(tmp_path, market, sold("o1", "x2", "2024-06-03 23:59:59"), sold("o2", pid, "2024-06-04 00:00:00"))
    assert [terms("o1"), terms("o2")] == [("activity", "a1"), ("activity", "a2")]
    assert (balance("tuanzhang", "l1"), balance("tuanzhang", "l2")) == (1080, 1800)


def exclusive(streamers: list[str], **rates: int) -> dict:
    return A1 | {"code": "e1", "type": "exclusive", "streamers": streamers, "items": [ITEM | rates]}


def test_an_exclusive_activity_speaks_for_those_it_lists_and_nobody_else_is_paid(tmp_path):
    market = MARKET | {
        "plans": [
            *MARKET["plans"],
            {"merchant": "m1", "type": "item_targeted", "product": "p1", "streamers": {"s2": 4000}},
        ],
        "activities": [A1, exclusive(["s1"]) | {"begins_at": moment("2024-06-01 00:00").isoformat()}],
        "picks": [picked("x1", "s1", None), picked("x2", "s2"), picked("x3", "s3", "e1")],
    }
    settled(tmp_path, market, *(sold(f"o{n}", f"x{n}") for n in (1, 2, 3)), sold("before", "x3", "2024-05-31 23:59"))
    assert terms("o1") == ("exclusive_activity", "e1")
    assert paid("o1") == {"streamer": (400, 3600), "first_leader": (120, 1080), "merchant": (5200,)}
    assert [terms("o2"), terms("o3")] == [("EXCLUSIVE_NOT_LISTED",)] * 2
    assert (paid("o2"), paid("o3")) == ({}, {})
    assert terms("before") == ("normal", None)


def test_unlisted_streamers_cannot_pick_what_an_exclusive_activity_keeps(tmp_path):
    at = "2024-06-01 00:00"
    market = MARKET | {"activities": [exclusive(["s1"])], "picks": [picked("x1", "s1", at=at, activity="e1")]}
    assert load(tmp_path, market)["refusals"] == []
    loaded = load(tmp_path, {"picks": [picked("x2", "s2", None, at=at)]})
    assert [refusal["code"] for refusal in loaded["refusals"]] == ["EXCLUSIVE_OFFER"]


@pytest.mark.parametrize(
    ("plan_bps", "expected"),
    [(1900, "exclusive_activity"), (2000, "exclusive"), (2100, "exclusive")],
    ids=["the activity pays more", "equal: the plan costs less", "the plan pays more"],
)
def test_of_an_exclusive_plan_and_an_exclusive_activity_the_higher_commission_speaks(tmp_path, plan_bps, expected):
    kept = {"merchant": "m1", "type": "exclusive", "product": "p1", "streamers": {"s1": plan_bps}}
    market = MARKET | {"plans": [kept], "activities": [exclusive(["s1"])], "picks": [picked("x1", "s1", None)]}
    settled(tmp_path, market, sold("o1", "x1"))
    assert terms("o1")[0] == expected
    assert balance("tuanzhang", "l1") == (1080 if expected == "exclusive_activity" else 0)


def test_goods_that_leave_the_shelf_leave_the_activity_for_good(tmp_path):
    load(tmp_path, MARKET | {"picks": [picked("x2", "s2")]})
    goods = Product.objects.get(code="p1")
    listing.delist_product(goods, at=moment("2024-06-02 12:00"))
    listing.list_product(goods, at=moment("2024-06-03 12:00"))
    push(tmp_path, *sold("o1", "x2", "2024-06-02 11:59"), *sold("o2", "x2", "2024-06-04 10:00"))
    assert [terms("o1"), terms("o2")] == [("activity", "a1"), ("normal", None)]


def test_a_leader_who_is_clawed_back_gives_back_his_part(tmp_path):
    item = {"product": P1, "commission_bps": 2500, "service_fee_bps": 800, "second": {"leader": "l2", "bps": 500}}
    market = MARKET | {"activities": [A1 | {"items": [item]}], "picks": [picked("x2", "s2")]}
    settled(tmp_path, market, sold("o1", "x2", price_fen=19_900))
    back = {"event_id": "r", "type": "refunded", "order_no": "o1", "refund_no": "r1", "amount_fen": 19_900}
    push(tmp_path, back | {"occurred_at": moment("2024-06-18 12:00").isoformat()})
    run("settle", "--day", "2024-06-19", "--json")
    assert [balance("tuanzhang", code) for code in ("l1", "l2")] == [0, 0]
    assert [finding.code for finding in run_audit() if not finding.holds] == []


WRONG = [
    ("activities", A1 | {"code": "a1"}, "activities[1]", "ACTIVITY_CODE_TAKEN"),
    ("activities", A1 | {"code": "a2", "leader": "l9"}, "activities[1]", "UNKNOWN_REFERENCE"),
    ("activities", A1 | {"code": "a2", "type": "open"}, "activities[1]", "ACTIVITY_TYPE_UNKNOWN"),
    ("activities", A1 | {"code": "a2", "type": "exclusive"}, "activities[1]", "ACTIVITY_NEEDS_STREAMERS"),
    ("activities", A1 | {"code": "a2", "streamers": ["s1"]}, "activities[1]", "ACTIVITY_TAKES_NO_STREAMERS"),
    ("activities", A1 | {"code": "a2", "items": [ITEM | {"commission_bps": 400}]},
     "activities[1].items[0]", "BELOW_MINIMUM"),
    ("activities", A1 | {"code": "a2", "items": [ITEM | {"commission_bps": 8500}]},
     "activities[1].items[0]", "FEES_OUT_OF_RANGE"),
    ("activities", A1 | {"code": "a2", "items": [ITEM, ITEM]}, "activities[1].items[1]", "ALREADY_ENROLLED"),
    ("activities", A1 | {"code": "a2", "items": [ITEM | {"second": {"leader": "l2", "bps": 601}}]},
     "activities[1].items[0].second", "SECOND_OUT_OF_RANGE"),
    ("activities", A1 | {"code": "a2", "items": [ITEM | {"second": {"leader": "l2", "bps": 99}}]},
     "activities[1].items[0].second", "SECOND_OUT_OF_RANGE"),
    ("activities", A1 | {"code": "a2", "items": [ITEM | {"second": {"leader": "l1", "bps": 500}}]},
     "activities[1].items[0].second", "OWN_ACTIVITY"),
    ("picks", picked("x9", "s1", "a9"), "picks[0]", "UNKNOWN_REFERENCE"),
    ("picks", picked("x9", "s1") | {"product": {"merchant": "m1", "code": "p9"}}, "picks[0]", "UNKNOWN_REFERENCE"),
]  # fmt: skip


@pytest.mark.parametrize(("part", "entry", "place", "code"), WRONG, ids=[f"{each[3]} {each[2]}" for each in WRONG])
def test_what_an_activity_in_a_file_gets_wrong_is_refused_by_its_place(tmp_path, part, entry, place, code):
    loaded = load(tmp_path, MARKET | {part: [*MARKET.get(part, []), entry]})
    assert [(refusal["entry"], refusal["code"]) for refusal in loaded["refusals"]] == [(place, code)]
    assert loaded["loaded"]["activity"] == (1 if place == "activities[1]" else 2 if part == "activities" else 1)


def test_a_pick_through_an_activity_that_does_not_run_the_product_is_refused(tmp_path):
    empty = A1 | {"code": "a2", "items": []}
    over = A1 | {"code": "a3", "leader": "l2", "ends_at": moment("2024-06-01 00:00").isoformat()}
    market = MARKET | {
        "activities": [A1, empty, over],
        "picks": [picked("x1", "s1", "a2"), picked("x2", "s2", "a3", at="2024-06-01 00:00")],
    }
    loaded = load(tmp_path, market)
    assert [(refusal["entry"], refusal["code"]) for refusal in loaded["refusals"]] == [
        ("picks[0]", "NOT_IN_ACTIVITY"),
        ("picks[1]", "NOT_IN_ACTIVITY"),
    ]
    assert Tenant.objects.get(kind="streamer", code="s1").picks.count() == 0
