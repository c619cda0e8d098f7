"""A line's whole story: its fixed points, and beside them events, cases, what waits, postings, and what comes next."""

import pytest

from commissions.cases import disputes, holds
from commissions.models import OrderLine
from commissions.stories import explain, sentences
from haowu.tenants.models import Tenant
from tests import build
from tests.build import bought, event, moment, paid, push, settle, story_of
from tests.casework import open_market, refund, sell, staff

pytestmark = pytest.mark.django_db

FIXED = ["order_no", "line_no", "status", "base_fen", "terms", "estimate", "phases", "due_at", "held"]
BESIDE = ["settles_on", "events", "holds", "disputes", "steps", "adjustments", "postings", "credits", "next"]


@pytest.fixture
def market():
    return open_market()


def words(order_no: str = "o1") -> str:
    return "\n".join(sentences.sentences(story_of(order_no)))


def seen_by(code: str) -> dict:
    return explain.as_seen_by(Tenant.objects.get(code=code), OrderLine.objects.get())


def test_the_fixed_points_come_first_and_the_rest_stands_beside_them(market):
    sell(market, "o1", "2024-06-01 12:00")
    assert list(story_of("o1")) == FIXED + BESIDE


def test_what_comes_next_names_the_exact_night(market):
    push(market[1], [paid("o1", "2024-06-01 08:00", [bought(market[0], "x1")])])
    assert story_of("o1")["next"] == {"what": "WAITS_FOR_RECEIPT", "night": None, "until": None}
    push(market[1], [event("received", "o1", "2024-06-01 12:00")])
    assert story_of("o1")["next"] == {"what": "SETTLES", "night": "2024-06-09", "until": None}
    assert "2024-06-08 12:00 到期，2024-06-09 凌晨的结算夜结算。" in words()
    settle("2024-06-09")
    assert story_of("o1")["next"]["what"] == "DONE"
    refund(market, "o1", "2024-06-11 12:00", 4_000)
    assert story_of("o1")["next"] == {"what": "ADJUSTS", "night": "2024-06-12", "until": None}
    assert story_of("o1")["adjustments"] == [
        {
            "day": "2024-06-12",
            "base_fen": 6_000,
            "tech_bps": None,
            "streamer_net_fen": 675,
            "merchant_cost_fen": 750,
        }
    ]
    settle("2024-06-12")
    assert (story_of("o1")["next"]["what"], story_of("o1")["adjustments"]) == ("DONE", [])


def test_events_are_shown_with_their_verdicts_parked_and_refused_ones_with_their_code(market):
    sell(market, "o1", "2024-06-01 12:00")
    push(
        market[1],
        [
            event("refunded", "o1", "2024-06-01 10:00", line_no=1, refund_no="r1", goods_fen=10_001),
            event("after_sale_closed", "o1", "2024-06-01 11:00", line_no=1, case_no="c1"),
            event("shipped", "o1", "2024-06-01 11:30", line_no=2),
        ],
    )
    found = [(each["type"], each["verdict"], each["code"]) for each in story_of("o1")["events"]]
    assert found == [
        ("paid", "accepted", ""),
        ("refunded", "rejected", "REFUND_EXCEEDS_PAYMENT"),
        ("after_sale_closed", "parked", "PREDECESSOR_MISSING"),
        ("received", "accepted", ""),
    ]
    assert "2024-06-01 10:00 退款 ¥100.01（已拒绝，REFUND_EXCEEDS_PAYMENT）" in words()


def test_phases_are_followed_into_the_netted_postings(market):
    for order_no in ("o1", "o2"):
        sell(market, order_no, "2024-06-01 12:00")
    settle("2024-06-09")
    booked = [
        (each["party"], each["account"], each["kind"], each["amount_fen"], each["netted_fen"])
        for each in story_of("o1")["postings"]
    ]
    assert booked == [
        ("m1", "funding", "withheld", 1_250, 2_500),
        ("m1", "funding", "cost", -1_250, -2_500),
        ("s1", "available", "commission", 1_250, 2_500),
        ("s1", "available", "tech_fee", -125, -250),
    ]
    assert all(each["reference"].startswith("night:2024-06-09:") for each in story_of("o1")["postings"])


def test_a_held_line_says_why_since_when_and_until_when(market):
    sell(market, "o1", "2024-06-01 12:00")
    line = OrderLine.objects.get()
    holds.hold_line(line, "疑似自买自卖", by=staff(), at=moment("2024-06-02 12:00"), until=moment("2024-06-20 12:00"))
    story = story_of("o1")
    assert story["held"]["reason"] == "STAFF_HOLD"
    assert story["next"] == {"what": "HELD", "night": "2024-06-09", "until": "2024-06-20T12:00:00+08:00"}
    assert "（原因：疑似自买自卖）" in words() and "最迟 2024-06-20 12:00 自动解除。" in words()
    assert "reason" not in seen_by("s1")["holds"][0]


def test_a_dispute_is_shown_to_its_two_sides_and_the_platform(market):
    providers = build.tenant("provider", "agency")
    sell(market, "o1", "2024-06-01 12:00")
    settle("2024-06-09")
    OrderLine.objects.update(provider=providers)
    line, m1, s1 = OrderLine.objects.get(), *(Tenant.objects.get(code=code) for code in ("m1", "s1"))
    at = moment("2024-06-10 12:00")
    disputes.open_dispute(line, claimant=m1, against=s1, reason="刷单", by=build.member(m1), at=at)
    (dispute,) = story_of("o1")["disputes"]
    assert (dispute["claimant"], dispute["respondent"], dispute["amount_fen"]) == ("m1", "s1", 1_125)
    assert "争议：m1 对 s1" in words()
    assert [len(seen_by(code)["disputes"]) for code in ("m1", "s1", "agency")] == [1, 1, 0]


def test_a_party_sees_its_own_postings_and_waiting_amounts(market):
    sell(market, "o1", "2024-06-01 12:00")
    settle("2024-06-09")
    refund(market, "o1", "2024-06-11 12:00", 4_000)
    assert {each["party"] for each in seen_by("s1")["postings"]} == {"s1"}
    assert {each["party"] for each in seen_by("m1")["postings"]} == {"m1"}
    assert "merchant_cost_fen" not in seen_by("s1")["adjustments"][0]
    assert seen_by("shop")["postings"] == []


def test_all_stories_ask_as_many_questions_for_twelve_lines_as_for_two(market, django_assert_num_queries):
    for number in range(12):
        sell(market, f"o{number}", "2024-06-01 12:00")
        if number == 1:
            settle("2024-06-09")
            with django_assert_num_queries(12):
                list(explain.stories(OrderLine.objects.order_by("pk")))
    settle("2024-06-10")
    with django_assert_num_queries(12):
        assert len(list(explain.stories(OrderLine.objects.order_by("pk")))) == 12
