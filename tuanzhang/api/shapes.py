"""What the resources of leaders have in common: who calls, amounts, and per-item results."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from haowu.partners.access import KindRefused
from haowu.partners.results import ResultsOut as ResultsOut
from haowu.partners.results import results as results
from haowu.tenants.models import Tenant

LEADERS = frozenset({Tenant.Kind.TUANZHANG})
MERCHANTS = frozenset({Tenant.Kind.MERCHANT})
BOTH = LEADERS | MERCHANTS
BATCH = {"min_length": 1, "max_length": 100}
BPS = {"low": 0, "high": 9000}


class ProductRef(serializers.Serializer):
    merchant = serializers.CharField(max_length=64, help_text=_("商家编号"))
    code = serializers.CharField(max_length=64, help_text=_("商品编号"))


def only(tenant: Tenant, kinds: frozenset[str]) -> None:
    """For views that both kinds may read and one may write."""
    if tenant.kind not in kinds:
        raise KindRefused(kind=tenant.get_kind_display())
