"""A leader's acts on its activities: draft, publish, list streamers, extend, close (rulebook §13)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from haowu.approvals.words import Act
from haowu.ground import days
from haowu.ground.money import percent
from haowu.tenants.models import Tenant
from haowu.tenants.scope import platform_scope
from merchants.models import Category
from merchants.refusals import DecreasesClosed
from tuanzhang import recorded, refusals
from tuanzhang.limits import MAX_TOTAL_BPS, dates_objection
from tuanzhang.models import Activity, ActivityMinimum, AllowedPartner, ListedStreamer
from tuanzhang.permission import require_permission

Minimum = tuple[int, int]
"""The least commission and the least service fee, in bps."""


@dataclass(frozen=True)
class ActivityDraft:
    """An activity before it is published. ``ends_at`` None: until it is closed.

    ``minimums`` of a category stand instead of the ones for all. ``streamers`` are for exclusive activities,
    ``partners`` for ``joining`` "listed".
    """

    type: str
    title: str
    begins_at: datetime
    ends_at: datetime | None = None
    minimum: Minimum = (0, 0)
    minimums: Mapping[Category, Minimum] = field(default_factory=dict)
    joining: str = Activity.Joining.NONE
    streamers: Sequence[Tenant] = ()
    partners: Sequence[Tenant] = ()
    description: str = ""
    code: str = ""


@transaction.atomic
def draft(leader: Tenant, wish: ActivityDraft, *, at: datetime) -> Activity:
    """An unpublished activity, seen by its leader alone.

    Refuses an unknown type or second-level rule, a code in use, an end before the begin, dates in the past or years
    ahead, minimums that add up to more than 9000 bps, streamers in a normal activity, and a leader whose permission is
    revoked.
    """
    _check(leader, wish, at)
    require_permission(leader)
    with platform_scope():
        if wish.code and Activity.objects.filter(code=wish.code).exists():
            raise refusals.ActivityCodeTaken(code=wish.code)
    activity = Activity(leader=leader, **({"code": wish.code} if wish.code else {}))
    _write(activity, wish, at)
    return activity


@transaction.atomic
def change(activity: Activity, wish: ActivityDraft, *, at: datetime) -> Activity:
    """Bring an unpublished ``activity`` to ``wish``; its code stays. What is published keeps its terms."""
    activity = _locked(activity)
    if activity.status != Activity.Status.UNPUBLISHED:
        raise refusals.ActivityPublished
    _check(activity.leader, wish, at)
    activity.minimums.all().delete()
    activity.listed.all().delete()
    activity.partners.all().delete()
    _write(activity, wish, at)
    return activity


def _check(leader: Tenant, wish: ActivityDraft, at: datetime) -> None:
    for tenant in (leader, *wish.partners):
        if tenant.kind != Tenant.Kind.TUANZHANG:
            raise refusals.NotALeader(tenant=tenant)
    if wish.type not in Activity.Type.values:
        raise refusals.ActivityTypeUnknown(type=wish.type)
    if wish.joining not in Activity.Joining.values:
        raise refusals.JoiningUnknown(joining=wish.joining)
    if wish.ends_at is not None and wish.ends_at <= wish.begins_at:
        raise refusals.ActivityWindowBackward
    if refused := dates_objection(wish.begins_at, wish.ends_at, at):
        raise refused
    for commission, service_fee in (wish.minimum, *wish.minimums.values()):
        if min(commission, service_fee) < 0 or commission + service_fee > MAX_TOTAL_BPS:
            raise refusals.MinimumOutOfRange(commission=percent(commission), service_fee=percent(service_fee))
    if wish.type == Activity.Type.NORMAL and wish.streamers:
        raise refusals.ActivityTakesNoStreamers


def _write(activity: Activity, wish: ActivityDraft, at: datetime) -> None:
    activity.type, activity.title, activity.description = wish.type, wish.title, wish.description
    activity.begins_at, activity.ends_at = wish.begins_at, wish.ends_at
    activity.min_commission_bps, activity.min_service_fee_bps = wish.minimum
    activity.second_level = wish.joining
    activity.save()
    ActivityMinimum.objects.bulk_create(
        ActivityMinimum(
            activity=activity, category=category, min_commission_bps=commission, min_service_fee_bps=service_fee
        )
        for category, (commission, service_fee) in wish.minimums.items()
    )
    leader_id = activity.leader_id
    listed = {streamer.pk: streamer for streamer in wish.streamers}.values()
    ListedStreamer.objects.bulk_create(
        ListedStreamer(activity=activity, leader_id=leader_id, streamer=streamer, listed_at=at) for streamer in listed
    )
    allowed = {partner.pk: partner for partner in wish.partners}.values()
    AllowedPartner.objects.bulk_create(
        AllowedPartner(activity=activity, leader_id=leader_id, partner=partner) for partner in allowed
    )


@transaction.atomic
def publish(activity: Activity, *, at: datetime) -> Activity:
    """Open ``activity`` for enrolment. It promotes from its begin on by itself."""
    activity = _locked(activity)
    if activity.status != Activity.Status.UNPUBLISHED:
        raise refusals.ActivityPublished
    if activity.ends_at is not None and activity.ends_at <= at:
        raise refusals.ActivityEndsInThePast
    if activity.is_exclusive and not activity.listed.exists():
        raise refusals.ActivityNeedsStreamers
    require_permission(activity.leader)
    activity.move("publish", published_at=at)
    recorded.activity_published(activity, at)
    return activity


def delete(activity: Activity) -> None:
    """Put an unpublished ``activity`` away."""
    if activity.status != Activity.Status.UNPUBLISHED:
        raise refusals.ActivityPublished
    activity.move("delete")


@transaction.atomic
def close(activity: Activity, *, at: datetime) -> Activity:
    """End ``activity`` at once; orders placed before keep their terms (rulebook §6)."""
    activity = _open(activity, at)
    activity.closed_at = at
    activity.save(update_fields=["closed_at"])
    recorded.activity(Act.CLOSED, activity, at, after={"closed_at": at})
    return activity


@transaction.atomic
def extend(activity: Activity, ends_at: datetime | None, *, at: datetime) -> Activity:
    """Let ``activity`` run to a later end (None: until it is closed). Enrolments keep their own windows."""
    activity = _open(activity, at)
    if activity.ends_at is None or (ends_at is not None and ends_at <= activity.ends_at):
        raise refusals.NotLater(end=activity.ends_at or "–")
    if refused := dates_objection(None, ends_at, at):
        raise refused
    before = {"ends_at": activity.ends_at}
    activity.ends_at = ends_at
    activity.save(update_fields=["ends_at"])
    recorded.activity(Act.EXTENDED, activity, at, before=before, after={"ends_at": ends_at})
    return activity


@transaction.atomic
def list_streamer(activity: Activity, streamer: Tenant, *, at: datetime) -> ListedStreamer:
    """Let ``streamer`` sell the goods of an exclusive ``activity`` from ``at`` on; undoes a pending leaving."""
    activity = _open(activity, at)
    if not activity.is_exclusive:
        raise refusals.ActivityTakesNoStreamers
    held = next((row for row in activity.listed.filter(streamer=streamer) if row.holds(at)), None)
    if held and held.unlisted_at is None:
        raise refusals.StreamerAlreadyListed(streamer=streamer)
    recorded.streamer_listed(Act.ADDED, activity, streamer, at)
    if held:
        held.unlisted_at = None
        held.save(update_fields=["unlisted_at"])
        return held
    return ListedStreamer.objects.create(
        activity=activity, leader_id=activity.leader_id, streamer=streamer, listed_at=at
    )


@transaction.atomic
def unlist_streamer(activity: Activity, streamer: Tenant, *, at: datetime) -> None:
    """Take ``streamer`` off the list at the next 00:00 Asia/Shanghai: for them a decrease, with its rules (§6)."""
    activity = _open(activity, at)
    if days.decreases_closed(at):
        raise DecreasesClosed
    rows = activity.listed.filter(streamer=streamer, unlisted_at__isnull=True)
    if not rows.update(unlisted_at=days.next_midnight(at)):
        raise refusals.StreamerNotListed(streamer=streamer)
    recorded.streamer_listed(Act.REMOVED, activity, streamer, at, unlisted_at=days.next_midnight(at))


def _locked(activity: Activity) -> Activity:
    return Activity.objects.select_for_update().select_related(None).get(pk=activity.pk)


def _open(activity: Activity, at: datetime) -> Activity:
    """The locked row of a published activity that is not over at ``at``."""
    activity = _locked(activity)
    if activity.status != Activity.Status.PUBLISHED:
        raise refusals.ActivityNotPublished
    if activity.is_over(at):
        raise refusals.ActivityOver(activity=activity)
    return activity
