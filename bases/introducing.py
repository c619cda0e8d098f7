"""Bringing brands to the alliance (rulebook §14): unique nationally, credited to the first that is accepted.

What waits for an answer counts against the quota beside what was credited, so that accepting never exceeds it. What
turns out a duplicate or is refused gives its place back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction

from bases import quotas, recorded, refusals
from bases.models import Base, Brand, Introduction, Permit, QuotaPeriod
from bases.models.brand import normal_name
from haowu.approvals.rules import require_reason, require_staff
from haowu.approvals.words import Act
from haowu.ground import days
from haowu.ground.errors import Refused, single
from haowu.ground.states import move_all
from haowu.tenants.models import Tenant, User
from haowu.tenants.scope import platform_scope

BATCH_LIMIT = 100


@dataclass(frozen=True)
class Authorised:
    """A brand with its owner's authorisation; both days included."""

    name: str
    document_no: str
    authorised_from: date
    authorised_to: date


@transaction.atomic
def introduce_many(base: Tenant, wishes: Sequence[Authorised], *, at: datetime) -> list[Introduction | Refused]:
    """Hand in brands; one answer each, in order. Work through them one by one: each changes the quota of the next.

    An answer with the status ``duplicate`` is a brand that another base offers: no quota used, and no credit. Its
    document may still be accepted (``authorise``).
    """
    profile = Base.objects.working().filter(base=base).first()
    if profile is None:
        return [refusals.BaseNotWorking() for _ in wishes]
    today = days.day_of(at)
    period = quotas.period_of(profile, today, at=at)
    with platform_scope():  # a brand is weighed against what other bases have brought
        answers = [_introduce(base, wish, period, today, at) for wish in wishes]
        recorded.brands_handed_in(answers, at)
    return answers


def introduce(base: Tenant, wish: Authorised, *, at: datetime) -> Introduction:
    """``introduce_many`` for one, its refusal raised."""
    return single(introduce_many(base, [wish], at=at))


def _introduce(
    base: Tenant, wish: Authorised, period: QuotaPeriod, today: date, at: datetime
) -> Introduction | Refused:
    if refused := _unfit(wish, today):
        return refused
    brand = _brand(wish.name)
    if Introduction.objects.submitted().filter(base=base, brand=brand).exists():
        return refusals.AlreadySubmitted(brand=brand)
    overlapping = _overlapping(brand, wish.authorised_from, wish.authorised_to)
    if overlapping and overlapping.base_id == base.pk:
        return refusals.AlreadyOurs(brand=brand, until=overlapping.authorised_to)
    made = Introduction(
        base=base,
        brand=brand,
        document_no=wish.document_no.strip(),
        authorised_from=wish.authorised_from,
        authorised_to=wish.authorised_to,
        submitted_at=at,
    )
    if overlapping:
        made.move_in_memory("find_duplicate", decided_at=at)
    elif not _renews(base, brand, today):
        progress = quotas.progress_of(period)
        if not progress.left:
            return refusals.QuotaExceeded(quota=progress.quota)
        made.period = period
    made.save()
    return made


def accept(introduction: Introduction, *, by: User | None, at: datetime) -> Introduction:
    """Credit the base and share the brand with everybody at once. Platform scope.

    Others that wait for the same brand and time become duplicates. When another was accepted in this very moment,
    this one does.
    """
    with transaction.atomic():
        Brand.objects.select_for_update().get(pk=introduction.brand_id)
        introduction.refresh_from_db()
        if not Base.objects.working().filter(base=introduction.base_id).exists():
            raise refusals.BaseNotWorking
        if introduction.authorised_to < days.day_of(at):
            raise refusals.AuthorisationExpired(until=introduction.authorised_to)
        try:
            with transaction.atomic():
                introduction.move("accept", permit=_permit(introduction), decided_by=by, decided_at=at)
        except IntegrityError:
            introduction.refresh_from_db()
            introduction.move("find_duplicate", decided_by=by, decided_at=at)
            recorded.introduction(Act.REFUSED, introduction, at, by=by)
            return introduction
        waiting = Introduction.objects.submitted().filter(
            brand=introduction.brand_id,
            authorised_from__lte=introduction.authorised_to,
            authorised_to__gte=introduction.authorised_from,
        )
        doubled = list(waiting.select_for_update(of=("self",)).order_by("pk"))
        move_all(doubled, "find_duplicate", decided_at=at)
        recorded.introduction(Act.PASSED, introduction, at, by=by)
        recorded.duplicates(doubled, at)
    return introduction


@transaction.atomic
def authorise(introduction: Introduction, *, by: User | None, at: datetime) -> None:
    """The document of a duplicate holds: its base may sell the brand's goods too, without credit. Platform scope."""
    if introduction.authorised_to < days.day_of(at):
        raise refusals.AuthorisationExpired(until=introduction.authorised_to)
    introduction.move("authorise", permit=_permit(introduction), decided_by=by, decided_at=at)
    recorded.introduction(Act.PASSED, introduction, at, by=by)


@transaction.atomic
def refuse(introduction: Introduction, reason: str, *, by: User | None, at: datetime) -> None:
    introduction.move("refuse", reason=require_reason(reason), decided_by=by, decided_at=at)
    recorded.introduction(Act.REFUSED, introduction, at, by=by, reason=introduction.reason)


@transaction.atomic
def end(introduction: Introduction, reason: str, *, by: User, at: datetime) -> None:
    """Staff end an authorisation before its last day. Platform scope.

    From ``at`` on the base's stock of the brand counts no more; what orders hold of it stays until it is sent or
    released. The brand is free for others at once, and its place in the quota stays used. AuthorisationOver where its
    days have passed.
    """
    require_staff(by)
    reason = require_reason(reason)
    permit = introduction.permit
    if permit is not None and permit.until <= at:
        raise refusals.AuthorisationOver
    introduction.move("end", reason=reason, ended_at=at)
    if permit is not None:  # the move holds from states alone that have one
        Permit.objects.filter(pk=permit.pk).update(until=max(at, permit.since))
    recorded.introduction(Act.ENDED, introduction, at, by=by, reason=reason)


def _permit(introduction: Introduction) -> Permit:
    """Both days included, Asia/Shanghai."""
    first, last = introduction.authorised_from, introduction.authorised_to
    return Permit.objects.create(
        base_id=introduction.base_id, since=days.start_of(first), until=days.start_of(last + days.ONE_DAY)
    )


def _unfit(wish: Authorised, today: date) -> Refused | None:
    if not 0 < len(normal_name(wish.name)) <= 64 or len(wish.name.strip()) > 64:
        return refusals.BrandNameMissing()
    if not wish.document_no.strip() or wish.authorised_to < wish.authorised_from:
        return refusals.AuthorisationMissing()
    if wish.authorised_to < today:
        return refusals.AuthorisationExpired(until=wish.authorised_to)
    return None


def _brand(name: str) -> Brand:
    """The catalogue's brand of that name, made where it is new. Two hands that make it at once find one."""
    name = name.strip()
    return Brand.objects.get_or_create(normal_name=normal_name(name), defaults={"name": name})[0]


def _overlapping(brand: Brand, first: date, last: date) -> Introduction | None:
    accepted = Introduction.objects.accepted().filter(brand=brand)
    return accepted.filter(authorised_from__lte=last, authorised_to__gte=first).order_by("authorised_from").first()


def _renews(base: Tenant, brand: Brand, today: date) -> bool:
    """The base offers this brand still: a later authorisation of it is no new brand. Once lapsed it is one."""
    return Introduction.objects.accepted().filter(base=base, brand=brand, authorised_to__gte=today).exists()
