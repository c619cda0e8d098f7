"""Closing a quarter and assessing a month, for every leader at once; each happens once (rulebook §12).

One statement counts, the pure rules of ``tuanzhang.levels`` judge, one statement writes.
"""

from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from commissions.leaders import results
from commissions.models import Run
from haowu.ground import days
from haowu.ground.bulk import insert_rows
from haowu.tenants.scope import platform_scope
from tuanzhang import levels, periods, recorded
from tuanzhang.level_refusals import MonthNotOver, QuarterNotOver
from tuanzhang.models import LevelPolicy, MonthlyAssessment, QuarterLevel, Revocation

_LOCK = 7_301_845_514
"""Advisory lock: results are written by one hand at a time."""


@transaction.atomic
def close_quarter(quarter: date, *, at: datetime) -> int:
    """Write every leader's level of ``quarter`` (its first day); how many. A quarter that is closed stays: 0.

    QuarterNotOver until its last night has closed.
    """
    with platform_scope():
        _one_at_a_time()
        closed, last = Run.objects.closed().frontier(), periods.last_day(quarter)
        if closed is None or closed < last or days.day_of(at) <= last:
            raise QuarterNotOver(quarter=periods.quarter_name(quarter), last=last)
        if QuarterLevel.objects.of_quarter(quarter).exists():
            return 0
        policy = LevelPolicy.objects.in_force(quarter)
        brought = results.of_quarter(quarter, policy)
        rows = [_level(each, quarter, policy, at) for each in brought]
        insert_rows(QuarterLevel, rows)
        recorded.levels_closed(quarter, len(rows), at)
        return len(brought)


def _level(brought: results.Brought, quarter: date, policy: LevelPolicy, at: datetime) -> dict[str, Any]:
    return {
        "leader_id": brought.leader_id,
        "quarter": quarter,
        "revision": 0,
        "policy_id": policy.pk,
        "lines": brought.lines,
        "settled_fen": brought.settled_fen,
        "refunded_fen": brought.refunded_fen,
        "gmv_fen": brought.quarter.gmv_fen,
        "brands": brought.brands,
        "promoters": brought.promoters,
        "score_bps": levels.score_bps(brought.quarter, policy.target),
        "level": levels.level_of(brought.quarter, policy.steps),
        "closed_at": at,
        "reason": "",
    }


@transaction.atomic
def assess_month(month: date, *, at: datetime) -> int:
    """Judge ``month`` (its first day) of every leader who holds its permission; how many. Assessed before: 0.

    The third failed month announces that permission is revoked on the 15th. MonthNotOver before the month has ended.
    """
    with platform_scope():
        _one_at_a_time()
        if days.day_of(at) < periods.next_month(month):
            raise MonthNotOver(month=month)
        if MonthlyAssessment.objects.of_month(month).exists():
            return 0
        policy = LevelPolicy.objects.in_force(periods.quarter_of(month))
        results.know_partners(month, _first_unknown_month(), policy)
        judged = [(each, _judged(each, month, at)) for each in results.of_month(month, policy)]
        ids = insert_rows(MonthlyAssessment, [row for _each, row in judged], returning="leader_id, id")
        recorded.months_failed(month, sum(row["outcome"] == "failed" for _each, row in judged), at)
        _announce(judged, dict(ids), at)
        return len(judged)


def _first_unknown_month() -> date | None:
    """The month after the last one assessed: the partners of those before are known."""
    last = MonthlyAssessment.objects.order_by("-month").values_list("month", flat=True).first()
    return periods.next_month(last) if last else None


def _judged(each: results.MonthOf, month: date, at: datetime) -> dict[str, Any]:
    days_as_leader = (periods.next_month(month) - each.since).days
    is_exempt = levels.is_exempt(days_as_leader)
    short = levels.shortfalls(each.figures)
    outcome = "exempt" if is_exempt else "failed" if short else "passed"
    return {
        "leader_id": each.leader_id,
        "month": month,
        "days_as_leader": days_as_leader,
        **vars(each.figures),
        "outcome": outcome,
        "shortfalls": short,
        "failed_months": each.failures + 1 if outcome == "failed" else 0,
        "assessed_at": at,
    }


def _announce(judged: list[tuple[results.MonthOf, dict[str, Any]]], ids: dict[int, int], at: datetime) -> None:
    """Notices to those who have failed the third time; one who is under notice already gets no second notice."""
    notices = [
        {
            "leader_id": each.leader_id,
            "number": each.revoked + 1,
            "assessment_id": ids[each.leader_id],
            "status": Revocation.Status.NOTICED,
            "noticed_at": at,
            "effective_on": periods.revocation_day(days.day_of(at)),
            "activities_closed": 0,
            "enrolments_rejected": 0,
            "seconds_ended": 0,
        }
        for each, row in judged
        if row["failed_months"] >= levels.MAX_FAILURES and not each.is_announced
    ]
    insert_rows(Revocation, notices)
    recorded.revocations_announced(notices, at)


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
