"""One tenant's share in rows that hold every role's: a merchant's cost, what its roles bring; and the roles' names."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy

from commissions.split import ROLES, Shares
from haowu.tenants.models import Tenant


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
