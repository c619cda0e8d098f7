"""A merchant towards leaders: open activities, enrolling goods, and what became of them."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from haowu.approvals.act_views import ActView
from haowu.ground import days, inputs
from haowu.ground.errors import Refused
from haowu.ground.money import percent
from haowu.ground.tables import Column
from haowu.tenants.access import TenantRequiredMixin
from haowu.tenants.lists import ListPage, Sort, minute
from haowu.tenants.models import Tenant
from merchants.models import Product
from tuanzhang import changes, enrolling
from tuanzhang.filters import EnrolmentFilter, OpenActivityFilter
from tuanzhang.forms import EXPLAINED, EnrolForm, ExtensionForm, RatesForm
from tuanzhang.item_summary import ItemNow, activity_now, item_now
from tuanzhang.models import Activity, ChangeRequest, Enrolment
from tuanzhang.records import record_of, records_of


class OfMerchant(TenantRequiredMixin):
    kind = Tenant.Kind.MERCHANT


class OpenActivities(OfMerchant, ListPage):
    """What a merchant may enrol in now, each with its leader's record."""

    template_name = "tuanzhang/open_activities.html"
    filterset_class = OpenActivityFilter
    sorts = [
        Sort("newest", gettext_lazy("最新发布"), ("-published_at", "-pk")),
        Sort("begins", gettext_lazy("最早开始"), ("begins_at", "pk")),
        Sort("fee", gettext_lazy("最低服务费率从低到高"), ("min_service_fee_bps", "pk")),
    ]

    def queryset(self):
        return Activity.objects.visible_to(self.request.tenant).not_over(days.now()).with_minimums()

    def rows(self, found: list[Activity]) -> list[Any]:
        records = records_of({activity.leader_id for activity in found}, days.now())
        return [(activity_now(activity, days.now()), records[activity.leader_id]) for activity in found]


@dataclass(frozen=True)
class Choice:
    """A product that may be enrolled; ``refused`` says why it just was not."""

    product: Product
    refused: str


