"""A leader's permission: revoked on the 15th with all that follows, applied for again, given back (rulebook §12).

What was sold before keeps its terms: activities are closed, not undone, so earned fees still settle.
"""

from collections import Counter
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from haowu.approvals.rules import require_reason, require_staff
from haowu.approvals.trail import Entry, facts, moved, record, record_many
from haowu.approvals.words import Act, Subject
from haowu.ground import days
from haowu.ground.bulk import update_rows
from haowu.ground.errors import Refused
from haowu.tenants.models import Tenant, User
from haowu.tenants.scope import platform_scope
from tuanzhang import level_refusals as refusals
from tuanzhang import recorded
from tuanzhang.models import Readmission, Revocation

REJECTED_FOR = "团长权限已被平台收回，报名未能审核。可报名其他团长的活动。"
SECOND_REJECTED_FOR = "一方的团长权限已被平台收回。"


def revocation_of(leader: Tenant) -> Revocation | None:
    """The revocation that is in force, or None. Readable in the scope of ``leader``."""
    return Revocation.objects.filter(leader=leader).in_force().first()


def objection(leader: Tenant) -> Refused | None:
    """Why ``leader`` may not begin anything new; None while it holds its permission."""
    revoked = revocation_of(leader)
    if revoked is None:
        return None
    return refusals.PermissionGone() if revoked.is_final else refusals.PermissionRevoked(again=revoked.again_from)


def permission_state(leader: Tenant) -> str:
    """``held``, ``noticed`` (a revocation is announced), ``revoked``, or ``gone`` for good."""
    current = Revocation.objects.filter(leader=leader, status__in=["noticed", "effected"]).first()
    if current is None:
        return "held"
    if current.status == Revocation.Status.NOTICED:
        return "noticed"
    return "gone" if current.is_final else "revoked"


def require_permission(leader: Tenant) -> None:
    if refused := objection(leader):
        raise refused


@transaction.atomic
def revoke_due(day: date, *, at: datetime) -> int:
    """Revoke what was announced for ``day`` or before, with what follows; how many leaders it met.

    A leader who appeals keeps the permission until the decision. Any number of times, by any number of hands: once.
    """
    with platform_scope(), connection.cursor() as cursor:
        cursor.execute(_LOCK, {"day": day})
        cursor.execute(_DUE, {"ids": [pk for (pk,) in cursor.fetchall()]})
        due = dict(cursor.fetchall())
        if due:
            facts_of_all = {"leaders": list(due.values()), "at": at}
            closed = _changed(cursor, _CLOSE, facts_of_all)
            rejected = _changed(cursor, _REJECT, facts_of_all | {"reason": REJECTED_FOR})
            unanswered = _changed(cursor, _REJECT_SECONDS, facts_of_all | {"reason": SECOND_REJECTED_FOR})
            ended = _changed(cursor, _END_SECONDS, facts_of_all)
            _count(due, closed, rejected, [*unanswered, *ended])
            recorded.ended_with_permission(closed, rejected, unanswered, ended, at)
            cursor.execute(_EFFECT, {"ids": list(due), "at": at})
            _record_revoked(list(due), at)
        return len(due)


def _changed(cursor: Any, sql: str, facts_of_all: dict[str, Any]) -> list[tuple]:
    cursor.execute(sql, facts_of_all)
    return cursor.fetchall()


def _count(due: dict[int, int], closed: list[tuple], rejected: list[tuple], seconds: list[tuple]) -> None:
    """Write into each revocation, ``{id: leader}``, how much ended with it."""
    activities, enrolments = (Counter(leader for _name, leader, *_ in rows) for rows in (closed, rejected))
    parties = Counter(leader for _name, *leaders in seconds for leader in leaders)
    rows = [
        {
            "id": pk,
            "activities_closed": activities[leader],
            "enrolments_rejected": enrolments[leader],
            "seconds_ended": parties[leader],
        }
        for pk, leader in due.items()
    ]
    update_rows(Revocation, rows, key="id")


def _record_revoked(revocations: list[int], at: datetime) -> None:
    """A row for each leader, with how much ended with the permission."""
    counts = ("number", "activities_closed", "enrolments_rejected", "seconds_ended")
    rows = Revocation.objects.filter(pk__in=revocations).select_related("leader").order_by("pk")
    entries = [Entry(Subject.PERMISSION, row.leader.code, row.leader_id, after=facts(row, *counts)) for row in rows]
    record_many(Act.REVOKED, entries, at=at)


