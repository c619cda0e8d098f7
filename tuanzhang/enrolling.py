"""Goods come into an activity: merchants enrol and retract, the leader audits (rulebook §13).

Acts on many answer per item, in the same order: the row, or the ``Refused`` that stopped this one.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.db.models import prefetch_related_objects

from haowu.approvals.rules import ReasonMissing
from haowu.approvals.words import Act
from haowu.ground import days
from haowu.ground.errors import Refused, single
from haowu.ground.states import move_all
from haowu.tenants.models import Tenant
from haowu.tenants.scope import platform_scope
from merchants.models import Product, Shop
from merchants.refusals import DecreasesClosed, ProductNotListed, ShopSuspended
from tuanzhang import recorded, refusals
from tuanzhang.limits import Window, dates_objection, fees_objection, meet
from tuanzhang.models import Activity, Enrolment, EnrolmentRate

WHILE_WAITING: Window = (datetime.min.replace(tzinfo=UTC), None)
"""A product waits in an activity once, whatever windows are wished for: its leader audits one wish at a time."""


@dataclass(frozen=True)
class NewEnrolment:
    """One product for one activity, with rates in bps. ``starts_at`` and ``ends_at`` None: as the activity's."""

    activity: Activity
    product: Product
    commission_bps: int
    service_fee_bps: int
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    @property
    def window(self) -> Window:
        return self.starts_at or self.activity.begins_at, self.ends_at or self.activity.ends_at


@transaction.atomic
def enrol_many(wishes: Sequence[NewEnrolment], *, at: datetime) -> list[Enrolment | Refused]:
    """Enrol each product for its leader to audit; one answer per wish.

    Refuses activities that are not open at ``at``, products that are not listed, what is enrolled already, rates
    outside the limits or below the activity's minimums, and windows that never meet the activity's or whose year is a
    slip. The merchants' tenants are locked, so that two hands cannot enrol the same.
    """
    merchants = sorted({wish.product.merchant_id for wish in wishes})
    list(Tenant.objects.select_for_update(no_key=True).filter(pk__in=merchants).order_by("pk"))
    products = [wish.product for wish in wishes]
    prefetch_related_objects(products, "category__parent__parent")
    suspended = set(
        Shop.objects.filter(merchant__in=merchants, suspended_at__isnull=False).values_list("merchant_id", flat=True)
    )
    activities = Activity.objects.prefetch_related("minimums").in_bulk({wish.activity.pk for wish in wishes})
    occupied = _occupied(products, at)
    answers: list[Enrolment | Refused] = []
    for wish in wishes:
        activity = activities[wish.activity.pk]
        refused = _objection(wish, activity, suspended, occupied[activity.pk], at)
        if refused is None:
            occupied[activity.pk].append((wish.product.pk, WHILE_WAITING))
        answers.append(refused or _enrolment(wish, activity, at))
    _store(list(zip(wishes, answers, strict=True)), at)
    return answers


def enrol(activity: Activity, product: Product, *, at: datetime, **terms: Any) -> Enrolment:
    """``enrol_many`` for one, its refusal raised. ``terms`` are the other fields of ``NewEnrolment``."""
    return single(enrol_many([NewEnrolment(activity, product, **terms)], at=at))


def _occupied(products: Sequence[Product], at: datetime) -> dict[int, list[tuple[int, Window]]]:
    """By activity: the products that run there, with their windows, and those that wait."""
    known = Enrolment.objects.filter(product__in=products)
    occupied = defaultdict(list)
    for each in known.occupying(at):
        ends = [end for end in (each.ends_at, each.ended_at) if end is not None]
        runs = (each.starts_at, min(ends, default=None))
        is_waiting = each.status == Enrolment.Status.PENDING
        occupied[each.activity_id].append((each.product_id, WHILE_WAITING if is_waiting else runs))
    return occupied


