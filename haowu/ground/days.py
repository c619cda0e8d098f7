"""Business days: Asia/Shanghai, half-open ``[start, end)``.

Rules take ``at=`` or ``day=``; only doors call ``now()``.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
"""The beginning of time: where a market file names no moment, its plans and picks start here."""

END = datetime(2200, 1, 1, tzinfo=UTC)
"""No moment from outside lies at or after it."""

ONE_DAY = timedelta(days=1)
DECREASES_CLOSE_AT = time(23, 50)
EXAMPLE = "2024-06-01T08:30:00+08:00"
MAX_TEXT = 64
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def now() -> datetime:
    """The present moment, aware, in UTC. For doors only."""
    return datetime.now(UTC)


def day_of(at: datetime) -> date:
    """The business day in which ``at`` lies."""
    return at.astimezone(SHANGHAI).date()


def start_of(day: date) -> datetime:
    """00:00 Asia/Shanghai of ``day``."""
    return datetime.combine(day, time.min, tzinfo=SHANGHAI)


def next_midnight(at: datetime) -> datetime:
    """The first 00:00 Asia/Shanghai after ``at`` (a full day later when ``at`` is midnight itself)."""
    return start_of(day_of(at) + ONE_DAY)


def night_for(due_at: datetime) -> date:
    """The first night whose run takes what is due at ``due_at``: run D takes ``due_at < D 00:00`` (rulebook §8)."""
    return day_of(due_at) + ONE_DAY


def workday_after(day: date) -> date:
    """The first Monday to Friday after ``day``. Public holidays are not known here."""
    following = day + ONE_DAY
    return following if following.weekday() < 5 else workday_after(following)


def decreases_closed(at: datetime) -> bool:
    """Whether ``at`` lies in 23:50:00–24:00, when no decrease is taken for the coming midnight (rulebook §6)."""
    return at.astimezone(SHANGHAI).time() >= DECREASES_CLOSE_AT


def days_between(first: date, last: date) -> list[date]:
    """Every day from ``first`` to ``last``, both included."""
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]


def moment(text: Any) -> datetime:
    """RFC 3339 text with an offset → aware datetime in UTC. ValueError says what is wrong, such as a missing offset.

    ``t`` and ``z`` may be small. What lies before 1970 or after 2199 is refused: year 1 and year 9999, as other systems
    write "never", cannot be shown in every zone.
    """
    if not isinstance(text, str) or len(text) > MAX_TEXT or not (text.isascii() and text.isprintable()):
        raise ValueError(f"a time is text such as {EXAMPLE}")
    try:
        at = datetime.fromisoformat(text.upper())
    except ValueError:
        raise ValueError(f"{text!r} is not a time such as {EXAMPLE}") from None
    if at.tzinfo is None:
        raise ValueError(f"{text!r} has no offset; write {EXAMPLE}")
    try:
        at = at.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{text!r} lies outside of 1970 to 2199") from None
    if not BEGINNING <= at < END:
        raise ValueError(f"{text!r} lies outside of 1970 to 2199")
    return at


def day(text: Any) -> date:
    """``2024-06-01`` → its date, of 1970 to 2199. ValueError for anything else."""
    if not isinstance(text, str) or not _DAY.fullmatch(text):
        raise ValueError(f"a day is text such as {EXAMPLE[:10]}")
    found = date.fromisoformat(text)
    if not BEGINNING.year <= found.year < END.year:
        raise ValueError(f"{text!r} lies outside of 1970 to 2199")
    return found
