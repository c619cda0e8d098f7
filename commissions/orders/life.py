"""The life of an order: a pure function of the set of its events (rulebook §7).

Events are put into one canonical order (time, then id) before they are applied, so that neither the order of
arrival nor repetition can matter. What an event lacks parks it; what contradicts earlier ones is refused and
changes nothing. No Django, no clock, no rows.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from commissions.orders.line_state import LineState
from commissions.orders.refunds import Freight, RefundBook
from commissions.orders.rulings import (
    ALREADY_SHIPPED,
    LINE_ALREADY_PAID,
    LINE_CANCELLED,
    PREDECESSOR_MISSING,
    Event,
    Ruling,
    Type,
    Verdict,
)
from commissions.split import Price, bases


class OrderLife:
    """Applies the events of one order. ``lines`` by number; ``rulings`` by event id; ``refunds`` as they were divided.

    ``settled_payments``: ids of payments whose lines a night has settled. They stay, though an earlier one comes in.
    ``displaced``: lines with goods of a base that a payment named which does not stand.
    """

    def __init__(self, events: Iterable[Event], settled_payments: Collection[str] = ()) -> None:
        self.lines: dict[int, LineState] = {}
        self.rulings: dict[str, Ruling] = {}
        self.displaced: set[int] = set()
        self._freight = Freight()
        self.refunds = RefundBook(self._freight)
        self._opened_cases: set[tuple[str, int]] = set()
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

    def speaks_of(self, event: Event) -> list[LineState]:
        """The lines that ``event`` speaks of: one, or all that were ordered by then; empty while they are not paid."""
        if event.line_no is None:
            ordered = [line for line in self.lines.values() if line.ordered_at <= event.occurred_at]
            return sorted(ordered, key=lambda line: line.line_no)
        return [self.lines[event.line_no]] if event.line_no in self.lines else []

    def _rule(self, event: Event, code: str) -> None:
        """An empty code accepts."""
        if code == PREDECESSOR_MISSING:
            self.rulings[event.event_id] = Ruling(Verdict.PARKED, code)
        else:
            self.rulings[event.event_id] = Ruling(Verdict.REJECTED if code else Verdict.ACCEPTED, code)

    def _apply(self, event: Event, act: Any) -> None:
        lines = self.speaks_of(event)
        self._rule(event, act(self, event, lines) if lines else PREDECESSOR_MISSING)

    def _paid(self, event: Event) -> str:
        facts = event.facts
        if any(line["line_no"] in self.lines for line in facts["lines"]):
            self.displaced.update(line["line_no"] for line in facts["lines"] if "sku" in line)
            return LINE_ALREADY_PAID
        prices = [
            Price(line["price_fen"], line["merchant_coupon_fen"], line["platform_coupon_fen"])
            for line in facts["lines"]
        ]
        ordered_at = datetime.fromisoformat(facts["ordered_at"])
        common = {"ordered_at": facts["ordered_at"], "buyer_ref": facts["buyer_ref"], "city": facts.get("city", "")}
        for line, base in zip(facts["lines"], bases(prices, facts["order_coupon_fen"]), strict=True):
            number = line["line_no"]
            self.lines[number] = LineState(number, event.event_id, ordered_at, line | common, base)
        self._freight.pay(event.event_id, ordered_at, facts["freight_fen"])
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
        """With the last line ordered by then, the freight goes back too."""
        waiting = [line for line in lines if not line.shipped_at and not line.received_at]
        for line in waiting:
            line.cancelled = True
            line.refund(line.left_fen, event.occurred_at)
        ordered = [line for line in self.lines.values() if line.ordered_at <= event.occurred_at]
        if all(line.cancelled for line in (*ordered, *lines)):
            self._freight.refund_all(event.occurred_at, lines)
        return "" if waiting else ALREADY_SHIPPED

    def _refunded(self, event: Event, lines: list[LineState]) -> str:
        if code := self.refunds.refund(event, lines):
            return code
        for reversal, code in self.refunds.reverse_early(event):
            if not code or self.rulings[reversal.event_id].verdict == Verdict.PARKED:
                self._rule(reversal, code)
        return ""

    def _refund_reversed(self, event: Event, lines: list[LineState]) -> str:
        return self.refunds.reverse(event, lines)

    def _after_sale_opened(self, event: Event, lines: list[LineState]) -> str:
        case = event.facts["case_no"]
        for line in lines:
            line.open_cases.setdefault(case, event.occurred_at)
            self._opened_cases.add((case, line.line_no))
        return ""

    def _after_sale_closed(self, event: Event, lines: list[LineState]) -> str:
        """Closes the case on those of ``lines`` on which it was opened. On one that is closed it changes nothing."""
        case = event.facts["case_no"]
        opened = [line for line in lines if (case, line.line_no) in self._opened_cases]
        for line in opened:
            if line.open_cases.pop(case, None):
                line.case_closed_at = max(line.case_closed_at or event.occurred_at, event.occurred_at)
        return "" if opened else PREDECESSOR_MISSING


_APPLY = {
    Type.SHIPPED: OrderLife._shipped,
    Type.RECEIVED: OrderLife._received,
    Type.CANCELLED: OrderLife._cancelled,
    Type.REFUNDED: OrderLife._refunded,
    Type.REFUND_REVERSED: OrderLife._refund_reversed,
    Type.AFTER_SALE_CLOSED: OrderLife._after_sale_closed,
}
