"""``/enrolments`` and what happens to them: audit by the leader, requests of the merchant and their answers."""

from collections.abc import Sequence
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
from haowu.partners.fields import ChoiceField, CodeField, MomentField, TextField, WholeField
from haowu.partners.filters import CodeFilter, MomentFilter
from haowu.partners.idempotency import idempotent
from haowu.partners.views import PartnerListView, PartnerView
from merchants.models import Product
from tuanzhang import changes, enrolling
from tuanzhang.api.shapes import BATCH, BOTH, BPS, LEADERS, MERCHANTS, ProductRef, ResultsOut, only, results
from tuanzhang.models import Activity, ChangeRequest, Enrolment


class EnrolmentIn(serializers.Serializer):
    activity = CodeField(help_text=_("活动编号"))
    product = CodeField(help_text=_("自己的商品编号"))
    commission_bps = WholeField(**BPS)
    service_fee_bps = WholeField(**BPS)
    starts_at = MomentField(required=False, allow_null=True, default=None)
    ends_at = MomentField(required=False, allow_null=True, default=None)


class EnrolmentsIn(serializers.Serializer):
    enrolments = serializers.ListField(child=EnrolmentIn(), **BATCH)


class EnrolmentOut(serializers.Serializer):
    id = serializers.CharField(source="public_id")
    activity = serializers.CharField(source="activity.code")
    product = ProductRef()
    state = serializers.SerializerMethodField(help_text=_("pending、passed、expired、rejected、withdrawn"))
    reason = serializers.CharField(allow_blank=True, help_text=_("拒绝原因"))
    commission_bps = serializers.SerializerMethodField()
    service_fee_bps = serializers.SerializerMethodField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True, help_text=_("取消生效的时间"))
    enrolled_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)

    def to_representation(self, item: Enrolment) -> dict[str, Any]:
        body = super().to_representation(item)
        return body | {"product": {"merchant": item.merchant.code, "code": item.product.code}}

    def get_state(self, item: Enrolment) -> str:
        return item.state_at(days.now()).value

    def get_commission_bps(self, item: Enrolment) -> int:
        return item.rate_at(days.now()).commission_bps

    def get_service_fee_bps(self, item: Enrolment) -> int:
        return item.rate_at(days.now()).service_fee_bps


class DecisionIn(serializers.Serializer):
    enrolment = CodeField(max_length=16)
    decision = ChoiceField(choices=["pass", "reject"])
    reason = TextField(max_length=200, required=False, default="", allow_blank=True)


class DecisionsIn(serializers.Serializer):
    decisions = serializers.ListField(child=DecisionIn(), **BATCH)


class RequestIn(serializers.Serializer):
    enrolment = CodeField(max_length=16)
    kind = ChoiceField(choices=ChangeRequest.Kind.choices)
    commission_bps = WholeField(**BPS, required=False, help_text="lower")
    service_fee_bps = WholeField(**BPS, required=False, help_text="lower")
    reason = TextField(max_length=200, required=False, default="", allow_blank=True)

    def validate(self, asked: dict[str, Any]) -> dict[str, Any]:
        if asked["kind"] == ChangeRequest.Kind.LOWER:
            for name in ("commission_bps", "service_fee_bps"):
                if name not in asked:
                    raise serializers.ValidationError({name: _("下调费率时必填。")}, code="required")
        return asked


class RequestOut(serializers.Serializer):
    id = serializers.CharField(source="public_id")
    enrolment = serializers.CharField(source="enrolment.public_id")
    kind = serializers.ChoiceField(choices=ChangeRequest.Kind.choices)
    commission_bps = serializers.IntegerField(allow_null=True)
    service_fee_bps = serializers.IntegerField(allow_null=True)
    reason = serializers.CharField(allow_blank=True)
    state = serializers.SerializerMethodField(help_text=_("waiting、agreed、refused、withdrawn"))
    asked_at = serializers.DateTimeField()
    answer_by = serializers.DateTimeField(help_text=_("此刻前未答复视为同意"))
    takes_effect_at = serializers.DateTimeField()
    answer_reason = serializers.CharField(allow_blank=True)

    def get_state(self, request: ChangeRequest) -> str:
        return request.state_at(days.now()).value


