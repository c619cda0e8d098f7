"""The life of an order: a pure function of the set of its events (rulebook §7).

Events are put into one canonical order (time, then id) before they are applied, so that neither the order of
arrival nor repetition can matter. What an event lacks parks it; what contradicts earlier ones is refused and
changes nothing. No Django, no clock, no rows.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from commissions.split import Price, bases
from haowu.ground.money import divide


class Type(StrEnum):
    PAID = "paid"
    SHIPPED = "shipped"
    RECEIVED = "received"
    REFUNDED = "refunded"
    REFUND_REVERSED = "refund_reversed"
    AFTER_SALE_OPENED = "after_sale_opened"
    AFTER_SALE_CLOSED = "after_sale_closed"
    CANCELLED = "cancelled"


class Verdict(StrEnum):
    """What became of an event. The values are the API's (``rejected`` is what partners read)."""

    ACCEPTED = "accepted"
    PARKED = "parked"
    REJECTED = "rejected"


PREDECESSOR_MISSING = "PREDECESSOR_MISSING"
LINE_ALREADY_PAID = "LINE_ALREADY_PAID"
LINE_CANCELLED = "LINE_CANCELLED"
ALREADY_SHIPPED = "ALREADY_SHIPPED"
REFUND_REPEATED = "REFUND_REPEATED"
REFUND_ALREADY_REVERSED = "REFUND_ALREADY_REVERSED"
REFUND_EXCEEDS_PAYMENT = "REFUND_EXCEEDS_PAYMENT"


@dataclass(frozen=True)
class Event:
    """One event as accepted at the door. ``facts`` is what its type carries (``partner_api``), amounts in fen."""

    event_id: str
    type: str
    order_no: str
    occurred_at: datetime
    line_no: int | None = None
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Ruling:
    verdict: Verdict
    code: str = ""


@dataclass
class LineState:
    """Where one line stands after all known events. ``paid_fen`` is what the buyer paid for it, before any refund.

    ``subsidy_fen``: the platform's subsidy as far as the frozen policy counts it in the base. Not the events' to say.
    """

    line_no: int
    paid_event_id: str
    facts: dict[str, Any]
    paid_fen: int
    refunded_fen: int = 0
    cancelled: bool = False
    shipped_at: datetime | None = None
    received_at: datetime | None = None
    open_cases: dict[str, datetime] = field(default_factory=dict)
    case_closed_at: datetime | None = None
    refund_steps: list[tuple[datetime, int]] = field(default_factory=list)
    subsidy_fen: int = 0

    @property
    def left_fen(self) -> int:
        """What is not refunded of the payment."""
        return self.paid_fen - self.refunded_fen

    @property
    def base_fen(self) -> int:
        """What rates apply to (rulebook §3)."""
        return self.base_after(self.refunded_fen)

    def base_after(self, refunded_fen: int) -> int:
        """The base once ``refunded_fen`` are refunded; a subsidy in it shrinks with the payment."""
        left_fen = self.paid_fen - refunded_fen
        return left_fen + divide(self.subsidy_fen, [left_fen, refunded_fen])[0] if self.subsidy_fen else left_fen

    @property
    def status(self) -> str:
        if self.cancelled or (self.left_fen == 0 and self.paid_fen > 0):
            return "invalid"
        if self.received_at:
            return "received"
        return "shipped" if self.shipped_at else "paid"

    def refund(self, amount_fen: int, at: datetime) -> None:
        """Take ``amount_fen`` off the base (negative: give back); ``refund_steps`` keeps (when, refunded by then)."""
        if amount_fen:
            self.refunded_fen += amount_fen
            self.refund_steps.append((at, self.refunded_fen))


@dataclass
class Refund:
    """What one refund took: its part of each line, and of the order's freight."""

    parts: list[tuple[LineState, int]]
    freight_fen: int
    is_reversed: bool = False


