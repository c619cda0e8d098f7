"""Planning a live session: its window and place, and the goods in their order."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max

from bases.models import Booking
from haowu.ground.errors import Refused, single
from haowu.tenants.models import Tenant
from streamers.live import refusals
from streamers.models import Channel, LiveSession, Pick, SessionItem
from streamers.shelf import NotOnShelf

LEAST = timedelta(minutes=10)
MOST = timedelta(hours=12)
AHEAD = timedelta(days=60)
MOST_ITEMS = 100
MOST_MINUTES = 240
POINTS_LENGTH = 600


def plan(
    streamer: Tenant,
    title: str,
    starts_at: datetime,
    ends_at: datetime,
    *,
    booking: Booking | None = None,
    at: datetime,
) -> LiveSession:
    """A session in ``[starts_at, ends_at)``, in one's own room or in a ``booking`` of a base's that spans it."""
    if not LEAST <= ends_at - starts_at <= MOST or ends_at <= at or starts_at > at + AHEAD:
        raise refusals.SessionWindowInvalid(
            least=LEAST // timedelta(minutes=1), most=MOST // timedelta(hours=1), ahead=AHEAD.days
        )
    if booking is not None and not _fits(booking, streamer, starts_at, ends_at):
        raise refusals.BookingUnfit
    return LiveSession.objects.create(
        streamer=streamer, title=title, starts_at=starts_at, ends_at=ends_at, booking=booking, made_at=at
    )


def cancel(session: LiveSession) -> None:
    """Before it starts; its booking of a room stays and is cancelled by itself."""
    session.move("cancel")


@dataclass(frozen=True)
class NewItem:
    """A good on the shelf, by its pid; ``points`` one a line."""

    pid: str
    minutes: int = 10
    points: str = ""


@transaction.atomic
def add_items(session: LiveSession, wishes: Sequence[NewItem], *, at: datetime) -> list[SessionItem | Refused]:
    """Put goods at the end of the running order; one answer for each wish. Refused: what is not on the shelf, what
    stands in the session already, and more than MOST_ITEMS.
    """
    _lock_open(session)
    picks = _on_shelf(session.streamer, {wish.pid for wish in wishes})
    leaders = _leaders(picks.values(), at)
    known = set(SessionItem.objects.of_session(session).values_list("product", flat=True))
    place = SessionItem.objects.of_session(session).aggregate(last=Max("position"))["last"] or 0
    answers: list[SessionItem | Refused] = []
    for wish in wishes:
        pick = picks.get(wish.pid)
        if pick is None:
            answers.append(NotOnShelf())
        elif pick.product_id in known:
            answers.append(refusals.AlreadyInSession(product=pick.product))
        elif len(known) >= MOST_ITEMS:
            answers.append(refusals.TooManyItems(most=MOST_ITEMS))
        else:
            known.add(pick.product_id)
            place += 1
            answers.append(_item(session, pick, wish, place, leaders.get(pick.pk)))
    SessionItem.objects.bulk_create([answer for answer in answers if isinstance(answer, SessionItem)])
    return answers


def add_item(session: LiveSession, wish: NewItem, *, at: datetime) -> SessionItem:
    """``add_items`` for one, its refusal raised."""
    return single(add_items(session, [wish], at=at))


@transaction.atomic
def change_item(session: LiveSession, item: int, *, minutes: int, points: str) -> None:
    _lock_open(session)
    if not SessionItem.objects.of_session(session).filter(pk=item).update(minutes=minutes, points=points):
        raise refusals.ItemGone


@transaction.atomic
def remove_item(session: LiveSession, item: int) -> None:
    """The others close up. What it sold stays the session's."""
    _lock_open(session)
    if not SessionItem.objects.of_session(session).filter(pk=item).delete()[0]:
        raise refusals.ItemGone
    _number(list(SessionItem.objects.of_session(session).order_by("position")))


@transaction.atomic
def move_item(session: LiveSession, item: int, place: int) -> None:
    """Bring it to ``place`` (from 1; beyond the end is the end); those behind move on."""
    _lock_open(session)
    items = list(SessionItem.objects.of_session(session).order_by("position"))
    moved = next((each for each in items if each.pk == item), None)
    if moved is None:
        raise refusals.ItemGone
    items.remove(moved)
    items.insert(max(place, 1) - 1, moved)
    _number(items)


def _lock_open(session: LiveSession) -> None:
    """Nobody else changes the running order until the transaction ends. Refuses sessions that are over."""
    open_ones = (LiveSession.Status.PLANNED, LiveSession.Status.LIVE)
    mine = LiveSession.objects.select_for_update(no_key=True).filter(pk=session.pk, status__in=open_ones)
    if not mine.exists():
        raise refusals.SessionOver


def _fits(booking: Booking, streamer: Tenant, starts_at: datetime, ends_at: datetime) -> bool:
    is_mine = booking.streamer_id == streamer.pk and booking.cancelled_at is None
    return is_mine and booking.starts_at <= starts_at and ends_at <= booking.ends_at


def _on_shelf(streamer: Tenant, pids: set[str]) -> dict[str, Pick]:
    mine = Pick.objects.visible_to(streamer).on_shelf().filter(pid__any_of=pids).select_related("product")
    return {pick.pid: pick for pick in mine}


def _leaders(picks: Iterable[Pick], at: datetime) -> dict[int, int | None]:
    """By pick: whose activity it stands through at ``at``."""
    rows = Channel.objects.filter(pick__in=list(picks), effective_from__lte=at).order_by("effective_from", "pk")
    return dict(rows.values_list("pick", "leader"))


def _item(session: LiveSession, pick: Pick, wish: NewItem, place: int, leader: int | None) -> SessionItem:
    return SessionItem(
        session=session,
        position=place,
        streamer_id=session.streamer_id,
        merchant_id=pick.product.merchant_id,
        leader_id=leader,
        pick=pick,
        product=pick.product,
        minutes=wish.minutes,
        points=wish.points,
    )


def _number(items: list[SessionItem]) -> None:
    """Places from 1 in the order of ``items``; two may share one until the transaction ends."""
    for place, item in enumerate(items, 1):
        item.position = place
    SessionItem.objects.bulk_update(items, ["position"])
