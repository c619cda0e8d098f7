"""Lists of the admin that stay quick however many rows there are: counted up to a limit, narrowed by days."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from haowu.ground import days

COUNTED = 10_000
"""So many rows are counted and can be paged through; whoever looks for another narrows the list."""


class CappedPaginator(Paginator):
    @cached_property
    def count(self) -> int:
        rows = self.object_list
        if isinstance(rows, QuerySet):
            return min(COUNTED, rows.order_by()[: COUNTED + 1].count())
        return super().count


class PrudentList(ChangeList):
    """A filter that no date or number can be is no filter: the list says so, as it does of an unknown one."""

    answers: dict[str, str] = {}
    """What an act said of rows, by key, where the list is shown again after it."""

    def get_queryset(self, request: HttpRequest, exclude_parameters: list[str | None] | None = None) -> QuerySet:
        try:
            return super().get_queryset(request, exclude_parameters)
        except (OverflowError, ValueError) as error:
            raise IncorrectLookupParameters from error

    @property
    def is_capped(self) -> bool:
        return self.result_count >= COUNTED

    def may_be_chosen(self, row: Any) -> bool:
        return True


class DaysFilter(admin.FieldListFilter):
    """From a day to a day, both included, of a date or of a moment in Shanghai's time."""

    template = "admin/days_filter.html"
    everything: Any = gettext_lazy("不限")

    def __init__(
        self, field: Any, request: HttpRequest, params: Any, model: Any, model_admin: Any, field_path: str
    ) -> None:
        self.path = field_path
        self.names = (f"{field_path}_from", f"{field_path}_to")
        super().__init__(field, request, params, model, model_admin, field_path)
        self.of_moment = isinstance(field, models.DateTimeField)

    def expected_parameters(self) -> list[str | None]:
        return list(self.names)

    @property
    def first(self) -> str:
        return self._asked(0)

    @property
    def last(self) -> str:
        return self._asked(1)

    def queryset(self, request: HttpRequest, rows: QuerySet) -> QuerySet:
        if self.first:
            rows = rows.filter(**{f"{self.path}__gte": self._bound(days.day(self.first))})
        if self.last:
            rows = rows.filter(**{f"{self.path}__lt": self._bound(days.day(self.last) + days.ONE_DAY)})
        return rows

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        today = days.day_of(days.now())
        self.others = [pair for pair in changelist.params.items() if pair[0] not in (*self.names, "p")]
        yield self._choice(changelist, self.everything, None, None)
        for label, back in ((_("今天"), 0), (_("近 7 天"), 6), (_("近 30 天"), 29)):
            yield self._choice(changelist, label, today - timedelta(days=back), today)

    def _choice(self, changelist: ChangeList, label: str, first: date | None, last: date | None) -> dict[str, Any]:
        texts = (str(first or ""), str(last or ""))
        asked = dict(zip(self.names, texts, strict=True)) if first else {}
        query = changelist.get_query_string(asked, [] if first else list(self.names))
        return {"selected": (self.first, self.last) == texts, "query_string": query, "display": label}

    def _asked(self, index: int) -> str:
        value = self.used_parameters.get(self.names[index], "")
        return str(value[-1] if isinstance(value, list) else value)

    def _bound(self, day: date) -> Any:
        return days.start_of(day) if self.of_moment else day


admin.FieldListFilter.register(lambda field: isinstance(field, models.DateField), DaysFilter, take_priority=True)
