"""Natural months and quarters, each named by its first day. Pure: no rows, no clock."""

import re
from datetime import date, datetime, timedelta

from haowu.ground import days

Window = tuple[datetime, datetime]
"""Half-open, Asia/Shanghai."""
_QUARTER = re.compile("[0-9]{4}Q[1-4]")


def month_of(day: date) -> date:
    return day.replace(day=1)


def quarter_of(day: date) -> date:
    return date(day.year, day.month - (day.month - 1) % 3, 1)


def next_month(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def next_quarter(quarter: date) -> date:
    return quarter_of(quarter + timedelta(days=93))


def month_before(day: date) -> date:
    """The month that was over when that of ``day`` began."""
    return month_of(month_of(day) - days.ONE_DAY)


def quarter_before(day: date) -> date:
    return quarter_of(quarter_of(day) - days.ONE_DAY)


def last_day(quarter: date) -> date:
    return next_quarter(quarter) - days.ONE_DAY


def window_of_month(month: date) -> Window:
    return days.start_of(month), days.start_of(next_month(month))


def quarter_name(quarter: date) -> str:
    """``2024Q2``"""
    return f"{quarter.year}Q{(quarter.month + 2) // 3}"


def quarter_named(name: str) -> date:
    """``2024Q2`` → 1 April 2024. ValueError where it is no quarter of 1970 to 2199."""
    if not _QUARTER.fullmatch(name):
        raise ValueError(f"{name!r} is not a quarter such as 2024Q2")
    return days.day(f"{name[:4]}-{3 * int(name[5]) - 2:02}-01")


def revocation_day(noticed_on: date) -> date:
    """The first 15th after a notice: of its own month where it is given on the 1st, as it should be."""
    month = noticed_on if noticed_on.day < 15 else next_month(month_of(noticed_on))
    return month.replace(day=15)
