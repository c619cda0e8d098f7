"""Second leaders: applying for an item, the first leader's answer, and ending it by agreement (rulebook §13)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from haowu.approvals.rules import ReasonMissing
from haowu.approvals.words import Act
from haowu.ground import days
from haowu.ground.bulk import update_rows
from haowu.ground.errors import Refused, single
from haowu.ground.states import MoveRefused
from haowu.tenants.models import Tenant
from haowu.tenants.scope import platform_scope
from merchants.refusals import DecreasesClosed
from tuanzhang import permission, recorded, refusals
from tuanzhang.limits import Window, meet, second_objection
from tuanzhang.models import Activity, Enrolment, SecondLevel

Status = SecondLevel.Status


@dataclass(frozen=True)
class NewSecondLevel:
    """A second leader for one enrolled item. Window None: as the item's. ``whole_item`` as in ``SecondLevel``."""

    second_leader: Tenant
    enrolment: Enrolment
    bps: int
    whole_item: bool = False
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@transaction.atomic
def apply_many(wishes: Sequence[NewSecondLevel], *, at: datetime) -> list[SecondLevel | Refused]:
    """Ask the first leader of each item for a share; one answer per wish.

    Refuses items that do not run, activities that do not let this leader join, rates below the activity's minimum fee
    or above the first leader's fee, windows outside the item's, and what waits or runs already.
    """
    with platform_scope():
        locked = _items(wish.enrolment.pk for wish in wishes)
        known = _Known(locked, (wish.second_leader for wish in wishes))
        answers: list[SecondLevel | Refused] = []
        for wish in wishes:
            item = locked[wish.enrolment.pk]
            answer = _objection(wish, item, known, at) or _second_level(wish, item, at)
            if isinstance(answer, SecondLevel):
                known.of_item[item.pk].append(answer)
            answers.append(answer)
        SecondLevel.objects.bulk_create([answer for answer in answers if isinstance(answer, SecondLevel)])
        recorded.seconds_applied(answers, at)
    return answers


def apply(second_leader: Tenant, enrolment: Enrolment, bps: int, *, at: datetime, **terms: Any) -> SecondLevel:
    """``apply_many`` for one, its refusal raised."""
    return single(apply_many([NewSecondLevel(second_leader, enrolment, bps, **terms)], at=at))


def _items(ids: Iterable[int]) -> dict[int, Enrolment]:
    rows = Enrolment.objects.select_for_update(of=("self",)).select_related(
        "activity", "product__category__parent__parent"
    )
    rows = rows.prefetch_related("activity__minimums", "activity__partners", "rates", "product__delistings")
    return {row.pk: row for row in rows.filter(pk__in=set(ids)).order_by("pk")}


class _Known:
    """What stands on ``items`` already, by item, and why each of ``leaders`` may not begin anything new."""

    def __init__(self, items: Iterable[int], leaders: Iterable[Tenant] = ()) -> None:
        self.of_item: dict[int, list[SecondLevel]] = defaultdict(list)
        for second in SecondLevel.objects.filter(enrolment__in=list(items), status__in=[Status.PENDING, Status.PASSED]):
            self.of_item[second.enrolment_id].append(second)
        self.objection_to = {leader.pk: permission.objection(leader) for leader in set(leaders)}


def may_join(activity: Activity, leader: Tenant) -> bool:
    """Whether the activity lets ``leader`` apply."""
    if leader.pk == activity.leader_id or activity.second_level == Activity.Joining.NONE:
        return False
    listed = (partner.partner_id for partner in activity.partners.all())
    return activity.second_level == Activity.Joining.ALL or leader.pk in listed


