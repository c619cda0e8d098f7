"""``/plans``, their rates and their ends: each batch answers per entry, with the moment from which it holds."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from haowu.ground import days
from haowu.ground.errors import NotFound, Refused
from haowu.partners.fields import ChoiceField, CodeField, MomentField, WholeField
from haowu.partners.filters import CodeFilter
from haowu.partners.idempotency import idempotent
from haowu.partners.results import ResultOut, ResultsOut, result, results
from haowu.partners.views import PartnerListView, PartnerView
from haowu.tenants.models import Tenant
from merchants import overview, plans
from merchants.api.products import BATCH, MERCHANTS
from merchants.models import Plan, Product
from merchants.plans import NewPlan, NewRate
from merchants.rates import MAX_COMMISSION_BPS

BPS = {"low": 0, "high": MAX_COMMISSION_BPS}


class ListedIn(serializers.Serializer):
    streamer = CodeField(help_text=_("达人编号"))
    commission_bps = WholeField(**BPS)


class PlanIn(serializers.Serializer):
    type = ChoiceField(choices=Plan.Type.choices)
    product = CodeField(required=False, help_text=_("自己的商品编号；店铺定向计划不写"))
    commission_bps = WholeField(**BPS, required=False, help_text=_("普通计划必填"))
    streamers = serializers.ListField(child=ListedIn(), max_length=500, required=False, help_text=_("其他类型必填"))
    ends_at = MomentField(required=False, allow_null=True, default=None)


class PlansIn(serializers.Serializer):
    plans = serializers.ListField(child=PlanIn(), **BATCH)


class RateIn(serializers.Serializer):
    plan = CodeField(max_length=16, required=False, help_text=_("计划编号"))
    product = CodeField(required=False, help_text=_("或商品编号：它进行中的普通计划"))
    streamer = CodeField(required=False, help_text=_("名单里的达人编号；普通计划不写"))
    commission_bps = WholeField(**BPS)


class RatesIn(serializers.Serializer):
    rates = serializers.ListField(child=RateIn(), **BATCH)


class EndingsIn(serializers.Serializer):
    plans = serializers.ListField(child=CodeField(max_length=16), **BATCH)


class DatedOut(ResultOut):
    effective_from = serializers.DateTimeField(allow_null=True, help_text=_("从这时起算；没有变化或没成时为 null"))


class DatedResultsOut(serializers.Serializer):
    results = DatedOut(many=True, help_text=_("顺序与请求相同"))


class PlanOut(serializers.Serializer):
    id = serializers.CharField(source="plan.public_id")
    type = serializers.ChoiceField(source="plan.type", choices=Plan.Type.choices)
    product = serializers.CharField(source="plan.product.code", allow_null=True, default=None)
    state = serializers.CharField(help_text=_("live、ending、ended"))
    commission_bps = serializers.IntegerField(source="rate.bps", allow_null=True)
    next_bps = serializers.IntegerField(source="rate.next_bps", allow_null=True)
    next_at = serializers.DateTimeField(source="rate.next_at", allow_null=True)
    streamers = serializers.IntegerField(source="listed", help_text=_("名单里的人数"))
    starts_at = serializers.DateTimeField(source="plan.starts_at")
    ends_at = serializers.DateTimeField(source="plan.ends_at", allow_null=True)


class PlanFilters(django_filters.FilterSet):
    type = django_filters.ChoiceFilter(choices=Plan.Type.choices)
    product = CodeFilter(field_name="product__code")


@extend_schema(tags=["plans"])
class PlansView(PartnerListView):
    required_scopes = {"GET": ["plans:read"], "POST": ["plans:write"]}
    kinds = MERCHANTS
    queryset = Plan.objects.none()
    filterset_class = PlanFilters
    ordering = ("-starts_at", "-pk")
    serializer_class = PlanOut

    def get_queryset(self) -> QuerySet[Plan]:
        return Plan.objects.visible_to(self.tenant).with_rates()

    def body_of(self, plan: Plan) -> overview.PlanNow:
        return overview.plan_now(plan, days.now())

    @extend_schema(operation_id="list_plans", summary=_("自己的推广计划，新的在前"))
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)

    @extend_schema(
        operation_id="open_plans",
        summary=_("开设推广计划，马上生效"),
        request=PlansIn,
        responses={200: ResultsOut},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        body = PlansIn(data=request.data)
        body.is_valid(raise_exception=True)
        asked = body.validated_data["plans"]
        goods = _goods(self.tenant, {each["product"] for each in asked if "product" in each})
        listed = {one["streamer"] for each in asked for one in each.get("streamers", ())}
        known = Tenant.objects.coded(Tenant.Kind.STREAMER, listed)
        wishes = [_wish(self.tenant, each, goods, known) for each in asked]
        answers = iter(plans.open_plans([wish for wish in wishes if isinstance(wish, NewPlan)]))
        return Response(results(next(answers) if isinstance(wish, NewPlan) else wish for wish in wishes))


def _goods(merchant: Tenant, codes: set[str]) -> dict[str, Product]:
    return {product.code: product for product in Product.objects.visible_to(merchant).with_codes(codes)}


def _wish(
    merchant: Tenant, asked: dict[str, Any], goods: Mapping[str, Product], known: Mapping[str, Tenant]
) -> NewPlan | NotFound:
    product = goods.get(asked.get("product", ""))
    if "product" in asked and product is None:
        return NotFound(_("没有商品「{code}」。"), code=asked["product"])
    streamers: dict[Tenant, int] = {}
    for one in asked.get("streamers", ()):
        if one["streamer"] not in known:
            return NotFound(_("没有达人「{code}」。"), code=one["streamer"])
        streamers[known[one["streamer"]]] = one["commission_bps"]
    terms = {"commission_bps": asked.get("commission_bps"), "streamers": streamers, "ends_at": asked["ends_at"]}
    return NewPlan(merchant, asked["type"], days.now(), product, **terms)


@extend_schema(tags=["plans"])
class RatesView(PartnerView):
    """The same act as the console's change of many rates."""

    required_scopes = {"POST": ["plans:write"]}
    kinds = MERCHANTS
    queryset = Plan.objects.none()
    serializer_class = DatedResultsOut

    @extend_schema(
        operation_id="set_plan_rates",
        summary=_("修改佣金率：上调马上生效，下调从次日 00:00（北京时间）起"),
        description=_("一次 1 到 100 个，逐个回答，带生效时间。23:50 到 24:00 不受理下调。"),
        request=RatesIn,
        responses={200: DatedResultsOut},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        body = RatesIn(data=request.data)
        body.is_valid(raise_exception=True)
        asked = body.validated_data["rates"]
        wishes = _rate_wishes(self.tenant, asked)
        answers = iter(plans.set_rates([wish for wish in wishes if isinstance(wish, NewRate)]))
        return Response({"results": [_dated(wish, answers) for wish in wishes]})


def _rate_wishes(merchant: Tenant, asked: list[dict[str, Any]]) -> list[NewRate | NotFound]:
    at, mine = days.now(), Plan.objects.visible_to(merchant)
    by_id = {plan.public_id: plan for plan in mine.named({each["plan"] for each in asked if "plan" in each})}
    codes = {each["product"] for each in asked if "product" in each and "plan" not in each}
    normal = mine.of_type(Plan.Type.NORMAL).live(at).select_related("product").of_product_codes(codes)
    by_code = {plan.product.code: plan for plan in normal if plan.product}
    known = Tenant.objects.coded(Tenant.Kind.STREAMER, {each["streamer"] for each in asked if "streamer" in each})
    wishes: list[NewRate | NotFound] = []
    for each in asked:
        plan = by_id.get(each["plan"]) if "plan" in each else by_code.get(each.get("product", ""))
        streamer = known.get(each.get("streamer", ""))
        if plan is None:
            named = each.get("plan") or each.get("product", "")
            wishes.append(NotFound(_("没有计划「{code}」，或商品没有进行中的普通计划。"), code=named))
        elif "streamer" in each and streamer is None:
            wishes.append(NotFound(_("没有达人「{code}」。"), code=each["streamer"]))
        else:
            wishes.append(NewRate(plan, each["commission_bps"], at, streamer))
    return wishes


def _dated(wish: NewRate | NotFound, answers: Any) -> dict[str, Any]:
    if isinstance(wish, NotFound):
        return result(wish, "") | {"effective_from": None}
    answer, named = next(answers), wish.plan.public_id
    if isinstance(answer, Refused):
        return result(answer, named) | {"effective_from": None}
    return result(wish.plan, named) | {"effective_from": _written(answer and answer.effective_from)}


def _written(at: datetime | None) -> str | None:
    return at and at.astimezone(days.SHANGHAI).isoformat()


@extend_schema(tags=["plans"])
class EndingsView(PartnerView):
    required_scopes = {"POST": ["plans:write"]}
    kinds = MERCHANTS
    queryset = Plan.objects.none()
    serializer_class = DatedResultsOut

    @extend_schema(
        operation_id="end_plans",
        summary=_("结束计划，从次日 00:00（北京时间）起"),
        request=EndingsIn,
        responses={200: DatedResultsOut},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        body = EndingsIn(data=request.data)
        body.is_valid(raise_exception=True)
        ids = body.validated_data["plans"]
        mine = {plan.public_id: plan for plan in Plan.objects.visible_to(self.tenant).named(ids)}
        return Response({"results": [_ended(mine.get(each), each) for each in ids]})


def _ended(plan: Plan | None, named: str) -> dict[str, Any]:
    if plan is None:
        return result(NotFound(_("没有计划「{code}」。"), code=named), named) | {"effective_from": None}
    try:
        ended = plans.end_plan(plan, at=days.now())
    except Refused as refused:
        return result(refused, named) | {"effective_from": None}
    return result(ended, named) | {"effective_from": _written(ended.ends_at)}
