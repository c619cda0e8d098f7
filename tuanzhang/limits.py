"""What rates and dates activities, enrolments and second leaders may have (rulebook §4, §13). No rows, no clock."""

from datetime import datetime, timedelta

from haowu.ground import days
from haowu.ground.errors import Refused
from haowu.ground.money import percent
from tuanzhang import refusals

Window = tuple[datetime, datetime | None]
"""Half-open; open-ended where the end is None."""

MAX_TOTAL_BPS = 9000
"""Commission and service fee together; each is at most that alone."""
BEGINS_WITHIN = timedelta(days=366)
ENDS_WITHIN = timedelta(days=3 * 366)
"""From the moment of asking. What is to run longer has no end, and is closed when it is over."""
BEGAN_WITHIN = timedelta(days=3 * 366)
"""A begin that lies further back is a slip of the year."""


def fees_objection(
    commission_bps: int, service_fee_bps: int, minimum: tuple[int, int], second_bps: int = 0
) -> Refused | None:
    """The first limit that the rates break: the total, the activity's ``minimum`` of each, a live second's rate."""
    if min(commission_bps, service_fee_bps) < 0 or commission_bps + service_fee_bps > MAX_TOTAL_BPS:
        return refusals.FeesOutOfRange(commission=percent(commission_bps), service_fee=percent(service_fee_bps))
    if commission_bps < minimum[0] or service_fee_bps < minimum[1]:
        return refusals.BelowMinimum(commission=percent(minimum[0]), service_fee=percent(minimum[1]))
    if service_fee_bps < second_bps:
        return refusals.BelowSecond(second=percent(second_bps))
    return None


def second_objection(second_bps: int, minimum_bps: int, first_bps: int) -> Refused | None:
    """``first_bps``: the lowest service fee that is in force or announced."""
    if not minimum_bps <= second_bps <= first_bps:
        return refusals.SecondOutOfRange(low=percent(minimum_bps), high=percent(first_bps))
    return None


def meet(one: Window, other: Window) -> bool:
    """Whether two windows have a moment in common."""
    return (other[1] is None or one[0] < other[1]) and (one[1] is None or other[0] < one[1])


def dates_objection(begins_at: datetime | None, ends_at: datetime | None, at: datetime) -> Refused | None:
    """Whether dates that somebody writes at ``at`` are a slip of the year: a begin more than a year away, an end that
    is over or far off.

    One rule for activities and for enrolments in them; None stands for what is not written. A begin of last week is
    none: nothing counts before it is published or passed. What is loaded as it once was (``at`` the beginning of time)
    is history and may lie anywhere.
    """
    if at == days.BEGINNING:
        return None
    if begins_at is not None and begins_at > at + BEGINS_WITHIN:
        return refusals.BeginsTooLate()
    if ends_at is not None and ends_at <= at:
        return refusals.EndsInThePast()
    if ends_at is not None and ends_at > at + ENDS_WITHIN:
        return refusals.EndsTooLate()
    if begins_at is not None and begins_at < at - BEGAN_WITHIN:
        return refusals.BeginsTooEarly()
    return None
