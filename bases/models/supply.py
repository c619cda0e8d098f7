"""What orders hold of the bases' stock: reservations, every movement of them, and lines that found no goods."""

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from bases.models.stock import Stock
from haowu.ground.states import HasStates, Moves
from haowu.tenants.models import Tenant


class ReservationQuerySet(models.QuerySet["Reservation"]):
    def visible_to(self, tenant: Tenant) -> "ReservationQuerySet":
        return self.filter(base=tenant)

    def of(self, references: object) -> "ReservationQuerySet":
        return self.filter(reference__in=references)

    def open(self) -> "ReservationQuerySet":
        return self.filter(status=Reservation.Status.OPEN)

    def newest_first(self) -> "ReservationQuerySet":
        return self.order_by("-reserved_at", "-pk")


class Reservation(HasStates, models.Model):
    """Goods kept for one order line, named by the caller's ``reference``; one at a time, whole, from one base."""

    class Status(models.TextChoices):
        OPEN = "open", _("已预留")
        RELEASED = "released", _("已释放")
        DISPATCHED = "dispatched", _("已发出")

    MOVES: Moves = {
        "reopen": ((Status.RELEASED,), Status.OPEN),
        "release": ((Status.OPEN,), Status.RELEASED),
        "dispatch": ((Status.OPEN,), Status.DISPATCHED),
    }

    reference = models.CharField(_("订单行"), max_length=160, unique=True)
    base = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+", verbose_name=_("基地"))
    stock = models.ForeignKey(Stock, on_delete=models.PROTECT, related_name="reservations", verbose_name=_("库存"))
    quantity = models.PositiveIntegerField(_("件数"))
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.OPEN)
    reserved_at = models.DateTimeField(_("预留时间"))

    objects = ReservationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("库存预留")
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=1), name="reservation_of_something"),
            models.CheckConstraint(
                condition=Q(status__in=["open", "released", "dispatched"]), name="reservation_status_known"
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def reopen(self, **place: Any) -> None:
        """Keep goods again for a line that had given them back: at another base perhaps, so ``place`` may change."""
        self.move_in_memory("reopen", **place)

    def release(self) -> None:
        self.move_in_memory("release")

    def dispatch(self) -> None:
        self.move_in_memory("dispatch")


class Movement(models.Model):
    """One change of a reservation. Append-only: reserved = sum of what was reserved less released and dispatched."""

    class Kind(models.TextChoices):
        RESERVED = "reserved", _("预留")
        RELEASED = "released", _("释放")
        DISPATCHED = "dispatched", _("发出")

    reservation = models.ForeignKey(
        Reservation, on_delete=models.PROTECT, related_name="movements", verbose_name=_("预留")
    )
    base = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+", verbose_name=_("基地"))
    stock = models.ForeignKey(Stock, on_delete=models.PROTECT, related_name="movements", verbose_name=_("库存"))
    kind = models.CharField(_("变动"), max_length=10, choices=Kind)
    quantity = models.PositiveIntegerField(_("件数"))
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("库存变动")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["reserved", "released", "dispatched"]), name="movement_kind_known"
            ),
        ]
        indexes = [
            models.Index(fields=["base", "at"], condition=Q(kind="dispatched"), name="movement_dispatched"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.quantity}"


class ShortageQuerySet(models.QuerySet["Shortage"]):
    def visible_to(self, tenant: Tenant) -> "ShortageQuerySet":
        return self.filter(merchant=tenant)

    def of(self, references: object) -> "ShortageQuerySet":
        return self.filter(reference__in=references)

    def waiting(self) -> "ShortageQuerySet":
        return self.filter(status=Shortage.Status.WAITING)

    def locked(self, *, skip_locked: bool = False) -> "ShortageQuerySet":
        """In the order of ids, which is the order in which they came."""
        return self.select_for_update(no_key=True, of=("self",), skip_locked=skip_locked).order_by("pk")

    def that_could_be_served(self, at: datetime) -> "ShortageQuerySet":
        """Waiting, and some working base with a fresh feed has the whole quantity now."""
        goods = Stock.objects.of_product(OuterRef("merchant"), OuterRef("product_code")).with_available()
        enough = goods.filter(Q(available__gte=OuterRef("quantity")), sku_code=OuterRef("sku_code"))
        return self.waiting().filter(Exists(enough.sold_by_working(at)))


class Shortage(HasStates, models.Model):
    """An order line that names a SKU and found no base with the whole quantity. One for each line, for good.

    It waits until a base has the goods, oldest first, or until the line no longer needs them: cancelled, refunded, or
    sent from somewhere else.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("缺货待补")
        SERVED = "served", _("已补上")
        DROPPED = "dropped", _("不再需要")

    MOVES: Moves = {
        "reopen": ((Status.WAITING, Status.SERVED, Status.DROPPED), Status.WAITING),
        "serve": ((Status.WAITING, Status.SERVED, Status.DROPPED), Status.SERVED),
        "drop": ((Status.WAITING,), Status.DROPPED),
    }

    reference = models.CharField(_("订单行"), max_length=160, unique=True)
    merchant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+", verbose_name=_("商家"))
    product_code = models.CharField(_("商品编号"), max_length=64)
    sku_code = models.CharField(_("规格编号"), max_length=64)
    quantity = models.PositiveIntegerField(_("件数"))
    city = models.CharField(_("买家城市"), max_length=32, blank=True)
    status = models.CharField(_("状态"), max_length=8, choices=Status)
    since = models.DateTimeField(_("自"))

    objects = ShortageQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("基地缺货")
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=1), name="shortage_of_something"),
            models.CheckConstraint(
                condition=Q(status__in=["waiting", "served", "dropped"]), name="shortage_status_known"
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "product_code"], condition=Q(status="waiting"), name="shortage_waiting"),
        ]

    def __str__(self) -> str:
        return self.reference

    def reopen(self) -> None:
        self.move_in_memory("reopen")

    def serve(self) -> None:
        self.move_in_memory("serve")

    def drop(self) -> None:
        self.move_in_memory("drop")
