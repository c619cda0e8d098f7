"""List pages: views as tabs, a total, filters as removable chips, sorting, all in the URL, and pages by keyset.

A list may be saved as its member's views, let him choose its columns, and be had as a file: it says so by ``route``,
``columns`` and ``file_columns``.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, ClassVar, cast

from django import forms
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.generic import TemplateView
from django_filters import FilterSet

from haowu.ground import days
from haowu.ground.paging import capped_count, page_of
from haowu.ground.tables import Column, Table
from haowu.tenants import saved_views
from haowu.tenants.access import TenantRequiredMixin
from haowu.tenants.files import as_csv, as_xlsx
from haowu.tenants.models import SavedView, Tenant, User
from haowu.tenants.requests import ScopedRequest

FILES = ("csv", "xlsx")
FILE_CHUNK = 500
XLSX_ROWS = 50_000
"""Rows of a list's XLSX file at most; the CSV file has them all."""


@dataclass(frozen=True)
class Sort:
    """``order`` as ``paging.page_of`` takes it."""

    key: str
    label: Any
    order: tuple[str, ...]


@dataclass(frozen=True)
class Tab:
    """A view of a list: the rows that meet ``condition`` at the moment of asking."""

    key: str
    label: Any
    condition: Callable[[datetime], Q]


@dataclass(frozen=True)
class OpenTab:
    """A tab as it stands on the page: how many rows it has, and the query string that opens it."""

    tab: Tab
    count: int
    query: str
    is_here: bool


@dataclass(frozen=True)
class Chip:
    """One filter in force, and the query string of the page without it."""

    label: str
    value: str
    without: str


@dataclass(frozen=True)
class ListColumn:
    """A column that a member may do without. ``is_extra``: it is shown once he asks for it."""

    key: str
    label: Any
    is_extra: bool = False


@dataclass(frozen=True)
class OpenView:
    """A saved view as it stands on the page."""

    view: SavedView
    is_here: bool


