"""``/level``, ``/levels``, ``/assessments``, ``/rebates``: where a leader stands, and what it came to."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from commissions.leaders import level_story
from commissions.models import Rebate
from haowu.ground import days
from haowu.partners.views import PartnerListView, PartnerView
from haowu.tenants.models import Tenant
from tuanzhang import levels, periods, permission
from tuanzhang.models import LevelLabel, LevelPolicy, MonthlyAssessment, QuarterLevel

LEADERS = frozenset({Tenant.Kind.TUANZHANG})
SCOPES = {"GET": ["levels:read"]}
QUARTER = _("季度，例如 2024Q2")


class MissingOut(serializers.Serializer):
    level = serializers.ChoiceField(choices=LevelLabel.choices)
    gmv_fen = serializers.IntegerField()
    brands = serializers.IntegerField()
    promoters = serializers.IntegerField()


class ProgressOut(serializers.Serializer):
    quarter = serializers.CharField(source="name", help_text=QUARTER)
    gmv_fen = serializers.IntegerField(source="brought.quarter.gmv_fen", help_text=_("结算净额，可为负"))
    settled_fen = serializers.IntegerField(source="brought.settled_fen")
    refunded_fen = serializers.IntegerField(source="brought.refunded_fen")
    brands = serializers.IntegerField(source="brought.brands")
    promoters = serializers.IntegerField(source="brought.promoters")
    score_bps = serializers.IntegerField()
    reached = serializers.ChoiceField(choices=LevelLabel.choices, help_text=_("若本季现在结束"))
    missing = MissingOut(allow_null=True, help_text=_("距上一级还差；已最高为 null"))


class MonthSoFarOut(serializers.Serializer):
    month = serializers.CharField(help_text=_("例如 2024-06"))
    orders = serializers.IntegerField()
    gmv_fen = serializers.IntegerField()
    shipments = serializers.IntegerField()
    late = serializers.IntegerField()
    new_promoters = serializers.IntegerField()
    new_merchants = serializers.IntegerField()
    shortfalls = serializers.ListField(
        child=serializers.ChoiceField(choices=MonthlyAssessment.Shortfall.choices), help_text=_("未达的条件")
    )


class LevelOut(serializers.Serializer):
    level = serializers.ChoiceField(
        choices=LevelLabel.choices, allow_null=True, help_text=_("本季有效的等级；上一季尚未评定为 null")
    )
    permission = serializers.ChoiceField(choices=["held", "noticed", "revoked", "gone"])
    progress = ProgressOut()
    month = MonthSoFarOut(help_text=_("进行中的月份"))


class QuarterLevelOut(serializers.Serializer):
    quarter = serializers.CharField(source="name", help_text=QUARTER)
    revision = serializers.IntegerField()
    level = serializers.ChoiceField(choices=LevelLabel.choices)
    valid_in = serializers.CharField(help_text=_("等级有效的季度"))
    gmv_fen = serializers.IntegerField()
    settled_fen = serializers.IntegerField()
    refunded_fen = serializers.IntegerField()
    brands = serializers.IntegerField()
    promoters = serializers.IntegerField()
    score_bps = serializers.IntegerField()
    closed_at = serializers.DateTimeField()


class AssessmentOut(MonthSoFarOut):
    month = serializers.SerializerMethodField(help_text=_("例如 2024-06"))
    outcome = serializers.ChoiceField(choices=MonthlyAssessment.Outcome.choices)
    failed_months = serializers.IntegerField(help_text=_("累计不合格月数，含本月；未不合格为 0"))
    assessed_at = serializers.DateTimeField()

    def get_month(self, row: MonthlyAssessment) -> str:
        return f"{row.month:%Y-%m}"


class RebateOut(serializers.Serializer):
    quarter = serializers.SerializerMethodField(help_text=QUARTER)
    gmv_fen = serializers.IntegerField()
    level = serializers.ChoiceField(choices=LevelLabel.choices)
    score_bps = serializers.IntegerField()
    mode = serializers.ChoiceField(choices=LevelPolicy.RebateMode.choices)
    amount_fen = serializers.IntegerField()
    posted_on = serializers.DateField(help_text=_("账务日"))
    reference = serializers.CharField(help_text=_("对账单里的凭证"))

    def get_quarter(self, row: Rebate) -> str:
        return periods.quarter_name(row.quarter)


@extend_schema(tags=["levels"])
class LevelView(PartnerView):
    required_scopes = SCOPES
    kinds = LEADERS
    queryset = QuarterLevel.objects.none()
    serializer_class = LevelOut

    @extend_schema(operation_id="read_level", summary=_("现在的等级、本季与本月的进度、还差什么"))
    def get(self, request: Request) -> Response:
        now = days.now()
        result = level_story.in_force(self.tenant, now)
        so_far = level_story.month_so_far(self.tenant, now)
        body = {
            "level": result.level if result else None,
            "permission": permission.permission_state(self.tenant),
            "progress": level_story.progress(self.tenant, now),
            "month": vars(so_far) | {"month": f"{days.day_of(now):%Y-%m}", "shortfalls": levels.shortfalls(so_far)},
        }
        return Response(LevelOut(body).data)


class _OfLeader(PartnerListView):
    """A list of what came to the calling leader."""

    required_scopes = SCOPES
    kinds = LEADERS

    def get_queryset(self) -> QuerySet[Any]:
        return self.queryset.model.objects.visible_to(self.tenant)


@extend_schema_view(
    get=extend_schema(tags=["levels"], operation_id="list_levels", summary=_("各季的等级与评分，新的在前"))
)
class LevelsView(_OfLeader):
    queryset = QuarterLevel.objects.none()
    ordering = ("-quarter", "-pk")
    serializer_class = QuarterLevelOut

    def get_queryset(self) -> QuerySet[QuarterLevel]:
        return super().get_queryset().last_revisions()


@extend_schema_view(
    get=extend_schema(tags=["levels"], operation_id="list_assessments", summary=_("各月考核，新的在前"))
)
class AssessmentsView(_OfLeader):
    queryset = MonthlyAssessment.objects.none()
    ordering = ("-month", "-pk")
    serializer_class = AssessmentOut


@extend_schema_view(
    get=extend_schema(tags=["levels"], operation_id="list_rebates", summary=_("已入账的返点，新的在前"))
)
class RebatesView(_OfLeader):
    queryset = Rebate.objects.none()
    ordering = ("-quarter", "-pk")
    serializer_class = RebateOut
