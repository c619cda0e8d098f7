"""Founding bases: a gold leader applies, staff answer, seats are counted nationally; downgrading and closing.

Who is a gold leader is known on the floor of leaders: the door there asks, and passes it in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction

from bases import quotas, recorded, refusals
from bases.cities import CITIES
from bases.models import Application, Base, BaseLevel, BasePolicy, Document, Feeder, Room
from haowu.approvals.rules import require_reason
from haowu.approvals.words import Act
from haowu.ground import days
from haowu.tenants import opening
from haowu.tenants.models import Membership, Tenant, User

NEEDED = (Document.Kind.LICENCE, Document.Kind.PROPERTY)
"""Papers without which nothing can be reviewed; each in force on the day of applying."""


@dataclass(frozen=True)
class Site:
    """What is applied for. ``city`` is a code of ``bases.cities``."""

    name: str
    level: str
    city: str
    address: str
    live_rooms: int
    guides: int
    property_sqm: int


@dataclass(frozen=True)
class Paper:
    """``valid_to`` is the last day on which it holds."""

    kind: str
    number: str
    valid_from: date
    valid_to: date


@transaction.atomic
def apply(leader: Tenant, site: Site, papers: Sequence[Paper], *, is_gold_leader: bool, at: datetime) -> Application:
    """Hand in an application. Refuses who is no gold leader, a second open one, and what cannot be reviewed."""
    if leader.kind != Tenant.Kind.TUANZHANG:
        raise refusals.ApplicantUnfit
    if not is_gold_leader:
        raise refusals.FounderNotGold
    _check(site, papers, at)
    Tenant.objects.select_for_update(no_key=True).get(pk=leader.pk)
    if Application.objects.open().filter(applicant=leader).exists():
        raise refusals.ApplicationOpen
    application = Application.objects.create(applicant=leader, applied_at=at, **site.__dict__)
    _file(application, papers)
    recorded.handed_in(application, papers, at)
    return application


@transaction.atomic
def complete(application: Application, site: Site, papers: Sequence[Paper], *, at: datetime) -> None:
    """Hand in a returned application again, with new facts and further papers."""
    known = [Paper(paper.kind, paper.number, paper.valid_from, paper.valid_to) for paper in application.documents.all()]
    _check(site, [*known, *papers], at)
    application.move("complete", reason="", **site.__dict__)
    _file(application, papers)
    recorded.handed_in(application, papers, at)


@transaction.atomic
def send_back(application: Application, reason: str, *, by: User | None, at: datetime) -> None:
    """Ask for completion; ``reason`` is what the applicant reads."""
    application.move("return", **_decision(reason, by, at))
    recorded.application(Act.ASKED_BACK, application, at, by=by, reason=application.reason)


@transaction.atomic
def refuse(application: Application, reason: str, *, by: User | None, at: datetime) -> None:
    application.move("refuse", **_decision(reason, by, at))
    recorded.application(Act.REFUSED, application, at, by=by, reason=application.reason)


@transaction.atomic
def approve(application: Application, *, code: str, by: User | None, at: datetime) -> Base:
    """Make the base: a tenant of its own with the leader's owners as its owners, its rooms, and its first quota.

    ``code`` names it to other systems. Refuses when the national plan has no seat of that level left.
    """
    policy = _hold_seats(at)
    _require_seat(policy, application.level)
    made = opening.open_tenants(Tenant.Kind.BASE, {code: application.name}, at=at, by=by)
    if code not in made:
        raise refusals.BaseCodeTaken(code=code)
    application.move("approve", decided_by=by, decided_at=at)
    tenant = made[code]
    owners = Membership.objects.filter(tenant=application.applicant, role=Membership.Role.OWNER).select_related("user")
    members = [Membership(user=owner.user, tenant=tenant, role=owner.role) for owner in owners]
    opening.add_members(members, at=at, by=by)
    base = Base.objects.create(
        base=tenant,
        founder_id=application.applicant_id,
        application=application,
        level=application.level,
        city=application.city,
        activated_at=at,
    )
    Room.objects.bulk_create(
        Room(base=tenant, name=f"{number} 号直播间") for number in range(1, application.live_rooms + 1)
    )
    Feeder.objects.create(base=tenant)
    quotas.period_of(base, days.day_of(at), at=at)
    recorded.application(Act.PASSED, application, at, by=by)
    recorded.base_founded(base, by, at)
    return base


@transaction.atomic
def downgrade(base: Base, reason: str, *, at: datetime) -> None:
    """A gold base works on as a silver one. The running quota falls to silver's; what was introduced before stays."""
    if base.level != BaseLevel.GOLD:
        raise refusals.LevelWrong
    policy = _hold_seats(at)
    _require_seat(policy, BaseLevel.SILVER)
    base.move("downgrade", level=BaseLevel.SILVER, downgraded_at=at, reason=require_reason(reason))
    quotas.lower(base, policy.brands(BaseLevel.SILVER), days.day_of(at))
    recorded.base(Act.DOWNGRADED, base, base.reason, at)


@transaction.atomic
def close(base: Base, reason: str, *, at: datetime) -> None:
    """Its seat is free and its stock is out of the selection centre at once; its brands stay while authorised."""
    base.move("close", closed_at=at, reason=require_reason(reason))
    recorded.base(Act.CLOSED, base, base.reason, at)


def seats_filled(level: str) -> int:
    return Base.objects.working().of_level(level).count()


def _hold_seats(at: datetime) -> BasePolicy:
    """Seats are counted by one hand at a time, nation-wide."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('bases:seats', 0))")
    return BasePolicy.objects.in_force(at)


def _require_seat(policy: BasePolicy, level: str) -> None:
    if seats_filled(level) >= policy.seats(level):
        raise refusals.NoSeat(level=BaseLevel(level).label, seats=policy.seats(level))


def _check(site: Site, papers: Sequence[Paper], at: datetime) -> None:
    if site.city not in CITIES:
        raise refusals.CityUnknown(city=site.city)
    if min(site.live_rooms, site.guides, site.property_sqm) < 1 or not site.name.strip():
        raise refusals.SiteIncomplete
    today = days.day_of(at)
    valid = {paper.kind for paper in papers if paper.valid_from <= today <= paper.valid_to and paper.number.strip()}
    for kind in NEEDED:
        if kind not in valid:
            raise refusals.DocumentMissing(kind=kind.label)


def _file(application: Application, papers: Sequence[Paper]) -> None:
    Document.objects.bulk_create(Document(application=application, **paper.__dict__) for paper in papers)


def _decision(reason: str, by: User | None, at: datetime) -> dict:
    return {"reason": require_reason(reason), "decided_by": by, "decided_at": at}
