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
from commissions.party_share import may_know_streamer, terms_in_short
from commissions.statements import daily
from commissions.statements.charts import flow_chart
from commissions.statements.drilldown import Opened, opened
from commissions.statements.export import XLSX_LINES
from commissions.statements.posting_sources import movements as movements_of
from haowu.ground.errors import NotFound
from haowu.ground.paging import page_of
from haowu.ledger.models import Account, DailyBalance
from haowu.tenants.access import TenantRequiredMixin
from haowu.tenants.lists import ListColumn, ListPage, Sort
from haowu.tenants.models import Tenant
from haowu.tenants.scope import platform_scope

OF_LINES = (Account.Kind.AVAILABLE, Account.Kind.FUNDING)
LINES = 50
MOVEMENTS = 100
"""Postings shown at once; most figures have one."""


class StatementList(ListPage):
    template_name = "commissions/statement_list.html"
    filterset_class = StatementFilter
    route, title = "statements", gettext_lazy("对账单")
    page_size = 31
    columns = [
        ListColumn("opening", gettext_lazy("期初")),
        ListColumn("inflow", gettext_lazy("收入")),
        ListColumn("outflow", gettext_lazy("支出")),
        ListColumn("moved", gettext_lazy("净变动"), is_extra=True),
        ListColumn("closing", gettext_lazy("期末")),
    ]
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
    """A closed day of an account from opening to closing. Its figures open in place, each by ``EntryPage``."""

    template_name = "commissions/statement.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        balance, statement = self.balance, daily.statement(self.balance)
        line_count, moved_fen = self.lines.count(), balance.closing_fen - balance.opening_fen
        return super().get_context_data(
            statement=statement,
            chart=flow_chart(statement),
            line_count=line_count,
            moved_fen=moved_fen,
            moved_abs_fen=abs(moved_fen),
            xlsx_lines=XLSX_LINES,
            is_too_long_for_xlsx=line_count > XLSX_LINES,
            **daily.neighbours(balance),
            **context,
        )


class EntryPage(OneStatement, TemplateView):
    """One figure of a statement: its postings with what caused each, and the order lines behind it."""

    def get_template_names(self) -> list[str]:
        return [
            "commissions/_entry.html" if self.request.headers.get("HX-Request") else "commissions/statement_entry.html"
        ]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        account, query, tenant = self.balance.account, self.request.GET, self.request.tenant
        with platform_scope():
            try:
                entry = opened(tenant, self.balance, self.kwargs["kind"])
            except NotFound:
                raise Http404 from None
            first = entry.postings.after(_number(query.get("from", "")))[: MOVEMENTS + 1]
            movements = list(movements_of(account, first))
        more = movements[MOVEMENTS - 1].posting.pk if len(movements) > MOVEMENTS else None
        return super().get_context_data(
            balance=self.balance,
            opened=entry,
            movements=movements[:MOVEMENTS],
            more_from=more,
            is_first="after" not in query,
            shows_streamer=may_know_streamer(tenant),
            **_lines_of(entry, tenant, query.get("after", "")),
            **context,
        )


def _lines_of(entry: Opened, tenant: Tenant, after: str) -> dict[str, Any]:
    """A page of the order lines behind ``entry``, each with the offer and the rate that ``tenant`` knows of."""
    if entry.lines is None:
        return {"rows": [], "next_cursor": None}
    named = entry.lines.select_related("line__product", "line__streamer").prefetch_related("line__product__images")
    page = page_of(named, ("line_id", "phase"), after, LINES)
    rows = [{"row": row} | terms_in_short(tenant, row.line) for row in page.rows]
    return {"rows": rows, "next_cursor": page.next_cursor}


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else 0
