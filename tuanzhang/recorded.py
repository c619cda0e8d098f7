"""What the acts of leaders, and of merchants towards them, write into the trail.

Drafts are seen by their leader alone and do not enter it: an activity enters when it is published.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from haowu.approvals.trail import Changed, Entry, Sides, facts, moved, record, record_many, record_selected
from haowu.approvals.words import Act, Subject
from haowu.ground.errors import Refused
from haowu.tenants.models import Tenant, User
from tuanzhang.models import (
    Activity,
    ChangeRequest,
    Enrolment,
    EnrolmentRate,
    QuarterLevel,
    Revocation,
    SecondLevel,
)

Rows = Iterable[tuple[Any, ...]]
Answers = Sequence[Any]
"""Rows, and the refusals of those that an act did not touch."""

ANSWERED = {
    ChangeRequest.Answer.AGREED: Act.AGREED,
    ChangeRequest.Answer.QUIET: Act.AGREED,
    ChangeRequest.Answer.UNANSWERED: Act.AGREED,
    ChangeRequest.Answer.REFUSED: Act.REFUSED,
    ChangeRequest.Answer.RETRACTED: Act.RETRACTED,
}


def activity(act: str, row: Activity, at: datetime, **changed: Any) -> None:
    record(act, Subject.ACTIVITY, row.code, at=at, tenant=row.leader_id, **changed)


def activity_published(row: Activity, at: datetime) -> None:
    terms = facts(row, "type", "title", "begins_at", "ends_at", "second_level")
    terms |= facts(row, "min_commission_bps", "min_service_fee_bps")
    activity(Act.PUBLISHED, row, at, after=terms)


def streamer_listed(act: str, row: Activity, streamer: Tenant, at: datetime, **changed: Any) -> None:
    after = {"streamer": streamer.code} | changed
    record(act, Subject.ACTIVITY, row.code, at=at, tenant=row.leader_id, counterparty=streamer, after=after)


def enrolled(made: Iterable[tuple[Any, Enrolment]], at: datetime) -> None:
    """Each enrolment with the rates that its merchant offers."""
    entries = []
    for wish, row in made:
        terms = facts(row, "starts_at", "ends_at") | {"activity": wish.activity.code, "product": wish.product.code}
        terms |= {"commission_bps": wish.commission_bps, "service_fee_bps": wish.service_fee_bps}
        entries.append(_enrolment(row, {}, terms))
    record_many(Act.APPLIED, entries, at=at)


def enrolments_decided(act: str, answers: Answers, at: datetime, reason: str = "") -> None:
    before = {"status": Enrolment.Status.PENDING}
    rows = {row.pk: row for row in _done(answers)}
    entries = [_enrolment(row, before, {"status": row.status}) for row in rows.values()]
    record_many(act, entries, at=at, reason=reason)


def enrolment(act: str, row: Enrolment, at: datetime, before: dict[str, Any], after: dict[str, Any]) -> None:
    record_many(act, [_enrolment(row, before, after)], at=at)


def rates_raised(row: Enrolment, before: EnrolmentRate, after: EnrolmentRate, at: datetime) -> None:
    rates = ("commission_bps", "service_fee_bps")
    enrolment(Act.RATE_CHANGED, row, at, facts(before, *rates), facts(after, *rates, "effective_from"))


def change_asked(request: ChangeRequest, row: Enrolment, at: datetime) -> None:
    terms = facts(request, "kind", "commission_bps", "service_fee_bps", "answer_by", "takes_effect_at")
    terms = {name: value for name, value in terms.items() if value is not None} | {"enrolment": row.public_id}
    _change(Act.APPLIED, request, at, request.reason, after=terms)


def change_answered(request: ChangeRequest, at: datetime) -> None:
    """By the leader, by the merchant who takes it back, or by the time that passed."""
    answer = ChangeRequest.Answer(request.answer)
    _change(ANSWERED[answer], request, at, request.answer_reason, after=facts(request, "answer", "takes_effect_at"))


def seconds_applied(answers: Answers, at: datetime) -> None:
    names = ("bps", "whole_item", "starts_at", "ends_at")
    record_many(Act.APPLIED, [_second(row, after=facts(row, *names)) for row in _done(answers)], at=at)


def seconds_decided(act: str, answers: Answers, at: datetime, reason: str = "") -> None:
    before = {"status": SecondLevel.Status.PENDING}
    rows = {row.pk: row for row in _done(answers)}
    entries = [_second(row, before=before, after={"status": row.status}) for row in rows.values()]
    record_many(act, entries, at=at, reason=reason)


def second(act: str, row: SecondLevel, at: datetime, acting_for: Tenant, **changed: Any) -> None:
    record_many(act, [_second(row, **changed)], at=at, acting_for=acting_for)


def levels_closed(quarter: date, count: int, at: datetime) -> None:
    """The level of each leader as ``quarter`` was closed, ``count`` in all."""
    record_selected(Act.CREATED, _LEVELS, [quarter], count=count, at=at)


def level_revised(before: QuarterLevel, after: QuarterLevel, by: User, at: datetime) -> None:
    names = ("revision", "level", "brands", "promoters")
    subject = _in_period(after.leader.code, after.quarter)
    changed = {"before": facts(before, *names), "after": facts(after, *names)}
    record(Act.CHANGED, Subject.LEVEL, subject, at=at, by=by, reason=after.reason, tenant=after.leader_id, **changed)


def months_failed(month: date, count: int, at: datetime) -> None:
    """The ``count`` leaders who failed ``month``, with what they fell short of."""
    record_selected(Act.FAILED, _FAILED_MONTHS, [month], count=count, at=at)


def revocations_announced(rows: Sequence[dict[str, Any]], at: datetime) -> None:
    leaders = Tenant.objects.filter(pk__in={row["leader_id"] for row in rows})
    codes = dict(leaders.values_list("pk", "code"))
    entries = [
        Entry(
            Subject.PERMISSION,
            codes[row["leader_id"]],
            row["leader_id"],
            after={name: row[name] for name in ("number", "effective_on")},
        )
        for row in rows
    ]
    record_many(Act.ANNOUNCED, entries, at=at)


def revocation_cancelled(row: Revocation, at: datetime) -> None:
    record(Act.CANCELLED, Subject.PERMISSION, row.leader.code, at=at, tenant=row.leader_id, **moved(row))


def ended_with_permission(closed: Rows, rejected: Rows, unanswered: Rows, ended: Rows, at: datetime) -> None:
    """What ends with a leader's permission, as ``(public name, leader, other side)``."""
    over = {"closed_at": at}
    activities = [Entry(Subject.ACTIVITY, code, leader, after=over) for code, leader in closed]
    record_many(Act.CLOSED, activities, at=at)
    refused: Changed = {"before": {"status": "pending"}, "after": {"status": "rejected"}}
    items = [Entry(Subject.ENROLMENT, name, merchant, leader, **refused) for name, leader, merchant in rejected]
    seconds = [Entry(Subject.SECOND_LEVEL, name, second, first, **refused) for name, first, second in unanswered]
    record_many(Act.REJECTED, [*items, *seconds], at=at)
    left = [Entry(Subject.SECOND_LEVEL, name, second, first, after={"ended_at": at}) for name, first, second in ended]
    record_many(Act.ENDED, left, at=at)


