"""``/statements/months``: each account's months, the sums of its daily statements."""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from commissions.api.statements import EntryOut, StatementOut, StatementsOfCaller
from commissions.statements import months
from haowu.ground.errors import NotFound
from haowu.ledger.models import Account
from haowu.partners.fields import MonthField


class MonthOut(serializers.Serializer):
    account = serializers.ChoiceField(source="account_kind", choices=Account.Kind.choices)
    month = MonthField(source="first_on", help_text=_("如 2024-06"))
    last_on = serializers.DateField(help_text=_("最后一张对账单的日期"))
    days = serializers.IntegerField(help_text=_("对账单张数"))
    opening_fen = serializers.IntegerField()
    inflow_fen = serializers.IntegerField()
    outflow_fen = serializers.IntegerField()
    closing_fen = serializers.IntegerField()


class MonthsOut(serializers.Serializer):
    results = MonthOut(many=True)
    next = serializers.CharField(allow_null=True, help_text=_("总是 null：一次给全"))


class OpenedMonthOut(MonthOut):
    entries = EntryOut(many=True, help_text=_("期初加各项等于期末；等于每日对账单之和"))
    statements = StatementOut(many=True)


@extend_schema(tags=["statements"])
class MonthsView(StatementsOfCaller):
    serializer_class = MonthsOut

    @extend_schema(operation_id="list_months", summary=_("各账户的月度汇总，新的在前"))
    def get(self, request: Request) -> Response:
        return Response(MonthsOut({"results": months.of_tenant(self.tenant), "next": None}).data)


@extend_schema(tags=["statements"])
class MonthView(StatementsOfCaller):
    serializer_class = OpenedMonthOut

    @extend_schema(operation_id="read_month", summary=_("一个账户的一个月：各项与每日对账单"))
    def get(self, request: Request, account_kind: str, month: date) -> Response:
        days = months.days_of(self.tenant, account_kind, month)
        if not days:
            raise NotFound(
                _("账户 {kind} 在 {month} 没有变动，或还没有关账。"), kind=account_kind, month=f"{month:%Y-%m}"
            )
        mine = self.get_queryset().filter(pk__in=[each.pk for each in days])
        (summed,) = months.of_tenant(self.tenant, mine)
        body: dict[str, Any] = vars(summed) | {"entries": months.entries(days), "statements": days}
        return Response(OpenedMonthOut(body).data)
