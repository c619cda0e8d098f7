"""Below ``/statements/{account}/{day}``: its postings with their causes, and each figure down to its order lines."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from commissions.api.filters import PostingFilters
from commissions.api.statements import EntryOut, StatementLineOut, StatementsOfCaller
from commissions.models import Settlement
from commissions.split import ROLES
from commissions.statements import daily, drilldown, posting_sources
from commissions.stories import party_view
from haowu.ledger.models import Account, Posting
from haowu.partners.views import PartnerListView
from haowu.tenants.scope import platform_scope


class CauseOut(serializers.Serializer):
    kind = serializers.ChoiceField(choices=posting_sources.KINDS)
    text = serializers.CharField(help_text=_("给人看的说明"))
    facts = serializers.JSONField(help_text=_("单号、时间与原因，随 kind 不同"))


class PostingOut(serializers.Serializer):
    day = serializers.DateField(source="posting.day")
    kind = serializers.ChoiceField(source="posting.kind", choices=Posting.Kind.choices)
    label = serializers.CharField(source="posting.get_kind_display")
    amount_fen = serializers.IntegerField(help_text=_("收入为正，支出为负"))
    reference = serializers.CharField(source="posting.reference", help_text=_("唯一凭证"))
    counterpart = serializers.CharField(source="counterpart.owner.code", help_text=_("对方租户的编号"))
    counterpart_account = serializers.ChoiceField(source="counterpart.kind", choices=Account.Kind.choices)
    cause = CauseOut()


class PartOut(serializers.Serializer):
    label = serializers.CharField()
    amount_fen = serializers.IntegerField()


class OpenedEntryOut(EntryOut):
    parts = PartOut(many=True, help_text=_("合计等于 amount_fen"))


class EntryLineOut(StatementLineOut):
    amount_fen = serializers.IntegerField(help_text=_("计入这一项的金额，收入为正"))


class _Entries(StatementsOfCaller):
    def opened(self) -> drilldown.Opened:
        balance = self.one(self.kwargs["account_kind"], self.kwargs["day"])
        with platform_scope():
            return drilldown.opened(self.tenant, balance, self.kwargs["entry_kind"])


@extend_schema(tags=["statements"])
class EntryView(_Entries):
    serializer_class = OpenedEntryOut

    @extend_schema(operation_id="read_statement_entry", summary=_("对账单的一项由什么组成"))
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        opened = self.opened()
        entry = {"kind": opened.entry.kind, "label": opened.entry.label, "amount_fen": opened.entry.amount_fen}
        return Response(OpenedEntryOut(entry | {"parts": opened.components}).data)


@extend_schema(tags=["statements"])
class EntryLinesView(_Entries, PartnerListView):
    queryset = Settlement.objects.none()
    ordering = ("line_id", "phase")
    serializer_class = EntryLineOut

    def get_queryset(self) -> QuerySet[Settlement]:
        lines = self.opened().lines
        if lines is None:
            return Settlement.objects.none()
        return lines.select_related("line__source", *ROLES)

    def body_of(self, row: Settlement) -> dict[str, Any]:
        return party_view.settlement(self.tenant, row) | {"amount_fen": row.figure_fen}

    @extend_schema(operation_id="list_statement_entry_lines", summary=_("对账单的一项背后的订单行"))
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)


@extend_schema(tags=["statements"])
class PostingsView(StatementsOfCaller, PartnerListView):
    queryset = Posting.objects.none()
    filterset_class = PostingFilters
    ordering = ("pk",)
    serializer_class = PostingOut

    def get_queryset(self) -> QuerySet[Posting]:
        return daily.postings(self.one(self.kwargs["account_kind"], self.kwargs["day"]))

    def paginate_queryset(self, queryset: QuerySet[Posting]) -> list[Any]:
        rows = super().paginate_queryset(queryset)
        account = self.one(self.kwargs["account_kind"], self.kwargs["day"]).account
        with platform_scope():
            return list(
                posting_sources.movements(
                    account, Posting.objects.filter(pk__in=[row.pk for row in rows]).order_by("pk")
                )
            )

    @extend_schema(operation_id="list_statement_postings", summary=_("对账单的记账与原因"))
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)
