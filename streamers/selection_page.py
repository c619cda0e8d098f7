"""The selection centre on the phone: what is found, a sheet of filters with counts, words while one types."""

from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from haowu.ground.fields import SEARCH_LENGTH
from haowu.tenants.lists import chips_of
from streamers.centre.facets import facets_of
from streamers.centre.filters import SORTS, Filters, SelectionForm
from streamers.centre.memory import popular_queries, remember_search
from streamers.centre.search import COUNT_LIMIT, Search, find_or_begin
from streamers.centre.suggest import suggestions
from streamers.views import OfStreamer
from tuanzhang.models import Recommendation

HOT = 6
NEW_DAYS = 7
CHANNELS: list[tuple[Any, dict[str, Any]]] = [
    (_("综合"), {}),
    (_("爆品"), {"sort": "sales"}),
    (_("高佣"), {"sort": "rate"}),
    (_("赚得多"), {"sort": "per_sale"}),
    (_("新品"), {"sort": "newest", "new_days": NEW_DAYS}),
    (_("专给我的"), {"plan_type": "item_targeted"}),
]
"""Tabs: each sets some filters and keeps the others."""
SALES_FROM = (100, 1_000, 10_000)
SCORE_FROM = (460, 480, 490)


class OfCentre(OfStreamer):
    @cached_property
    def form(self) -> SelectionForm:
        return SelectionForm(self.request.GET)

    @property
    def filters(self) -> Filters:
        return self.form.filters


class Selection(OfCentre, TemplateView):
    route, title = "selection", _("选品中心")
    """What is found may be saved as a view."""

    template_name = "streamers/selection.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        query, filters = self.request.GET, self.filters
        found = find_or_begin(self.looker, filters, cursor=query.get("after", ""))
        if filters.q and found.total:
            remember_search(self.looker.streamer, filters.q, self.looker.at)
        is_first, chips = not query.get("after"), list(chips_of(self.form, query))
        return super().get_context_data(
            found=found,
            rows=found.cards,
            next_cursor=found.next_cursor,
            is_first=is_first,
            form=self.form,
            chips=chips,
            sort=filters.way,
            sorts=SORTS.values(),
            tabs=list(_tabs(filters)),
            loosened=[_loosened(each, self.form) for each in found.loosened],
            hot=popular_queries(self.looker.at)[:HOT] if is_first and not chips else [],
            recommended=self._recommended() if is_first and not chips else None,
            **context,
        )

    def _recommended(self) -> int:
        return Recommendation.objects.visible_to(self.request.tenant).running().count()


def _tabs(filters: Filters) -> Any:
    """Each tab's label, where it leads, and whether it is the one in force."""
    plain = filters.without("sort", "new_days", "plan_type")
    for label, changes in CHANNELS:
        query = plain.query_string(**changes)
        yield label, query, query == filters.query_string()


def _loosened(each: Any, form: SelectionForm) -> tuple[str, str, int]:
    """What to leave out, where that leads, and how many goods there are then."""
    label = each.word or str(form.fields[each.name].label)
    return label, each.filters.query_string(), each.total


class FilterSheet(OfCentre, TemplateView):
    """All filters, each choice with the number of goods that it would leave. Its form leads to the list."""

    template_name = "streamers/filter_sheet.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        filters = self.filters
        search = Search(self.looker, filters)
        total = search.total()
        return super().get_context_data(
            form=self.form,
            filters=filters,
            chips=list(chips_of(self.form, self.request.GET)),
            facets=facets_of(self.looker, filters, search.overlay),
            total=min(total, COUNT_LIMIT),
            is_more=total > COUNT_LIMIT,
            sales_from=[(each, filters.sales_from == each) for each in SALES_FROM],
            score_from=[(each, filters.score_from == each) for each in SCORE_FROM],
            new_days=NEW_DAYS,
            **context,
        )


class Suggestions(OfStreamer, TemplateView):
    template_name = "streamers/_suggestions.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        typed = self.request.GET.get("q", "")[:SEARCH_LENGTH]
        found = suggestions(self.request.tenant, typed, self.looker.at)
        return super().get_context_data(suggestions=found, typed=typed, **context)