def _objection(
    wish: NewEnrolment, activity: Activity, suspended: set[int], occupied: list[tuple[int, Window]], at: datetime
) -> Refused | None:
    """The first rule that ``wish`` breaks."""
    starts_at, ends_at = wish.window
    if activity.status != Activity.Status.PUBLISHED:
        return refusals.ActivityNotPublished()
    if activity.is_over(at):
        return refusals.ActivityOver(activity=activity)
    if wish.product.merchant_id in suspended:
        return ShopSuspended()
    if wish.product.status != Product.Status.LISTED:
        return ProductNotListed(product=wish.product)
    if ends_at is not None and ends_at <= starts_at:
        return refusals.WindowBackward()
    if refused := dates_objection(wish.starts_at, wish.ends_at, at):
        return refused
    if not meet((starts_at, ends_at), (activity.begins_at, activity.over_at)):
        return refusals.OutsideActivity(begin=activity.begins_at, end=activity.over_at or "–")
    if any(pk == wish.product.pk and meet((starts_at, ends_at), window) for pk, window in occupied):
        return refusals.AlreadyEnrolled(product=wish.product)
    return fees_objection(wish.commission_bps, wish.service_fee_bps, activity.minimum_for(wish.product))


def _enrolment(wish: NewEnrolment, activity: Activity, at: datetime) -> Enrolment:
    starts_at, ends_at = wish.window
    return Enrolment(
        activity=activity,
        leader_id=activity.leader_id,
        merchant_id=wish.product.merchant_id,
        product=wish.product,
        starts_at=starts_at,
        ends_at=ends_at,
        enrolled_at=at,
    )


def _store(pairs: list[tuple[NewEnrolment, Enrolment | Refused]], at: datetime) -> None:
    """Store the enrolments among ``pairs`` and their first rates."""
    made = [(wish, answer) for wish, answer in pairs if isinstance(answer, Enrolment)]
    Enrolment.objects.bulk_create([enrolment for _wish, enrolment in made])
    EnrolmentRate.objects.bulk_create(
        EnrolmentRate(
            enrolment=enrolment,
            leader_id=enrolment.leader_id,
            merchant_id=enrolment.merchant_id,
            commission_bps=wish.commission_bps,
            service_fee_bps=wish.service_fee_bps,
            effective_from=min(at, enrolment.starts_at),
            announced_at=at,
        )
        for wish, enrolment in made
    )
    recorded.enrolled(made, at)


@transaction.atomic
def pass_many(enrolments: Sequence[Enrolment], *, at: datetime) -> list[Enrolment | Refused]:
    """Take each waiting enrolment into the activity from ``at`` on; one answer each.

    Refuses what no longer waits, what is in an activity that is over, and what has left the shelf meanwhile.
    """
    locked = _waiting(enrolments)
    answers = [_passing_objection(each, locked, at) or locked[each.pk] for each in enrolments]
    answers = _decide(answers, "pass", decided_at=at, passed_at=at)
    recorded.enrolments_decided(Act.PASSED, answers, at)
    return answers


@transaction.atomic
def reject_many(enrolments: Sequence[Enrolment], reason: str, *, at: datetime) -> list[Enrolment | Refused]:
    """Refuse each waiting enrolment, with a ``reason`` that its merchant reads."""
    if not reason.strip():
        return [ReasonMissing() for _each in enrolments]
    locked = _waiting(enrolments)
    answers = [locked.get(each.pk) or _not_waiting(each) for each in enrolments]
    answers = _decide(answers, "reject", decided_at=at, reason=reason.strip())
    recorded.enrolments_decided(Act.REJECTED, answers, at, reason.strip())
    return answers


@transaction.atomic
def retract_many(enrolments: Sequence[Enrolment], *, at: datetime) -> list[Enrolment | Refused]:
    """The merchant takes back what has not been audited yet."""
    locked = _waiting(enrolments)
    answers = [locked.get(each.pk) or _not_waiting(each) for each in enrolments]
    answers = _decide(answers, "retract", decided_at=at)
    recorded.enrolments_decided(Act.RETRACTED, answers, at)
    return answers


