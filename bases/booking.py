"""Live rooms, booked by the half hour or longer. That two bookings do not overlap is the database's word."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from bases import refusals
from bases.models import Base, Booking, Room
from haowu.tenants.models import Tenant
from haowu.tenants.scope import platform_scope

LEAST = timedelta(minutes=30)
MOST = timedelta(hours=12)
AHEAD = timedelta(days=60)
OVERLAP = "booking_one_at_a_time"


def book(room: Room, booker: Tenant, starts_at: datetime, ends_at: datetime, *, at: datetime) -> Booking:
    """Book ``[starts_at, ends_at)``. A streamer books any open room; a base keeps time in its own for itself."""
    if booker.kind != Tenant.Kind.STREAMER and booker.pk != room.base_id:
        raise refusals.BookerUnfit
    if room.closed_at is not None or not Base.objects.working().filter(base=room.base_id).exists():
        raise refusals.RoomClosed
    if starts_at < at or not LEAST <= ends_at - starts_at <= MOST or ends_at > at + AHEAD:
        raise refusals.BookingWindowInvalid(
            least=LEAST // timedelta(minutes=1), most=MOST // timedelta(hours=1), ahead=AHEAD.days
        )
    try:
        with transaction.atomic():
            return Booking.objects.create(
                room=room, base_id=room.base_id, streamer=booker, starts_at=starts_at, ends_at=ends_at, booked_at=at
            )
    except IntegrityError as error:
        if OVERLAP in str(error):
            raise refusals.RoomTaken from error
        raise


def cancel(booking: Booking, by: Tenant, *, at: datetime) -> None:
    """By either side, before it starts. The time is free again at once."""
    rows = Booking.objects.not_cancelled().filter(pk=booking.pk, starts_at__gt=at)
    if not rows.update(cancelled_at=at, cancelled_by=by):
        raise refusals.BookingOver
    booking.refresh_from_db()


def open_room(base: Tenant, name: str, equipment: str = "") -> Room:
    try:
        with transaction.atomic():
            return Room.objects.create(base=base, name=name.strip(), equipment=equipment.strip())
    except IntegrityError as error:
        raise refusals.RoomNameTaken(name=name) from error


def booked_times(room: Room, at: datetime) -> list[tuple[datetime, datetime]]:
    """When ``room`` is booked from ``at`` on, without saying by whom. Within a transaction."""
    with platform_scope():
        return list(Booking.objects.filter(room=room).ahead(at).values_list("starts_at", "ends_at"))


def close_room(room: Room, *, at: datetime) -> None:
    """No more bookings of ``room``; those that there are stay."""
    Room.objects.filter(pk=room.pk, closed_at=None).update(closed_at=at)
