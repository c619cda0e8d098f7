"""Who would get what of one sale, before a rate is set. No order is involved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from commissions.models import Policy
from commissions.split import Rates, Shares, split


@dataclass(frozen=True)
class Preview:
    commission_bps: int
    tech_bps: int
    shares: Shares

    @property
    def streamer_net_fen(self) -> int:
        return self.shares.streamer_fen - self.shares.streamer_fee_fen

    @property
    def merchant_keeps_fen(self) -> int:
        return self.shares.base_fen - self.shares.cost_fen


def preview(price_fen: int, commission_bps: int, *, at: datetime) -> Preview:
    """One sale at ``price_fen`` without coupons, under the policy in force at ``at``."""
    return previews([(price_fen, commission_bps)], at=at)[0]


def previews(sales: Sequence[tuple[int, int]], *, at: datetime) -> list[Preview]:
    """``preview`` of each pair of a price in fen and a rate in bps, in order."""
    tech = Policy.objects.tech_bps_at(at) if sales else 0
    return [
        Preview(commission_bps, tech, split(price_fen, Rates(commission_bps=commission_bps, tech_bps=tech)))
        for price_fen, commission_bps in sales
    ]
