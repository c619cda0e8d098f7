"""Rulebook §7: a refund number is one refund of an order, reported whole or line by line, and given back once."""

from itertools import permutations

import pytest

from commissions.models import OrderEvent, OrderLine
from tests.build import bought, event, merchant, nets, normal_plan, paid, pick, product, push, settle, source, streamer
from tests.casework import audit_is_clean

pytestmark = pytest.mark.django_db
REPEATED = ("rejected", "REFUND_REPEATED")
ACCEPTED = ("accepted", "")
AGAIN = ("rejected", "REFUND_ALREADY_REVERSED")
WAITS = ("parked", "PREDECESSOR_MISSING")


@pytest.fixture
def by():
    """The source of order o1: two lines of 100.00, freight 5.00, at 10 %."""
    goods, by = product(merchant()), source()
    normal_plan(goods, 1000)
    pick(streamer(), goods, "x1")
    lines = [bought(goods, "x1"), bought(goods, "x1", line_no=2)]
    push(by, [paid("o1", "2024-06-02 10:00", lines, freight_fen=500)])
    return by


def refund(at: str, line_no: int | None = None, amount_fen: int = 4_000, refund_no: str = "RF-1", **facts) -> dict:
    named = {} if line_no is None else {"line_no": line_no}
    return event("refunded", "o1", f"2024-06-04 {at}", refund_no=refund_no, amount_fen=amount_fen, **named, **facts)


def reversal(at: str, line_no: int | None = None) -> dict:
    named = {} if line_no is None else {"line_no": line_no}
    return event("refund_reversed", "o1", f"2024-06-04 {at}", refund_no="RF-1", **named)


def freight_is_left(by, freight_fen: int) -> bool:
    """Exactly that much freight can still be refunded; asked late, so that nothing else depends on it."""
    asked = [
        event("refunded", "o1", "2024-06-30 10:00", refund_no="more", goods_fen=0, freight_fen=freight_fen + 1),
        event("refunded", "o1", "2024-06-30 11:00", refund_no="all", goods_fen=0, freight_fen=freight_fen),
    ]
    return [receipt.status for receipt in push(by, asked)] == ["rejected", "accepted"]


def bases() -> list[int]:
    return list(OrderLine.objects.order_by("line_no").values_list("due_base_fen", flat=True))


def rulings(events: list[dict]) -> list[tuple[str, str]]:
    """As they stand now, in the order of ``events``."""
    stored = {row.event_id: (row.verdict, row.code) for row in OrderEvent.objects.all()}
    return [stored[each["event_id"]] for each in events]


@pytest.mark.parametrize(
    ("reports", "expected", "left"),
    [
        ([None, 1], [ACCEPTED, REPEATED], [8_000, 8_000]),
        ([1, None], [ACCEPTED, REPEATED], [6_000, 10_000]),
        ([1, 1], [ACCEPTED, REPEATED], [6_000, 10_000]),
        ([None, None], [ACCEPTED, REPEATED], [8_000, 8_000]),
        ([1, 2], [ACCEPTED, ACCEPTED], [6_000, 6_000]),
        ([1, 2, None, 1, 2], [ACCEPTED, ACCEPTED, REPEATED, REPEATED, REPEATED], [6_000, 6_000]),
        ([None, 1, 2], [ACCEPTED, REPEATED, REPEATED], [8_000, 8_000]),
    ],
)
def test_a_refund_number_reported_again_is_repeated_whichever_way_and_arrives_first(by, reports, expected, left):
    """PAYONE magento-2 #279: the same refund reported twice."""
    events = [refund(f"10:0{place}", line_no) for place, line_no in enumerate(reports)]
    push(by, reversed(events))
    assert (rulings(events), bases()) == (expected, left)


def test_the_second_report_is_answered_as_repeated_and_never_takes_more(by):
    """razorpay-woocommerce #664: RF-1 of 40.00 for the whole order, then again for line 1."""
    push(by, [event("received", "o1", "2024-06-03 12:00")])
    assert [receipt.code for receipt in push(by, [refund("10:00"), refund("10:05", 1)])] == ["", "REFUND_REPEATED"]
    settle("2024-06-11")
    assert (bases(), nets("o1"), nets("o1", line_no=2)) == ([8_000] * 2, [(800, 80, 720)], [(800, 80, 720)])


@pytest.mark.parametrize("amount_fen", [0, 500])
def test_a_refund_that_takes_nothing_of_the_goods_has_its_number_all_the_same(by, amount_fen):
    nothing = event("refunded", "o1", "2024-06-04 10:00", refund_no="RF-1", goods_fen=0, freight_fen=amount_fen)
    events = [nothing, refund("10:05", 1)]
    push(by, events)
    assert (rulings(events), bases()) == ([ACCEPTED, REPEATED], [10_000, 10_000])


def test_a_line_that_joins_after_the_whole_was_refunded_has_its_own_share_of_the_number(by):
    goods = OrderLine.objects.first().product
    joined = paid("o1", "2024-06-04 10:30", [bought(goods, "x1", line_no=3)])
    events = [refund("10:00"), refund("11:00", 3), refund("12:00", 3), refund("13:00")]
    push(by, [joined, *events])
    assert rulings(events) == [ACCEPTED, ACCEPTED, REPEATED, REPEATED]
    assert bases() == [8_000, 8_000, 6_000]


def test_a_report_that_was_refused_leaves_its_number_free(by):
    events = [refund("10:00", 1, 10_501), refund("10:05", 1)]
    push(by, events)
    assert rulings(events) == [("rejected", "REFUND_EXCEEDS_PAYMENT"), ACCEPTED]