def _waiting(enrolments: Sequence[Enrolment]) -> dict[int, Enrolment]:
    """The rows that wait, locked in the order of their ids. A row appears once, however often it is named."""
    rows = Enrolment.objects.waiting().select_for_update(of=("self",)).select_related("activity", "product")
    return {row.pk: row for row in rows.filter(pk__in=[each.pk for each in enrolments]).order_by("pk")}


def _not_waiting(enrolment: Enrolment) -> Refused:
    enrolment.refresh_from_db(fields=["status"])
    return refusals.NotWaiting(what=enrolment.product, status=enrolment.get_status_display())


def _passing_objection(enrolment: Enrolment, locked: dict[int, Enrolment], at: datetime) -> Refused | None:
    if enrolment.pk not in locked:
        return _not_waiting(enrolment)
    row = locked[enrolment.pk]
    if row.activity.is_over(at):
        return refusals.ActivityOver(activity=row.activity)
    if row.product.status != Product.Status.LISTED:
        return ProductNotListed(product=row.product)
    return None


def _decide(answers: list[Enrolment | Refused], move: str, **changes: Any) -> list[Enrolment | Refused]:
    """Make ``move`` for the locked rows among ``answers``, in one UPDATE."""
    move_all([answer for answer in answers if isinstance(answer, Enrolment)], move, **changes)
    return answers


@transaction.atomic
def end(enrolment: Enrolment, *, at: datetime) -> Enrolment:
    """The leader ends a running enrolment at the next 00:00 Asia/Shanghai: for streamers a decrease (rulebook §6)."""
    enrolment = _running(enrolment, at)
    if days.decreases_closed(at):
        raise DecreasesClosed
    enrolment.ended_at, enrolment.end_reason = days.next_midnight(at), Enrolment.EndReason.LEADER
    enrolment.save(update_fields=["ended_at", "end_reason"])
    recorded.enrolment(Act.ENDED, enrolment, at, {}, {"ended_at": enrolment.ended_at})
    return enrolment


def end_many(enrolments: Sequence[Enrolment], *, at: datetime) -> list[Enrolment | Refused]:
    """``end`` for each, with one answer each, in order."""
    return [_ending(enrolment, at) for enrolment in enrolments]


def _ending(enrolment: Enrolment, at: datetime) -> Enrolment | Refused:
    try:
        return end(enrolment, at=at)
    except Refused as refused:
        return refused


@transaction.atomic
def extend(enrolment: Enrolment, ends_at: datetime | None, *, at: datetime) -> Enrolment:
    """Let the cooperation run to a later end (None: as long as the activity), while it still runs."""
    enrolment = _running(enrolment, at)
    if enrolment.ends_at is None or (ends_at is not None and ends_at <= enrolment.ends_at):
        raise refusals.NotLater(end=enrolment.ends_at or "–")
    if refused := dates_objection(None, ends_at, at):
        raise refused
    with platform_scope():
        later = Enrolment.objects.filter(activity=enrolment.activity_id, product=enrolment.product_id)
        others = [each for each in later.exclude(pk=enrolment.pk) if each.status in ("pending", "passed")]
    for other in others:
        if other.starts_at >= enrolment.ends_at and (ends_at is None or ends_at > other.starts_at):
            raise refusals.AlreadyEnrolled(product=enrolment.product)
    before = {"ends_at": enrolment.ends_at}
    enrolment.ends_at = ends_at
    enrolment.save(update_fields=["ends_at"])
    recorded.enrolment(Act.EXTENDED, enrolment, at, before, {"ends_at": ends_at})
    return enrolment


def _running(enrolment: Enrolment, at: datetime) -> Enrolment:
    rows = Enrolment.objects.select_for_update(of=("self",)).select_related("activity", "product")
    enrolment = rows.get(pk=enrolment.pk)
    if enrolment.status != Enrolment.Status.PASSED or enrolment.is_over(at):
        raise refusals.NotRunning(what=enrolment.product)
    return enrolment
