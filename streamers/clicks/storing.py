"""Clicks stored in sets: rows, which of them count, and the counts of each link and day, in one transaction.

The clicks of a visitor on a link within a day are folded whole each time some come in, so that order and repetition
cannot matter. One set is stored at a time (an advisory lock): two would not see each other's clicks of one visitor.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction

from haowu.ground import days
from haowu.ground.bulk import insert_rows, opened
from haowu.tenants.scope import platform_scope
from streamers.clicks.counting import counted
from streamers.models import Click, Link, LinkDay

LOCK = 7_301_845_561


@dataclass(frozen=True, order=True)
class NewClick:
    link_id: int
    visitor: int
    clicked_at: datetime

    @property
    def day(self) -> date:
        return days.day_of(self.clicked_at)


Key = tuple[date, int, int]
"""Day, link, visitor."""


@transaction.atomic
def store(clicks: Iterable[NewClick]) -> int:
    """Store what is new of ``clicks``; how many rows that were. Clicks on links that are none are passed over."""
    with platform_scope():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        clicks = set(clicks)
        links = Link.objects.filter(pk__any_of={click.link_id for click in clicks}).select_related("product")
        return _Set(list(clicks), {link.pk: link for link in links}).store()


class _Set:
    def __init__(self, clicks: Sequence[NewClick], links: dict[int, Link]) -> None:
        self.links = links
        self.asked: dict[Key, set[datetime]] = defaultdict(set)
        for click in clicks:
            if click.link_id in links:
                self.asked[click.day, click.link_id, click.visitor].add(click.clicked_at)

    def store(self) -> int:
        if not self.asked:
            return 0
        self._make_partitions()
        known = self._known()
        rows, turned = [], []
        totals: dict[tuple[date, int], list[int]] = defaultdict(lambda: [0, 0])
        for key, moments in self.asked.items():
            before = known.get(key, {})
            counts = counted({*moments, *before})
            new = moments - before.keys()
            rows += [self._row(key, at, at in counts) for at in new]
            turned += [self._row(key, at, at in counts) for at, was in before.items() if was is not (at in counts)]
            day, link, _visitor = key
            totals[day, link][0] += len(counts) - sum(before.values())
            totals[day, link][1] += 0 if before else 1
        insert_rows(Click, rows)
        self._turn(turned)
        self._add(totals)
        return len(rows)

    def _make_partitions(self) -> None:
        with connection.cursor() as cursor:
            for day in sorted({day for day, _link, _visitor in self.asked}):
                cursor.execute("SELECT click_partition(%s)", [day])

    def _known(self) -> dict[Key, dict[datetime, bool]]:
        """The stored clicks of the visitors, links and days that came in: whether each counts."""
        keys = [{"day": day, "link_id": link, "visitor": visitor} for day, link, visitor in self.asked]
        selected, values = opened(Click, keys)
        found: dict[Key, dict[datetime, bool]] = defaultdict(dict)
        with connection.cursor() as cursor:
            cursor.execute(_KNOWN.format(selected=selected), values)
            for day, link, visitor, at, is_counted in cursor.fetchall():
                found[day, link, visitor][at] = is_counted
        return found

    def _row(self, key: Key, at: datetime, is_counted: bool) -> dict[str, object]:
        day, link, visitor = key
        merchant_id = self.links[link].product.merchant_id
        return {
            "clicked_at": at,
            "visitor": visitor,
            "link_id": link,
            "day": day,
            "merchant_id": merchant_id,
            "is_counted": is_counted,
        }

    def _turn(self, rows: list[dict[str, object]]) -> None:
        """Earlier clicks that came in late take the count from later ones, or give it to them."""
        if rows:
            selected, values = opened(Click, rows)
            with connection.cursor() as cursor:
                cursor.execute(_TURN.format(selected=selected), values)

    def _add(self, totals: dict[tuple[date, int], list[int]]) -> None:
        rows = [
            {
                "link_id": pk,
                "day": day,
                "streamer_id": self.links[pk].streamer_id,
                "merchant_id": self.links[pk].product.merchant_id,
                "product_id": self.links[pk].product_id,
                "clicks": clicks,
                "visitors": visitors,
            }
            for (day, pk), (clicks, visitors) in sorted(totals.items())
            if clicks or visitors
        ]
        if rows:
            selected, values = opened(LinkDay, rows)
            with connection.cursor() as cursor:
                cursor.execute(_ADD.format(columns=", ".join(rows[0]), selected=selected), values)


_KNOWN = """
    SELECT click.day, click.link_id, click.visitor, click.clicked_at, click.is_counted
    FROM ({selected}) AS asked JOIN streamers_click AS click
      ON (click.day, click.link_id, click.visitor) = (asked.day, asked.link_id, asked.visitor)
"""
_TURN = """
    UPDATE streamers_click AS click SET is_counted = fresh.is_counted FROM ({selected}) AS fresh
    WHERE (click.day, click.link_id, click.visitor, click.clicked_at, click.merchant_id)
        = (fresh.day, fresh.link_id, fresh.visitor, fresh.clicked_at, fresh.merchant_id)
"""
_ADD = """
    INSERT INTO streamers_linkday ({columns}) {selected}
    ON CONFLICT (link_id, day) DO UPDATE SET
        clicks = streamers_linkday.clicks + excluded.clicks, visitors = streamers_linkday.visitors + excluded.visitors
"""
