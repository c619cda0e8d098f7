"""``GET /trail``: who did what to what is the caller's. Stands above both the trail and what the API's views share."""

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from haowu.approvals import reading
from haowu.approvals.models import Trail, TrailQuerySet
from haowu.approvals.words import Act, Subject
from haowu.partners.filters import CodeFilter, MomentFilter
from haowu.partners.views import PartnerListView


class TrailFilters(django_filters.FilterSet):
    recorded_from = MomentFilter(field_name="recorded_at", lookup_expr="gte")
    recorded_to = MomentFilter(field_name="recorded_at", lookup_expr="lt")
    act = django_filters.ChoiceFilter(choices=Act.choices)
    subject_kind = django_filters.ChoiceFilter(choices=Subject.choices)
    subject = CodeFilter()


class WhoOut(serializers.Serializer):
    side = serializers.ChoiceField(
        choices=[reading.OWN, reading.OTHER, reading.PLATFORM, reading.SYSTEM],
        help_text=_("自己一方、对方、平台人员，或系统自动"),
    )
    name = serializers.CharField(help_text=_("自己一方为用户名或 API 客户端名，对方为租户名"))
    role = serializers.CharField(allow_blank=True, help_text=_("自己一方的角色"))


class SubjectOut(serializers.Serializer):
    kind = serializers.ChoiceField(choices=Subject.choices)
    reference = serializers.CharField()


class TrailOut(serializers.Serializer):
    id = serializers.IntegerField()
    recorded_at = serializers.DateTimeField()
    at = serializers.DateTimeField(help_text=_("动作所说的时间；导入历史数据时早于 recorded_at"))
    who = WhoOut()
    act = serializers.ChoiceField(choices=Act.choices)
    subject = SubjectOut()
    reason = serializers.CharField(allow_blank=True)
    request_id = serializers.CharField(allow_null=True, help_text=_("自己一方的请求编号，否则为 null"))


@extend_schema_view(
    get=extend_schema(tags=["trail"], operation_id="list_trail", summary=_("与自己有关的操作记录，新的在前"))
)
class TrailView(PartnerListView):
    required_scopes = {"GET": ["trail:read"]}
    queryset = Trail.objects.none()
    filterset_class = TrailFilters
    ordering = ("-pk",)
    serializer_class = TrailOut

    def get_queryset(self) -> TrailQuerySet:
        return Trail.objects.visible_to(self.tenant).select_related("acting_for")

    def body_of(self, row: Trail) -> dict[str, Any]:
        return {
            "id": row.pk,
            "recorded_at": row.recorded_at,
            "at": row.at,
            "who": reading.who(row, self.tenant),
            "act": row.act,
            "subject": {"kind": row.subject_kind, "reference": row.subject},
            "reason": row.reason,
            "request_id": reading.request_id(row, self.tenant),
        }
