"""Second level: leaders find items of others to carry, apply, answer and end it."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from haowu.approvals.act_views import ActView
from haowu.ground import days
from haowu.ground.errors import single
from haowu.tenants.lists import ListPage, Sort
from haowu.tenants.scope import platform_scope
from tuanzhang import second_level
from tuanzhang.filters import ItemFilter, OpenActivityFilter, SecondLevelFilter
from tuanzhang.forms import SecondForm
from tuanzhang.item_summary import activity_now, item_now
from tuanzhang.models import Activity, Enrolment, SecondLevel
from tuanzhang.views.leader import OfLeader


class JoinableActivities(OfLeader, ListPage):
    """Activities of other leaders that let this one join."""

    template_name = "tuanzhang/joinable_activities.html"
    filterset_class = OpenActivityFilter
    sorts = [Sort("newest", gettext_lazy("最新发布"), ("-published_at", "-pk"))]

    def queryset(self):
        shown = Activity.objects.visible_to(self.request.tenant).not_over(days.now()).with_minimums()
        return shown.joinable_by(self.request.tenant).counted()

    def rows(self, found: list[Activity]) -> list[Any]:
        return [activity_now(activity, days.now()) for activity in found]


class JoinableActivity(OfLeader, ListPage):
    """Its goods, each with the form to apply to share in it; other leaders' items are read as the platform."""

    template_name = "tuanzhang/joinable_activity.html"
    filterset_class = ItemFilter
    sorts = [Sort("newest", gettext_lazy("最近报名"), ("-enrolled_at", "-pk"))]

    @cached_property
    def activity(self) -> Activity:
        visible = Activity.objects.visible_to(self.request.tenant).joinable_by(self.request.tenant).with_minimums()
        return get_object_or_404(visible, public_id=self.kwargs["public_id"])

    def queryset(self):
        return Enrolment.objects.in_activity(self.activity).not_over(days.now()).with_pictures()

    def rows(self, found: list[Enrolment]) -> list[dict[str, Any]]:
        now = days.now()
        mine = SecondLevel.objects.visible_to(self.request.tenant).of_second(self.request.tenant)
        seconds = {second.enrolment_id: second for second in mine.of_items(found).order_by("pk")}
        return [{"now": item_now(item, now), "second": seconds.get(item.pk)} for item in found]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        share = reverse("activity-goods", args=[self.activity.share_token])
        share_url = self.request.build_absolute_uri(f"{share}?via={self.request.tenant.public_id}")
        with platform_scope():
            known = super().get_context_data(**context)
        now = activity_now(self.activity, days.now())
        names = {"activity": self.activity, "now": now, "apply_form": SecondForm(), "share_url": share_url}
        return known | names


class Apply(OfLeader, ActView):
    @cached_property
    def item(self) -> Enrolment:
        visible = Enrolment.objects.visible_to(self.request.tenant).select_related("activity")
        return get_object_or_404(visible, public_id=self.kwargs["public_id"])

    def act(self) -> str:
        wish = self.read(SecondForm(self.request.POST))
        second_level.apply(self.request.tenant, self.item, wish["bps"], whole_item=wish["whole_item"], at=days.now())
        return _("已申请，等一级团长答复。")

    def back(self) -> str:
        return reverse("joinable-activity", args=[self.item.activity.public_id])


class SecondLevels(OfLeader, ListPage):
    """Both sides: who carries my goods, and whose goods I carry."""

    template_name = "tuanzhang/second_levels.html"
    filterset_class = SecondLevelFilter
    sorts = [Sort("newest", gettext_lazy("最近申请"), ("-applied_at", "-pk"))]

    def queryset(self):
        return SecondLevel.objects.visible_to(self.request.tenant).with_item()

    def rows(self, found: list[SecondLevel]) -> list[Any]:
        now = days.now()
        return [(second, second.waits(now), second.is_live(now)) for second in found]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        mine = SecondLevel.objects.visible_to(self.request.tenant)
        return super().get_context_data(to_answer=mine.to_answer(self.request.tenant).count(), **context)


class PartAct(OfLeader, ActView):
    @cached_property
    def second(self) -> SecondLevel:
        mine = SecondLevel.objects.visible_to(self.request.tenant).with_item()
        return get_object_or_404(mine, public_id=self.kwargs["public_id"])

    @cached_property
    def as_first(self) -> SecondLevel:
        mine = SecondLevel.objects.visible_to(self.request.tenant).of_first(self.request.tenant).with_item()
        return get_object_or_404(mine, public_id=self.kwargs["public_id"])

    @cached_property
    def as_second(self) -> SecondLevel:
        mine = SecondLevel.objects.visible_to(self.request.tenant).of_second(self.request.tenant).with_item()
        return get_object_or_404(mine, public_id=self.kwargs["public_id"])

    def back(self) -> str:
        return reverse("second-levels")


class AnswerApplication(PartAct):
    def act(self) -> str:
        if self.request.POST.get("decision") == "pass":
            single(second_level.pass_many([self.as_first], at=days.now()))
            return _("已同意，现在起分成。")
        single(second_level.reject_many([self.as_first], self.reason, at=days.now()))
        return _("已拒绝。")


class RetractApplication(PartAct):
    def act(self) -> str:
        second_level.retract(self.as_second, at=days.now())
        return _("申请已撤回。")


class AskEnd(PartAct):
    def act(self) -> str:
        second_level.ask_end(self.second, self.request.tenant, at=days.now())
        return _("已向对方申请终止，等对方答复。")


class AnswerEnd(PartAct):
    def act(self) -> str:
        agreed = self.request.POST.get("decision") == "agree"
        second_level.answer_end(self.second, self.request.tenant, agreed, at=days.now())
        return _("已同意，明日 0 点终止。") if agreed else _("已拒绝，合作继续。")
