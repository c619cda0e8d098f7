"""Appeals against a failed month or a quarter's level: asked within 14 days, decided by staff (rulebook §12)."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from haowu.approvals.rules import require_reason, require_staff
from haowu.approvals.trail import record
from haowu.approvals.words import Act, Subject
from haowu.tenants.models import Tenant, User
from haowu.tenants.scope import platform_scope
from tuanzhang import level_refusals as refusals
from tuanzhang import levels, recorded
from tuanzhang.models import Appeal, MonthlyAssessment, QuarterLevel, Revocation

Result = MonthlyAssessment | QuarterLevel


@transaction.atomic
def appeal(leader: Tenant, result: Result, reason: str, *, by: User | None, at: datetime) -> Appeal:
    """Appeal against ``result`` of ``leader``. Refuses a month that did not fail, a revised level, and what is late."""
    reason = require_reason(reason)
    against = _subject(result)
    with platform_scope():
        list(Tenant.objects.select_for_update(no_key=True).filter(pk=leader.pk))
        list(Revocation.objects.select_for_update().filter(leader=leader).noticed())
        if result.leader_id != leader.pk:
            raise refusals.NothingToAppeal
        if isinstance(result, MonthlyAssessment) and result.outcome != MonthlyAssessment.Outcome.FAILED:
            raise refusals.NothingToAppeal
        if Appeal.objects.filter(**against).exclude(status=Appeal.Status.RETRACTED).exists():
            raise refusals.AlreadyAppealed
        if isinstance(result, QuarterLevel) and result.revision:
            raise refusals.AlreadyAppealed
        if at >= result.appeal_until:
            raise refusals.AppealTooLate(until=result.appeal_until)
        asked = Appeal.objects.create(leader=leader, reason=reason, asked_by=by, asked_at=at, **against)
        _record(Act.OPENED, asked, reason, by, at, acting_for=leader)
        return asked


def _subject(result: Result) -> dict[str, Result]:
    return {"assessment" if isinstance(result, MonthlyAssessment) else "quarter_level": result}


@transaction.atomic
def retract(asked: Appeal, *, at: datetime) -> Appeal:
    """The leader takes it back before it is decided."""
    with platform_scope():
        asked.move("retract", decided_at=at)
        _record(Act.RETRACTED, asked, "", None, at)
    return asked


@transaction.atomic
def uphold(
    asked: Appeal,
    decision: str,
    *,
    by: User,
    at: datetime,
    brands: int | None = None,
    promoters: int | None = None,
) -> Appeal:
    """The leader is right. A month is excused: it no longer counts, and an announced revocation that needed it falls.

    A quarter is weighed again with the ``brands`` and ``promoters`` given, as a further revision; its GMV is the
    ledger's and stays. Refuses a quarter without a figure to put right.
    """
    decision = _require_decision(decision, by)
    with platform_scope():
        result = asked.result
        if isinstance(result, QuarterLevel) and brands is None and promoters is None:
            raise refusals.NothingCorrected
        asked.move("uphold", decided_by=by, decided_at=at, decision=decision)
        if isinstance(result, QuarterLevel):
            revised = _revise(result, decision, at, brands=brands, promoters=promoters)
            recorded.level_revised(result, revised, by, at)
        else:
            _excuse(result, at)
        _record(Act.UPHELD, asked, decision, by, at, corrected={"brands": brands, "promoters": promoters})
    return asked


@transaction.atomic
def refuse(asked: Appeal, decision: str, *, by: User, at: datetime) -> Appeal:
    """The result stands, with a reason that the leader reads. A revocation that waited for it is done with the next."""
    decision = _require_decision(decision, by)
    with platform_scope():
        asked.move("refuse", decided_by=by, decided_at=at, decision=decision)
        _record(Act.REFUSED, asked, decision, by, at)
    return asked


def _record(
    act: str,
    asked: Appeal,
    reason: str,
    by: User | None,
    at: datetime,
    *,
    acting_for: Tenant | None = None,
    corrected: dict[str, int | None] | None = None,
) -> None:
    before, after = asked.last_move
    after = after | {name: value for name, value in (corrected or {}).items() if value is not None}
    details = {"tenant": asked.leader_id, "acting_for": acting_for, "before": before, "after": after}
    record(act, Subject.APPEAL, asked.public_id, at=at, by=by, reason=reason, **details)


def _require_decision(decision: str, by: User) -> str:
    require_staff(by)
    return require_reason(decision)


def _excuse(month: MonthlyAssessment, at: datetime) -> None:
    """Call off the announced revocation where fewer than three failed months are left."""
    announced = Revocation.objects.select_for_update().filter(leader=month.leader_id).noticed().first()
    left = MonthlyAssessment.objects.filter(leader=month.leader_id).counting().count()
    if announced and left < levels.MAX_FAILURES:
        announced.move("cancel")
        recorded.revocation_cancelled(announced, at)


def _revise(before: QuarterLevel, reason: str, at: datetime, **corrected: int | None) -> QuarterLevel:
    brought = replace(before.brought, **{name: value for name, value in corrected.items() if value is not None})
    return QuarterLevel.objects.create(
        leader_id=before.leader_id,
        quarter=before.quarter,
        revision=before.revision + 1,
        policy=before.policy,
        lines=before.lines,
        settled_fen=before.settled_fen,
        refunded_fen=before.refunded_fen,
        gmv_fen=before.gmv_fen,
        brands=brought.brands,
        promoters=brought.promoters,
        score_bps=levels.score_bps(brought, before.policy.target),
        level=levels.level_of(brought, before.policy.steps),
        closed_at=at,
        reason=reason,
    )
