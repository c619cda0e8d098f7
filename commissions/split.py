"""The shares of one order line: the only place where they are computed (rulebook §3, §4). Pure; all in fen and bps."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

from haowu.ground.money import divide, share

FROM_MERCHANT = ("streamer", "first_leader", "second_leader", "provider")
"""The roles whose gross the merchant pays."""
ROLES = (*FROM_MERCHANT, "agency")
"""Every role that can be paid out of a line, as reports show them. The agency is paid out of the streamer's net."""


@dataclass(frozen=True)
class Rates:
    """The frozen rates of a line, in bps of the base.

    ``second_bps`` is carved out of ``service_fee_bps``, ``agency_bps`` is a share of the streamer's net,
    ``tech_bps`` of each gross.
    """

    commission_bps: int = 0
    service_fee_bps: int = 0
    second_bps: int = 0
    provider_bps: int = 0
    tech_bps: int = 0
    agency_bps: int = 0


@dataclass(frozen=True)
class Shares:
    """What each role gets of one line: gross, and the platform's fee within it. Net is gross − fee.

    Negative where two Shares were subtracted (a clawback).
    """

    base_fen: int = 0
    streamer_fen: int = 0
    streamer_fee_fen: int = 0
    first_leader_fen: int = 0
    first_leader_fee_fen: int = 0
    second_leader_fen: int = 0
    second_leader_fee_fen: int = 0
    provider_fen: int = 0
    provider_fee_fen: int = 0
    agency_fen: int = 0
    agency_fee_fen: int = 0

    @property
    def cost_fen(self) -> int:
        """What the merchant pays: every gross, which is all nets and all fees, to the fen."""
        return sum(getattr(self, f"{role}_fen") for role in FROM_MERCHANT)

    @property
    def streamer_keeps_fen(self) -> int:
        """The streamer's net, after what goes to the agency."""
        return self.streamer_fen - self.streamer_fee_fen - self.agency_fen

    @property
    def fees_fen(self) -> int:
        """The platform's fee from all roles."""
        return sum(getattr(self, f"{role}_fee_fen") for role in ROLES)

    def kept_by(self, role: str) -> int:
        """The net of ``role``; the streamer's after what goes to the agency."""
        if role == "streamer":
            return self.streamer_keeps_fen
        return int(getattr(self, f"{role}_fen") - getattr(self, f"{role}_fee_fen"))

    @property
    def is_nothing(self) -> bool:
        """No fen in any role. A change of the base alone books nothing."""
        return not any(getattr(self, name) for name in AMOUNTS)

    def __sub__(self, other: "Shares") -> "Shares":
        return Shares(*(getattr(self, name) - getattr(other, name) for name in COLUMNS))

    def __add__(self, other: "Shares") -> "Shares":
        return Shares(*(getattr(self, name) + getattr(other, name) for name in COLUMNS))


COLUMNS = tuple(each.name for each in fields(Shares))
AMOUNTS = COLUMNS[1:]
NOTHING = Shares()


def split(base_fen: int, rates: Rates) -> Shares:
    """Commission and service fee of ``base_fen``; the fee carved between the leaders; the platform's fee of each."""
    commission = share(base_fen, rates.commission_bps)
    service_fee = share(base_fen, rates.service_fee_bps)
    second = share(base_fen, rates.second_bps)
    first = service_fee - second
    provider = share(base_fen, rates.provider_bps)
    streamer_fee = share(commission, rates.tech_bps)
    agency = share(commission - streamer_fee, rates.agency_bps)
    return Shares(
        base_fen=base_fen,
        streamer_fen=commission,
        streamer_fee_fen=streamer_fee,
        first_leader_fen=first,
        first_leader_fee_fen=share(first, rates.tech_bps),
        second_leader_fen=second,
        second_leader_fee_fen=share(second, rates.tech_bps),
        provider_fen=provider,
        provider_fee_fen=share(provider, rates.tech_bps),
        agency_fen=agency,
        agency_fee_fen=share(agency, rates.tech_bps),
    )


@dataclass(frozen=True)
class Price:
    """What a buyer was charged for one line, as the order source says it. ``price_fen`` is the line total."""

    price_fen: int
    merchant_coupon_fen: int = 0
    platform_coupon_fen: int = 0


def bases(prices: Sequence[Price], order_coupon_fen: int = 0) -> list[int]:
    """What the buyer paid for each line's goods: its price less its coupons and its share of the order's coupon.

    The order's coupon is divided by price, by largest remainder. A line bears no more of it than its own coupons have
    left: what is over is divided in the same way over the lines that have something left. Freight and subsidies never
    enter the base. Raises ValueError where a line's own coupons exceed its price, or all coupons all prices.
    """
    left = [price.price_fen - price.merchant_coupon_fen - price.platform_coupon_fen for price in prices]
    if any(fen < 0 for fen in left) or order_coupon_fen > sum(left):
        raise ValueError("coupons exceed prices")
    weights = [price.price_fen for price in prices]
    while order_coupon_fen:
        borne = [min(fen, rest) for fen, rest in zip(divide(order_coupon_fen, weights), left, strict=True)]
        left = [rest - fen for rest, fen in zip(left, borne, strict=True)]
        order_coupon_fen -= sum(borne)
        weights = [price.price_fen if rest else 0 for price, rest in zip(prices, left, strict=True)]
    return left
