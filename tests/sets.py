"""What the tests of the night's sets share: nights by number, a market of many streamers, statements counted."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from commissions.models import Settlement
from haowu.audit.invariants import run_audit
from haowu.ground import days
from haowu.ground.errors import Refused
from merchants.steps import Step
from tests.build import bought, event, merchant, normal_plan, paid, pick, product, push, settle, source, streamer
from tests.world import undone

FIRST = date(2024, 6, 9)
"""The night of what is received on 1 June."""


def assert_audit_is_clean() -> None:
    assert [finding for finding in run_audit() if not finding.holds] == []


def night(number: int) -> date:
    return FIRST + timedelta(days=number)


def at(number: int, hour: int = 12) -> str:
    """A time on the day before night ``number``, as builders take it."""
    return f"{night(number) - days.ONE_DAY} {hour:02}:00"


def assert_noticed(play: Callable[[int], None], seeds: Iterable[int]) -> None:
    """Some seed's play fails, by an assertion or by the database; what it did is undone."""
    for seed in seeds:
        try:
            with undone():
                play(seed)
        except (AssertionError, DatabaseError, Refused):
            return
    raise RuntimeError("a broken variant was not noticed")


class Market:
    """One product at 10 % that streamers s0… have picked."""

    def __init__(self, streamers: int, step: Step | None = None) -> None:
        self.goods = product(merchant("m1"))
        self.plan = normal_plan(self.goods, 1000, step=step)
        self.streamers = [streamer(f"s{number}") for number in range(streamers)]
        for number, party in enumerate(self.streamers):
            pick(party, self.goods, f"x{number}")
        self.source = source()
        self.orders = self.refunds = 0

    def sell(self, streamer: int, night_no: int, *prices: int, hours: Sequence[int] = ()) -> str:
        """An order that settles in that night; its lines are received at once, or each in its hour."""
        self.orders += 1
        order_no = f"o{self.orders}"
        lines = [bought(self.goods, f"x{streamer}", line_no=no, price_fen=fen) for no, fen in enumerate(prices, 1)]
        day = night(night_no) - timedelta(days=8)
        received = [
            event("received", order_no, f"{day} {hour:02}:00:{self.orders % 60:02}", line_no=no)
            for no, hour in enumerate(hours or [12] * len(prices), 1)
        ]
        push(self.source, [paid(order_no, "2024-05-20 08:00", lines), *received])
        return order_no

    def refund(self, order_no: str, night_no: int, fen: int, line_no: int = 1) -> None:
        """The night takes it into account."""
        self.refunds += 1
        given = {"line_no": line_no, "refund_no": f"r{self.refunds}", "amount_fen": fen}
        push(self.source, [event("refunded", order_no, at(night_no), **given)])


def settled_orders() -> set[str]:
    return set(Settlement.objects.filter(phase=0).values_list("line__order_no", flat=True))


def statements_of(monkeypatch, module: Any, name: str, day: date) -> int:
    """How many statements ``module.name`` takes in the night of ``day``."""
    act, taken = getattr(module, name), []

    def counted(*args, **named):
        with CaptureQueriesContext(connection) as captured:
            answer = act(*args, **named)
        taken.append(len(captured))
        return answer

    monkeypatch.setattr(module, name, counted)
    settle(str(day))
    monkeypatch.undo()
    (count,) = taken
    return count
