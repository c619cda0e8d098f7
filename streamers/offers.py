"""Which offer speaks for a product, a streamer and a moment: first match wins (rulebook §5). No rows here.

The trace names every rule that was tried, in order, by a stable code; it answers most disputes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from merchants.steps import Step


class Kind(StrEnum):
    EXCLUSIVE_ACTIVITY = "exclusive_activity"
    EXCLUSIVE = "exclusive"
    ITEM_TARGETED = "item_targeted"
    SHOP_TARGETED = "shop_targeted"
    NORMAL_ACTIVITY = "activity"
    NORMAL = "normal"


EXCLUSIVE_KINDS = frozenset({Kind.EXCLUSIVE, Kind.EXCLUSIVE_ACTIVITY})


@dataclass(frozen=True)
class Offer:
    """One live offer as it stands for one streamer at one moment. Ids are rows' ids, rates are bps.

    ``listed``: whether the offer names this streamer (always True for offers made to everybody).
    ``version``: the id of the rate row that speaks.
    """

    kind: Kind
    offer_id: int
    version: int | None = None
    commission_bps: int = 0
    listed: bool = True
    activity: str | None = None
    service_fee_bps: int = 0
    second_bps: int = 0
    first_leader_id: int | None = None
    second_leader_id: int | None = None
    step: Step | None = None
    """A higher rate from a number of orders on; the nights apply it."""

    @property
    def cost_bps(self) -> int:
        """What the merchant pays in all."""
        return self.commission_bps + self.service_fee_bps


@dataclass(frozen=True)
class PickSource:
    """The activity (its code) that a pick stands through, and the second leader whose link led there."""

    activity: str
    second_leader_id: int | None = None


@dataclass(frozen=True)
class Choice:
    """The offer that speaks (None: a natural order), and the rules tried until then."""

    offer: Offer | None
    trace: list[str] = field(default_factory=list)


def natural(*trace: str) -> Choice:
    """No offer, for the reasons in ``trace``."""
    return Choice(None, list(trace))


def choose(offers: Sequence[Offer], picked_through: str | None = None) -> Choice:
    """The one offer that speaks among ``offers``; ``picked_through`` is the activity that the pid carries.

    Never "the best": a listed plan beats an activity that pays more.
    """
    exclusive = [offer for offer in offers if offer.kind in EXCLUSIVE_KINDS]
    if exclusive:
        listed = [offer for offer in exclusive if offer.listed]
        if not listed:
            return natural("EXCLUSIVE_NOT_LISTED")
        return Choice(min(listed, key=lambda offer: (-offer.commission_bps, offer.cost_bps)), ["EXCLUSIVE_LISTED"])
    trace = ["EXCLUSIVE_NONE"]
    for kind in (Kind.ITEM_TARGETED, Kind.SHOP_TARGETED):
        of_kind = [offer for offer in offers if offer.kind == kind]
        for offer in of_kind:
            if offer.listed:
                return Choice(offer, [*trace, f"{kind.name}_LISTED"])
        trace.append(f"{kind.name}_NOT_LISTED" if of_kind else f"{kind.name}_NONE")
    for offer in offers:
        if offer.kind == Kind.NORMAL_ACTIVITY and offer.activity == picked_through:
            return Choice(offer, [*trace, "ACTIVITY_PICKED_THROUGH"])
    trace.append("ACTIVITY_NOT_LIVE" if picked_through else "ACTIVITY_NOT_PICKED")
    for offer in offers:
        if offer.kind == Kind.NORMAL:
            return Choice(offer, [*trace, "NORMAL_OPEN"])
    return natural(*trace, "NORMAL_NONE")
