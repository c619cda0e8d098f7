"""Statements: closed days of an account, each from opening to closing, down to its settlement lines."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View

from commissions import statements
from commissions.export import csv_rows
from commissions.filters import StatementFilter
from commissions.models import Settlement
from commissions.parts import part_of
from haowu.ledger.models import DailyBalance
from haowu.paging import page_of
from haowu.tenants.access import TenantRequiredMixin
from haowu.tenants.lists import ListPage, Sort

EXPORT_LIMIT = 100_000


class StatementList(ListPage):
    template_name = "commissions/statement_list.html"
    filterset_class = StatementFilter
    page_size = 31
    sorts = [
        Sort("newest", gettext_lazy("最近的在前"), ("-day", "account__kind", "pk")),
        Sort("oldest", gettext_lazy("最早的在前"), ("day", "account__kind", "pk")),
    ]

    def queryset(self) -> QuerySet[DailyBalance]:
        return statements.of_tenant(self.request.tenant)


class OneStatement(TenantRequiredMixin):
    @cached_property
    def balance(self) -> DailyBalance:
        mine = statements.of_tenant(self.request.tenant)
        try:
            day = date.fromisoformat(self.kwargs["day"])
        except ValueError:
            raise Http404 from None
        return get_object_or_404(mine, account__kind=self.kwargs["account"], day=day)

    @property
    def lines(self) -> QuerySet[Settlement]:
        return statements.lines(self.request.tenant, self.balance.day)


class StatementPage(OneStatement, TemplateView):
    template_name = "commissions/statement.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        page = page_of(self.lines, ("line_id", "phase"), self.request.GET.get("after", ""), 50)
        parts = [{"row": row, "part": part_of(row, self.request.tenant)} for row in page.rows]
        told = statements.statement(self.balance)
        paging = {"next_cursor": page.next_cursor, "is_first": "after" not in self.request.GET}
        return super().get_context_data(statement=told, parts=parts, **paging, **context)


class StatementLines(OneStatement, View):
    """The lines as CSV."""

    def get(self, request: HttpRequest, **kwargs: Any) -> StreamingHttpResponse:
        rows = list(self.lines[:EXPORT_LIMIT])
        response = StreamingHttpResponse(csv_rows(rows, request.tenant), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{self.balance.account.kind}-{self.balance.day}.csv"'
        return response
