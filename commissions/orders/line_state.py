"""Where one line of an order stands after all known events (rulebook §3, §7). No Django, no clock, no rows."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from haowu.ground.money import divide


@dataclass
class LineState:
    """Where one line stands after all known events. ``paid_fen`` is what the buyer paid for it, before any refund.

    ``subsidy_fen``: the platform's subsidy as far as the frozen policy counts it in the base. Not the events' to say.
    """

    line_no: int
    paid_event_id: str
    ordered_at: datetime
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