class OpenActivity(OfMerchant, TemplateView):
    """One activity, and the form that enrols goods in it. ``?q=`` looks for goods; what is chosen stays chosen."""

    template_name = "tuanzhang/open_activity.html"
    choice_size = 24
    answers: Mapping[int, Any] = {}

    def get_template_names(self) -> list[str]:
        is_search = "HX-Request" in self.request.headers and self.request.method == "GET"
        return ["tuanzhang/_choices.html"] if is_search else [self.template_name]

    @cached_property
    def activity(self) -> Activity:
        visible = Activity.objects.visible_to(self.request.tenant).with_minimums()
        return get_object_or_404(visible, public_id=self.kwargs["public_id"])

    @property
    def goods(self) -> QuerySet[Product]:
        """The merchant's listed goods that neither wait nor run here."""
        mine = Enrolment.objects.visible_to(self.request.tenant).of_merchant(self.request.tenant)
        occupying = mine.in_activity(self.activity).occupying(days.now())
        visible = Product.objects.visible_to(self.request.tenant).listed()
        return visible.exclude(pk__in=occupying.values("product")).newest_first()

    def choices(self, chosen: Collection[str], typed: str) -> list[Choice]:
        """What is chosen, then what is looked for: one more than is shown."""
        goods = self.goods.with_offer_facts().prefetch_related("images")
        found = [*goods.named(chosen), *goods.matching(typed).exclude(public_id__in=chosen)[: self.choice_size + 1]]
        answers = [self.answers.get(product.pk) for product in found]
        return [
            Choice(product, answer.message if isinstance(answer, Refused) else "")
            for product, answer in zip(found, answers, strict=True)
        ]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        now, asked = days.now(), self.request.POST or self.request.GET
        initial = {"commission_bps": self.activity.min_commission_bps}
        initial["service_fee_bps"] = self.activity.min_service_fee_bps
        context.setdefault("form", EnrolForm(products=self.goods, initial=initial))
        chosen = [inputs.key(each) for each in asked.getlist("products")[: self.choice_size * 4]]
        typed = inputs.key(asked.get("q"))
        goods = self.choices(chosen, typed)
        size = self.choice_size + len(chosen)
        return super().get_context_data(
            activity=self.activity,
            now=activity_now(self.activity, now),
            explained=EXPLAINED[self.activity.type],
            record=record_of(self.activity.leader, now),
            q=typed,
            chosen=chosen,
            goods=goods[:size],
            has_more=len(goods) > size,
            mine=self._mine(now),
            **context,
        )

    def _mine(self, now: datetime) -> list[ItemNow]:
        mine = Enrolment.objects.visible_to(self.request.tenant).of_merchant(self.request.tenant)
        mine = mine.in_activity(self.activity).with_terms().prefetch_related("product__images")
        return [item_now(item, now) for item in mine.newest_first()[: self.choice_size]]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Enrol the chosen goods. Those that were refused say why in their row and stay chosen."""
        form = EnrolForm(request.POST, products=self.goods)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        terms = {name: value for name, value in form.cleaned_data.items() if name != "products"}
        chosen = list(form.cleaned_data["products"])
        wishes = [enrolling.NewEnrolment(self.activity, product, **terms) for product in chosen]
        answers = enrolling.enrol_many(wishes, at=days.now())
        self.answers = {product.pk: answer for product, answer in zip(chosen, answers, strict=True)}
        refused = [answer for answer in answers if isinstance(answer, Refused)]
        if done := len(answers) - len(refused):
            messages.success(request, _("已报名 {n} 件，等团长审核。").format(n=done))
        if not refused:
            return redirect("open-activity", self.activity.public_id)
        form.add_error("products", _("{n} 件没有报上，原因在它们下面。").format(n=len(refused)))
        return self.render_to_response(self.get_context_data(form=form))


class EnrolmentList(OfMerchant, ListPage):
    template_name = "tuanzhang/enrolment_list.html"
    filterset_class = EnrolmentFilter
    route, title = "enrolments", gettext_lazy("我的报名")
    file_columns = [
        Column(gettext_lazy("商品编号"), width=16),
        Column(gettext_lazy("商品"), width=32),
        Column(gettext_lazy("活动"), width=24),
        Column(gettext_lazy("团长"), width=20),
        Column(gettext_lazy("佣金率"), width=10),
        Column(gettext_lazy("服务费率"), width=10),
        Column(gettext_lazy("从"), width=18),
        Column(gettext_lazy("到（不含）"), width=18),
        Column(gettext_lazy("状态")),
        Column(gettext_lazy("报名时间"), width=18),
    ]
    sorts = [
        Sort("newest", gettext_lazy("最近报名"), ("-enrolled_at", "-pk")),
        Sort("oldest", gettext_lazy("等待最久"), ("enrolled_at", "pk")),
    ]

    def queryset(self):
        return (
            Enrolment.objects.visible_to(self.request.tenant)
            .of_merchant(self.request.tenant)
            .with_terms()
            .prefetch_related("product__images")
        )

    def rows(self, found: list[Enrolment]) -> list[Any]:
        return [item_now(item, days.now()) for item in found]

    def file_rows(self, found: list[Enrolment]) -> Iterator[tuple[Any, ...]]:
        for now in self.rows(found):
            item, rate = now.item, now.rate or now.coming
            yield (
                item.product.code,
                str(item.product),
                str(item.activity),
                item.activity.leader.name,
                percent(rate.commission_bps) if rate else "",
                percent(rate.service_fee_bps) if rate else "",
                minute(item.starts_at),
                minute(item.ends_at),
                str(now.state.label),
                minute(item.enrolled_at),
            )


class OwnEnrolment(OfMerchant):
    @cached_property
    def item(self) -> Enrolment:
        mine = Enrolment.objects.visible_to(self.request.tenant).of_merchant(self.request.tenant)
        return get_object_or_404(mine.with_terms(), public_id=self.kwargs["public_id"])

    def back(self) -> str:
        return reverse("enrolment", args=[self.kwargs["public_id"]])


class EnrolmentPage(OwnEnrolment, TemplateView):
    template_name = "tuanzhang/enrolment.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        now = item_now(self.item, days.now())
        rate = now.rate
        rates = {"commission_bps": rate.commission_bps, "service_fee_bps": rate.service_fee_bps} if rate else {}
        requests = [(each, each.state_at(days.now())) for each in self.item.requests.order_by("-asked_at")]
        return super().get_context_data(
            now=now,
            item=self.item,
            history=self.item.rates.all(),
            requests=requests,
            rates=RatesForm(initial=rates),
            extension=ExtensionForm(),
            **context,
        )


class EnrolmentAct(OwnEnrolment, ActView):
    pass


class Retract(EnrolmentAct):
    def act(self) -> str:
        (answer,) = enrolling.retract_many([self.item], at=days.now())
        if isinstance(answer, Exception):
            raise answer
        return _("报名已撤回。")


class ChangeRates(EnrolmentAct):
    """A raise holds at once; anything lower becomes a request."""

    def act(self) -> str:
        cleaned = self.read(RatesForm(self.request.POST))
        rates = (cleaned["commission_bps"], cleaned["service_fee_bps"])
        current = self.item.rate_at(days.now())
        if current and (rates[0] < current.commission_bps or rates[1] < current.service_fee_bps):
            request = changes.ask_lower(self.item, *rates, reason=cleaned["reason"], at=days.now())
            return _("已向团长申请。{day} 前未答复视为同意。").format(day=f"{_local(request.answer_by):%Y-%m-%d %H:%M}")
        changes.raise_rates(self.item, *rates, at=days.now())
        return _("新费率现在生效，此后的订单按它计。")


class AskCancel(EnrolmentAct):
    def act(self) -> str:
        request = changes.ask_cancel(self.item, reason=self.reason, at=days.now())
        return _("已向团长申请。{day} 前未答复视为同意。").format(day=f"{_local(request.answer_by):%Y-%m-%d %H:%M}")


class ExtendCooperation(EnrolmentAct):
    def act(self) -> str:
        enrolling.extend(self.item, self.read(ExtensionForm(self.request.POST))["ends_at"], at=days.now())
        return _("合作期已延长。")


class RetractRequest(OfMerchant, ActView):
    @cached_property
    def asked(self) -> ChangeRequest:
        mine = ChangeRequest.objects.visible_to(self.request.tenant).select_related("enrolment")
        return get_object_or_404(mine, public_id=self.kwargs["public_id"])

    def act(self) -> str:
        changes.retract(self.asked, at=days.now())
        return _("申请已撤回，原来的条款不变。")

    def back(self) -> str:
        return reverse("enrolment", args=[self.asked.enrolment.public_id])


def _local(at):
    return at.astimezone(days.SHANGHAI)