class OrderLife:
    """Applies the events of one order. ``lines`` by number; ``rulings`` by event id.

    ``settled_payments``: ids of payments whose lines a night has taken. They stay, though an earlier one comes in.
    ``displaced``: lines with goods of a base that a payment named which does not stand.
    """

    def __init__(self, events: Iterable[Event], settled_payments: Collection[str] = ()) -> None:
        self.lines: dict[int, LineState] = {}
        self.rulings: dict[str, Ruling] = {}
        self.freight_left_fen = 0
        self.displaced: set[int] = set()
        self._refunds: dict[tuple[str, int | None], Refund] = {}
        self._early_reversals: dict[tuple[str, int | None], list[Event]] = {}
        self._cases: dict[str, list[LineState]] = {}
        ordered = sorted(events, key=lambda event: (event.occurred_at, event.event_id))
        openings = [event for event in ordered if event.type == Type.AFTER_SALE_OPENED]
        payments = [event for event in ordered if event.type == Type.PAID]
        for event in sorted(payments, key=lambda event: event.event_id not in settled_payments):
            self._rule(event, self._paid(event))
        for event in openings:
            self._apply(event, OrderLife._after_sale_opened)
        for event in ordered:
            if event.type not in (Type.PAID, Type.AFTER_SALE_OPENED):
                self._apply(event, _APPLY[Type(event.type)])

    def _rule(self, event: Event, code: str) -> None:
        """An empty code accepts."""
        if code == PREDECESSOR_MISSING:
            self.rulings[event.event_id] = Ruling(Verdict.PARKED, code)
        else:
            self.rulings[event.event_id] = Ruling(Verdict.REJECTED if code else Verdict.ACCEPTED, code)

    def _apply(self, event: Event, act: Any) -> None:
        lines = self._meant(event)
        self._rule(event, act(self, event, lines) if lines else PREDECESSOR_MISSING)

    def _meant(self, event: Event) -> list[LineState]:
        """The lines that ``event`` speaks of: one, or all of the order; empty while they are not paid."""
        if event.line_no is None:
            return [self.lines[line_no] for line_no in sorted(self.lines)]
        return [self.lines[event.line_no]] if event.line_no in self.lines else []

    def _paid(self, event: Event) -> str:
        facts = event.facts
        if any(line["line_no"] in self.lines for line in facts["lines"]):
            self.displaced.update(line["line_no"] for line in facts["lines"] if "sku" in line)
            return LINE_ALREADY_PAID
        prices = [
            Price(line["price_fen"], line["merchant_coupon_fen"], line["platform_coupon_fen"])
            for line in facts["lines"]
        ]
        for line, base in zip(facts["lines"], bases(prices, facts["order_coupon_fen"]), strict=True):
            common = {"ordered_at": facts["ordered_at"], "buyer_ref": facts["buyer_ref"], "city": facts.get("city", "")}
            self.lines[line["line_no"]] = LineState(line["line_no"], event.event_id, line | common, base)
        self.freight_left_fen += facts["freight_fen"]
        return ""

    def _shipped(self, event: Event, lines: list[LineState]) -> str:
        going = [line for line in lines if not line.cancelled]
        for line in going:
            line.shipped_at = line.shipped_at or event.occurred_at
        return "" if going else LINE_CANCELLED

    def _received(self, event: Event, lines: list[LineState]) -> str:
        going = [line for line in lines if not line.cancelled]
        for line in going:
            line.received_at = line.received_at or event.occurred_at
        return "" if going else LINE_CANCELLED

    def _cancelled(self, event: Event, lines: list[LineState]) -> str:
        waiting = [line for line in lines if not line.shipped_at and not line.received_at]
        for line in waiting:
            line.cancelled = True
            line.refund(line.left_fen, event.occurred_at)
        if all(line.cancelled for line in self.lines.values()):
            self.freight_left_fen = 0
        return "" if waiting else ALREADY_SHIPPED

    def _refunded(self, event: Event, lines: list[LineState]) -> str:
        key = (event.facts["refund_no"], event.line_no)
        if key in self._refunds:
            return REFUND_REPEATED
        left = [line.left_fen for line in lines]
        if "amount_fen" in event.facts:
            goods = min(event.facts["amount_fen"], sum(left))
            freight = event.facts["amount_fen"] - goods
        else:
            goods, freight = event.facts["goods_fen"], event.facts["freight_fen"]
        if goods > sum(left) or freight > self.freight_left_fen:
            return REFUND_EXCEEDS_PAYMENT
        parts = list(zip(lines, divide(goods, left), strict=True))
        self._refunds[key] = Refund(parts, freight)
        self.freight_left_fen -= freight
        for line, part in parts:
            line.refund(part, event.occurred_at)
        for reversal in self._early_reversals.get(key, []):
            self._rule(reversal, self._reverse(self._refunds[key], event.occurred_at))
        return ""

    def _refund_reversed(self, event: Event, lines: list[LineState]) -> str:
        """The buyer takes a refund back, as when a return is called off: the line is worth again what it was.

        One dated before its refund waits for it.
        """
        key = (event.facts["refund_no"], event.line_no)
        if key not in self._refunds:
            self._early_reversals.setdefault(key, []).append(event)
            return PREDECESSOR_MISSING
        return self._reverse(self._refunds[key], event.occurred_at)

    def _reverse(self, refund: Refund, at: datetime) -> str:
        """A line cancelled since stays at nothing: all that was paid for it went back."""
        if refund.is_reversed:
            return REFUND_ALREADY_REVERSED
        standing = [(line, part) for line, part in refund.parts if not line.cancelled]
        if not standing:
            return LINE_CANCELLED
        refund.is_reversed = True
        self.freight_left_fen += refund.freight_fen
        for line, part in standing:
            line.refund(-part, at)
        return ""

    def _after_sale_opened(self, event: Event, lines: list[LineState]) -> str:
        case = event.facts["case_no"]
        for line in lines:
            line.open_cases.setdefault(case, event.occurred_at)
        self._cases.setdefault(case, []).extend(lines)
        return ""

    def _after_sale_closed(self, event: Event, lines: list[LineState]) -> str:
        case = event.facts["case_no"]
        if case not in self._cases:
            return PREDECESSOR_MISSING
        for line in self._cases[case]:
            if line.open_cases.pop(case, None):
                line.case_closed_at = max(line.case_closed_at or event.occurred_at, event.occurred_at)
        return ""


_APPLY = {
    Type.SHIPPED: OrderLife._shipped,
    Type.RECEIVED: OrderLife._received,
    Type.CANCELLED: OrderLife._cancelled,
    Type.REFUNDED: OrderLife._refunded,
    Type.REFUND_REVERSED: OrderLife._refund_reversed,
    Type.AFTER_SALE_CLOSED: OrderLife._after_sale_closed,
}
