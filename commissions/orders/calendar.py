"""When a line settles, and which day still takes facts (rulebook §8). The frontier is the last sealed day."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import connection

from commissions.models import Run
from commissions.orders.line_state import LineState
from haowu.ground import days

AFTER_SALE_OPEN = "AFTER_SALE_OPEN"
INSUFFICIENT_DEPOSIT = "INSUFFICIENT_DEPOSIT"

_LOCK = 7_301_845_512
"""Advisory lock of the frontier: intake shares it while it dates facts, a night takes it alone while it seals."""


def hold_frontier() -> date | None:
    """The last sealed day, which cannot move until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [_LOCK])
    return Run.objects.frontier()


def lock_frontier() -> date | None:
    """The last sealed day, with nobody else dating facts until this transaction ends. For sealing a day."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    return Run.objects.frontier()


def ledger_day(at: datetime) -> date:
    """The day of a posting made outside the nights: the one after the last sealed day, or that of ``at`` before any.

    Held until this transaction ends. So a night's statement holds every posting made since the night before.
    """
    frontier = hold_frontier()
    return days.day_of(at) if frontier is None else frontier + days.ONE_DAY


def open_day(natural: date, frontier: date | None) -> date:
    """``natural``, or the first day after the frontier when that day is already sealed."""
    return natural if frontier is None or natural > frontier else frontier + days.ONE_DAY


def is_sealed(settles_on: date | None, frontier: date | None) -> bool:
    """Whether the night of a line has settled it, or is about to: nothing on the line changes any more."""
    return settles_on is not None and frontier is not None and settles_on <= frontier


def due_at(state: LineState, hold_days: int) -> datetime | None:
    """``received_at`` + hold, to the microsecond; None before receipt."""
    return state.received_at + timedelta(days=hold_days) if state.received_at else None


@dataclass(frozen=True)
class Holds:
    """What staff and disputes say of a line: open holds as ``{reason: since}``, and when the last one was released."""

    open: Mapping[str, datetime] = field(default_factory=dict)
    released_at: datetime | None = None


NO_HOLDS = Holds()


def settles_on(state: LineState, hold_days: int, frontier: date | None, holds: Holds = NO_HOLDS) -> date | None:
    """The night that takes the line; None while it is not received, invalid, or held by an after-sale case or a hold.

    After a case closed or a hold was released, the line is due at the later of ``due_at`` and that moment.
    """
    due = due_at(state, hold_days)
    if due is None or state.status == "invalid" or state.open_cases or holds.open:
        return None
    freed = max(due, state.case_closed_at or due, holds.released_at or due)
    return open_day(days.night_for(freed), frontier)


def held(state: LineState, holds: Holds) -> tuple[str, datetime | None]:
    """Why the line waits and since when, of several reasons the first; ``("", None)`` when it does not wait."""
    reasons = dict(holds.open)
    if state.open_cases:
        reasons[AFTER_SALE_OPEN] = min(state.open_cases.values())
    if state.status == "invalid" or not reasons:
        return "", None
    return min(reasons.items(), key=lambda each: each[1])


@dataclass(frozen=True)
class BookedBase:
    """The base that a line's nights have booked, or will, and the last refund that it includes."""

    base_fen: int
    through: datetime | None


def adjustments(state: LineState, booked: BookedBase, frontier: date | None) -> dict[date, BookedBase]:
    """``{night: what the line should have come to}`` for a sealed line: one entry for each open night that changes it.

    A refund after ``booked.through`` belongs to the night after it happened. Facts from before that moment which came
    in since, such as a late refund that displaces another, correct the next open night.
    """
    nights: dict[date, BookedBase] = {}
    known = [step for step in state.refund_steps if booked.through is not None and step[0] <= booked.through]
    base_fen = state.base_after(known[-1][1] if known else 0)
    if base_fen != booked.base_fen:
        nights[open_day(date.min, frontier)] = BookedBase(base_fen, booked.through)
    for refunded_at, refunded_fen in state.refund_steps[len(known) :]:
        night = open_day(days.night_for(refunded_at), frontier)
        nights[night] = BookedBase(state.base_after(refunded_fen), refunded_at)
    return nights
