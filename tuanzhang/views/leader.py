"""A leader's activities: the list, the form, and the buttons on an activity's page (``desk``)."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from haowu.approvals.act_views import ActView, say_of_many
from haowu.ground import days, inputs
from haowu.ground.errors import Refused
from haowu.tenants.access import TenantRequiredMixin
from haowu.tenants.lists import ListPage, Sort
from haowu.tenants.models import Tenant
from tuanzhang import activities, enrolling, waiting
from tuanzhang.filters import ActivityFilter
from tuanzhang.forms import EXPLAINED, ActivityForm, ExtensionForm, MinimumFormSet, StreamersForm, minimums_of, written
from tuanzhang.item_summary import activity_now
from tuanzhang.models import Activity, Enrolment


class OfLeader(TenantRequiredMixin):
    kind = Tenant.Kind.TUANZHANG


class ActivityList(OfLeader, ListPage):
    template_name = "tuanzhang/activity_list.html"
    filterset_class = ActivityFilter
    sorts = [
        Sort("newest", gettext_lazy("最新创建"), ("-created_at", "-pk")),
        Sort("begins", gettext_lazy("最早开始"), ("begins_at", "pk")),
        Sort("waiting", gettext_lazy("待审核最多"), ("-waiting", "-pk")),
    ]

    def queryset(self):
        return Activity.objects.visible_to(self.request.tenant).of_leader(self.request.tenant).counted()

    def rows(self, found: list[Activity]) -> list[Any]:
        return [activity_now(activity, days.now()) for activity in found]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        waits = waiting.of_leader(self.request.tenant, days.now())
        counts = {"to_answer": sum(each.count for each in waits), "oldest_days": waits[0].days if waits else 0}
        return super().get_context_data(waiting=waits, **counts, **context)


class OwnActivity(OfLeader):
    @cached_property
    def activity(self) -> Activity:
        mine = Activity.objects.visible_to(self.request.tenant).of_leader(self.request.tenant)
        return get_object_or_404(mine.with_minimums(), public_id=self.kwargs["public_id"])

    def back(self) -> str:
        return reverse("activity", args=[self.kwargs["public_id"]])


class ActivityEditor(OfLeader, TemplateView):
    """The form of a draft, new or not."""

    template_name = "tuanzhang/activity_form.html"
    writes = True

    def forms(self) -> tuple[ActivityForm, Any]:
        raise NotImplementedError

    def save(self, form: ActivityForm, minimums: Any) -> Activity:
        raise NotImplementedError

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        if "form" not in context:
            context["form"], context["minimums"] = self.forms()
        return super().get_context_data(explained=EXPLAINED, **context)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form, minimums = ActivityForm(request.POST), MinimumFormSet(request.POST, prefix="minimums")
        if form.is_valid() and minimums.is_valid():
            try:
                activity = self.save(form, minimums)
                messages.success(request, _("已保存草稿。发布后商家才能看到和报名。"))
                return redirect("activity", activity.public_id)
            except Refused as refused:
                form.add_error(None, refused.message)
        return self.render_to_response(self.get_context_data(form=form, minimums=minimums))


class NewActivity(ActivityEditor):
    def forms(self) -> tuple[ActivityForm, Any]:
        initial = {"type": Activity.Type.NORMAL, "joining": Activity.Joining.NONE}
        return ActivityForm(initial=initial), MinimumFormSet(prefix="minimums")

    def save(self, form: ActivityForm, minimums: Any) -> Activity:
        return activities.draft(self.request.tenant, form.draft(minimums), at=days.now())


class EditActivity(OwnActivity, ActivityEditor):
    def forms(self) -> tuple[ActivityForm, Any]:
        rows = MinimumFormSet(prefix="minimums", initial=minimums_of(self.activity))
        return ActivityForm(initial=written(self.activity)), rows

    def save(self, form: ActivityForm, minimums: Any) -> Activity:
        return activities.change(self.activity, form.draft(minimums), at=days.now())


class ActivityAct(OwnActivity, ActView):
    pass


class Publish(ActivityAct):
    def act(self) -> str:
        activities.publish(self.activity, at=days.now())
        return _("已发布。商家现在可以报名；到开始时间自动进入推广。")


class Delete(ActivityAct):
    def act(self) -> str:
        activities.delete(self.activity)
        return _("草稿已删除。")

    def back(self) -> str:
        return reverse("activities")


class Close(ActivityAct):
    def act(self) -> str:
        activities.close(self.activity, at=days.now())
        return _("活动已关闭。之前的订单仍按原来的条款结算。")


class Extend(ActivityAct):
    def act(self) -> str:
        activities.extend(self.activity, self.read(ExtensionForm(self.request.POST))["ends_at"], at=days.now())
        return _("已延长。商家各自的合作期不变。")


class ListStreamers(ActivityAct):
    def act(self) -> str:
        streamers = self.read(StreamersForm(self.request.POST))["streamers"]
        for streamer in streamers:
            activities.list_streamer(self.activity, streamer, at=days.now())
        return _("已加入 {n} 位达人。").format(n=len(streamers))


class UnlistStreamer(ActivityAct):
    def act(self) -> str:
        streamers = Tenant.objects.of_kind(Tenant.Kind.STREAMER)
        streamer = get_object_or_404(streamers, code=inputs.key(self.request.POST.get("streamer")))
        activities.unlist_streamer(self.activity, streamer, at=days.now())
        return _("达人将在明日 0 点移出名单。今天的订单仍按活动计。")


class EndItem(ActivityAct):
    def act(self) -> str:
        mine = Enrolment.objects.visible_to(self.request.tenant).in_activity(self.activity)
        enrolling.end(get_object_or_404(mine, public_id=self.kwargs["item"]), at=days.now())
        return _("合作将在明日 0 点结束。今天的订单仍按活动计。")


class EndWithMerchant(OfLeader, ActView):
    """Everything that runs with one merchant, from his service record."""

    def act(self) -> str:
        merchants = Tenant.objects.of_kind(Tenant.Kind.MERCHANT)
        merchant = get_object_or_404(merchants, code=inputs.key(self.request.POST.get("merchant")))
        mine = Enrolment.objects.visible_to(self.request.tenant).of_leader(self.request.tenant)
        running = list(mine.of_merchant(merchant).not_over(days.now()).select_related("product").order_by("pk"))
        answers = enrolling.end_many(running, at=days.now())
        done = _("{n} 件商品的合作将在明日 0 点结束。今天的订单仍按活动计。")
        say_of_many(self.request, done, [(each.product, answer) for each, answer in zip(running, answers, strict=True)])
        return ""

    def back(self) -> str:
        return reverse("service")
