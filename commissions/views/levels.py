"""A leader's level: where it stands and what is missing, each quarter opened, months, appeals, asking again."""

from datetime import date, datetime
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from commissions.forms import ReasonForm
from commissions.leaders import level_page, level_story, rebates, results
from haowu.approvals.act_views import ActView
from haowu.ground import days
from haowu.tenants.access import TenantRequiredMixin
from haowu.tenants.models import Tenant
from tuanzhang import appeals, periods, permission
from tuanzhang.models import Appeal, LevelLabel, MonthlyAssessment, QuarterLevel, Readmission

SHOWN = 12
"""Quarters, and months, of the history."""


class OfLeader(TenantRequiredMixin):
    kind = Tenant.Kind.TUANZHANG


class LevelPage(OfLeader, TemplateView):
    template_name = "commissions/levels.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        leader, now = self.request.tenant, days.now()
        today = days.day_of(now)
        held, progress = level_story.in_force(leader, now), level_story.progress(leader, now)
        conditions = level_story.conditions(level_story.month_so_far(leader, now))
        return super().get_context_data(
            **self._drawn(progress, today),
            **self._history(leader, now),
            now=held,
            progress=progress,
            steps=[vars(step) | {"label": LevelLabel(step.level).label} for step in progress.policy.steps],
            month=periods.month_of(today),
            judged_on=periods.next_month(periods.month_of(today)),
            conditions=conditions,
            unmet=sum(not each.is_met for each in conditions),
            coming=level_page.coming(today, held),
            revoked=permission.revocation_of(leader),
            asked=Readmission.objects.visible_to(leader).waiting().first(),
            today=today,
            days_left=(periods.last_day(progress.quarter) - today).days,
            **context,
        )

    def _drawn(self, progress: level_story.Progress, today: date) -> dict[str, Any]:
        return {
            "road": level_page.road(progress),
            "components": level_page.components(progress),
            "gap": level_page.gap(progress),
            "chart": level_page.quarter_chart(self.request.tenant, progress, today),
            "bands": level_page.bands(progress),
        }

    def _history(self, leader: Tenant, now: datetime) -> dict[str, Any]:
        paid = level_story.rebates_of(leader)
        quarters = QuarterLevel.objects.visible_to(leader).last_revisions().newest_first()[:SHOWN]
        return {
            "quarters": [(each, paid.get(each.quarter)) for each in quarters],
            "months": self._months(leader, now),
            "notices": level_story.notices(leader)[: 2 * SHOWN],
            "appeals": [(each, level_story.subject(each)) for each in _open_appeals(leader)],
        }

    def _months(self, leader: Tenant, now: Any) -> list[tuple[MonthlyAssessment, bool]]:
        """Each with whether it may be appealed against."""
        rows = list(MonthlyAssessment.objects.visible_to(leader).newest_first()[:SHOWN])
        appealed = set(_appeals(leader).values_list("assessment", flat=True))
        failed = MonthlyAssessment.Outcome.FAILED
        return [(row, row.outcome == failed and now < row.appeal_until and row.pk not in appealed) for row in rows]


def _appeals(leader: Tenant):
    return Appeal.objects.visible_to(leader).not_retracted()


def _open_appeals(leader: Tenant):
    return Appeal.objects.visible_to(leader).open().with_result().newest_first()


class QuarterPage(OfLeader, TemplateView):
    """One closed quarter opened: its GMV by month, how level, score and rebate follow, and the appeal."""

    template_name = "commissions/level_quarter.html"

    @cached_property
    def result(self) -> QuarterLevel:
        mine = QuarterLevel.objects.visible_to(self.request.tenant).last_revisions().select_related("policy")
        return get_object_or_404(mine, quarter=self.kwargs["quarter"])

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        result, leader = self.result, self.request.tenant
        appeal = _appeals(leader).of_quarter(result.quarter).first()
        may_appeal = appeal is None and days.now() < result.appeal_until
        return super().get_context_data(
            result=result,
            policy=result.policy,
            months=results.by_month(leader.pk, result.quarter, result.policy),
            rebate=level_story.rebates_of(leader).get(result.quarter),
            expected_fen=rebates.rebate_of(result),
            bands=[vars(band) | {"label": LevelLabel(band.level).label} for band in rebates.bands_of(result)],
            appeal=appeal,
            may_appeal=may_appeal,
            form=ReasonForm(),
            **context,
        )


class LevelAct(OfLeader, ActView):
    def back(self) -> str:
        return reverse("levels")

    @property
    def reason(self) -> str:
        return self.read(ReasonForm(self.request.POST))["reason"]


class AppealQuarter(LevelAct):
    def act(self) -> str:
        mine = QuarterLevel.objects.visible_to(self.request.tenant).last_revisions()
        result = get_object_or_404(mine, quarter=self.kwargs["quarter"])
        appeals.appeal(self.request.tenant, result, self.reason, by=self.request.user, at=days.now())
        return _("申诉已提交，处理完之前这一季的返点不会入账。")

    def back(self) -> str:
        return reverse("level-quarter", args=[self.kwargs["quarter"]])


class AppealMonth(LevelAct):
    def act(self) -> str:
        mine = MonthlyAssessment.objects.visible_to(self.request.tenant)
        result = get_object_or_404(mine, month=self.kwargs["month"])
        appeals.appeal(self.request.tenant, result, self.reason, by=self.request.user, at=days.now())
        return _("申诉已提交，处理完之前不会收回权限。")


class RetractAppeal(LevelAct):
    def act(self) -> str:
        mine = Appeal.objects.visible_to(self.request.tenant)
        appeals.retract(get_object_or_404(mine, public_id=self.kwargs["public_id"]), at=days.now())
        return _("申诉已撤回。")


class ApplyAgain(LevelAct):
    def act(self) -> str:
        permission.apply_again(self.request.tenant, self.reason, by=self.request.user, at=days.now())
        return _("申请已提交，等平台审核。")
