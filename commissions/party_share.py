"""One tenant's share in rows that hold every role's: a merchant's cost, what its roles bring; and the roles' names."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commissions.split import ROLES, Shares
from haowu.tenants.models import Tenant
from streamers.offers import Kind


@dataclass(frozen=True)
class PartyShare:
    """Gross, the platform's fee within it, and net. A merchant's are negative: it pays, and no fee is taken from it."""

    gross_fen: int
    fee_fen: int

    @property
    def net_fen(self) -> int:
        return self.gross_fen - self.fee_fen


def share_of(row: Any, tenant: Tenant, shares: Shares | None = None) -> PartyShare:
    """What ``tenant`` gets or pays of ``shares``, by default those of ``row``, which has a merchant and the roles."""
    shares = shares or row.shares
    if row.merchant_id == tenant.pk:
        return PartyShare(-shares.cost_fen, 0)
    mine = [role for role in ROLES if getattr(row, f"{role}_id") == tenant.pk]
    return PartyShare(
        sum(getattr(shares, f"{role}_fen") for role in mine), sum(getattr(shares, f"{role}_fee_fen") for role in mine)
    )


ROLE_LABELS = {
    "merchant": gettext_lazy("商家"),
    "streamer": gettext_lazy("达人"),
    "first_leader": gettext_lazy("一级团长"),
    "second_leader": gettext_lazy("二级团长"),
    "provider": gettext_lazy("服务商"),
    "agency": gettext_lazy("达人机构"),
}


def role_labels() -> dict[str, str]:
    """``{role: what people call it}`` of who earns, in the language in use."""
    return {role: str(ROLE_LABELS[role]) for role in ROLES}


RATES_OF = {
    "merchant": ("commission_bps", "service_fee_bps", "second_bps", "provider_bps"),
    "streamer": ("commission_bps", "agency_bps", "tech_bps"),
    "first_leader": ("service_fee_bps", "second_bps", "tech_bps"),
    "second_leader": ("second_bps", "tech_bps"),
    "provider": ("provider_bps", "tech_bps"),
    "agency": ("agency_bps", "tech_bps"),
}
"""The rates that each role knows of."""

OFFER_LABELS = {
    Kind.EXCLUSIVE_ACTIVITY: gettext_lazy("专属活动"),
    Kind.EXCLUSIVE: gettext_lazy("专属计划"),
    Kind.ITEM_TARGETED: gettext_lazy("商品定向"),
    Kind.SHOP_TARGETED: gettext_lazy("店铺定向"),
    Kind.NORMAL_ACTIVITY: gettext_lazy("招商活动"),
    Kind.NORMAL: gettext_lazy("普通计划"),
}


def may_know_streamer(tenant: Tenant) -> bool:
    """Whether its pages name who sold: those of the merchant, who pays him."""
    return tenant.kind == Tenant.Kind.MERCHANT


def terms_in_short(tenant: Tenant, row: Any) -> dict[str, Any]:
    """``offer``: which plan spoke, in words; ``rate_bps``: the rate by which ``tenant`` pays or is paid, or None."""
    roles = roles_of(tenant, row)
    rate = getattr(row, RATES_OF[roles[0]][0]) if roles and row.offer_kind else None
    if not row.offer_kind:
        return {"offer": _("自然成交"), "rate_bps": None}
    offer = str(OFFER_LABELS[Kind(row.offer_kind)])
    return {"offer": f"{offer} · {row.activity}" if row.activity else offer, "rate_bps": rate}


def roles_of(tenant: Tenant, row: Any) -> list[str]:
    """The roles that ``tenant`` has on ``row``; none for the order's source."""
    return [role for role in RATES_OF if getattr(row, f"{role}_id") == tenant.pk]
