"""The selection centre on the phone: what is found, a sheet of filters with counts, words while one types."""

from typing import Any

from django.utils.functional import cached_property
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from haowu.ground import days
from haowu.ground.fields import SEARCH_LENGTH
from haowu.tenants.lists import chips_of
from streamers.centre.conditions import Looker
from streamers.centre.facets import facets_of
from streamers.centre.filters import FOR_YOU, SORTS, Filters, SelectionForm
from streamers.centre.for_you import default_sort
from streamers.centre.memory import popular_queries, remember_search
from streamers.centre.search import COUNT_LIMIT, Found, Loosened, Search, find_or_begin
from streamers.centre.suggest import suggestions
from streamers.found_cards import cards_html
from streamers.modules import counting, front
from streamers.views import OfStreamer

HOT = 6
NEW_DAYS = 7
FOR_HIM = SORTS[FOR_YOU].label
CHANNELS: list[tuple[Any, dict[str, Any]]] = [
    (_("爆品"), {"sort": "sales"}),
    (_("高佣"), {"sort": "rate"}),
    (_("赚得多"), {"sort": "per_sale"}),
    (_("新品"), {"sort": "newest", "new_days": NEW_DAYS}),
    (_("专给我的"), {"plan_type": "item_targeted"}),
]
"""Tabs: each sets some filters and keeps the others."""
SALES_FROM = (100, 1_000, 10_000)
SCORE_FROM = (460, 480, 490)


IN_PLACE = mark_safe(
    'hx-boost:inherited="true" hx-target:inherited="#main" hx-swap:inherited="innerHTML show:top"'
    ' hx-push-url:inherited="true"'
)
"""Of links and forms whose answer takes the place of the list."""


class OfCentre(OfStreamer, TemplateView):
    """A page of the selection centre, or what moves in place of it (``layout``). ``shows_form``: all its fields."""

    shows_form = False

    @cached_property
    def form(self) -> SelectionForm:
        return SelectionForm(self.request.GET, is_shown=self.shows_form)

    @cached_property
    def looker(self) -> Looker:
        at = days.now()
        return Looker(self.request.tenant, at, self.tech_bps_at(at), self.form.known)

    @property
    def is_fragment(self) -> bool:
        """htmx asks for what it puts in place; going back in the history, for the whole page."""
        return self.request.headers.get("HX-Request-Type") == "partial"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        layout = "fragment.html" if self.is_fragment else "phone.html"
        return super().get_context_data(is_fragment=self.is_fragment, layout=layout, **context)


class Selection(OfCentre):
    """The list; or, for htmx, the goods of its next page alone. What is found may be saved as a view."""

    route, title = "selection", _("选品中心")

    @property
    def is_next_page(self) -> bool:
        return self.is_fragment and bool(self.request.GET.get("after"))

    def get_template_names(self) -> list[str]:
        return ["streamers/_more.html" if self.is_next_page else "streamers/selection.html"]

    @cached_property
    def filters(self) -> Filters:
        return default_sort(self.form.filters, self.looker, is_chosen="sort" in self.request.GET)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        after = self.request.GET.get("after", "")
        found = find_or_begin(self.looker, self.filters, cursor=after, is_counted=not self.is_next_page)
        beside = {} if self.is_next_page else self._beside(found, is_first=not after)
        return super().get_context_data(
            goods=cards_html(self.request, found.cards, module=self.form.filters.module),
            rows=found.cards,
            next_cursor=found.next_cursor,
            **beside,
            **context,
        )

    def _beside(self, found: Found, *, is_first: bool) -> dict[str, Any]:
        """Everything but the goods of one page."""
        form, filters, chips = self.form, self.filters, list(chips_of(self.form, self.request.GET))
        if filters.q and found.total:
            remember_search(self.looker.streamer, filters.q, self.looker.at)
        if filters.module and is_first and not self.request.viewing:
            counting.looked(filters.module, self.looker.at)
        is_front = is_first and not chips
        return {
            "found": found,
            "nearest": cards_html(self.request, found.nearest),
            "is_first": is_first,
            "chips": chips,
            "mistakes": [(form.fields[name].label, each) for name, errors in form.errors.items() for each in errors],
            "sort": filters.way,
            "sorts": SORTS.values(),
            "tabs": list(_tabs(filters, self.looker)),
            "loosened": [_loosened(each) for each in found.loosened],
            "hot": popular_queries(self.looker.at)[:HOT] if is_front else [],
            "tiles": front.tiles(self.looker) if is_front else [],
            "in_place": IN_PLACE,
        }


def _tabs(filters: Filters, looker: Looker) -> Any:
    """Each tab's label, where it leads, and whether it is the one in force."""
    here, plain = filters.query_string(), filters.without("sort", "new_days", "plan_type")
    is_plain = filters.sort == "best" and not filters.in_force
    first = (SORTS["best"].label, {}) if is_plain and looker.for_you is None else (FOR_HIM, {"sort": FOR_YOU})
    for label, changes in (first, *CHANNELS):
        query = plain.query_string(**changes)
        yield label, query, query == here


def _loosened(each: Loosened) -> tuple[str, str, int]:
    """What to leave out, where that leads, and how many goods there are then."""
    label = each.word or str(SelectionForm.base_fields[each.name].label)
    return label, each.filters.query_string(), each.total


class FilterSheet(OfCentre):
    """All filters, each choice with the number of goods that it would leave. Its form leads to the list."""

    template_name = "streamers/filter_sheet.html"
    shows_form = True

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        form, filters = self.form, self.form.filters
        total = Search(self.looker, filters).total()
        return super().get_context_data(
            form=form,
            filters=filters,
            chips=list(chips_of(form, self.request.GET)),
            facets=facets_of(self.looker, filters),
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
