"""A leader recommends: the form, what streamers ask for, and groups of streamers."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from haowu.approvals.act_views import ActView
from haowu.ground import days, inputs
from haowu.ground.errors import Refused
from haowu.tenants.scope import platform_scope
from tuanzhang import recommending
from tuanzhang.forms import GroupForm, RecommendationForm
from tuanzhang.item_summary import ItemNow, item_now
from tuanzhang.models import Enrolment, GoodsRequest, Recommendation, StreamerGroup
from tuanzhang.views.leader import OfLeader


class NewRecommendation(OfLeader, TemplateView):
    """Goods, a note and recipients. ``?request=`` answers what a streamer asked for."""

    template_name = "tuanzhang/recommendation_form.html"
    writes = True
    choice_size = 200

    @cached_property
    def answers(self) -> GoodsRequest | None:
        asked = self.request.GET.get("request")
        mine = GoodsRequest.objects.visible_to(self.request.tenant).open().with_answers()
        return get_object_or_404(mine, public_id=inputs.key(asked)) if asked else None

    @cached_property
    def items(self) -> list[ItemNow]:
        """What the leader carries now, the newest first; of a request with a category or price what fits it first."""
        now = days.now()
        with platform_scope():
            carried = recommending.recommendable(self.request.tenant, now).with_terms().newest_first()
            found = [item_now(item, now) for item in carried[: self.choice_size]]
        return sorted(found, key=lambda row: not self._fits(row.item))

    @property
    def groups(self) -> QuerySet[StreamerGroup]:
        return StreamerGroup.objects.visible_to(self.request.tenant).counted()

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context.setdefault("form", self._form())
        return super().get_context_data(items=self.items, groups=self.groups, answers=self.answers, **context)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = self._form(request.POST)
        if form.is_valid():
            try:
                made = recommending.recommend(request.tenant, form.letter(self.answers), at=days.now())
                messages.success(request, _("已推荐。达人打开、选入和成交都会记在这次推荐上。"))
                return redirect("recommendation", made.public_id)
            except Refused as refused:
                form.add_error(None, refused.message)
        return self.render_to_response(self.get_context_data(form=form))

    def _form(self, *posted: Any) -> RecommendationForm:
        return RecommendationForm(*posted, items=[row.item for row in self.items], groups=self.groups)

    def _fits(self, item: Enrolment) -> bool:
        asked = self.answers
        if asked is None or asked.category_id is None:
            return False
        category = item.product.category
        while category is not None and category.pk != asked.category_id:
            category = category.parent
        return category is not None


class EndRecommendation(OfLeader, ActView):
    def act(self) -> str:
        mine = Recommendation.objects.visible_to(self.request.tenant)
        recommending.end(get_object_or_404(mine, public_id=self.kwargs["public_id"]), at=days.now())
        return _("已撤下。已经选入的商品不受影响，之后的成交仍记在这次推荐上。")

    def back(self) -> str:
        return reverse("recommendation", args=[self.kwargs["public_id"]])


class GoodsRequests(OfLeader, TemplateView):
    """What streamers ask this leader for: the longest waiting first, then what was answered."""

    template_name = "tuanzhang/goods_requests.html"
    size = 100

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        mine = GoodsRequest.objects.visible_to(self.request.tenant).with_answers()
        at = days.now()
        waiting = [(each, each.waits(at)) for each in mine.open().longest_waiting_first()[: self.size]]
        answered = mine.answered().newest_first()[: self.size]
        return super().get_context_data(waiting=waiting, answered=answered, **context)


class Decline(OfLeader, ActView):
    def act(self) -> str:
        mine = GoodsRequest.objects.visible_to(self.request.tenant)
        asked = get_object_or_404(mine, public_id=self.kwargs["public_id"])
        recommending.decline(asked, self.reason, at=days.now())
        return _("已婉拒，达人会看到原因。")

    def back(self) -> str:
        return reverse("goods-requests")


class StreamerGroups(OfLeader, TemplateView):
    """Groups to recommend to; ``?group=`` opens one for changing."""

    template_name = "tuanzhang/streamer_groups.html"

    @cached_property
    def group(self) -> StreamerGroup | None:
        asked = self.request.GET.get("group")
        mine = StreamerGroup.objects.visible_to(self.request.tenant)
        return get_object_or_404(mine, public_id=inputs.key(asked)) if asked else None

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        if "form" not in context:
            context["form"] = GroupForm(initial=self._written() if self.group else None)
        groups = StreamerGroup.objects.visible_to(self.request.tenant).counted()
        return super().get_context_data(groups=groups, group=self.group, **context)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = GroupForm(request.POST)
        if form.is_valid():
            try:
                recommending.keep_group(request.tenant, **form.cleaned_data, group=self.group)
                messages.success(request, _("已保存分组。"))
                return redirect("streamer-groups")
            except Refused as refused:
                form.add_error(None, refused.message)
        return self.render_to_response(self.get_context_data(form=form))

    def _written(self) -> dict[str, str]:
        members = self.group.members.select_related("streamer").order_by("pk")
        return {"name": self.group.name, "streamers": "\n".join(member.streamer.code for member in members)}


class DropGroup(OfLeader, ActView):
    def act(self) -> str:
        mine = StreamerGroup.objects.visible_to(self.request.tenant)
        recommending.drop_group(get_object_or_404(mine, public_id=self.kwargs["public_id"]))
        return _("已删除分组。")

    def back(self) -> str:
        return reverse("streamer-groups")
