"""Rulebook §7, §8: an after-sale case is open line by line; the line is held, not the order."""

import pytest

from commissions.models import OrderEvent, OrderLine
from haowu.ground import days
from tests.build import (
    bought,
    event,
    merchant,
    moment,
    normal_plan,
    paid,
    pick,
    product,
    push,
    settle,
    source,
    story_of,
    streamer,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def by():
    """The source of order o1: lines of 100.00 and 200.00, received on 3 June, due on 10 June at noon."""
    goods, by = product(merchant()), source()
    normal_plan(goods, 1000)
    pick(streamer(), goods, "x1")
    lines = [bought(goods, "x1"), bought(goods, "x1", line_no=2, price_fen=20_000)]
    push(by, [paid("o1", "2024-06-02 10:00", lines), event("received", "o1", "2024-06-03 12:00")])
    return by


def opened(line_no: int | None = None, day: int = 5) -> dict:
    named = {} if line_no is None else {"line_no": line_no}
    return event("after_sale_opened", "o1", f"2024-06-{day:02} 10:00", case_no="K1", **named)


def closed(line_no: int | None = None, day: int = 6) -> dict:
    named = {} if line_no is None else {"line_no": line_no}
    return event("after_sale_closed", "o1", f"2024-06-{day:02} 10:00", case_no="K1", **named)


def held() -> list[bool]:
    reasons = OrderLine.objects.order_by("line_no").values_list("held_reason", flat=True)
    return [reason == "AFTER_SALE_OPEN" for reason in reasons]


def verdict(of: dict) -> tuple[str, str]:
    row = OrderEvent.objects.get(event_id=of["event_id"])
    return row.verdict, row.code


@pytest.mark.parametrize(
    ("events", "closing"),
    [
        ([opened(1), opened(2), closed(1)], "accepted"),
        ([opened(), closed(1)], "accepted"),
        ([opened(2), closed(1)], "parked"),
    ],
)
def test_closing_a_case_for_line_1_leaves_line_2_held(by, events, closing):
    """redengineer/redmini #817, #1169: one order, several items under one after-sale number."""
    push(by, events)
    assert verdict(events[-1])[0] == closing
    settle("2024-06-11")
    first, second = story_of("o1", 1), story_of("o1", 2)
    assert (first["status"], first["held"]) == ("settled", None)
    assert (second["status"], second["held"]["reason"]) == ("received", "AFTER_SALE_OPEN")
    assert second["held"]["since"] == moment("2024-06-05 10:00").astimezone(days.SHANGHAI).isoformat()
    push(by, [closed(2, day=12)])
    settle("2024-06-13")
    assert (story_of("o1", 2)["status"], story_of("o1", 2)["phases"][0]["day"]) == ("settled", "2024-06-13")


def test_a_closing_of_a_line_on_which_the_case_is_not_open_waits_for_its_opening(by):
    closing = closed(1)
    push(by, [opened(2), closing])
    assert (verdict(closing), held()) == (("parked", "PREDECESSOR_MISSING"), [False, True])
    push(by, [opened(1)])
    assert (verdict(closing), held()) == (("accepted", ""), [False, True])


@pytest.mark.parametrize("events", [[opened(1), opened(2), closed()], [opened(), closed()], [opened(2), closed()]])
def test_a_closing_of_the_whole_order_closes_the_case_wherever_it_is_open(by, events):
    push(by, events)
    assert (verdict(events[-1]), held()) == (("accepted", ""), [False, False])


def test_a_case_opened_for_the_whole_order_is_closed_line_by_line(by):
    push(by, [opened(), closed(1), closed(2, day=8)])
    assert held() == [False, False]
    assert (
        list(OrderLine.objects.order_by("line_no").values_list("settles_on", flat=True)) == [days.day("2024-06-11")] * 2
    )


def test_a_second_closing_of_a_line_changes_nothing_and_waits_for_nothing(by):
    push(by, [opened(1, day=9), closed(1, day=12)])
    again = closed(None, day=20)
    push(by, [again])
    assert (verdict(again), story_of("o1")["settles_on"]) == (("accepted", ""), "2024-06-13")


def test_a_closing_of_another_case_leaves_the_line_held(by):
    other = event("after_sale_closed", "o1", "2024-06-06 10:00", case_no="K2", line_no=1)
    push(by, [opened(1), other])
    assert (verdict(other), held()) == (("parked", "PREDECESSOR_MISSING"), [True, False])
