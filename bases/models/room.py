"""Live rooms of a base, and the streamers who book them."""

from datetime import datetime

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from haowu.tenants.models import Tenant, public_id


class RoomQuerySet(models.QuerySet["Room"]):
    def visible_to(self, tenant: Tenant) -> "RoomQuerySet":
        """A base sees its own; everyone else the open rooms of bases that work."""
        if tenant.kind == Tenant.Kind.BASE:
            return self.filter(base=tenant)
        return self.open()

    def open(self) -> "RoomQuerySet":
        return self.filter(closed_at__isnull=True, base__base__status__in=["active", "downgraded"])

    def by_city(self) -> "RoomQuerySet":
        return self.select_related("base__base").order_by("base__base__city", "base__name", "name", "pk")


class Room(models.Model):
    base = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="rooms", verbose_name=_("基地"))
    public_id = models.CharField(_("公开编号"), max_length=16, unique=True, default=public_id, editable=False)
    name = models.CharField(_("直播间"), max_length=64)
    equipment = models.CharField(_("设备与说明"), max_length=200, blank=True)
    closed_at = models.DateTimeField(_("停用时间"), null=True, blank=True)

    objects = RoomQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("直播间")
        constraints = [models.UniqueConstraint(fields=["base", "name"], name="room_name_once_per_base")]

    def __str__(self) -> str:
        return self.name


class BookingQuerySet(models.QuerySet["Booking"]):
    def visible_to(self, tenant: Tenant) -> "BookingQuerySet":
        return self.filter(Q(base=tenant) | Q(streamer=tenant))

    def not_cancelled(self) -> "BookingQuerySet":
        return self.filter(cancelled_at__isnull=True)

    def ahead(self, at: datetime) -> "BookingQuerySet":
        return self.not_cancelled().filter(ends_at__gt=at).order_by("starts_at", "pk")


class Booking(models.Model):
    """``[starts_at, ends_at)`` of a room for one streamer. Two standing ones of a room never overlap: the database
    says so, with range types only, so that it needs no extension."""

    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="bookings", verbose_name=_("直播间"))
    base = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+", verbose_name=_("基地"))
    streamer = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="room_bookings", verbose_name=_("达人"))
    public_id = models.CharField(_("公开编号"), max_length=16, unique=True, default=public_id, editable=False)
    starts_at = models.DateTimeField(_("开始"))
    ends_at = models.DateTimeField(_("结束"))
    booked_at = models.DateTimeField(_("预订时间"))
    cancelled_at = models.DateTimeField(_("取消时间"), null=True, blank=True)
    cancelled_by = models.ForeignKey(
        Tenant, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("取消方")
    )

    objects = BookingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("直播间预订")
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="booking_window_forward"),
            ExclusionConstraint(
                name="booking_one_at_a_time",
                index_type="gist",
                expressions=[
                    (Func(F("room_id"), F("room_id"), Value("[]"), function="int8range"), "&&"),
                    (Func(F("starts_at"), F("ends_at"), function="tstzrange"), "&&"),
                ],
                condition=Q(cancelled_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.room} {self.starts_at:%Y-%m-%d %H:%M}"
