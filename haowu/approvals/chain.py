"""The trail as a chain of hashes: a row that is edited or cut out breaks it, and the audit names the place.

Rows are written without a link, so that no act waits for another. Once a minute, and before each audit, all rows that
were committed since are linked in order by one hand. Linking inside the acts was weighed: the lock that it needs would
be held until each act's commit is on disk, and all acts of the house would commit one after another. Until a row is
linked its number in its lane tells of it (``TrailLane``). The head of the chain goes to the log, which is kept
elsewhere: whoever rewrites the whole chain, or its end, must rewrite the log too.
"""

import hashlib
import json
import logging
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any

from django.db import connection, transaction

from haowu.approvals.models import Trail, TrailLink
from haowu.ground import days
from haowu.ground.bulk import insert_rows

log = logging.getLogger(__name__)

AT_ONCE = 5_000
LINKED_WITHIN = timedelta(minutes=10)
"""Ten times the timer's interval: a row that is older and has no link is a fault."""
BEGINNING = "0" * 64
_LOCK = "trail:chain"
_FIELDS = [field.attname for field in Trail._meta.concrete_fields]


def link_rows(at_once: int = AT_ONCE) -> int:
    """Link every committed row that has no link yet; how many. Platform scope. One hand at a time, others wait."""
    linked = 0
    while count := _link_batch(at_once):
        linked += count
    if linked and (head := TrailLink.objects.last_link()):
        log.info("trail linked: rows=%d day=%s number=%d head=%s", linked, head.day, head.number, head.hash)
    return linked


@transaction.atomic
def _link_batch(at_once: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [_LOCK])
    head = TrailLink.objects.last_link()
    rows = Trail.objects.unlinked().order_by("day", "pk")
    if head:
        rows = rows.since_day(head.day - days.ONE_DAY)  # an act is committed within a day
    links = list(_links(rows[:at_once], head))
    insert_rows(TrailLink, links)
    return len(links)


def _links(rows: Iterable[Trail], head: TrailLink | None) -> Iterator[dict[str, Any]]:
    """A row that was committed after midnight joins the new day's chain: what is linked is never moved."""
    day, number, previous = (head.day, head.number, head.hash) if head else (date.min, 0, BEGINNING)
    for row in rows:
        if row.day > day:
            day, number = row.day, 0
        number += 1
        digest = hash_of(row, previous)
        yield {"trail_id": row.pk, "day": day, "number": number, "previous": previous, "hash": digest}
        previous = digest


def hash_of(row: Trail, previous: str) -> str:
    """SHA-256 over the hash before and every column of ``row``, written in one way only."""
    values = {name: _text(getattr(row, name)) for name in _FIELDS}
    canonical = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{previous}\n{canonical}".encode()).hexdigest()


def _text(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value.isoformat() if isinstance(value, date) else value


def broken_links() -> Iterator[str]:
    """Each place where the chain does not hold, by day, number and row."""
    previous, day, number = BEGINNING, date.min, 0
    for link, row in _chain():
        day, number = (day, number + 1) if link.day == day else (link.day, 1)
        place = f"{link.day} #{link.number} trail {link.trail_id}"
        if link.number != number:
            yield f"{place}: links {number} to {link.number - 1} are missing"
            number = link.number
        elif link.previous != previous:
            yield f"{place}: does not hold on to the link before"
        if row is None:
            yield f"{place}: the row was cut out"
        elif hash_of(row, link.previous) != link.hash:
            yield f"{place}: the row was edited"
        previous = link.hash


def overdue_rows(*, at: datetime) -> Iterator[str]:
    """Rows that should have a link by now."""
    for row in Trail.objects.unlinked().recorded_before(at - LINKED_WITHIN).order_by("pk")[:AT_ONCE]:
        yield f"trail {row.pk}: no link since {row.recorded_at.isoformat(timespec='seconds')}"


def _chain() -> Iterator[tuple[TrailLink, Trail | None]]:
    links = TrailLink.objects.in_order().iterator(chunk_size=AT_ONCE)
    while batch := list(islice(links, AT_ONCE)):
        rows = Trail.objects.in_bulk([link.trail_id for link in batch])
        for link in batch:
            yield link, rows.get(link.trail_id)