def _in_period(code: str, first_day: date) -> str:
    return f"{code}/{first_day:%Y-%m}"


def _done(answers: Answers) -> list[Any]:
    return [answer for answer in answers if not isinstance(answer, Refused)]


def _enrolment(row: Enrolment, before: dict[str, Any], after: dict[str, Any]) -> Entry:
    return Entry(Subject.ENROLMENT, row.public_id, row.merchant_id, row.leader_id, before, after)


def _second(row: SecondLevel, **changed: Any) -> Entry:
    return Entry(Subject.SECOND_LEVEL, row.public_id, row.second_leader_id, row.first_leader_id, **changed)


def _change(act: str, request: ChangeRequest, at: datetime, reason: str, **changed: Any) -> None:
    sides = Sides(tenant=request.merchant_id, counterparty=request.leader_id)
    record(act, Subject.CHANGE_REQUEST, request.public_id, at=at, reason=reason, **sides, **changed)


_LEVELS = """
SELECT 'level' AS subject_kind, leader.code || '/' || to_char(level.quarter, 'YYYY-MM') AS subject,
       leader.id AS tenant_id, jsonb_build_object() AS before,
       jsonb_build_object('level', level.level, 'gmv_fen', level.gmv_fen, 'brands', level.brands,
                          'promoters', level.promoters) AS after
FROM tuanzhang_quarterlevel AS level JOIN tenants_tenant AS leader ON leader.id = level.leader_id
WHERE level.quarter = %s AND level.revision = 0
"""
_FAILED_MONTHS = """
SELECT 'assessment' AS subject_kind, leader.code || '/' || to_char(month.month, 'YYYY-MM') AS subject,
       leader.id AS tenant_id, jsonb_build_object() AS before,
       jsonb_build_object('shortfalls', month.shortfalls, 'failed_months', month.failed_months) AS after
FROM tuanzhang_monthlyassessment AS month JOIN tenants_tenant AS leader ON leader.id = month.leader_id
WHERE month.month = %s AND month.outcome = 'failed'
"""
