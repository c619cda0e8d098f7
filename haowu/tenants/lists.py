"""List pages: views as tabs, a total, filters as removable chips, sorting, all in the URL, and pages by keyset."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.db.models import Count, Q, QuerySet
from django.views.generic import TemplateView
from django_filters import FilterSet

from haowu.ground import days
from haowu.ground.paging import capped_count, page_of
from haowu.tenants.access import TenantRequiredMixin


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


class ListPage(TenantRequiredMixin, TemplateView):
    """``queryset()`` is the rows that the tenant may see; ``rows()`` may dress the ones of the page.

    ``tabs`` cut the list into views, the first of which is shown unasked.
    """

    filterset_class: ClassVar[type[FilterSet]]
    sorts: ClassVar[list[Sort]]
    tabs: ClassVar[list[Tab]] = []
    page_size: ClassVar[int] = 24

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

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        rows = self.queryset()
        if self.tab:
            rows = rows.filter(self.tab.condition(days.now()))
        filterset = self.filterset_class(self.request.GET, queryset=rows, request=self.request)
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
            **context,
        )

    def _open_tabs(self) -> list[OpenTab]:
        """Every tab with its count, all from one query; a tab is opened without the filters of another."""
        if self.tab is None:
            return []
        at, tabs, here = days.now(), self.tabs, self.tab.key
        found = self.to_count().order_by().aggregate(**{t.key: Count("pk", filter=t.condition(at)) for t in tabs})
        return [OpenTab(tab, found[tab.key], f"view={tab.key}", tab.key == here) for tab in tabs]


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
