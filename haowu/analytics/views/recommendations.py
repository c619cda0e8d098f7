"""A leader's recommendations and what came of them: seen, picked, sold."""

from typing import Any

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from haowu.analytics.leaders import recommendation_counts
from haowu.analytics.leaders.recommendation_counts import RecommendationCounts
from haowu.tenants.access import TenantRequiredMixin
from haowu.tenants.lists import ListPage, Sort
from haowu.tenants.models import Tenant
from tuanzhang.filters import RecommendationFilter
from tuanzhang.models import GoodsRequest, Recommendation


class Recommendations(ListPage):
    kind = Tenant.Kind.TUANZHANG
    template_name = "analytics/recommendations.html"
    filterset_class = RecommendationFilter
    sorts = [Sort("newest", gettext_lazy("最新推荐"), ("-recommended_at", "-pk"))]

    def queryset(self):
        return Recommendation.objects.visible_to(self.request.tenant).counted()

    def rows(self, found: list[Recommendation]) -> list[tuple[Recommendation, RecommendationCounts]]:
        counts = recommendation_counts.by_product(self.request.tenant, [each.pk for each in found])
        return [(each, recommendation_counts.total(counts[each.pk])) for each in found]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        waiting = GoodsRequest.objects.visible_to(self.request.tenant).open().count()
        return super().get_context_data(waiting=waiting, **context)


class RecommendationPage(TenantRequiredMixin, TemplateView):
    kind = Tenant.Kind.TUANZHANG
    template_name = "analytics/recommendation.html"
    page_size = 24

    @cached_property
    def recommendation(self) -> Recommendation:
        mine = Recommendation.objects.visible_to(self.request.tenant).with_leader().counted()
        return get_object_or_404(mine, public_id=self.kwargs["public_id"])

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        counts = recommendation_counts.by_product(self.request.tenant, [self.recommendation.pk])[self.recommendation.pk]
        items = self.recommendation.items.select_related("enrolment__product", "enrolment__activity")
        items = items.prefetch_related("enrolment__product__images")
        recipients = self.recommendation.recipients.earliest_seen_first()
        page = Paginator(recipients, self.page_size).get_page(self.request.GET.get("page"))
        return super().get_context_data(
            recommendation=self.recommendation,
            rows=[(item.enrolment, counts.get(item.enrolment.product_id, RecommendationCounts())) for item in items],
            total=recommendation_counts.total(counts),
            recipients=page.object_list,
            page=page,
            **context,
        )
