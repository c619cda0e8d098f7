"""Rulebook §7: the same events, in any order and any number of times, leave the same state and pay the same."""

import random
from itertools import pairwise, permutations

import pytest

from commissions.models import OrderEvent, OrderLine
from commissions.orders.events import parse
from commissions.orders.life import OrderLife
from commissions.orders.rulings import Event
from haowu.ground import days
from tests.build import (
    bought,
    event,
    listed_plan,
    merchant,
    normal_plan,
    paid,
    pick,
    product,
    push,
    settle,
    source,
    story_of,
)
from tests.build import streamer as new_streamer
from tests.campaign import SEED, parts, tallied
from tests.histories import make_history, make_market
from tests.world import World, undone

pytestmark = [pytest.mark.django_db, pytest.mark.campaign]
ORDERS_OF_SIX = list(permutations(range(6)))
MISSING, REPEATED, REVERSED = "PREDECESSOR_MISSING", "REFUND_REPEATED", "REFUND_ALREADY_REVERSED"
NIGHTS = ("2024-06-05", "2024-06-13", "2024-06-14", "2024-06-20")


def life_of_six(goods) -> list[dict]:
    """Paid, shipped, a case opened and closed, a part refunded, received: due on 12 June at 10:00."""
    lines = [bought(goods, "x1", price_fen=9_999), bought(goods, "x2", line_no=2, price_fen=5_001)]
    return [
        paid("o1", "2024-06-01 10:00", lines, order_coupon_fen=299),
        event("shipped", "o1", "2024-06-02 10:00"),
        event("after_sale_opened", "o1", "2024-06-03 10:00", line_no=1, case_no="c1"),
        event("refunded", "o1", "2024-06-03 12:00", refund_no="r1", amount_fen=3_333),
        event("after_sale_closed", "o1", "2024-06-04 10:00", case_no="c1"),
        event("received", "o1", "2024-06-05 10:00"),
    ]


def refunds_of_six(goods) -> list[dict]:
    """One refund number reported whole and by line, given back by line and whole, once before it was refunded."""
    lines = [bought(goods, "x1", price_fen=9_999), bought(goods, "x2", line_no=2, price_fen=5_001)]
    return [
        paid("o1", "2024-06-01 10:00", lines, freight_fen=500),
        event("refund_reversed", "o1", "2024-06-03 09:00", line_no=2, refund_no="r1", event_id="early"),
        event("refunded", "o1", "2024-06-03 10:00", refund_no="r1", amount_fen=3_000, event_id="whole"),
        event("refunded", "o1", "2024-06-03 11:00", line_no=1, refund_no="r1", amount_fen=3_000, event_id="again"),
        event("refund_reversed", "o1", "2024-06-03 12:00", refund_no="r1", event_id="back"),
        event("refund_reversed", "o1", "2024-06-03 13:00", line_no=1, refund_no="r1", event_id="twice"),
    ]


def joined_of_six(goods) -> list[dict]:
    """A line joins on 4 June: what was reported of the whole order before is not of it, what comes after is."""
    return [
        paid("o1", "2024-06-01 10:00", [bought(goods, "x1", price_fen=9_999)]),
        event("received", "o1", "2024-06-02 10:00", event_id="received"),
        event("refunded", "o1", "2024-06-03 10:00", refund_no="r1", amount_fen=999, event_id="whole"),
        paid("o1", "2024-06-04 10:00", [bought(goods, "x2", line_no=2, price_fen=5_001)]),
        event("refunded", "o1", "2024-06-05 10:00", line_no=2, refund_no="r1", amount_fen=1, event_id="joined"),
        event("shipped", "o1", "2024-05-31 10:00", event_id="too early"),
    ]