class AnswerIn(serializers.Serializer):
    request = CodeField(max_length=16)
    answer = ChoiceField(choices=["agree", "refuse"])
    reason = TextField(max_length=200, required=False, default="", allow_blank=True)


class AnswersIn(serializers.Serializer):
    answers = serializers.ListField(child=AnswerIn(), **BATCH)


class EnrolmentFilters(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(choices=Enrolment.State.choices, method="in_state")
    activity = CodeFilter(field_name="activity__code")
    enrolled_from = MomentFilter(field_name="enrolled_at", lookup_expr="gte")
    enrolled_to = MomentFilter(field_name="enrolled_at", lookup_expr="lt")

    def in_state(self, rows: QuerySet[Enrolment], name: str, state: str) -> QuerySet[Enrolment]:
        return rows.in_state(state, days.now())


@extend_schema(tags=["enrolments"])
class EnrolmentsView(PartnerListView):
    required_scopes = {"GET": ["enrolments:read"], "POST": ["enrolments:write"]}
    kinds = BOTH
    queryset = Enrolment.objects.none()
    filterset_class = EnrolmentFilters
    ordering = ("-enrolled_at", "-pk")
    serializer_class = EnrolmentOut

    def get_queryset(self) -> QuerySet[Enrolment]:
        return Enrolment.objects.visible_to(self.tenant).between(self.tenant).with_terms()

    @extend_schema(operation_id="list_enrolments", summary=_("自己的报名（商家），或自己活动的报名（团长），新的在前"))
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)

    @extend_schema(
        operation_id="enrol",
        summary=_("商家报名商品"),
        description=_("一次 1 到 100 件，逐件回答。"),
        request=EnrolmentsIn,
        responses={200: ResultsOut},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        only(self.tenant, MERCHANTS)
        body = EnrolmentsIn(data=request.data)
        body.is_valid(raise_exception=True)
        asked = body.validated_data["enrolments"]
        visible = Activity.objects.visible_to(self.tenant).filter(code__in={each["activity"] for each in asked})
        open_ones = {activity.code: activity for activity in visible}
        mine = Product.objects.visible_to(self.tenant).filter(code__in={each["product"] for each in asked})
        goods = {product.code: product for product in mine}
        wishes = [_wish(each, open_ones, goods) for each in asked]
        named = [wish for wish in wishes if isinstance(wish, enrolling.NewEnrolment)]
        answers = iter(enrolling.enrol_many(named, at=days.now()))
        return Response(results(next(answers) if isinstance(wish, enrolling.NewEnrolment) else wish for wish in wishes))


def _wish(
    asked: dict[str, Any], open_ones: dict[str, Activity], goods: dict[str, Product]
) -> enrolling.NewEnrolment | NotFound:
    activity, product = open_ones.get(asked["activity"]), goods.get(asked["product"])
    if activity is None:
        return NotFound(_("没有活动「{code}」。"), code=asked["activity"])
    if product is None:
        return NotFound(_("没有商品「{code}」。"), code=asked["product"])
    rates = (asked["commission_bps"], asked["service_fee_bps"])
    return enrolling.NewEnrolment(activity, product, *rates, asked["starts_at"], asked["ends_at"])


@extend_schema(tags=["enrolments"])
class DecisionsView(PartnerView):
    required_scopes = {"POST": ["enrolments:write"]}
    kinds = LEADERS
    queryset = Enrolment.objects.none()
    serializer_class = ResultsOut

    @extend_schema(
        operation_id="decide_enrolments", summary=_("团长审核报名"), request=DecisionsIn, responses={200: ResultsOut}
    )
    @idempotent
    def post(self, request: Request) -> Response:
        body = DecisionsIn(data=request.data)
        body.is_valid(raise_exception=True)
        asked = body.validated_data["decisions"]
        mine = Enrolment.objects.visible_to(self.tenant).of_leader(self.tenant).select_related("product")
        rows = {item.public_id: item for item in mine.named({each["enrolment"] for each in asked})}
        at = days.now()
        answers = [_decided(rows.get(each["enrolment"]), each, at) for each in asked]
        return Response(results(answers, [each["enrolment"] for each in asked]))


def _decided(item: Enrolment | None, asked: dict[str, Any], at: datetime) -> Enrolment | Refused:
    if item is None:
        return NotFound(_("没有你的报名「{id}」。"), id=asked["enrolment"])
    if asked["decision"] == "pass":
        answers: Sequence[Enrolment | Refused] = enrolling.pass_many([item], at=at)
    else:
        answers = enrolling.reject_many([item], asked["reason"], at=at)
    return answers[0]


@extend_schema(tags=["enrolments"])
class ChangeRequestsView(PartnerListView):
    required_scopes = {"GET": ["enrolments:read"], "POST": ["enrolments:write"]}
    kinds = BOTH
    queryset = ChangeRequest.objects.none()
    ordering = ("-asked_at", "-pk")
    serializer_class = RequestOut

    def get_queryset(self) -> QuerySet[ChangeRequest]:
        return ChangeRequest.objects.visible_to(self.tenant).select_related("enrolment")

    @extend_schema(operation_id="list_change_requests", summary=_("变更申请，新的在前"))
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)

    @extend_schema(
        operation_id="ask_change", summary=_("商家申请下调或取消"), request=RequestIn, responses={201: RequestOut}
    )
    @idempotent
    def post(self, request: Request) -> Response:
        only(self.tenant, MERCHANTS)
        body = RequestIn(data=request.data)
        body.is_valid(raise_exception=True)
        asked = body.validated_data
        mine = Enrolment.objects.visible_to(self.tenant).of_merchant(self.tenant)
        item = mine.named([asked["enrolment"]]).first()
        if item is None:
            raise NotFound(_("没有你的报名「{id}」。"), id=asked["enrolment"])
        why = {"reason": asked["reason"], "at": days.now()}
        if asked["kind"] == ChangeRequest.Kind.CANCEL:
            made = changes.ask_cancel(item, **why)
        else:
            made = changes.ask_lower(item, asked["commission_bps"], asked["service_fee_bps"], **why)
        return Response(RequestOut(made).data, status=201)


@extend_schema(tags=["enrolments"])
class AnswersView(PartnerView):
    required_scopes = {"POST": ["enrolments:write"]}
    kinds = LEADERS
    queryset = ChangeRequest.objects.none()
    serializer_class = ResultsOut

    @extend_schema(
        operation_id="answer_change_requests",
        summary=_("团长答复变更申请"),
        request=AnswersIn,
        responses={200: ResultsOut},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        body = AnswersIn(data=request.data)
        body.is_valid(raise_exception=True)
        asked = body.validated_data["answers"]
        mine = ChangeRequest.objects.visible_to(self.tenant)
        rows = {row.public_id: row for row in mine.filter(public_id__in={each["request"] for each in asked})}
        answers = [_answered(rows.get(each["request"]), each, days.now()) for each in asked]
        return Response(results(answers, [each["request"] for each in asked]))


def _answered(request: ChangeRequest | None, asked: dict[str, Any], at: datetime) -> ChangeRequest | Refused:
    if request is None:
        return NotFound(_("没有变更申请「{id}」。"), id=asked["request"])
    try:
        if asked["answer"] == "agree":
            return changes.agree(request, at=at)
        return changes.refuse(request, asked["reason"], at=at)
    except Refused as refused:
        return refused
