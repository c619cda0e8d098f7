"""A leader's desk: one activity with what waits for his answer, the goods that run, and what he decides there."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from haowu.approvals.act_views import ActView, FormInvalid, ReasonForm, say_of_many
from haowu.approvals.rules import ReasonMissing
from haowu.ground import days, inputs
from haowu.ground.errors import Refused
from haowu.ground.fields import SEARCH_LENGTH
from haowu.ground.paging import capped_count, page_of
from haowu.tenants.scope import platform_scope
from tuanzhang import changes, enrolling
from tuanzhang.forms import EXPLAINED, ExtensionForm
from tuanzhang.item_summary import ItemNow, activity_now, item_now, one_sale
from tuanzhang.models import ChangeRequest, Enrolment, SecondLevel
from tuanzhang.views.leader import OfLeader, OwnActivity

QUEUE_ORDER = ("enrolled_at", "pk")
ITEM_ORDER = ("-enrolled_at", "-pk")


class ActivityPage(OwnActivity, TemplateView):
    """What waits longest stands first and is open; ``?item=`` opens another, ``?q=`` narrows the goods.

    ``tech_bps_at(at)`` says what the platform keeps of a gross; addresses bring it from the floor above.
    """

    template_name = "tuanzhang/activity.html"
    tech_bps_at: Callable[[datetime], int] | None = None
    queue_size = 20
    page_size = 24

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if request.headers.get("HX-Request") and "item" in request.GET:
            return self.response_class(
                request, "tuanzhang/_desk_item.html", {"open": self.open_item([]), "activity": self.activity}
            )
        return super().get(request, **kwargs)

    @property
    def items(self) -> Any:
        return Enrolment.objects.visible_to(self.request.tenant).in_activity(self.activity).with_pictures()

    @property
    def pending(self) -> Any:
        return self.items.in_state(Enrolment.State.PENDING, self.at)

    @cached_property
    def at(self) -> datetime:
        return days.now()

    @cached_property
    def tech_bps(self) -> int:
        with platform_scope():
            return self.tech_bps_at(self.at) if self.tech_bps_at else 0

    @property
    def words(self) -> str:
        asked = self.request.GET.get("q", "")[:SEARCH_LENGTH].strip()
        return asked if inputs.is_storable(asked) else ""

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        query, at = self.request.GET, self.at
        queue = page_of(self.pending, QUEUE_ORDER, query.get("queue", ""), self.queue_size)
        running = self.items.not_over(at)
        found = running.about(self.words) if self.words else running
        page = page_of(found, ITEM_ORDER, query.get("after", ""), self.page_size)
        requests = ChangeRequest.objects.visible_to(self.request.tenant).in_activity(self.activity)
        seconds = SecondLevel.objects.visible_to(self.request.tenant).in_activity(self.activity)
        known = {
            "activity": self.activity,
            "now": activity_now(self.activity, at),
            "explained": EXPLAINED[self.activity.type],
            "queue": [self.row(item) for item in queue.rows],
            "queue_cursor": queue.next_cursor,
            "waiting": capped_count(self.pending)[0],
            "open": self.open_item(queue.rows),
            "items": [self.row(item) for item in page.rows],
            "next_cursor": page.next_cursor,
            "is_first": not query.get("after"),
            "running": capped_count(found)[0],
            "words": self.words,
            "requests": requests.waiting(at),
            "seconds": seconds.waiting().count(),
            "partners": seconds.not_over(at).with_item().newest_first()[: self.page_size],
            "listed": self.activity.listed_now(at),
            "extension": ExtensionForm(),
            "share_url": self.request.build_absolute_uri(reverse("activity-goods", args=[self.activity.share_token])),
        }
        return super().get_context_data(**known | context)

    def row(self, item: Enrolment) -> dict[str, Any]:
        now: ItemNow = item_now(item, self.at)
        return {"now": now, "sale": one_sale(now, self.tech_bps)}

    def open_item(self, queue: list[Enrolment]) -> dict[str, Any] | None:
        """The item asked for, else the first of ``queue``, with the least rates it must have."""
        asked = inputs.key(self.request.GET.get("item"))
        item = self._posted_item() or next(iter(queue), None)
        if asked:
            item = get_object_or_404(self.pending, public_id=asked)
        if item is None:
            return None
        minimum = self.activity.minimum_for(item.product)
        return self.row(item) | {"minimum": {"commission": minimum[0], "service_fee": minimum[1]}}

    def _posted_item(self) -> Enrolment | None:
        """The item whose own form came back with something missing."""
        asked = inputs.key(self.request.POST.get("item"))
        return self.pending.named([asked]).first() if asked else None


class Audit(ActivityPage):
    """One or many of the queue: passed, or refused with one reason.

    Where any stops, the page comes again as it was filled: what failed stays chosen, with what stopped it in its row.
    """

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        named = [inputs.key(each) for each in request.POST.getlist("enrolment")]
        asked = Enrolment.objects.visible_to(request.tenant).in_activity(self.activity).named(named)
        chosen = list(asked.select_related("product").longest_waiting_first())
        try:
            answers = self.decide(chosen)
        except Refused as refused:
            messages.error(request, refused.message)
            return self.again({each.public_id: "" for each in chosen}, wrong=refused.message)
        stopped = {
            each.public_id: answer.message
            for each, answer in zip(chosen, answers, strict=True)
            if isinstance(answer, Refused)
        }
        done = _("已通过 {n} 件。") if self.passes else _("已拒绝 {n} 件。")
        say_of_many(request, done, [(each.product, answer) for each, answer in zip(chosen, answers, strict=True)])
        return self.again(stopped) if stopped else redirect(self.back())

    @property
    def passes(self) -> bool:
        return self.request.POST.get("decision") == "pass"

    def decide(self, chosen: list[Enrolment]) -> list[Enrolment | Refused]:
        if self.passes:
            return enrolling.pass_many(chosen, at=self.at)
        form = ReasonForm(self.request.POST)
        if not form.is_valid():
            raise FormInvalid(field=form.fields["reason"].label, why=form.errors["reason"][0])
        reason = form.cleaned_data["reason"]
        if chosen and not reason.strip():
            raise ReasonMissing
        return enrolling.reject_many(chosen, reason, at=self.at)

    def again(self, stopped: dict[str, str], wrong: str = "") -> HttpResponse:
        """``stopped``: what stays chosen, by public id, with what stopped each; ``wrong``: what the reason lacks."""
        typed = self.request.POST.get("reason", "")
        here = "item" if "item" in self.request.POST else "queue"
        return self.render_to_response(
            self.get_context_data(stopped=stopped, reason={here: typed}, reason_error={here: wrong})
        )


class AnswerRequest(OfLeader, ActView):
    """A merchant's request to lower its rates or to end the cooperation."""

    @cached_property
    def asked(self) -> ChangeRequest:
        mine = ChangeRequest.objects.visible_to(self.request.tenant).select_related("enrolment__activity")
        return get_object_or_404(mine, public_id=self.kwargs["public_id"])

    def act(self) -> str:
        if self.request.POST.get("decision") == "agree":
            changes.agree(self.asked, at=days.now())
            return _("已同意，明日 0 点生效。")
        changes.refuse(self.asked, self.reason, at=days.now())
        return _("已拒绝，原来的条款不变。")

    def back(self) -> str:
        return reverse("activity", args=[self.asked.enrolment.activity.public_id])
