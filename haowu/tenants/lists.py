"""List pages: a total, filters as removable chips with their state in the URL, sorting, and pages by keyset."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.views.generic import TemplateView
from django_filters import FilterSet

from haowu.ground.paging import capped_count, page_of
from haowu.tenants.access import TenantRequiredMixin


@dataclass(frozen=True)
class Sort:
    """``order`` as ``paging.page_of`` takes it."""

    key: str
    label: Any
    order: tuple[str, ...]


@dataclass(frozen=True)
class Chip:
    """One filter in force, and the query string of the page without it."""

    label: str
    value: str
    without: str


class ListPage(TenantRequiredMixin, TemplateView):
    """``queryset()`` is the rows that the tenant may see; ``rows()`` may dress the ones of the page."""

    filterset_class: ClassVar[type[FilterSet]]
    sorts: ClassVar[list[Sort]]
    page_size: ClassVar[int] = 24

    def queryset(self) -> QuerySet:
        raise NotImplementedError

    def rows(self, found: list[Any]) -> list[Any]:
        return found

    @property
    def sort(self) -> Sort:
        asked = self.request.GET.get("sort")
        return next((sort for sort in self.sorts if sort.key == asked), self.sorts[0])

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        filterset = self.filterset_class(self.request.GET, queryset=self.queryset(), request=self.request)
        page = page_of(filterset.qs, self.sort.order, self.request.GET.get("after", ""), self.page_size)
        total, is_more = capped_count(filterset.qs)
        return super().get_context_data(
            rows=self.rows(page.rows),
            next_cursor=page.next_cursor,
            is_first=not self.request.GET.get("after"),
            total=total,
            is_more=is_more,
            form=filterset.form,
            chips=list(chips_of(filterset.form, self.request.GET)),
            sort=self.sort,
            sorts=self.sorts,
            **context,
        )


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
