"""When a line settles, and which day still takes facts (rulebook §8). The frontier is the last sealed day."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection

from commissions.life import LineState
from commissions.models import Run
from haowu import days

AFTER_SALE_OPEN = "AFTER_SALE_OPEN"
INSUFFICIENT_DEPOSIT = "INSUFFICIENT_DEPOSIT"

_LOCK = 7_301_845_512
"""Advisory lock of the frontier: intake shares it while it dates facts, a night takes it alone while it seals."""


def hold_frontier() -> date | None:
    """The last sealed day, which cannot move until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [_LOCK])
    return Run.objects.frontier()


def take_frontier() -> date | None:
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


def due_at(state: LineState, hold_days: int) -> datetime | None:
    """``received_at`` + hold, to the microsecond; None before receipt."""
    return state.received_at + timedelta(days=hold_days) if state.received_at else None


def settles_on(state: LineState, hold_days: int, frontier: date | None) -> date | None:
    """The night that takes the line; None while it is not received, invalid, or held by an open after-sale case.

    After a case closed, the line is due at the later of ``due_at`` and the closing.
    """
    due = due_at(state, hold_days)
    if due is None or state.status == "invalid" or state.open_cases:
        return None
    return open_day(days.night_for(max(due, state.case_closed_at or due)), frontier)


@dataclass(frozen=True)
class Booked:
    """The base that a line's nights were told, and the last refund it took into account."""

    base_fen: int
    through: datetime | None


def adjustments(state: LineState, booked: Booked, frontier: date | None) -> dict[date, Booked]:
    """``{night: what the line should have come to}`` for a sealed line: one entry for each open night that changes it.

    A refund after ``booked.through`` belongs to the night after it happened. Facts from before that moment which came
    in since, such as a late refund that displaces another, correct the next open night.
    """
    nights: dict[date, Booked] = {}
    known = [step for step in state.refund_steps if booked.through is not None and step[0] <= booked.through]
    base_fen = state.paid_fen - (known[-1][1] if known else 0)
    if base_fen != booked.base_fen:
        nights[open_day(date.min, frontier)] = Booked(base_fen, booked.through)
    for refunded_at, refunded_fen in state.refund_steps[len(known) :]:
        night = open_day(days.night_for(refunded_at), frontier)
        nights[night] = Booked(state.paid_fen - refunded_fen, refunded_at)
    return nights
