"""``/second-level``: shares in the goods of other leaders: applied for, answered, read by both sides."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from haowu.ground import days
from haowu.ground.errors import NotFound, Refused
from haowu.partners.fields import ChoiceField, CodeField, FlagField, MomentField, TextField, WholeField
from haowu.partners.idempotency import idempotent
from haowu.partners.views import PartnerListView, PartnerView
from tuanzhang import second_level
from tuanzhang.api.shapes import BATCH, BPS, LEADERS, ResultsOut, results
from tuanzhang.models import Enrolment, SecondLevel


class ApplicationIn(serializers.Serializer):
    enrolment = CodeField(max_length=16)
    bps = WholeField(**BPS)
    whole_item = FlagField(default=False, help_text=_("该商品经此活动的全部成交；否则只算经自己链接的"))
    starts_at = MomentField(required=False, allow_null=True, default=None)
    ends_at = MomentField(required=False, allow_null=True, default=None)


class ApplicationsIn(serializers.Serializer):
    applications = serializers.ListField(child=ApplicationIn(), **BATCH)


class SecondLevelOut(serializers.Serializer):
    id = serializers.CharField(source="public_id")
    enrolment = serializers.CharField(source="enrolment.public_id")
    activity = serializers.CharField(source="enrolment.activity.code")
    first_leader = serializers.CharField(source="first_leader.code")
    second_leader = serializers.CharField(source="second_leader.code")
    bps = serializers.IntegerField()
    whole_item = serializers.BooleanField()
    status = serializers.ChoiceField(choices=SecondLevel.Status.choices)
    reason = serializers.CharField(allow_blank=True)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(source="over_at", allow_null=True)
    end_asked_at = serializers.DateTimeField(allow_null=True)


class SecondDecisionIn(serializers.Serializer):
    second_level = CodeField(max_length=16)
    decision = ChoiceField(choices=["pass", "reject", "ask_end", "agree_end", "refuse_end"])
    reason = TextField(max_length=200, required=False, default="", allow_blank=True)


class SecondDecisionsIn(serializers.Serializer):
    decisions = serializers.ListField(child=SecondDecisionIn(), **BATCH)


@extend_schema(tags=["second-level"])
class SecondLevelView(PartnerListView):
    required_scopes = {"GET": ["activities:read"], "POST": ["activities:write"]}
    kinds = LEADERS
    queryset = SecondLevel.objects.none()
    ordering = ("-applied_at", "-pk")
    serializer_class = SecondLevelOut

    def get_queryset(self) -> QuerySet[SecondLevel]:
        return SecondLevel.objects.visible_to(self.tenant).with_item()

    @extend_schema(operation_id="list_second_level", summary=_("二级合作，作为一级或二级团长，新的在前"))
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)

    @extend_schema(
        operation_id="apply_second_level",
        summary=_("申请做二级团长"),
        request=ApplicationsIn,
        responses={200: ResultsOut},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        body = ApplicationsIn(data=request.data)
        body.is_valid(raise_exception=True)
        asked = body.validated_data["applications"]
        visible = Enrolment.objects.visible_to(self.tenant).named({each["enrolment"] for each in asked})
        items = {item.public_id: item for item in visible}
        at = days.now()
        answers = [self._apply(items.get(each["enrolment"]), each, at) for each in asked]
        return Response(results(answers, [each["enrolment"] for each in asked]))

    def _apply(self, item: Enrolment | None, asked: dict[str, Any], at: datetime) -> SecondLevel | Refused:
        if item is None:
            return NotFound(_("没有可申请的商品「{id}」。"), id=asked["enrolment"])
        window = (asked["starts_at"], asked["ends_at"])
        wish = second_level.NewSecondLevel(self.tenant, item, asked["bps"], asked["whole_item"], *window)
        return second_level.apply_many([wish], at=at)[0]


@extend_schema(tags=["second-level"])
class SecondDecisionsView(PartnerView):
    required_scopes = {"POST": ["activities:write"]}
    kinds = LEADERS
    queryset = SecondLevel.objects.none()
    serializer_class = ResultsOut

    @extend_schema(
        operation_id="decide_second_level",
        summary=_("答复申请，申请终止，或答复终止"),
        request=SecondDecisionsIn,
        responses={200: ResultsOut},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        body = SecondDecisionsIn(data=request.data)
        body.is_valid(raise_exception=True)
        asked = body.validated_data["decisions"]
        mine = SecondLevel.objects.visible_to(self.tenant).with_item()
        rows = {row.public_id: row for row in mine.filter(public_id__in={each["second_level"] for each in asked})}
        answers = [self._decide(rows.get(each["second_level"]), each, days.now()) for each in asked]
        return Response(results(answers, [each["second_level"] for each in asked]))

    def _decide(self, second: SecondLevel | None, asked: dict[str, Any], at: datetime) -> SecondLevel | Refused:
        decision = asked["decision"]
        if second is None or (decision in ("pass", "reject") and second.first_leader_id != self.tenant.pk):
            return NotFound(_("没有待你答复的二级合作「{id}」。"), id=asked["second_level"])
        try:
            if decision == "pass":
                return second_level.pass_many([second], at=at)[0]
            if decision == "reject":
                return second_level.reject_many([second], asked["reason"], at=at)[0]
            if decision == "ask_end":
                return second_level.ask_end(second, self.tenant, at=at)
            return second_level.answer_end(second, self.tenant, decision == "agree_end", at=at)
        except Refused as refused:
            return refused
