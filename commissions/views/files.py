"""Statements and months as files."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.generic import View

from commissions.filters import StatementFilter
from commissions.statements import daily, export, months
from commissions.statements.posting_sources import movements
from commissions.views.months import OneMonth
from commissions.views.statements import OneStatement
from haowu.ground.tables import Table
from haowu.tenants.access import TenantRequiredMixin
from haowu.tenants.files import as_csv, as_xlsx
from haowu.tenants.scope import PLATFORM, platform_scope


class StatementLines(OneStatement, View):
    """All lines of the day, as CSV."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        name, lines, tenant = f"{self.name}-lines", self.lines, request.tenant
        return as_csv(name, tenant.pk, lambda: [export.lines_table(lines, tenant)])


class StatementFile(OneStatement, View):
    """Figures and postings as CSV; as XLSX the lines too, up to ``export.XLSX_LINES``: it says where there are more."""

    def get(self, request: HttpRequest, ending: str, **kwargs: Any) -> HttpResponseBase:
        balance = self.balance
        if ending == "csv":
            return as_csv(self.name, PLATFORM, lambda: _tables(balance))
        with platform_scope():
            return as_xlsx(self.name, [*_tables(balance), self._lines(request)])

    def _lines(self, request: HttpRequest) -> Table:
        most = export.XLSX_LINES
        note = ""
        if self.lines[: most + 1].count() > most:
            note = _("这里只有前 {n} 行，合计也只含这些行。全部明细请用「导出明细 CSV」。").format(n=most)
        return export.lines_table(self.lines, request.tenant, most=most, note=note)


class StatementListFile(TenantRequiredMixin, View):
    """The list of statements with the filter in force."""

    def get(self, request: HttpRequest, ending: str, **kwargs: Any) -> HttpResponseBase:
        tenant = request.tenant
        days = StatementFilter(request.GET, queryset=daily.of_tenant(tenant)).qs.order_by("day", "account__kind")
        if ending == "csv":
            return as_csv("statements", tenant.pk, lambda: [export.days_table(days.iterator(chunk_size=export.CHUNK))])
        return as_xlsx("statements", [export.days_table(days.iterator(chunk_size=export.CHUNK))])


class MonthListFile(TenantRequiredMixin, View):
    def get(self, request: HttpRequest, ending: str, **kwargs: Any) -> HttpResponseBase:
        found = months.of_tenant(request.tenant)
        if ending == "csv":
            return as_csv("months", request.tenant.pk, lambda: [export.months_table(found)])
        return as_xlsx("months", [export.months_table(found)])


class MonthFile(OneMonth, View):
    """A month by kind and by day."""

    def get(self, request: HttpRequest, ending: str, **kwargs: Any) -> HttpResponseBase:
        days = self.days
        name = f"{self.kwargs['account']}-{self.kwargs['month']:%Y-%m}"
        if ending == "csv":
            return as_csv(name, request.tenant.pk, lambda: export.month_tables(days))
        return as_xlsx(name, export.month_tables(days))


def _tables(balance: Any) -> list[Table]:
    statement = daily.statement(balance)
    return export.statement_tables(statement, movements(balance.account, daily.postings(balance)))
