"""``/statements``: the closed days of the calling tenant's accounts, down to the lines behind them."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from commissions.api.filters import StatementFilters
from commissions.api.orders import SharesOut
from commissions.models import Settlement
from commissions.split import ROLES
from commissions.statements import daily
from commissions.stories import party_view
from haowu.ground.errors import NotFound
from haowu.ledger.models import Account, DailyBalance, Posting
from haowu.partners.views import PartnerListView, PartnerView


class StatementOut(serializers.Serializer):
    account = serializers.ChoiceField(source="account.kind", choices=Account.Kind.choices)
    day = serializers.DateField()
    opening_fen = serializers.IntegerField()
    inflow_fen = serializers.IntegerField()
    outflow_fen = serializers.IntegerField()
    closing_fen = serializers.IntegerField()


class EntryOut(serializers.Serializer):
    kind = serializers.ChoiceField(choices=Posting.Kind.choices)
    label = serializers.CharField()
    amount_fen = serializers.IntegerField(help_text=_("收入为正，支出为负"))


class OpenedStatementOut(StatementOut):
    entries = EntryOut(many=True, help_text=_("期初加各项等于期末"))


class StatementLineOut(serializers.Serializer):
    order_no = serializers.CharField()
    line_no = serializers.IntegerField()
    source = serializers.CharField()
    sub_id = serializers.CharField(allow_null=True, allow_blank=True, help_text=_("渠道标记，只给达人本人"))
    phase = serializers.IntegerField(help_text=_("0 为结算，之后为调整"))
    kind = serializers.ChoiceField(choices=["settlement", "clawback"])
    base_fen = serializers.IntegerField()
    shares = SharesOut()


class StatementsOfCaller(PartnerView):
    required_scopes = {"GET": ["statements:read"]}
    queryset = DailyBalance.objects.none()

    def get_queryset(self) -> QuerySet[DailyBalance]:
        return daily.of_tenant(self.tenant)

    def one(self, account_kind: str, day: date) -> DailyBalance:
        balance = daily.of_tenant(self.tenant).of_account(account_kind, day).first()
        if balance is None:
            raise NotFound(_("账户 {kind} 在 {day} 没有变动，或当天还没有关账。"), kind=account_kind, day=day)
        return balance


@extend_schema(tags=["statements"])
class StatementsView(StatementsOfCaller, PartnerListView):
    filterset_class = StatementFilters
    ordering = ("-day", "-pk")
    serializer_class = StatementOut

    @extend_schema(operation_id="list_statements", summary=_("已关账的账户日，新的在前"))
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)


@extend_schema(tags=["statements"])
class StatementView(StatementsOfCaller):
    serializer_class = OpenedStatementOut

    @extend_schema(operation_id="read_statement", summary=_("一个账户日的各项变动"))
    def get(self, request: Request, account_kind: str, day: date) -> Response:
        balance = self.one(account_kind, day)
        balance.entries = daily.statement(balance).entries
        return Response(OpenedStatementOut(balance).data)


@extend_schema(tags=["statements"])
class StatementLinesView(StatementsOfCaller, PartnerListView):
    queryset = Settlement.objects.none()
    ordering = ("line_id", "phase")
    serializer_class = StatementLineOut

    def get_queryset(self) -> QuerySet[Settlement]:
        balance = self.one(self.kwargs["account_kind"], self.kwargs["day"])
        return daily.lines(self.tenant, balance.day).select_related("line__source", *ROLES)

    def body_of(self, row: Settlement) -> dict[str, Any]:
        return party_view.settlement(self.tenant, row)

    @extend_schema(operation_id="list_statement_lines", summary=_("一个账户日背后的订单行"))
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)