@transaction.atomic
def apply_again(leader: Tenant, statement: str, *, by: User | None, at: datetime) -> Readmission:
    """Ask to be let in again: from the 30th day after the revocation on, unless it is for good."""
    statement = require_reason(statement)
    with platform_scope():
        revoked = Revocation.objects.select_for_update().filter(leader=leader).in_force().first()
        if revoked is None:
            raise refusals.PermissionHeld
        if revoked.is_final:
            raise refusals.PermissionGone
        if days.day_of(at) < revoked.again_from:
            raise refusals.TooEarlyToApply(again=revoked.again_from)
        if Readmission.objects.filter(leader=leader).waiting().exists():
            raise refusals.ReadmissionOpen
        asked = Readmission.objects.create(
            leader=leader, revocation=revoked, statement=statement, asked_by=by, asked_at=at
        )
        record(Act.APPLIED, Subject.READMISSION, asked.public_id, at=at, by=by, tenant=leader, acting_for=leader)
        return asked


@transaction.atomic
def readmit(asked: Readmission, *, by: User, at: datetime, reason: str = "") -> Readmission:
    """Let the leader in again. Failed months of before no longer count, and the first thirty days are exempt again."""
    require_staff(by)
    with platform_scope():
        asked.move("approve", decided_by=by, decided_at=at, reason=reason.strip())
        asked.revocation.move("lift", lifted_at=at)
        _record_answer(Act.READMITTED, asked, reason.strip(), by, at)
    return asked


@transaction.atomic
def refuse_readmission(asked: Readmission, reason: str, *, by: User, at: datetime) -> Readmission:
    """With a reason that the leader reads; it may apply again."""
    require_staff(by)
    reason = require_reason(reason)
    with platform_scope():
        asked.move("refuse", decided_by=by, decided_at=at, reason=reason)
        _record_answer(Act.REFUSED, asked, reason, by, at)
    return asked


def _record_answer(act: str, asked: Readmission, reason: str, by: User, at: datetime) -> None:
    record(
        act,
        Subject.READMISSION,
        asked.public_id,
        at=at,
        by=by,
        reason=reason,
        tenant=asked.leader_id,
        **moved(asked),
    )


_LOCK = """
SELECT id FROM tuanzhang_revocation WHERE status = 'noticed' AND effective_on <= %(day)s ORDER BY id FOR UPDATE
"""
_DUE = """
SELECT id, leader_id FROM tuanzhang_revocation AS revocation WHERE id = ANY(%(ids)s)
  AND NOT EXISTS (SELECT 1 FROM tuanzhang_appeal AS appeal WHERE appeal.leader_id = revocation.leader_id
                  AND appeal.status = 'open' AND appeal.assessment_id IS NOT NULL)
"""
"""Asked once the rows are locked, as who appeals locks them too: an appeal is in before, or comes too late."""

_CLOSE = """
UPDATE tuanzhang_activity SET closed_at = %(at)s
WHERE leader_id = ANY(%(leaders)s) AND status = 'published'
  AND (ends_at IS NULL OR ends_at > %(at)s) AND (closed_at IS NULL OR closed_at > %(at)s)
RETURNING code, leader_id
"""
_REJECT = """
UPDATE tuanzhang_enrolment SET status = 'rejected', reason = %(reason)s, decided_at = %(at)s
WHERE leader_id = ANY(%(leaders)s) AND status = 'pending' RETURNING public_id, leader_id, merchant_id
"""
_REJECT_SECONDS = """
UPDATE tuanzhang_secondlevel SET status = 'rejected', reason = %(reason)s, decided_at = %(at)s
WHERE status = 'pending' AND (first_leader_id = ANY(%(leaders)s) OR second_leader_id = ANY(%(leaders)s))
RETURNING public_id, first_leader_id, second_leader_id
"""
_END_SECONDS = """
UPDATE tuanzhang_secondlevel SET ended_at = %(at)s, end_asked_at = NULL, end_asked_by_id = NULL
WHERE status = 'passed' AND (first_leader_id = ANY(%(leaders)s) OR second_leader_id = ANY(%(leaders)s))
  AND (ends_at IS NULL OR ends_at > %(at)s) AND (ended_at IS NULL OR ended_at > %(at)s)
RETURNING public_id, first_leader_id, second_leader_id
"""
"""Second levels end with the items of their first leader; they are ended by name so that both sides read it."""
_EFFECT = """
UPDATE tuanzhang_revocation SET status = 'effected', effected_at = %(at)s
WHERE id = ANY(%(ids)s) AND status = 'noticed'
"""