def _objection(wish: NewSecondLevel, item: Enrolment, known: _Known, at: datetime) -> Refused | None:
    """The first rule that ``wish`` breaks."""
    if wish.second_leader.kind != Tenant.Kind.TUANZHANG:
        return refusals.NotALeader(tenant=wish.second_leader)
    if item.status != Enrolment.Status.PASSED or item.is_over(at):
        return refusals.NotRunning(what=item.product)
    if wish.second_leader.pk == item.leader_id:
        return refusals.OwnActivity()
    if not may_join(item.activity, wish.second_leader):
        return refusals.SecondLevelClosed()
    if refused := known.objection_to[wish.second_leader.pk]:
        return refused
    starts_at, ends_at = window = _window(wish, item)
    if ends_at is not None and ends_at <= starts_at:
        return refusals.WindowBackward()
    begin, end = _item_window(item)
    if starts_at < begin or (end is not None and (ends_at is None or ends_at > end)):
        return refusals.OutsideCooperation(begin=begin, end=end or "–")
    return _rate_objection(wish.bps, item, at) or _overlap(wish, known.of_item[item.pk], window)


def _item_window(item: Enrolment) -> Window:
    """From when to when the item's offer speaks by the windows agreed."""
    ends = [end for end in (item.ends_at, item.activity.ends_at) if end is not None]
    return max(item.starts_at, item.activity.begins_at), min(ends, default=None)


def _window(wish: NewSecondLevel, item: Enrolment) -> Window:
    begin, end = _item_window(item)
    return wish.starts_at or begin, wish.ends_at or end


def _rate_objection(bps: int, item: Enrolment, at: datetime) -> Refused | None:
    """Against the activity's minimum fee and every fee of the first leader that holds or is announced."""
    _commission, minimum = item.activity.minimum_for(item.product)
    current = item.rate_at(at)
    coming = [rate for rate in item.rates.all() if rate.cancelled_at is None and rate.effective_from > at]
    fees = [rate.service_fee_bps for rate in (current, *coming) if rate is not None]
    return second_objection(bps, minimum, min(fees))


def _overlap(wish: NewSecondLevel, others: Iterable[SecondLevel], window: Window) -> Refused | None:
    """Of sales of the whole item there is one second leader at a time; of a leader's own link one share of his.

    A leader waits for one answer at a time, whatever the windows.
    """
    for other in others:
        if other.second_leader_id == wish.second_leader.pk and other.status == Status.PENDING:
            return refusals.SecondTaken()
        same = other.second_leader_id == wish.second_leader.pk and other.whole_item == wish.whole_item
        both_whole = other.whole_item and wish.whole_item and other.status == Status.PASSED
        if not (same or both_whole):
            continue
        if meet(window, (other.starts_at, other.over_at)):
            return refusals.SecondTaken()
    return None


def _second_level(wish: NewSecondLevel, item: Enrolment, at: datetime) -> SecondLevel:
    starts_at, ends_at = _window(wish, item)
    return SecondLevel(
        enrolment=item,
        first_leader_id=item.leader_id,
        second_leader=wish.second_leader,
        bps=wish.bps,
        whole_item=wish.whole_item,
        starts_at=starts_at,
        ends_at=ends_at,
        applied_at=at,
    )


@transaction.atomic
def pass_many(seconds: Sequence[SecondLevel], *, at: datetime) -> list[SecondLevel | Refused]:
    """The first leader takes each in from ``at`` on. The rates are weighed again: they may have moved meanwhile."""
    with platform_scope():
        items = _items(second.enrolment_id for second in seconds)
        known = _Known(items)
        rows = SecondLevel.objects.select_for_update().order_by("pk").in_bulk({second.pk for second in seconds})
        answers: list[SecondLevel | Refused] = []
        for second in (rows[second.pk] for second in seconds):
            others = [other for other in known.of_item[second.enrolment_id] if other.pk != second.pk]
            answer = _passing_objection(second, items[second.enrolment_id], others, at) or second
            if isinstance(answer, SecondLevel):
                answer.move_in_memory("pass", decided_at=at)
                known.of_item[second.enrolment_id] = [*others, answer]
            answers.append(answer)
        passed = [answer for answer in answers if isinstance(answer, SecondLevel)]
        changed = [{"id": each.pk, "status": each.status, "decided_at": each.decided_at} for each in passed]
        update_rows(SecondLevel, changed, key="id")
        recorded.seconds_decided(Act.PASSED, answers, at)
    return answers


