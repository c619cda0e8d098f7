"""What plans and activities pay to one streamer, laid over the listing, which says what everybody may earn.

The rule is ``streamers.offers.choose``, written a second time as a function of the database (its newest migration),
since a streamer may have hundreds of such goods and every look asks for them; ``tests/test_overlay.py`` holds the two
together. A product is *decided* for this streamer alone where a plan on it or an exclusive activity lists him, or where
his pick stands through an activity. A plan on a whole shop may be about thousands of products: it counts for all of the
shop's that are not decided by something of their own.

Only his own rows are read, in his own scope. That others have a product for themselves, and the normal plan's rate,
are in the listing.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from haowu.ground import days
from haowu.tenants.models import Tenant
from streamers.offers import Kind


@dataclass(frozen=True)
class Speaks:
    """One moment: which kind of offer speaks and what it pays; both None: none does. ``is_kept``: for others alone."""

    kind: Kind | None = None
    bps: int | None = None
    is_kept: bool = False


NOTHING = Speaks()


@dataclass(frozen=True)
class Personal:
    """What speaks for the streamer on a product or a shop, now and from midnight on."""

    now: Speaks = NOTHING
    tomorrow: Speaks = NOTHING

    @property
    def is_decided(self) -> bool:
        """The listing's own offer does not hold for him now."""
        return self.now.bps is not None or self.now.is_kept


class Overlay:
    """``products``: what is decided for the streamer alone, by id. ``shops``: those that list him, by merchant."""

    def __init__(self, streamer: Tenant, at: datetime) -> None:
        self.products: dict[int, Personal] = {}
        self.shops: dict[int, Personal] = {}
        found: dict[tuple[bool, int], list[Speaks]] = {}
        for is_product, pk, place, kind, bps, is_kept in _rows(streamer, at):
            moments = found.setdefault((is_product, pk), [NOTHING, NOTHING])
            moments[place] = Speaks(Kind(kind) if kind else None, bps, is_kept)
        for (is_product, pk), moments in found.items():
            (self.products if is_product else self.shops)[pk] = Personal(*moments)

    def __bool__(self) -> bool:
        return bool(self.products or self.shops)


def _rows(streamer: Tenant, at: datetime) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        asked: list[Any] = [streamer.pk, at, days.next_midnight(at)]
        cursor.execute("SELECT * FROM streamers_personal_offers(%s, %s, %s)", asked)
        return cursor.fetchall()