def test_a_whole_reversal_gives_back_what_was_refunded_line_by_line(by):
    events = [refund("10:00", 1, 4_500), refund("10:01", 2, 3_000), reversal("11:00"), reversal("12:00")]
    push(by, events)
    assert (rulings(events), bases()) == ([ACCEPTED, ACCEPTED, ACCEPTED, AGAIN], [10_000, 10_000])
    assert freight_is_left(by, 500)


def test_a_whole_refund_is_given_back_line_by_line_each_share_once(by):
    events = [refund("10:00", None, 20_500), reversal("11:00", 1), reversal("12:00", 1)]
    push(by, events)
    assert (rulings(events), bases()) == ([ACCEPTED, ACCEPTED, AGAIN], [10_000, 0])
    events += [reversal("13:00"), reversal("14:00", 2), reversal("15:00")]
    push(by, events[3:])
    assert (rulings(events)[3:], bases()) == ([ACCEPTED, AGAIN, AGAIN], [10_000, 10_000])


@pytest.mark.parametrize(("reversals", "left"), [([1], 0), ([1, 2], 500), ([2, None], 500), ([None, 1], 500)])
def test_freight_comes_back_once_with_the_last_line_of_its_refund(by, reversals, left):
    push(by, [refund("10:00", None, 20_500), *(reversal(f"11:0{place}", no) for place, no in enumerate(reversals))])
    assert freight_is_left(by, left)


def test_freight_refunded_with_one_line_comes_back_with_that_line(by):
    push(by, [refund("10:00", 1, 10_500), refund("10:01", 2), reversal("11:00", 1)])
    assert freight_is_left(by, 500)


@pytest.mark.parametrize("whole_first", [True, False])
def test_a_cancelled_line_stays_at_nothing_and_keeps_nobody_elses_share(by, whole_first):
    """Lines 1 and 2 refunded whole with the freight, line 2 cancelled: line 1 comes back, and the freight with it."""
    cancelled = event("cancelled", "o1", "2024-06-04 10:30", line_no=2)
    events = [refund("10:00", None, 10_500), cancelled]
    events += [reversal("11:00", None if whole_first else 1), reversal("12:00", 2)]
    push(by, events)
    last = AGAIN if whole_first else ("rejected", "LINE_CANCELLED")
    assert (rulings(events), bases()) == ([ACCEPTED, ACCEPTED, ACCEPTED, last], [10_000, 0])


@pytest.mark.parametrize(
    ("early", "reports", "left"),
    [
        (None, [None], [10_000, 10_000]),
        (1, [None], [10_000, 8_000]),
        (None, [1], [10_000, 10_000]),
        (None, [1, 2], [10_000, 10_000]),
        (2, [1, 2], [6_000, 10_000]),
    ],
)
def test_a_reversal_dated_before_its_refund_waits_and_then_counts_in_either_form(by, early, reports, left):
    before = reversal("09:00", early)
    (receipt,) = push(by, [before])
    assert (receipt.status, receipt.code) == WAITS
    events = [refund(f"10:0{place}", line_no) for place, line_no in enumerate(reports)]
    push(by, events)
    assert (rulings([before, *events]), bases()) == ([ACCEPTED] * (1 + len(events)), left)


def test_a_reversal_of_a_line_that_the_refund_does_not_name_waits(by):
    events = [refund("10:00", 1), reversal("11:00", 2)]
    push(by, events)
    assert (rulings(events), bases()) == ([ACCEPTED, WAITS], [6_000, 10_000])
    events.append(refund("12:00", 2))
    push(by, events[2:])
    assert (rulings(events), bases()) == ([ACCEPTED] * 3, [6_000, 10_000])


def test_a_second_reversal_dated_before_the_refund_is_one_too_many(by):
    events = [reversal("08:00"), reversal("09:00", 1), refund("10:00")]
    push(by, events)
    assert (rulings(events), bases()) == ([ACCEPTED, AGAIN, ACCEPTED], [10_000, 10_000])


def test_whole_and_line_reversals_after_the_night_are_paid_again_by_difference(by):
    push(by, [event("received", "o1", "2024-06-03 12:00")])
    settle("2024-06-11")
    push(by, [event("refunded", "o1", "2024-06-11 10:00", refund_no="RF-1", amount_fen=4_000)])
    settle("2024-06-12")
    push(by, [event("refund_reversed", "o1", "2024-06-12 10:00", refund_no="RF-1", line_no=2)])
    settle("2024-06-13")
    push(by, [event("refund_reversed", "o1", "2024-06-13 10:00", refund_no="RF-1")])
    settle("2024-06-14")
    assert nets("o1") == [(1000, 100, 900), (-200, -20, -180), (200, 20, 180)]
    assert nets("o1", line_no=2) == [(1000, 100, 900), (-200, -20, -180), (200, 20, 180)]
    assert audit_is_clean()


def test_every_arrival_of_whole_and_line_reports_and_reversals_ends_alike(by):
    events = [refund("10:00"), refund("10:01", 1), reversal("09:00", 2), reversal("11:00"), reversal("12:00", 1)]
    seen = set()
    for order in permutations(events):
        OrderEvent.objects.exclude(type="paid").delete()
        for one in order:
            push(by, [one])
        seen.add(str((rulings(events), bases())))
    assert seen == {str(([ACCEPTED, REPEATED, ACCEPTED, ACCEPTED, AGAIN], [10_000, 10_000]))}
