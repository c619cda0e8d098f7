"""团长推荐: what leaders recommend to a streamer, picked through it, and what the streamer asks leaders for."""

from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from haowu.approvals.act_views import ActView
from haowu.ground import days
from haowu.ground.errors import Refused
from haowu.tenants.lists import ListPage, Sort
from haowu.tenants.models import Tenant
from streamers.filters import RecommendedFilter
from streamers.models import Channel
from streamers.offers import PickSource
from streamers.selection import open_to
from streamers.views import OfStreamer
from tuanzhang import recommending
from tuanzhang.forms import GoodsRequestForm
from tuanzhang.models import Activity, Enrolment, GoodsRequest, Recommendation


class Recommended(OfStreamer, ListPage):
    """Recommendations to this streamer or to everybody, the newest first."""

    template_name = "streamers/recommended.html"
    filterset_class = RecommendedFilter
    sorts = [Sort("newest", gettext_lazy("最新推荐"), ("-recommended_at", "-pk"))]

    def queryset(self):
        visible = Recommendation.objects.visible_to(self.request.tenant).running()
        return visible.with_leader().seen_by(self.request.tenant)


class RecommendedPage(OfStreamer, TemplateView):
    """Its goods as they pay through their activities. Opening it is counted for the leader, unless staff look on."""

    template_name = "streamers/recommended_goods.html"

    @cached_property
    def recommendation(self) -> Recommendation:
        visible = Recommendation.objects.visible_to(self.request.tenant).running().with_leader()
        return get_object_or_404(visible, public_id=self.kwargs["public_id"])

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        if not self.request.viewing:
            recommending.look(self.recommendation, self.request.tenant, at=days.now())
        return super().get_context_data(recommendation=self.recommendation, rows=self._rows(), **context)

    def _rows(self) -> list[dict[str, Any]]:
        """What still runs and may be opened, in the leader's order: the card, its activity, whether it stands so."""
        at, streamer = days.now(), self.request.tenant
        named = self.recommendation.items.values_list("enrolment", flat=True)
        running = Enrolment.objects.visible_to(streamer).filter(pk__in=named).not_over(at).select_related("activity")
        activity_of = {item.product_id: item.activity for item in running}
        seconds = {product: self._second(activity) for product, activity in activity_of.items()}
        ways = {
            product: PickSource(activity.code, seconds[product].pk if seconds[product] else None)
            for product, activity in activity_of.items()
        }
        products = open_to(streamer).in_bulk(list(activity_of))
        order = self.recommendation.items.values_list("enrolment__product", flat=True)
        dressed = self.cards([products[pk] for pk in order if pk in products], ways)
        return [
            {
                "card": card,
                "activity": activity_of[card.product.pk],
                "second_leader": seconds[card.product.pk],
                "stands": bool(card.pick) and card.pick.latest_through == ways[card.product.pk],
            }
            for card in dressed
        ]

    def _second(self, activity: Activity) -> Tenant | None:
        """Who recommends, where the activity is another leader's."""
        leader = self.recommendation.leader
        return None if activity.leader_id == leader.pk else leader


class Requests(OfStreamer, TemplateView):
    """What this streamer asked leaders for, and the form to ask. ``?leader=`` names one."""

    template_name = "streamers/goods_requests.html"
    size = 50

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        mine = GoodsRequest.objects.visible_to(self.request.tenant).with_answers().newest_first()
        context.setdefault("form", GoodsRequestForm(initial={"leader": self.request.GET.get("leader", "")}))
        context["form"].fields["leader"].widget.attrs["list"] = "known-leaders"
        at = days.now()
        return super().get_context_data(
            rows=[(each, each.waits(at)) for each in mine[: self.size]],
            leaders=known_leaders(self.request.tenant),
            **context,
        )

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = GoodsRequestForm(request.POST)
        if form.is_valid():
            wish = dict(form.cleaned_data)
            leader: Tenant = wish.pop("leader")
            try:
                recommending.ask(request.tenant, leader, wish.pop("wish"), at=days.now(), **wish)
                messages.success(request, _("已发给团长「{leader}」。答复后会列在这里。").format(leader=leader.name))
                return redirect("my-goods-requests")
            except Refused as refused:
                form.add_error(None, refused.message)
        return self.render_to_response(self.get_context_data(form=form))


def known_leaders(streamer: Tenant) -> QuerySet[Tenant]:
    """Whom the form offers: leaders who recommended something to ``streamer``, or through whom he picked."""
    recommended = Recommendation.objects.visible_to(streamer).running().values("leader")
    picked = Channel.objects.filter(streamer=streamer, leader__isnull=False).values("leader")
    leaders = Tenant.objects.of_kind(Tenant.Kind.TUANZHANG)
    return leaders.filter(Q(pk__in=recommended) | Q(pk__in=picked)).order_by("name", "pk")[:50]


class Retract(OfStreamer, ActView):
    def act(self) -> str:
        mine = GoodsRequest.objects.visible_to(self.request.tenant)
        recommending.retract(get_object_or_404(mine, public_id=self.kwargs["public_id"]), at=days.now())
        return _("已撤回。")

    def back(self) -> str:
        return reverse("my-goods-requests")
