"""``/activities``: a leader's own, drafted, published and closed; ``/open-activities``: what merchants may enrol in."""

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
from haowu.partners.filters import MomentFilter
from haowu.partners.idempotency import idempotent
from haowu.partners.views import PartnerListView, PartnerView
from haowu.tenants.models import Tenant
from tuanzhang import activities
from tuanzhang.api.shapes import BPS, LEADERS, MERCHANTS
from tuanzhang.models import Activity


class PartyUnknown(Refused):
    code = "PARTY_UNKNOWN"
    text = _("没有编号为「{codes}」的{kind}。")


class ActivityIn(serializers.Serializer):
    code = CodeField(required=False, help_text=_("缺省由平台生成"))
    type = ChoiceField(choices=Activity.Type.choices)
    title = TextField(max_length=120)
    description = TextField(max_length=2000, required=False, default="", allow_blank=True)
    begins_at = MomentField(help_text=_("带时区"))
    ends_at = MomentField(required=False, allow_null=True, default=None)
    min_commission_bps = WholeField(**BPS, default=0)
    min_service_fee_bps = WholeField(**BPS, default=0)
    second_level = ChoiceField(choices=Activity.Joining.choices, default=Activity.Joining.NONE)
    streamers = serializers.ListField(
        child=CodeField(),
        max_length=500,
        default=list,
        help_text=_("达人编号，只用于专属活动"),
    )
    partners = serializers.ListField(
        child=CodeField(), max_length=500, default=list, help_text=_("可申请的二级团长编号")
    )


class ActivityOut(serializers.Serializer):
    code = serializers.CharField()
    leader = serializers.CharField(source="leader.code")
    type = serializers.ChoiceField(choices=Activity.Type.choices)
    title = serializers.CharField()
    state = serializers.SerializerMethodField(help_text=_("unpublished、published、promoting、expired"))
    begins_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    min_commission_bps = serializers.IntegerField()
    min_service_fee_bps = serializers.IntegerField()
    second_level = serializers.ChoiceField(choices=Activity.Joining.choices)

    def get_state(self, activity: Activity) -> str:
        return activity.state_at(days.now()).value


class OwnActivityOut(ActivityOut):
    share_token = serializers.CharField(help_text=_("分享链接 /selection/activity/{share_token}/"))


class ActivityFilters(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(
        choices=[choice for choice in Activity.State.choices if choice[0] != Activity.State.DELETED], method="in_state"
    )
    begins_from = MomentFilter(field_name="begins_at", lookup_expr="gte")
    begins_to = MomentFilter(field_name="begins_at", lookup_expr="lt")

    def in_state(self, rows: QuerySet[Activity], name: str, state: str) -> QuerySet[Activity]:
        return rows.in_state(state, days.now())


class _Own(PartnerView):
    kinds = LEADERS
    queryset = Activity.objects.none()
    serializer_class = OwnActivityOut

    def get_queryset(self) -> QuerySet[Activity]:
        return Activity.objects.visible_to(self.tenant).of_leader(self.tenant).select_related("leader")

    def one(self, code: str) -> Activity:
        activity = self.get_queryset().filter(code=code).first()
        if activity is None:
            raise NotFound(_("没有你的活动「{code}」。"), code=code)
        return activity


@extend_schema(tags=["activities"])
class ActivitiesView(_Own, PartnerListView):
    required_scopes = {"GET": ["activities:read"], "POST": ["activities:write"]}
    filterset_class = ActivityFilters
    ordering = ("-created_at", "-pk")

    @extend_schema(operation_id="list_activities", summary=_("自己的招商活动，新的在前"))
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)

    @extend_schema(
        operation_id="draft_activity",
        summary=_("新建活动草稿"),
        request=ActivityIn,
        responses={201: OwnActivityOut},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        body = ActivityIn(data=request.data)
        body.is_valid(raise_exception=True)
        asked = body.validated_data
        wish = activities.ActivityDraft(
            type=asked["type"],
            title=asked["title"],
            description=asked["description"],
            begins_at=asked["begins_at"],
            ends_at=asked["ends_at"],
            minimum=(asked["min_commission_bps"], asked["min_service_fee_bps"]),
            joining=asked["second_level"],
            streamers=_parties(Tenant.Kind.STREAMER, asked["streamers"]),
            partners=_parties(Tenant.Kind.TUANZHANG, asked["partners"]),
            code=asked.get("code", ""),
        )
        return Response(OwnActivityOut(activities.draft(self.tenant, wish, at=days.now())).data, status=201)


def _parties(kind: str, codes: list[str]) -> list[Tenant]:
    found = Tenant.objects.coded(kind, codes)
    if unknown := [code for code in codes if code not in found]:
        raise PartyUnknown(codes="、".join(unknown[:10]), kind=Tenant.Kind(kind).label)
    return [found[code] for code in codes]


@extend_schema(tags=["activities"])
class ActivityView(_Own):
    required_scopes = {"GET": ["activities:read"]}

    @extend_schema(operation_id="read_activity", summary=_("一个招商活动"))
    def get(self, request: Request, code: str) -> Response:
        return Response(OwnActivityOut(self.one(code)).data)


@extend_schema(tags=["activities"])
class PublicationView(_Own):
    required_scopes = {"POST": ["activities:write"]}

    @extend_schema(
        operation_id="publish_activity", summary=_("发布活动"), request=None, responses={201: OwnActivityOut}
    )
    @idempotent
    def post(self, request: Request, code: str) -> Response:
        return Response(OwnActivityOut(activities.publish(self.one(code), at=days.now())).data, status=201)


@extend_schema(tags=["activities"])
class ClosingView(_Own):
    required_scopes = {"POST": ["activities:write"]}

    @extend_schema(
        operation_id="close_activity", summary=_("提前关闭活动"), request=None, responses={201: OwnActivityOut}
    )
    @idempotent
    def post(self, request: Request, code: str) -> Response:
        return Response(OwnActivityOut(activities.close(self.one(code), at=days.now())).data, status=201)


@extend_schema(tags=["activities"])
class OpenActivitiesView(PartnerListView):
    required_scopes = {"GET": ["activities:read"]}
    kinds = MERCHANTS
    queryset = Activity.objects.none()
    ordering = ("-published_at", "-pk")
    serializer_class = ActivityOut

    def get_queryset(self) -> QuerySet[Activity]:
        return Activity.objects.visible_to(self.tenant).not_over(days.now()).select_related("leader")

    @extend_schema(operation_id="list_open_activities", summary=_("现在可以报名的活动"))
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)