def _passing_objection(
    second: SecondLevel, item: Enrolment, others: Iterable[SecondLevel], at: datetime
) -> Refused | None:
    if second.status != Status.PENDING:
        return refusals.NotWaiting(what=second.second_leader, status=second.get_status_display())
    if item.is_over(at):
        return refusals.NotRunning(what=item.product)
    if refused := _rate_objection(second.bps, item, at):
        return refused
    if second.whole_item:
        window = (second.starts_at, second.ends_at)
        rivals = [other for other in others if other.whole_item and other.status == Status.PASSED]
        if any(meet(window, (rival.starts_at, rival.over_at)) for rival in rivals if not _is_over(rival, at)):
            return refusals.SecondTaken()
    return None


def _is_over(second: SecondLevel, at: datetime) -> bool:
    return second.over_at is not None and second.over_at <= at


@transaction.atomic
def reject_many(seconds: Sequence[SecondLevel], reason: str, *, at: datetime) -> list[SecondLevel | Refused]:
    """The first leader refuses each, with a reason."""
    if not reason.strip():
        return [ReasonMissing() for _each in seconds]
    answers = [_decided(second, "reject", decided_at=at, reason=reason.strip()) for second in seconds]
    recorded.seconds_decided(Act.REJECTED, answers, at, reason.strip())
    return answers


@transaction.atomic
def retract(second: SecondLevel, *, at: datetime) -> SecondLevel:
    """The second leader takes an unanswered application back."""
    answers = [_decided(second, "retract", decided_at=at)]
    recorded.seconds_decided(Act.RETRACTED, answers, at)
    return single(answers)


def _decided(second: SecondLevel, move: str, **changes: Any) -> SecondLevel | Refused:
    try:
        second.move(move, **changes)
    except MoveRefused:
        second.refresh_from_db()
        return refusals.NotWaiting(what=second.second_leader, status=second.get_status_display())
    second.refresh_from_db()
    return second


@transaction.atomic
def ask_end(second: SecondLevel, by: Tenant, *, at: datetime) -> SecondLevel:
    """``by`` (either leader) asks the other to end the cooperation."""
    second = _running(second, at)
    if second.end_asked_at is not None:
        raise refusals.EndAlreadyAsked
    second.end_asked_at, second.end_asked_by, second.end_refused_at = at, by, None
    second.save(update_fields=["end_asked_at", "end_asked_by", "end_refused_at"])
    recorded.second(Act.ASKED_END, second, at, acting_for=by)
    return second


@transaction.atomic
def answer_end(second: SecondLevel, by: Tenant, agreed: bool, *, at: datetime) -> SecondLevel:
    """The other side's answer: agreed, it ends at the next 00:00 Asia/Shanghai; refused, it runs on."""
    second = _running(second, at)
    if second.end_asked_at is None:
        raise refusals.EndNotAsked
    if second.end_asked_by_id == by.pk:
        raise refusals.AnswerByOther
    if agreed and days.decreases_closed(at):
        raise DecreasesClosed
    second.end_asked_at = second.end_asked_by = None
    if agreed:
        second.ended_at = days.next_midnight(at)
    else:
        second.end_refused_at = at
    second.save(update_fields=["end_asked_at", "end_asked_by", "end_refused_at", "ended_at"])
    act, changed = (Act.ENDED, {"ended_at": second.ended_at}) if agreed else (Act.REFUSED, {"end_refused_at": at})
    recorded.second(act, second, at, acting_for=by, after=changed)
    return second


def _running(second: SecondLevel, at: datetime) -> SecondLevel:
    second = SecondLevel.objects.select_for_update(of=("self",)).select_related("second_leader").get(pk=second.pk)
    if second.status != Status.PASSED or _is_over(second, at):
        raise refusals.NotRunning(what=second.second_leader)
    return second