def cases_of_six(goods) -> list[dict]:
    """A case opened whole is closed for line 1, another opened for line 2 is closed whole and never for line 1."""
    lines = [bought(goods, "x1", price_fen=9_999), bought(goods, "x2", line_no=2, price_fen=5_001)]
    return [
        paid("o1", "2024-06-01 10:00", lines),
        event("after_sale_opened", "o1", "2024-06-02 10:00", case_no="c1", event_id="opened whole"),
        event("after_sale_closed", "o1", "2024-06-03 10:00", line_no=1, case_no="c1", event_id="closed for 1"),
        event("after_sale_opened", "o1", "2024-06-02 11:00", line_no=2, case_no="c2", event_id="opened for 2"),
        event("after_sale_closed", "o1", "2024-06-03 11:00", line_no=1, case_no="c2", event_id="not open"),
        event("after_sale_closed", "o1", "2024-06-04 10:00", case_no="c2", event_id="closed whole"),
    ]


LIVES = {
    "refunds": (refunds_of_six, [("paid", 9_999), ("paid", 5_001)], {"again": REPEATED, "twice": REVERSED}),
    "joined": (joined_of_six, [("received", 9_000), ("paid", 5_000)], {"too early": MISSING}),
    "cases": (cases_of_six, [("paid", 9_999), ("paid", 5_001)], {"not open": MISSING}),
}
"""Of each: the events, the lines they leave, and the codes of those that are not accepted."""


@pytest.fixture
def market():
    """Two streamers, one on the normal plan at 12.5 %, one listed at 15.5 %."""
    goods, by = product(merchant("m1")), source()
    normal_plan(goods, 1250)
    listed = new_streamer("s2")
    pick(new_streamer("s1"), goods, "x1")
    pick(listed, goods, "x2")
    listed_plan(goods, "item_targeted", {listed: 1550})
    return goods, by


def test_all_720_orders_fold_to_the_same_lines_and_rulings(market):
    goods, _by = market
    events = [parse(raw, now=days.now()) for raw in life_of_six(goods)]
    expected = folded(events)
    assert [(line.status, line.base_fen) for line in expected[0].values()] == [("received", 7578), ("received", 3790)]
    assert {ruling.verdict for ruling in expected[1].values()} == {"accepted"}
    for order in ORDERS_OF_SIX:
        arrived = [events[index] for index in order]
        assert folded(arrived) == expected, order
        for known in range(1, 6):
            so_far = sorted(arrived[:known], key=lambda event: event.event_id)
            assert folded(arrived[:known]) == folded(so_far), (order, known)


@pytest.mark.parametrize("name", LIVES)
def test_all_720_orders_of_whole_and_line_events_fold_alike(market, name):
    goods, _by = market
    make, lines, codes = LIVES[name]
    events = [parse(raw, now=days.now()) for raw in make(goods)]
    expected = folded(events)
    assert [(line.status, line.base_fen) for line in expected[0].values()] == lines
    assert {event_id: ruling.code for event_id, ruling in expected[1].items() if ruling.code} == codes
    if name == "cases":
        assert [list(line.open_cases) for line in expected[0].values()] == [[], ["c1"]]
    for order in ORDERS_OF_SIX:
        arrived = [events[index] for index in order]
        assert folded(arrived) == expected, order
        for known in range(1, 6):
            so_far = sorted(arrived[:known], key=lambda event: event.event_id)
            assert folded(arrived[:known]) == folded(so_far), (order, known)


@pytest.mark.parametrize("name", LIVES)
@pytest.mark.parametrize("part", parts(1, 24))
def test_whole_and_line_events_leave_the_same_state_in_every_order(market, name, part, record_property):
    goods, by = market
    events = LIVES[name][0](goods)
    with undone():
        push(by, events)
        expected = state()
    rng = random.Random(f"{SEED} {name} {part}")
    with tallied(record_property, f"{name} of six events, any order") as tally:
        for order in ORDERS_OF_SIX[part * 30 : part * 30 + 30]:
            with undone():
                for batch in batches(rng, [events[index] for index in (*order, *rng.sample(order, 2))]):
                    push(by, batch)
                assert state() == expected, order
                tally.count("orders")


def folded(events: list[Event]) -> tuple[dict, dict]:
    """(lines, rulings) of one order."""
    life = OrderLife(events)
    return life.lines, life.rulings


