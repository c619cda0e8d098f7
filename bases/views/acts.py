"""What the pages of bases share."""

from collections.abc import Callable, Iterable
from typing import Any

from bases.models import Base
from haowu.tenants.access import TenantRequiredMixin
from haowu.tenants.models import Tenant

Pair = tuple[int, str]
"""Merchant and product code, by which bases know goods."""


class OfBase(TenantRequiredMixin):
    kind = Tenant.Kind.BASE

    @property
    def profile(self) -> Base | None:
        return Base.objects.of(self.request.tenant)


class WithGoods:
    """Shows goods by name and picture. ``goods_of(pairs)`` finds them; addresses bring it from the floor above."""

    goods_of: Callable[[Iterable[Pair]], dict[Pair, Any]] | None = None

    def goods(self, pairs: Iterable[Pair]) -> dict[Pair, Any]:
        return self.goods_of(pairs) if self.goods_of else {}
