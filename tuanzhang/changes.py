"""Mid-way changes of a running enrolment (rulebook §6, §13): raised at once, lowered or ended only by request.

A request is agreed or refused by the leader; unanswered for seven days, or where the goods had no order for thirty, it
is agreed by itself. Its effect is laid down when it is asked for, so that no job has to run in time: an answer only
calls it off or brings it forward. Like every decrease it begins at 00:00 Asia/Shanghai.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from haowu.approvals.rules import require_reason
from haowu.ground import days
from haowu.tenants.scope import platform_scope
from merchants.refusals import DecreasesClosed
from tuanzhang import recorded, refusals
from tuanzhang.limits import fees_objection
from tuanzhang.models import Activity, ChangeRequest, Enrolment, EnrolmentRate, SecondLevel

ANSWER_WITHIN = timedelta(days=7)
QUIET = timedelta(days=30)
"""Without an order for so long, a request needs no answer."""

Answer = ChangeRequest.Answer
Kind = ChangeRequest.Kind


@transaction.atomic
def raise_rates(
    enrolment: Enrolment, commission_bps: int, service_fee_bps: int, *, at: datetime
) -> EnrolmentRate | None:
    """Pay more from ``at`` on. It calls off lower rates that wait for a midnight, and a request for lower ones.

    Returns None where the rates are those in force already.
    """
    enrolment = _running(enrolment, at)
    current = _rate_now(enrolment, at)
    if commission_bps < current.commission_bps or service_fee_bps < current.service_fee_bps:
        raise refusals.OnlyByRequest
    _check(enrolment, commission_bps, service_fee_bps, at)
    open_request = enrolment.requests.filter(answer=Answer.NONE, kind=Kind.LOWER).first()
    if open_request:
        _answer(open_request, Answer.RETRACTED, at)
    _call_off_lower(enrolment, at)
    if (commission_bps, service_fee_bps) == (current.commission_bps, current.service_fee_bps):
        return None
    raised = _rate(enrolment, commission_bps, service_fee_bps, at, at)
    recorded.rates_raised(enrolment, current, raised, at)
    return raised


@transaction.atomic
def ask_lower(
    enrolment: Enrolment, commission_bps: int, service_fee_bps: int, *, reason: str = "", at: datetime
) -> ChangeRequest:
    """Ask the leader for rates of which at least one is lower. Refused from 23:50 to 24:00, as decreases are."""
    enrolment = _asking(enrolment, at)
    current = _rate_now(enrolment, at)
    if commission_bps >= current.commission_bps and service_fee_bps >= current.service_fee_bps:
        raise refusals.NothingLowered
    _check(enrolment, commission_bps, service_fee_bps, at)
    request = _request(enrolment, Kind.LOWER, reason, at, commission_bps, service_fee_bps)
    _rate(enrolment, commission_bps, service_fee_bps, at, request.takes_effect_at)
    recorded.change_asked(request, enrolment, at)
    return request


@transaction.atomic
def ask_cancel(enrolment: Enrolment, *, reason: str = "", at: datetime) -> ChangeRequest:
    """Ask the leader to end the cooperation."""
    enrolment = _asking(enrolment, at)
    request = _request(enrolment, Kind.CANCEL, reason, at)
    if enrolment.ended_at is None or enrolment.ended_at > request.takes_effect_at:
        _end(enrolment, request.takes_effect_at)
    recorded.change_asked(request, enrolment, at)
    return request


@transaction.atomic
def agree(request: ChangeRequest, *, at: datetime) -> ChangeRequest:
    """The leader agrees: it holds from the next 00:00 Asia/Shanghai. Refused from 23:50 to 24:00."""
    if days.decreases_closed(at):
        raise DecreasesClosed
    request, enrolment = _waiting(request, at)
    _bring_forward(request, enrolment, Answer.AGREED, at)
    return request


@transaction.atomic
def refuse(request: ChangeRequest, reason: str, *, at: datetime) -> ChangeRequest:
    """The leader refuses, with a reason: everything stays as it is."""
    reason = require_reason(reason)
    request, enrolment = _waiting(request, at)
    _call_off(request, enrolment, at)
    return _answer(request, Answer.REFUSED, at, reason)


@transaction.atomic
def retract(request: ChangeRequest, *, at: datetime) -> ChangeRequest:
    """The merchant takes its request back before it is answered."""
    request, enrolment = _waiting(request, at)
    _call_off(request, enrolment, at)
    return _answer(request, Answer.RETRACTED, at)


@transaction.atomic
def agree_quiet(requests: Collection[int], *, at: datetime) -> int:
    """Agree to the waiting requests with these ids, whose goods had no order for thirty days; how many there were.

    Who knows orders (a floor above) names them. From 23:50 to 24:00 nothing is done: the next call does it.
    """
    if days.decreases_closed(at):
        return 0
    done = 0
    with platform_scope():
        for waiting in ChangeRequest.objects.filter(pk__in=requests, answer=Answer.NONE, answer_by__gt=at).order_by(
            "pk"
        ):
            request, enrolment = _waiting(waiting, at)
            _bring_forward(request, enrolment, Answer.QUIET, at)
            done += 1
    return done


def _locked(enrolment_id: int) -> Enrolment:
    rows = Enrolment.objects.select_for_update(of=("self",))
    return rows.select_related("activity", "product__category__parent__parent").get(pk=enrolment_id)


def _running(enrolment: Enrolment, at: datetime) -> Enrolment:
    """The locked row of a passed enrolment that is not over, its unanswered request settled where its time has come."""
    enrolment = _locked(enrolment.pk)
    if enrolment.status != Enrolment.Status.PASSED or enrolment.is_over(at):
        raise refusals.NotRunning(what=enrolment.product)
    lapsed = enrolment.requests.filter(answer=Answer.NONE, answer_by__lte=at)
    for request in lapsed:
        _answer(request, Answer.UNANSWERED, request.answer_by)
    return enrolment


def _asking(enrolment: Enrolment, at: datetime) -> Enrolment:
    if days.decreases_closed(at):
        raise DecreasesClosed
    enrolment = _running(enrolment, at)
    if enrolment.requests.filter(answer=Answer.NONE).exists():
        raise refusals.RequestOpen
    return enrolment


def _waiting(request: ChangeRequest, at: datetime) -> tuple[ChangeRequest, Enrolment]:
    """The locked rows of a request that still waits for its answer."""
    enrolment = _locked(request.enrolment_id)
    request = ChangeRequest.objects.select_for_update().get(pk=request.pk)
    if request.state_at(at) != ChangeRequest.State.WAITING:
        raise refusals.NotWaiting(what=request.get_kind_display(), status=request.state_at(at).label)
    return request, enrolment


def _check(enrolment: Enrolment, commission_bps: int, service_fee_bps: int, at: datetime) -> None:
    activity = Activity.objects.prefetch_related("minimums").get(pk=enrolment.activity_id)
    minimum = activity.minimum_for(enrolment.product)
    if refused := fees_objection(commission_bps, service_fee_bps, minimum, highest_second(enrolment, at)):
        raise refused


def highest_second(enrolment: Enrolment, at: datetime) -> int:
    """The highest rate of a second leader whose share runs or is still to begin; 0 where there is none."""
    with platform_scope():
        seconds = SecondLevel.objects.not_over(at).filter(enrolment=enrolment)
        return max(seconds.values_list("bps", flat=True), default=0)


def _request(
    enrolment: Enrolment,
    kind: str,
    reason: str,
    at: datetime,
    commission_bps: int | None = None,
    service_fee_bps: int | None = None,
) -> ChangeRequest:
    answer_by = at + ANSWER_WITHIN
    return ChangeRequest.objects.create(
        enrolment=enrolment,
        leader_id=enrolment.leader_id,
        merchant_id=enrolment.merchant_id,
        kind=kind,
        commission_bps=commission_bps,
        service_fee_bps=service_fee_bps,
        reason=reason.strip(),
        asked_at=at,
        answer_by=answer_by,
        takes_effect_at=days.next_midnight(answer_by),
    )


def _rate_now(enrolment: Enrolment, at: datetime) -> EnrolmentRate:
    rate = enrolment.rate_at(at)
    assert rate is not None, "what is running has a rate"
    return rate


def _rate(
    enrolment: Enrolment, commission_bps: int, service_fee_bps: int, at: datetime, effective_from: datetime
) -> EnrolmentRate:
    return EnrolmentRate.objects.create(
        enrolment=enrolment,
        leader_id=enrolment.leader_id,
        merchant_id=enrolment.merchant_id,
        commission_bps=commission_bps,
        service_fee_bps=service_fee_bps,
        effective_from=effective_from,
        announced_at=at,
    )


def _bring_forward(request: ChangeRequest, enrolment: Enrolment, answer: str, at: datetime) -> None:
    """What the request asked for begins at the next midnight rather than after its last day."""
    midnight = days.next_midnight(at)
    if request.kind == Kind.LOWER:
        assert request.commission_bps is not None and request.service_fee_bps is not None, "it asks for rates"
        _laid_down(request).update(cancelled_at=at)
        _rate(enrolment, request.commission_bps, request.service_fee_bps, at, midnight)
    elif enrolment.ended_at is None or enrolment.ended_at > midnight:
        _end(enrolment, midnight)
    request.takes_effect_at = midnight
    request.save(update_fields=["takes_effect_at"])
    _answer(request, answer, at)


def _call_off(request: ChangeRequest, enrolment: Enrolment, at: datetime) -> None:
    if request.kind == Kind.LOWER:
        _laid_down(request).update(cancelled_at=at)
    elif (enrolment.ended_at, enrolment.end_reason) == (request.takes_effect_at, Enrolment.EndReason.MERCHANT):
        enrolment.ended_at, enrolment.end_reason = None, ""
        enrolment.save(update_fields=["ended_at", "end_reason"])


def _laid_down(request: ChangeRequest) -> QuerySet[EnrolmentRate]:
    """The row that the request laid down. One that was agreed before it stays."""
    rows = EnrolmentRate.objects.filter(enrolment=request.enrolment_id, cancelled_at__isnull=True)
    return rows.filter(announced_at=request.asked_at, effective_from=request.takes_effect_at)


def _call_off_lower(enrolment: Enrolment, at: datetime) -> None:
    enrolment.rates.filter(cancelled_at__isnull=True, effective_from__gt=at).update(cancelled_at=at)


def _end(enrolment: Enrolment, at: datetime) -> None:
    enrolment.ended_at, enrolment.end_reason = at, Enrolment.EndReason.MERCHANT
    enrolment.save(update_fields=["ended_at", "end_reason"])


def _answer(request: ChangeRequest, answer: str, at: datetime, reason: str = "") -> ChangeRequest:
    request.answer, request.answered_at, request.answer_reason = answer, at, reason
    request.save(update_fields=["answer", "answered_at", "answer_reason"])
    recorded.change_answered(request, at)
    return request