class ListPage(TenantRequiredMixin, TemplateView):
    """``queryset()`` is the rows that the tenant may see; ``rows()`` may dress the ones of the page.

    ``tabs`` cut the list into views, the first of which is shown unasked. ``route`` is the name of its address, under
    which views and columns are saved. ``file_columns`` are those of its file, ``file_rows`` what stands in them.
    """

    filterset_class: ClassVar[type[FilterSet]]
    sorts: ClassVar[list[Sort]]
    tabs: ClassVar[list[Tab]] = []
    page_size: ClassVar[int] = 24
    route: ClassVar[str] = ""
    title: ClassVar[Any] = ""
    columns: ClassVar[Sequence[ListColumn]] = ()
    file_columns: ClassVar[Sequence[Column]] = ()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]  # a file is streamed
        asked = request.GET.get("file")
        if self.file_columns and asked in FILES:
            return self.file(asked)
        return super().get(request, *args, **kwargs)

    def queryset(self) -> QuerySet:
        raise NotImplementedError

    def rows(self, found: list[Any]) -> list[Any]:
        return found

    def to_count(self) -> QuerySet:
        """The rows whose tabs are counted: ``queryset()``, without what only the rows of a page need."""
        return self.queryset()

    @property
    def tab(self) -> Tab | None:
        asked = self.request.GET.get("view")
        return next((tab for tab in self.tabs if tab.key == asked), self.tabs[0] if self.tabs else None)

    @property
    def sort(self) -> Sort:
        asked = self.request.GET.get("sort")
        return next((sort for sort in self.sorts if sort.key == asked), self.sorts[0])

    def filterset(self) -> FilterSet:
        """The rows of the open tab, narrowed by the address."""
        rows = self.queryset()
        if self.tab:
            rows = rows.filter(self.tab.condition(days.now()))
        return self.filterset_class(self.request.GET, queryset=rows, request=self.request)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        filterset = self.filterset()
        page = page_of(filterset.qs, self.sort.order, self.request.GET.get("after", ""), self.page_size)
        chips, tabs = list(chips_of(filterset.form, self.request.GET)), self._open_tabs()
        known = next((each.count for each in tabs if each.is_here), None)
        total, is_more = (known, False) if known is not None and not chips else capped_count(filterset.qs)
        return super().get_context_data(
            rows=self.rows(page.rows),
            next_cursor=page.next_cursor,
            is_first=not self.request.GET.get("after"),
            total=total,
            is_more=is_more,
            form=filterset.form,
            chips=chips,
            sort=self.sort,
            sorts=self.sorts,
            tab=self.tab,
            tabs=tabs,
            file_kinds=FILES if self.file_columns else (),
            **self._kept(),
            **context,
        )

    def _kept(self) -> dict[str, Any]:
        """What the member saved of this list: his views, and which columns he wants to see."""
        if not self.route:
            return {}
        request = cast(ScopedRequest, self.request)
        kept = saved_views.kept(cast(Tenant, request.tenant), cast(User, request.user), self.route)
        here = saved_views.canonical(self.request.GET.urlencode())
        hidden = {column.key for column in self.columns if column.is_extra} if kept.hidden is None else kept.hidden
        return {
            "route": self.route,
            "saved": [OpenView(view, view.query == here) for view in kept.views],
            "here": here,
            "columns": self.columns,
            "shown": [column.key for column in self.columns if column.key not in hidden],
        }

    def file_rows(self, found: list[Any]) -> Iterator[Sequence[Any]]:
        """The cells of the file for a few rows of ``queryset()``."""
        raise NotImplementedError

    def file(self, kind: str) -> HttpResponseBase:
        """The rows of the filter in force, all pages of it."""
        filtered = self.filterset().qs.order_by(*self.sort.order)
        name = (self.request.resolver_match and self.request.resolver_match.url_name) or "list"
        if kind == "csv":
            scope = cast(Tenant, cast(ScopedRequest, self.request).tenant).pk
            return as_csv(name, scope, lambda: [self._table(filtered)])
        return as_xlsx(name, [self._table(filtered[:XLSX_ROWS])])

    def _table(self, found: QuerySet) -> Table:
        return Table(str(self.title), self.file_columns, self._all_rows(found))

    def _all_rows(self, found: QuerySet) -> Iterator[Sequence[Any]]:
        waiting = found.iterator(chunk_size=FILE_CHUNK)
        while chunk := list(islice(waiting, FILE_CHUNK)):
            yield from self.file_rows(chunk)

    def _open_tabs(self) -> list[OpenTab]:
        """Every tab with its count, all from one query; a tab is opened without the filters of another."""
        if self.tab is None:
            return []
        at, tabs, here = days.now(), self.tabs, self.tab.key
        found = self.to_count().order_by().aggregate(**{t.key: Count("pk", filter=t.condition(at)) for t in tabs})
        return [OpenTab(tab, found[tab.key], f"view={tab.key}", tab.key == here) for tab in tabs]


def minute(at: datetime | None) -> str:
    """As files show a moment: in Shanghai's time, to the minute; '' where there is none."""
    return f"{at.astimezone(days.SHANGHAI):%Y-%m-%d %H:%M}" if at else ""


def chips_of(form: forms.Form, query: Any) -> Iterator[Chip]:
    """A chip for each filter of ``form`` that is in force in ``query``, the page's address."""
    for name, value in form.cleaned_data.items():
        if value in (None, "", False):
            continue
        rest = query.copy()
        for gone in (name, "after"):
            rest.pop(gone, None)
        field = form.fields[name]
        yield Chip(str(field.label), _label_of(field, value), rest.urlencode())


def _label_of(field: forms.Field, value: Any) -> str:
    """A choice by its label, an amount or rate as it was written; nothing for a ticked box, whose label says it."""
    if value is True:
        return ""
    labels: dict[Any, Any] = {}
    if isinstance(field, forms.ChoiceField) and isinstance(value, str):
        labels = dict(field.choices)  # type: ignore[arg-type]  # read, they are pairs, whatever they were set to
    return str(labels.get(value, field.prepare_value(value) if isinstance(value, int) else value))
