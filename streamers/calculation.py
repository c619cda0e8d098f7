"""What a product would bring one streamer: at his price, less his coupon, so many times; now, from midnight on, and
through leaders' activities that would pay him more. No rows here beside the names of activities.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from haowu.ground import days
from haowu.ground.money import share
from streamers.offers import Choice
from streamers.selection import OneOffer
from tuanzhang.models import Activity

MAX_UNITS = 1_000_000


@dataclass(frozen=True)
class Asked:
    """``units`` orders of one piece at ``price_fen``, with ``coupon_fen`` off each."""

    price_fen: int
    coupon_fen: int = 0
    units: int = 1

    @property
    def base_fen(self) -> int:
        """What the buyer pays for one piece; a coupon takes no more than the price."""
        return max(0, self.price_fen - self.coupon_fen)


@dataclass(frozen=True)
class Earning:
    """Of one order, and of all. ``bps`` None: no offer speaks. Rounded per order, as lines are (rulebook §2)."""

    bps: int | None
    gross_fen: int
    fee_fen: int
    units: int

    @property
    def net_fen(self) -> int:
        return self.gross_fen - self.fee_fen

    @property
    def total_fen(self) -> int:
        return self.net_fen * self.units


@dataclass(frozen=True)
class Way:
    """An activity through which a pick would earn more now. ``gain_fen``: over all units. ``until`` None: no end."""

    activity: Activity
    until: datetime | None
    earning: Earning
    gain_fen: int


@dataclass(frozen=True)
class Calculation:
    asked: Asked
    now: Earning
    tomorrow: Earning
    ways: Sequence[Way]

    @property
    def changes(self) -> bool:
        return self.now.bps != self.tomorrow.bps


def earning(asked: Asked, choice: Choice, tech_bps: int) -> Earning:
    return earning_at(asked, choice.offer.commission_bps if choice.offer else None, tech_bps)


def earning_at(asked: Asked, bps: int | None, tech_bps: int) -> Earning:
    gross = share(asked.base_fen, bps or 0)
    return Earning(bps, gross, share(gross, tech_bps), asked.units)


def calculated(offer: OneOffer, asked: Asked, at: datetime, tech_bps: int, tech_bps_tomorrow: int) -> Calculation:
    """``asked`` for the streamer of ``offer``. One query, for the names of better activities, where there are any."""
    now = earning(asked, offer.choice(at), tech_bps)
    tomorrow = earning(asked, offer.choice(days.next_midnight(at)), tech_bps_tomorrow)
    better = offer.better_items(at)
    known = Activity.objects.select_related("leader").in_bulk([item.activity.pk for item, _bps in better])
    ways = []
    for item, bps in better:
        through = earning_at(asked, bps, tech_bps)
        gain = through.total_fen - now.total_fen
        ways.append(Way(known[item.activity.pk], item.until, through, gain))
    return Calculation(asked, now, tomorrow, ways)
