"""Events of an order and what may become of each (rulebook §7). No Django, no clock, no rows."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


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
