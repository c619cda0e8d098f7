"""A leader recommends: the form, what streamers ask for, and groups of streamers."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from haowu.approvals.act_views import ActView
from haowu.ground import days, inputs
from haowu.ground.errors import Refused
from haowu.ground.fields import SEARCH_LENGTH
from haowu.tenants.models import Tenant
from haowu.tenants.scope import platform_scope
from tuanzhang import recommending
from tuanzhang.forms import GroupForm, RecommendationForm
from tuanzhang.item_summary import ItemNow, item_now
from tuanzhang.models import Enrolment, GoodsRequest, Recommendation, StreamerGroup
from tuanzhang.views.leader import OfLeader


class NewRecommendation(OfLeader, TemplateView):
    """Goods, a note and recipients. ``?request=`` answers what a streamer asked for, ``?q=`` looks for goods.

    What is chosen stays on the list whatever is looked for.
    """

    template_name = "tuanzhang/recommendation_form.html"
    writes = True
    choice_size = 40

    @cached_property
    def asked(self) -> QueryDict:
        return self.request.POST if self.request.method == "POST" else self.request.GET

    @cached_property
    def answers(self) -> GoodsRequest | None:
        asked = self.request.GET.get("request") or self.asked.get("request")
        mine = GoodsRequest.objects.visible_to(self.request.tenant).open().with_answers()
        return get_object_or_404(mine, public_id=inputs.key(asked)) if asked else None

    @cached_property
    def words(self) -> str:
        asked = self.asked.get("q", "")[:SEARCH_LENGTH].strip()
        return asked if inputs.is_storable(asked) else ""

    @cached_property
    def chosen(self) -> list[ItemNow]:
        """What is ticked, of what the leader carries now."""
        ids = [inputs.key(each) for each in self.asked.getlist("items")[: 4 * recommending.MOST]]
        return self._carried(lambda items: items.named(ids)) if ids else []

    @cached_property
    def items(self) -> list[ItemNow]:
        """What is chosen; then what the leader carries, the newest first, of a request what fits its category first."""
        chosen = [row.item.pk for row in self.chosen]
        found = self._carried(lambda items: (items.about(self.words) if self.words else items).exclude(pk__in=chosen))
        return [*self.chosen, *found]

    def _carried(self, narrowed: Callable[[Any], Any]) -> list[ItemNow]:
        now = days.now()
        with platform_scope():
            carried = recommending.recommendable(self.request.tenant, now).with_pictures().newest_first()
            found = [item_now(item, now) for item in narrowed(carried)[: self.choice_size]]
        return sorted(found, key=lambda row: not self._fits(row.item))

    @property
    def groups(self) -> QuerySet[StreamerGroup]:
        return StreamerGroup.objects.visible_to(self.request.tenant).counted()

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if request.headers.get("HX-Request"):
            return self.response_class(request, "tuanzhang/_choose_items.html", self._choice())
        return super().get(request, **kwargs)

    def _choice(self) -> dict[str, Any]:
        return {"items": self.items, "chosen": {row.item.public_id for row in self.chosen}}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        names = ("note", "to_all", "streamers")
        context.setdefault("form", self._form(initial={name: self.asked.get(name, "") for name in names}))
        return super().get_context_data(
            any_item=bool(self.items or self.words),
            words=self.words,
            groups=self.groups,
            chosen_groups=self.asked.getlist("groups"),
            answers=self.answers,
            **self._choice(),
            **context,
        )

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = self._form(request.POST)
        if form.is_valid():
            try:
                made = recommending.recommend(request.tenant, form.recommendation(self.answers), at=days.now())
                messages.success(request, _("已推荐。达人打开、选入和成交都会记在这次推荐上。"))
                return redirect("recommendation", made.public_id)
            except Refused as refused:
                form.add_error(None, refused.message)
        return self.render_to_response(self.get_context_data(form=form))

    def _form(self, *posted: Any, **options: Any) -> RecommendationForm:
        return RecommendationForm(*posted, items=[row.item for row in self.chosen], groups=self.groups, **options)

    def _fits(self, item: Enrolment) -> bool:
        asked = self.answers
        if asked is None or asked.category_id is None:
            return False
        category = item.product.category
        while category is not None and category.pk != asked.category_id:
            category = category.parent
        return category is not None


class FindStreamers(OfLeader, TemplateView):
    """The streamers that ``?who=`` names, to be ticked; those ticked already stay on the list."""

    template_name = "tuanzhang/_people.html"
    size = 20

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        who, query = self.request.GET.get("who", "")[:SEARCH_LENGTH].strip(), self.request.GET
        ticked = [inputs.key(code) for code in query.getlist("streamers")]
        chosen = list(Tenant.objects.coded(Tenant.Kind.STREAMER, ticked).values())
        streamers = Tenant.objects.of_kind(Tenant.Kind.STREAMER)
        found = streamers.called(who)[: self.size] if who and inputs.is_storable(who) else []
        ids = {each.pk for each in chosen}
        return super().get_context_data(
            people=[*chosen, *(each for each in found if each.pk not in ids)],
            chosen_ids=ids,
            who=who,
            box_id=inputs.key(query.get("box")) or "people",
            **context,
        )


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
