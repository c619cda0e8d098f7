"""What the resources of leaders have in common: who calls, amounts, and per-item results."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from haowu.ground.errors import Refused
from haowu.partners.access import KindRefused
from haowu.tenants.models import Tenant

LEADERS = frozenset({Tenant.Kind.TUANZHANG})
MERCHANTS = frozenset({Tenant.Kind.MERCHANT})
BOTH = LEADERS | MERCHANTS
BATCH = {"min_length": 1, "max_length": 100}
BPS = {"low": 0, "high": 9000}


class ProductRef(serializers.Serializer):
    merchant = serializers.CharField(max_length=64, help_text=_("商家编号"))
    code = serializers.CharField(max_length=64, help_text=_("商品编号"))


class ResultOut(serializers.Serializer):
    id = serializers.CharField(allow_blank=True, help_text=_("相关的编号；没有时为空"))
    status = serializers.ChoiceField(choices=["accepted", "rejected"])
    code = serializers.CharField(allow_blank=True, help_text=_("rejected 的稳定原因码"))
    message = serializers.CharField(allow_blank=True)


class ResultsOut(serializers.Serializer):
    results = ResultOut(many=True, help_text=_("顺序与请求相同"))


def results(answers: Iterable[Any], ids: Iterable[str] = ()) -> dict[str, Any]:
    """One result per answer: a row with ``public_id``, or a refusal (named by the id at its place, where given)."""
    named = list(ids)
    return {"results": [_result(answer, named[n] if named else "") for n, answer in enumerate(answers)]}


def _result(answer: Any, named: str) -> dict[str, str]:
    if isinstance(answer, Refused):
        return {"id": named, "status": "rejected", "code": answer.code, "message": answer.message}
    return {"id": answer.public_id, "status": "accepted", "code": "", "message": ""}


def only(tenant: Tenant, kinds: frozenset[str]) -> None:
    """For views that both kinds may read and one may write."""
    if tenant.kind not in kinds:
        raise KindRefused(kind=tenant.get_kind_display())
