"""What a product paid one streamer over a month."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from streamers.selection import OneOffer

HISTORY = timedelta(days=30)


@dataclass(frozen=True)
class RateSince:
    """``bps`` None: nothing was paid from then on."""

    at: datetime
    bps: int | None


def rates_since(offer: OneOffer, at: datetime) -> list[RateSince]:
    """The rates of a month by the way that the pick stands through now, one entry a change."""
    begin = at - HISTORY
    as_now = OneOffer(offer.product, offer.book, offer.streamer, offer.pick, offer.through(at))
    found: list[RateSince] = []
    for turn in [(begin, as_now.choice(begin)), *((turn.at, turn.choice) for turn in as_now.turns(begin, at))]:
        bps = turn[1].offer.commission_bps if turn[1].offer else None
        if not found or found[-1].bps != bps:
            found.append(RateSince(turn[0], bps))
    return found