def state() -> list[tuple]:
    """All that the events decide, without row ids and times of writing."""
    written = {"id", "order", "source", "updated_at"}
    names = sorted({field.name for field in OrderLine._meta.concrete_fields} - written)
    lines = OrderLine.objects.order_by("source", "order_no", "line_no").values_list("source", *names)
    events = OrderEvent.objects.order_by("source", "event_id").values_list("source", "event_id", "verdict", "code")
    return [*lines, *events]


def batches(rng: random.Random, events: list[dict]) -> list[list[dict]]:
    """``events`` in their order, cut at random: each for itself, all at once, or anything between."""
    cuts = sorted({0, len(events), *(place for place in range(1, len(events)) if rng.random() < 0.6)})
    return [events[first:last] for first, last in pairwise(cuts)]


def sums() -> list[tuple[int, int]]:
    """(gross, fee) of each line's streamer over all nights."""
    phases = [[phase["streamer"] for phase in story_of("o1", line_no)["phases"]] for line_no in (1, 2)]
    return [(sum(one["gross_fen"] for one in each), sum(one["tech_fee_fen"] for one in each)) for each in phases]


@pytest.mark.parametrize("part", parts(1, 24))
def test_six_events_leave_the_same_state_in_every_order(market, part, record_property):
    goods, by = market
    events = life_of_six(goods)
    with undone():
        push(by, events)
        expected = state()
    rng = random.Random(f"{SEED} {part}")
    with tallied(record_property, "six events, any order") as tally:
        for order in ORDERS_OF_SIX[part * 30 : part * 30 + 30]:
            with undone():
                for batch in batches(rng, [events[index] for index in order]):
                    push(by, batch)
                assert state() == expected, order
                tally.count("orders")


@pytest.mark.parametrize("part", parts(1, 24))
def test_six_events_pay_the_same_in_every_order_with_nights_in_between(market, part, record_property):
    goods, by = market
    events = life_of_six(goods)
    rng = random.Random(f"{SEED} {part}")
    with tallied(record_property, "six events, any order, nights in between") as tally:
        for order in ORDERS_OF_SIX[part * 30 : part * 30 + 30]:
            places = sorted(rng.randrange(7) for _ in NIGHTS)
            with undone():
                for place, index in enumerate([*order, None]):
                    for night, before in zip(NIGHTS, places, strict=True):
                        if before == place:
                            settle(night)
                    if index is not None:
                        push(by, [events[index]])
                settle("2024-07-01")
                assert sums() == [(947, 95), (587, 59)], (order, places)
                tally.count("orders")


@pytest.mark.parametrize("part", parts(4, 100))
def test_shuffled_and_repeated_histories_leave_the_same_state(part, record_property):
    """Ten shuffles of several orders' events, each event sent one to five times, in batches of any size."""
    rng = random.Random(f"{SEED} {part}")
    with tallied(record_property, "shuffled histories") as tally:
        market = make_market(f"{SEED} {part}")
        world = World(market)
        acts = make_history(market, f"{SEED} shuffled {part}")
        for act in acts:
            if act[0] in {"rate", "end"}:
                world.act(*act)
        once = {(act[1], event["event_id"]): event for act in acts if act[0] == "events" for event in act[2]}
        with undone():
            deliver(world, [(by, event) for (by, _event_id), event in once.items()])
            expected = state()
        for _ in range(10):
            sent = [(by, event) for (by, _), event in once.items() for _ in range(rng.randrange(1, 6))]
            rng.shuffle(sent)
            with undone():
                size = rng.randrange(1, 40)
                for first in range(0, len(sent), size):
                    deliver(world, sent[first : first + size])
                assert state() == expected, f"history {SEED} shuffled {part}"
                tally.count("shuffles")
                tally.count("events sent", len(sent))


def deliver(world: World, sent: list[tuple[str, dict]]) -> None:
    for code, by in world.sources.items():
        push(by, [event for to, event in sent if to == code])
