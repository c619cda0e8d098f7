"""Statements: closed days of an account, each from opening to closing, down to its settlement lines."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from commissions.filters import StatementFilter
from commissions.models import Settlement
from commissions.party_share import share_of
from commissions.statements import daily
from commissions.statements.drilldown import opened
from commissions.statements.export import XLSX_LINES
from commissions.statements.posting_sources import movements as movements_of
from haowu.ground.errors import NotFound
from haowu.ground.paging import page_of
from haowu.ledger.models import Account, DailyBalance
from haowu.tenants.access import TenantRequiredMixin
from haowu.tenants.lists import ListPage, Sort
from haowu.tenants.scope import platform_scope

OF_LINES = (Account.Kind.AVAILABLE, Account.Kind.FUNDING)
MOVEMENTS = 100
"""Postings shown at once; most figures have one."""


class StatementList(ListPage):
    template_name = "commissions/statement_list.html"
    filterset_class = StatementFilter
    page_size = 31
    sorts = [
        Sort("newest", gettext_lazy("最近的在前"), ("-day", "account__kind", "pk")),
        Sort("oldest", gettext_lazy("最早的在前"), ("day", "account__kind", "pk")),
    ]

    def queryset(self) -> QuerySet[DailyBalance]:
        return daily.of_tenant(self.request.tenant)


class OneStatement(TenantRequiredMixin):
    @cached_property
    def balance(self) -> DailyBalance:
        mine = daily.of_tenant(self.request.tenant)
        return get_object_or_404(mine, account__kind=self.kwargs["account"], day=self.kwargs["day"])

    @property
    def name(self) -> str:
        """How its files are called."""
        return f"{self.balance.account.kind}-{self.balance.day}"

    @property
    def lines(self) -> QuerySet[Settlement]:
        """None for accounts that no order line moves."""
        lines = daily.lines(self.request.tenant, self.balance.day)
        return lines if self.balance.account.kind in OF_LINES else lines.none()


class StatementPage(OneStatement, TemplateView):
    template_name = "commissions/statement.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        page = page_of(self.lines, ("line_id", "phase"), self.request.GET.get("after", ""), 50)
        parts = [{"row": row, "part": share_of(row, self.request.tenant)} for row in page.rows]
        statement = daily.statement(self.balance)
        paging = {"next_cursor": page.next_cursor, "is_first": "after" not in self.request.GET}
        too_many = self.lines[: XLSX_LINES + 1].count() > XLSX_LINES
        return super().get_context_data(
            statement=statement, parts=parts, xlsx_lines=XLSX_LINES, is_too_long_for_xlsx=too_many, **paging, **context
        )


class EntryPage(OneStatement, TemplateView):
    """One figure of a statement: its postings with what caused each, and the order lines behind it."""

    template_name = "commissions/statement_entry.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        account, query = self.balance.account, self.request.GET
        with platform_scope():
            try:
                figure = opened(self.request.tenant, self.balance, self.kwargs["kind"])
            except NotFound:
                raise Http404 from None
            first = figure.postings.after(_number(query.get("from", "")))[: MOVEMENTS + 1]
            movements = list(movements_of(account, first))
        more = movements[MOVEMENTS - 1].posting.pk if len(movements) > MOVEMENTS else None
        lines = {"rows": [], "next_cursor": None}
        if figure.lines is not None:
            page = page_of(figure.lines, ("line_id", "phase"), query.get("after", ""), 50)
            lines = {"rows": page.rows, "next_cursor": page.next_cursor}
        return super().get_context_data(
            balance=self.balance,
            told=figure,
            movements=movements[:MOVEMENTS],
            more_from=more,
            is_first="after" not in query,
            **lines,
            **context,
        )


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else 0
