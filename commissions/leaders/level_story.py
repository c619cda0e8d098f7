"""A leader's level in force, its quarter and month so far, what is missing, and what it was notified of.

Read in the leader's own scope: everything here is its own rows, or public.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commissions.leaders import results
from commissions.leaders.results import Brought
from commissions.models import Rebate
from haowu.ground import days
from haowu.ground.money import yuan
from haowu.tenants.models import Tenant
from tuanzhang import levels, periods
from tuanzhang.models import Appeal, LevelLabel, LevelPolicy, MonthlyAssessment, QuarterLevel, Readmission, Revocation


@dataclass(frozen=True)
class Progress:
    """The quarter that runs, as far as its nights have settled. ``reached``: the level, were it to end now."""

    quarter: date
    policy: LevelPolicy
    brought: Brought
    reached: levels.LeaderLevel
    missing: levels.Missing | None
    score_bps: int
    rebate_fen: int

    @property
    def name(self) -> str:
        return periods.quarter_name(self.quarter)

    @property
    def reached_label(self) -> str:
        return str(LevelLabel(self.reached).label)

    @property
    def missing_text(self) -> str:
        return missing_text(self.missing)


def progress(leader: Tenant, at: datetime) -> Progress:
    quarter = periods.quarter_of(days.day_of(at))
    policy = LevelPolicy.objects.in_force(quarter)
    brought = results.of_leader(leader.pk, quarter, policy)
    reached = levels.level_of(brought.quarter, policy.steps)
    score = levels.score_bps(brought.quarter, policy.target)
    amount = levels.rebate_fen(brought.quarter.gmv_fen, reached, score, levels.Mode(policy.mode), policy.steps)
    missing = levels.missing_for_next(brought.quarter, policy.steps)
    return Progress(quarter, policy, brought, reached, missing, score, amount)


def missing_text(missing: levels.Missing | None) -> str:
    """``距银牌还差：成交额 ¥12,000,000.00、品牌 2 个``; for the highest level that there is none above."""
    if missing is None:
        return _("已达最高等级。")
    lacks = []
    if missing.gmv_fen:
        lacks.append(_("成交额 ¥{amount}").format(amount=yuan(missing.gmv_fen)))
    if missing.brands:
        lacks.append(_("品牌 {n} 个").format(n=missing.brands))
    if missing.promoters:
        lacks.append(_("推广者 {n} 位").format(n=missing.promoters))
    return _("距{level}还差：{lacks}。").format(level=LevelLabel(missing.level).label, lacks=_("、").join(lacks))


def in_force(leader: Tenant, at: datetime) -> QuarterLevel | None:
    """The result whose level holds now: of the quarter before. None where there is none, or it is not closed yet."""
    before = periods.quarter_before(days.day_of(at))
    return QuarterLevel.objects.visible_to(leader).of_quarter(before).last_revisions().first()


@dataclass(frozen=True)
class Condition:
    """One condition of the monthly assessment: what there is, what it takes, both for people."""

    label: str
    now: str
    wanted: str
    is_met: bool


def conditions(month: levels.Month) -> list[Condition]:
    short = set(levels.shortfalls(month))
    late = _("{late} / {total}").format(late=month.late, total=month.shipments)
    fresh = _("推广者 {promoters}、商家 {merchants}").format(
        promoters=month.new_promoters, merchants=month.new_merchants
    )
    return [
        Condition(_("订单数"), str(month.orders), _("至少 {n}").format(n=levels.MIN_ORDERS), "ORDERS" not in short),
        Condition(
            _("成交额"),
            f"¥{yuan(month.gmv_fen)}",
            _("至少 ¥{n}").format(n=yuan(levels.MIN_GMV_FEN)),
            "GMV" not in short,
        ),
        Condition(_("延迟发货"), late, _("不超过 10%"), "LATE_SHIPMENTS" not in short),
        Condition(
            _("新增合作"), fresh, _("推广者或商家至少 {n}").format(n=levels.MIN_NEW), "NEW_PARTNERS" not in short
        ),
    ]


def month_so_far(leader: Tenant, at: datetime) -> levels.Month:
    """The month that runs, as its assessment would see it now."""
    month = periods.month_of(days.day_of(at))
    policy = LevelPolicy.objects.in_force(periods.quarter_of(month))
    return results.month_of_leader(leader.pk, month, policy, at)


@dataclass(frozen=True)
class Notice:
    """A notification to the leader. ``tone`` as tags have it."""

    at: datetime
    text: str
    tone: str


FAILED = gettext_lazy("{month} 考核不合格（第 {n} 次）：{why}。可在 {until} 前申诉。累计 3 次将在 15 日收回权限。")
NOTICED = gettext_lazy(
    "累计 3 个月考核不合格：团长权限将于 {day} 收回。届时进行中的活动关闭、待审核的报名被拒绝，已赚的服务费照常结算。"
)
EFFECTED = gettext_lazy(
    "团长权限已收回（第 {n} 次）：关闭活动 {activities} 个、拒绝报名 {items} 件、终止二级合作与申请 {parts} 项。"
    "已赚的服务费照常结算。"
)


def notices(leader: Tenant) -> list[Notice]:
    """Every notification to ``leader`` about levels, months and permission, newest first."""
    notices = [
        *_of_months(MonthlyAssessment.objects.visible_to(leader).failed()),
        *_of_revocations(Revocation.objects.visible_to(leader)),
        *_of_readmissions(Readmission.objects.visible_to(leader)),
        *_of_appeals(Appeal.objects.visible_to(leader).with_result()),
        *_of_levels(QuarterLevel.objects.visible_to(leader)),
    ]
    return sorted(notices, key=lambda notice: notice.at, reverse=True)


def _of_months(months: Iterable[MonthlyAssessment]) -> Iterator[Notice]:
    for each in months:
        text = str(FAILED).format(
            month=f"{each.month:%Y-%m}",
            n=each.failed_months,
            why=_("、").join(each.shortfall_labels),
            until=_moment(each.appeal_until),
        )
        yield Notice(each.assessed_at, text, "bad")


def _of_revocations(revocations: Iterable[Revocation]) -> Iterator[Notice]:
    for each in revocations:
        yield Notice(each.noticed_at, str(NOTICED).format(day=each.effective_on), "bad")
        if each.effected_at:
            text = str(EFFECTED).format(
                n=each.number,
                activities=each.activities_closed,
                items=each.enrolments_rejected,
                parts=each.seconds_ended,
            )
            yield Notice(each.effected_at, text, "bad")


def _of_readmissions(asked: Iterable[Readmission]) -> Iterator[Notice]:
    for each in asked:
        if each.decided_at:
            reason = f"：{each.reason}" if each.reason else ""
            tone = "good" if each.status == Readmission.Status.APPROVED else "bad"
            text = _("重新开通申请{status}{reason}").format(status=each.get_status_display(), reason=reason)
            yield Notice(each.decided_at, text, tone)


def _of_appeals(asked: Iterable[Appeal]) -> Iterator[Notice]:
    for each in asked:
        if each.decided_at and each.status in (Appeal.Status.UPHELD, Appeal.Status.REFUSED):
            text = _("对 {what} 的申诉{status}：{decision}").format(
                what=subject(each), status=each.get_status_display(), decision=each.decision
            )
            yield Notice(each.decided_at, text, "good" if each.status == Appeal.Status.UPHELD else "bad")


def _of_levels(results: Iterable[QuarterLevel]) -> Iterator[Notice]:
    for each in results:
        text = _("{quarter} 评定为{level}，{valid} 有效。").format(
            quarter=each.name, level=each.get_level_display(), valid=each.valid_in
        )
        yield Notice(each.closed_at, text, "")


def subject(appeal: Appeal) -> str:
    """What an appeal is against: ``2024-06 考核`` or ``2024Q2 等级``."""
    if appeal.assessment:
        return _("{month} 考核").format(month=f"{appeal.assessment.month:%Y-%m}")
    assert appeal.quarter_level is not None, "an appeal is against one of the two"
    return _("{quarter} 等级").format(quarter=appeal.quarter_level.name)


def _moment(at: datetime) -> str:
    return f"{at.astimezone(days.SHANGHAI):%Y-%m-%d %H:%M}"


def rebates_of(leader: Tenant) -> dict[date, Rebate]:
    """``{quarter: rebate}``, posted ones only."""
    return {rebate.quarter: rebate for rebate in Rebate.objects.visible_to(leader)}
