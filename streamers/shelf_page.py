"""The shelf: what has to be decided first, then everything on it in the streamer's own order, by groups."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.http import Http404
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from haowu.ground import days
from haowu.ground.paging import capped_count, page_of
from haowu.tenants.lists import Sort, chips_of
from merchants.models import Product
from streamers import waiting
from streamers.changes import AT_MOST, Change, changes_of
from streamers.filters import ShelfFilter
from streamers.models import Pick, ShelfGroup
from streamers.selection import Card, cards_of, open_to
from streamers.shelf_views import results_of_last_act
from streamers.similar import similar
from streamers.views import OfStreamer, OneProduct

PAGE_SIZE = 24
WHOLE = 60
SORTS = [
    Sort("own", _("我的顺序"), ("-place", "-pk")),
    Sort("newest", _("最近选入"), ("-picked_at", "-pk")),
    Sort("oldest", _("最早选入"), ("picked_at", "pk")),
]


class Shelf(OfStreamer, TemplateView):
    """The goods to decide about stand apart, on the first page; in a group, or while one searches, among the others."""

    template_name = "streamers/shelf.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        query, listed = self.request.GET, self._listed()
        chips = list(chips_of(self.filterset.form, query))
        return super().get_context_data(
            rows=listed.rows,
            changes=listed.to_decide,
            on_shelf=self._on_shelf(listed, is_filtered=bool(chips) or self.group is not None),
            groups=self.groups,
            group=self.group,
            next_cursor=listed.next_cursor,
            is_first=self.is_first,
            total=listed.total,
            is_more=listed.is_more,
            form=self.filterset.form,
            chips=chips,
            sort=self.sort,
            sorts=SORTS,
            is_batch=bool(self.results) or query.get("batch") == "1",
            may_arrange=self.sort.key == "own" and not chips,
            **context,
        )

    @cached_property
    def filterset(self) -> ShelfFilter:
        mine = Pick.objects.visible_to(self.request.tenant).on_shelf().with_channels()
        asked = mine.in_group(self.group) if self.group else mine
        return ShelfFilter(self.request.GET, queryset=asked, request=self.request)

    @property
    def is_first(self) -> bool:
        return not self.request.GET.get("after")

    @property
    def sets_apart(self) -> bool:
        """Whether what is to decide stands apart."""
        return not self.request.GET.get("q") and self.group is None

    @cached_property
    def results(self) -> dict[str, dict[str, Any]]:
        return results_of_last_act(self.request)

    @cached_property
    def groups(self) -> list[ShelfGroup]:
        return list(ShelfGroup.objects.visible_to(self.request.tenant).counted().in_order())

    @cached_property
    def group(self) -> ShelfGroup | None:
        asked = self.request.GET.get("group")
        found = next((group for group in self.groups if group.public_id == asked), None)
        if asked and found is None:
            raise Http404
        return found

    @property
    def sort(self) -> Sort:
        asked = self.request.GET.get("sort")
        return next((sort for sort in SORTS if sort.key == asked), SORTS[0])

    def _listed(self) -> "ShelfList":
        """A shelf of up to WHOLE goods is one page; what is to decide is found among its cards."""
        if self.is_first:
            picks = list(self.filterset.qs.order_by(*self.sort.order)[: WHOLE + 1])
            if len(picks) <= WHOLE:
                rows = self._dressed(picks)
                urgent = [row.change for row in rows if self.sets_apart and row.change and row.change.is_to_decide]
                apart = {change.card.product.pk for change in urgent}
                rows = [row for row in rows if row.card.product.pk not in apart]
                return ShelfList(_beside_each_other(rows), urgent, None, len(rows), is_more=False)
        return self._page()

    def _page(self) -> "ShelfList":
        """What was to decide within the last minute stands apart, or first in the rows where that is over."""
        mine = self.filterset.qs
        apart = waiting.ids_to_decide(self.request.tenant)[:AT_MOST] if self.sets_apart else []
        others = mine.without_products(apart)
        page = page_of(others, self.sort.order, self.request.GET.get("after", ""), PAGE_SIZE)
        first = list(mine.of_products(apart)) if apart and self.is_first else []
        rows = self._dressed([*first, *page.rows])
        changes = [row.change for row in rows[: len(first)] if row.change and row.change.is_to_decide]
        still = {change.card.product.pk for change in changes}
        shown = [row for row in rows if row.card.product.pk not in still]
        total, is_more = capped_count(others)
        return ShelfList(_beside_each_other(shown), changes, page.next_cursor, total, is_more, len(apart))

    def _dressed(self, found: Sequence[Pick]) -> "list[ShelfRow]":
        """What is to know within the week stands in its row."""
        picks, looker, results = {pick.product_id: pick for pick in found}, self.looker, self.results
        products = open_to(looker.streamer).with_standing(looker.at).with_cover().in_bulk(list(picks))
        cards = cards_of(looker.streamer, [products[pk] for pk in picks], picks, looker.at, looker.tech_bps, {})
        changes = changes_of(cards, looker.at)
        return [ShelfRow(card, changes.get(card.product.pk), results.get(card.product.public_id)) for card in cards]

    def _on_shelf(self, listed: "ShelfList", *, is_filtered: bool) -> int:
        """How many goods stand on the whole shelf."""
        if is_filtered:
            return Pick.objects.visible_to(self.request.tenant).on_shelf().count()
        return listed.total + (listed.apart or len(listed.to_decide))


@dataclass
class ShelfRow:
    """One good on the shelf. ``above`` and ``below``: its neighbours on the page, to move it past.

    ``result``: what became of it in the last act on many.
    """

    card: Card
    change: Change | None
    result: dict[str, Any] | None
    above: Product | None = None
    below: Product | None = None


@dataclass(frozen=True)
class ShelfList:
    """One page. ``apart``: how many goods stand apart, where the page shows none of them."""

    rows: list[ShelfRow]
    to_decide: list[Change]
    next_cursor: str | None
    total: int
    is_more: bool
    apart: int = 0


def _beside_each_other(rows: list[ShelfRow]) -> list[ShelfRow]:
    for above, below in pairwise(rows):
        above.below, below.above = below.card.product, above.card.product
    return rows


class Likes(OneProduct, TemplateView):
    """What may take the place of a good on the shelf: in place there, a page of its own without JavaScript."""

    def get_template_names(self) -> list[str]:
        return ["streamers/_likes.html" if self.request.headers.get("HX-Request") else "streamers/likes.html"]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        (card,) = self.cards([self.product])
        change = changes_of([card], days.now()).get(self.product.pk)
        net_fen = change.new_net_fen if change and change.turn else card.net_fen
        alike = similar(self.looker, self.product, card.price_fen, net_fen)
        return super().get_context_data(card=card, change=change, alike=alike, net_fen=net_fen, **context)


class Groups(OfStreamer, TemplateView):
    """Groups by name: a new one, renamed, removed."""

    template_name = "streamers/shelf_groups.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        groups = ShelfGroup.objects.visible_to(self.request.tenant).counted().in_order()
        return super().get_context_data(groups=groups, **context)
