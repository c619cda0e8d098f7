"""Why a streamer is shown what he is shown: his whole list, and one product of it."""

from typing import Any

from django.views.generic import TemplateView

from merchants.models import Category
from streamers.matching import reading
from streamers.matching.reasons import parts_in_words
from streamers.matching.serving import explain
from streamers.models import MatchingPolicy
from streamers.views import OfStreamer, OneProduct

SHOWN = 6


class WhyThese(OfStreamer, TemplateView):
    """What his goods say of him, of which his list is made."""

    template_name = "streamers/why_these.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        looker = self.looker
        mine = looker.for_you
        taste = reading.taste_at(looker.streamer, mine.model, looker.at) if mine else None
        leaves = reading.strongest_leaves(taste)[:SHOWN] if taste else []
        known = Category.objects.in_bulk(leaves)
        return super().get_context_data(
            mine=mine,
            taste=taste,
            leaves=[(known[leaf], 100 * round(100 * taste.leaves[leaf])) for leaf in leaves if leaf in known],
            sold=sum(1 for held in taste.held.values() if held.sold) if taste else 0,
            reserved=MatchingPolicy.objects.in_force(looker.at).reserved_of_ten,
            **context,
        )


class WhyProduct(OneProduct, TemplateView):
    """The parts of one product's match; beside the product's page, or by itself."""

    def get_template_names(self) -> list[str]:
        return [
            "streamers/_why_product.html" if self.request.headers.get("HX-Request") else "streamers/why_product.html"
        ]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        looker = self.looker
        explained = explain(looker.streamer, self.product.pk, looker.at)
        parts = parts_in_words(explained) if explained else []
        return super().get_context_data(product=self.product, explained=explained, parts=parts, **context)
