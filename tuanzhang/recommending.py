"""A leader recommends goods to streamers; streamers ask leaders for goods; groups of streamers are kept."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from haowu.approvals.rules import require_reason
from haowu.tenants.models import Tenant
from haowu.tenants.scope import platform_scope
from merchants.models import Category
from tuanzhang import refusals
from tuanzhang.models import (
    Enrolment,
    GoodsRequest,
    GroupMember,
    Recipient,
    Recommendation,
    RecommendedItem,
    SecondLevel,
    StreamerGroup,
)
from tuanzhang.models.enrolment import EnrolmentQuerySet

MOST = 50
"""Goods in one recommendation: what somebody still reads on a phone."""


@dataclass(frozen=True)
class NewRecommendation:
    """``items`` in the leader's order, for ``streamers`` or ``to_all``; one that ``answers`` goes to who asked."""

    items: Sequence[Enrolment]
    note: str
    streamers: Sequence[Tenant] = ()
    to_all: bool = False
    answers: GoodsRequest | None = None


def recommendable(leader: Tenant, at: datetime) -> EnrolmentQuerySet:
    """Running items that ``leader`` carries, as first leader or as second. The second's need the platform scope."""
    seconds = SecondLevel.objects.of_second(leader).not_over(at)
    carried = Q(leader=leader) | Q(pk__in=seconds.values("enrolment"))
    return Enrolment.objects.filter(carried).not_over(at)


@transaction.atomic
def recommend(leader: Tenant, letter: NewRecommendation, *, at: datetime) -> Recommendation:
    """Send ``letter``. A request that it answers is answered with it.

    Refuses goods that the leader does not carry or that no longer run, one product through two activities, more than
    ``MOST``, an empty note, no recipients, and a request that no longer waits.
    """
    _refuse_letter(leader, letter, at)
    to_all = letter.to_all and letter.answers is None
    audience = Recommendation.Audience.ALL if to_all else Recommendation.Audience.NAMED
    if letter.answers is not None:
        letter.answers.move("answer", answered_at=at)
    made = Recommendation.objects.create(
        leader=leader, audience=audience, note=letter.note.strip(), answers=letter.answers, recommended_at=at
    )
    RecommendedItem.objects.bulk_create(
        RecommendedItem(recommendation=made, leader=leader, enrolment=item, place=place)
        for place, item in enumerate(letter.items, start=1)
    )
    Recipient.objects.bulk_create(
        Recipient(recommendation=made, leader=leader, streamer=streamer)
        for streamer in ({} if to_all else _recipients(letter)).values()
    )
    return made


def _refuse_letter(leader: Tenant, letter: NewRecommendation, at: datetime) -> None:
    if not letter.items:
        raise refusals.NothingRecommended
    if len(letter.items) > MOST:
        raise refusals.TooManyRecommended(most=MOST, n=len(letter.items))
    if not letter.note.strip():
        raise refusals.NoteMissing
    if not letter.to_all and not _recipients(letter):
        raise refusals.RecipientsMissing
    with platform_scope():
        carried = set(
            recommendable(leader, at).filter(pk__in=[item.pk for item in letter.items]).values_list("pk", flat=True)
        )
    seen: set[int] = set()
    for item in letter.items:
        if item.pk not in carried:
            raise refusals.NotRunning(what=item.product)
        if item.product_id in seen:
            raise refusals.RecommendedTwice(product=item.product)
        seen.add(item.product_id)


def _recipients(letter: NewRecommendation) -> dict[int, Tenant]:
    named = [letter.answers.streamer] if letter.answers is not None else letter.streamers
    return {streamer.pk: streamer for streamer in named}


def end(recommendation: Recommendation, *, at: datetime) -> None:
    """Take it back: streamers no longer see it. What was picked from it stays picked, and counted."""
    if not Recommendation.objects.running().filter(pk=recommendation.pk).update(ended_at=at):
        raise refusals.RecommendationEnded


@transaction.atomic
def look(recommendation: Recommendation, streamer: Tenant, *, at: datetime) -> None:
    """``streamer`` has opened it; the first time counts. Written by the platform, lest somebody name themselves."""
    with platform_scope():
        row, _new = Recipient.objects.get_or_create(
            recommendation=recommendation,
            streamer=streamer,
            defaults={"leader_id": recommendation.leader_id, "seen_at": at},
        )
        Recipient.objects.filter(pk=row.pk, seen_at__isnull=True).update(seen_at=at)


def ask(
    streamer: Tenant,
    leader: Tenant,
    wish: str,
    *,
    at: datetime,
    category: Category | None = None,
    price_to_fen: int | None = None,
) -> GoodsRequest:
    """Ask ``leader`` for goods. One open request between the two at a time."""
    if leader.kind != Tenant.Kind.TUANZHANG:
        raise refusals.NotALeader(tenant=leader)
    if not wish.strip():
        raise refusals.WishMissing
    try:
        with transaction.atomic():
            return GoodsRequest.objects.create(
                streamer=streamer,
                leader=leader,
                wish=wish.strip(),
                category=category,
                price_to_fen=price_to_fen,
                asked_at=at,
            )
    except IntegrityError as error:
        raise refusals.RequestStillOpen(leader=leader) from error


def decline(request: GoodsRequest, reason: str, *, at: datetime) -> None:
    """The leader has nothing that fits, and says so."""
    request.move("decline", answered_at=at, reason=require_reason(reason))


def retract(request: GoodsRequest, *, at: datetime) -> None:
    request.move("retract", answered_at=at)


@transaction.atomic
def keep_group(
    leader: Tenant, name: str, streamers: Iterable[Tenant], group: StreamerGroup | None = None
) -> StreamerGroup:
    """A new group, or ``group`` with this name and these members."""
    namesakes = StreamerGroup.objects.filter(leader=leader, name=name)
    if (namesakes.exclude(pk=group.pk) if group else namesakes).exists():
        raise refusals.GroupNameTaken(name=name)
    kept = group or StreamerGroup(leader=leader)
    kept.name = name
    kept.save()
    kept.members.all().delete()
    members = {streamer.pk: streamer for streamer in streamers}.values()
    GroupMember.objects.bulk_create(GroupMember(group=kept, leader=leader, streamer=member) for member in members)
    return kept


def drop_group(group: StreamerGroup) -> None:
    """Forget ``group``; what was recommended to its members stays."""
    group.delete()
