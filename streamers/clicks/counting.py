"""Which clicks of one visitor on one link count (rulebook §22). A function of the set, whatever its order. No rows."""

from collections.abc import Iterable
from datetime import datetime, timedelta

ONCE_WITHIN = timedelta(minutes=30)


def counted(clicked: Iterable[datetime]) -> set[datetime]:
    """Of the moments at which one visitor clicked one link those that count: the first, then the first one that comes
    30 minutes or more after the last that counted. 10:00, 10:10, 10:30, 10:40 → 10:00 and 10:30.
    """
    found: set[datetime] = set()
    last: datetime | None = None
    for at in sorted(set(clicked)):
        if last is None or at - last >= ONCE_WITHIN:
            found.add(at)
            last = at
    return found
