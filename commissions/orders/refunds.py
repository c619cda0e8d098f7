"""The refunds of one order and their reversals (rulebook §7, §9). No Django, no clock, no rows.

A refund number is one refund of the order, whichever way it is reported: for the whole order at once, or line by line.
Each line has one share of it, which is given back once.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from commissions.orders.line_state import LineState
from commissions.orders.rulings import (
    LINE_CANCELLED,
    PREDECESSOR_MISSING,
    REFUND_ALREADY_REVERSED,
    REFUND_EXCEEDS_PAYMENT,
    REFUND_REPEATED,
    Event,
)
from haowu.ground.money import divide


@dataclass
class Refund:
    """One accepted report of a refund: its shares by line number, and what it took of the order's freight."""

    freight_fen: int
    shares: dict[int, "Share"] = field(default_factory=dict)


@dataclass
class Share:
    """What ``refund`` took off one line."""

    refund: Refund
    line: LineState
    amount_fen: int
    is_reversed: bool = False


@dataclass(frozen=True)
class Reversal:
    """A reversal and the lines that it speaks of."""

    event: Event
    lines: Sequence[LineState]


class Freight:
    """The freight of an order: paid with each of its payments, refunded once."""

    def __init__(self) -> None:
        self._paid: list[tuple[str, datetime, int]] = []
        self._refunded_fen = 0

    def pay(self, event_id: str, ordered_at: datetime, freight_fen: int) -> None:
        self._paid.append((event_id, ordered_at, freight_fen))

    def left_fen(self, at: datetime, lines: Collection[LineState]) -> int:
        """What is not refunded of the freight that was ordered by ``at`` or paid together with one of ``lines``."""
        return max(0, self._paid_fen(at, lines) - self._refunded_fen)

    def refund(self, freight_fen: int) -> None:
        """Negative: give back."""
        self._refunded_fen += freight_fen

    def refund_all(self, at: datetime, lines: Collection[LineState]) -> None:
        self._refunded_fen = max(self._refunded_fen, self._paid_fen(at, lines))

    def _paid_fen(self, at: datetime, lines: Collection[LineState]) -> int:
        theirs = {line.paid_event_id for line in lines}
        return sum(fen for event_id, ordered_at, fen in self._paid if ordered_at <= at or event_id in theirs)


class RefundBook:
    """Applies refunds and reversals in canonical order. ``accepted``: the refunds that stand, by event id."""

    def __init__(self, freight: Freight) -> None:
        self.accepted: dict[str, Refund] = {}
        self._freight = freight
        self._numbered: dict[str, list[Refund]] = defaultdict(list)
        self._reversals: dict[str, list[Reversal]] = defaultdict(list)

    def refund(self, event: Event, lines: Sequence[LineState]) -> str:
        """Divide a refund over ``lines`` by what is left of each. The code of a refusal, or nothing."""
        numbered = self._numbered[event.facts["refund_no"]]
        if any(line.line_no in earlier.shares for earlier in numbered for line in lines):
            return REFUND_REPEATED
        left = [line.left_fen for line in lines]
        if "amount_fen" in event.facts:
            goods_fen = min(event.facts["amount_fen"], sum(left))
            freight_fen = event.facts["amount_fen"] - goods_fen
        else:
            goods_fen, freight_fen = event.facts["goods_fen"], event.facts["freight_fen"]
        if goods_fen > sum(left) or freight_fen > self._freight.left_fen(event.occurred_at, lines):
            return REFUND_EXCEEDS_PAYMENT
        refund = self.accepted[event.event_id] = Refund(freight_fen)
        for line, fen in zip(lines, divide(goods_fen, left), strict=True):
            refund.shares[line.line_no] = Share(refund, line, fen)
            line.refund(fen, event.occurred_at)
        self._freight.refund(freight_fen)
        numbered.append(refund)
        return ""

    def reverse(self, event: Event, lines: Sequence[LineState]) -> str:
        """Give back the shares of ``lines`` in the refund of that number, as when a return is called off.

        What is refunded under the number only later, the reversal reaches then.
        """
        number = event.facts["refund_no"]
        self._reversals[number].append(Reversal(event, lines))
        return self._give_back(self._numbered[number], lines, event.occurred_at)

    def reverse_early(self, event: Event) -> Iterator[tuple[Event, str]]:
        """Give back of the accepted refund ``event`` what reversals dated before it speak of: each with its code.

        A reversal that speaks of other lines is not named.
        """
        refund = self.accepted[event.event_id]
        for reversal in self._reversals[event.facts["refund_no"]]:
            code = self._give_back([refund], reversal.lines, event.occurred_at)
            if code != PREDECESSOR_MISSING:
                yield reversal.event, code

    def _give_back(self, refunds: Sequence[Refund], lines: Sequence[LineState], at: datetime) -> str:
        """A line cancelled since stays at nothing: all that was paid for it went back."""
        numbers = {line.line_no for line in lines}
        meant = [share for refund in refunds for line_no, share in refund.shares.items() if line_no in numbers]
        if not meant:
            return PREDECESSOR_MISSING
        waiting = [share for share in meant if not share.is_reversed]
        if not waiting:
            return REFUND_ALREADY_REVERSED
        remaining = [share for share in waiting if not share.line.cancelled]
        if not remaining:
            return LINE_CANCELLED
        for share in waiting:
            share.is_reversed = True
        for share in remaining:
            share.line.refund(-share.amount_fen, at)
            self._return_freight(share)
        return ""

    def _return_freight(self, given_back: Share) -> None:
        """Freight comes back with the last line of its refund that can."""
        refund = given_back.refund
        if all(share.is_reversed or share.line.cancelled for share in refund.shares.values()):
            self._freight.refund(-refund.freight_fen)
            refund.freight_fen = 0
