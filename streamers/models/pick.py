"""A streamer's profile and picks: what stands on the shelf, the pid that an order carries back, and through whom."""

import secrets
from collections.abc import Iterable
from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from haowu.tenants.models import Tenant
from merchants.models import Product
from streamers.models.group import ShelfGroup
from streamers.offers import PickSource
from tuanzhang.models import Activity, Recommendation


def new_pid() -> str:
    """A pid nobody can guess: 16 URL-safe characters."""
    return secrets.token_urlsafe(12)


def new_place(picked_at: datetime) -> int:
    """Microseconds: between two picks a second apart a million others have room."""
    return int(picked_at.timestamp() * 1_000_000)


class Profile(models.Model):
    streamer = models.OneToOneField(
        Tenant, on_delete=models.PROTECT, primary_key=True, related_name="profile", verbose_name=_("达人")
    )
    fans = models.PositiveIntegerField(_("粉丝数"), default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("达人资料")

    def __str__(self) -> str:
        return self.streamer.name


class PickQuerySet(models.QuerySet["Pick"]):
    def visible_to(self, tenant: Tenant) -> "PickQuerySet":
        return self.filter(streamer=tenant)

    def on_shelf(self) -> "PickQuerySet":
        return self.filter(unpicked_at__isnull=True)

    def of_products(self, products: Iterable[Product]) -> "PickQuerySet":
        return self.filter(product__in=products)

    def without_products(self, products: Iterable[int]) -> "PickQuerySet":
        return self.exclude(product__in=list(products))

    def in_group(self, group: "ShelfGroup") -> "PickQuerySet":
        return self.filter(group=group)

    def in_own_order(self) -> "PickQuerySet":
        """As the streamer arranged them; what was never moved stands newest first."""
        return self.order_by("-place", "-pk")

    def of_public_ids(self, public_ids: Iterable[str]) -> "PickQuerySet":
        return self.filter(product__public_id__in=public_ids).select_related("product").order_by("pk")

    def newest_first(self) -> "PickQuerySet":
        return self.order_by("-picked_at", "-pk")

    def with_channels(self) -> "PickQuerySet":
        """With channels and activities, as lists: a manager's cache for each pick took a third of a batch of orders."""
        channels = Channel.objects.select_related("activity")
        return self.prefetch_related(models.Prefetch("channels", channels, to_attr="known_channels"))


class Pick(models.Model):
    """One product that a streamer picked. The pid lives on after unpicking, since shared links do.

    ``place``: where it stands on the shelf, the largest first; at first the moment of picking, so that new ones come
    first (``new_place``).
    """

    pid = models.CharField(_("推广位"), max_length=64, unique=True, default=new_pid)
    streamer = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="picks", verbose_name=_("达人"))
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="picks", verbose_name=_("商品"))
    picked_at = models.DateTimeField(_("选入时间"))
    unpicked_at = models.DateTimeField(_("移出时间"), null=True, blank=True)
    module = models.CharField(_("选自栏目"), max_length=32, blank=True, default="", db_default="")
    group = models.ForeignKey(
        ShelfGroup,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        db_index=False,
        related_name="picks",
        verbose_name=_("分组"),
    )
    place = models.BigIntegerField(_("位置"), db_default=0, default=0, help_text=_("大的在前"))

    objects = PickQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("选品")
        constraints = [
            models.UniqueConstraint(
                fields=["streamer", "product"], condition=Q(unpicked_at__isnull=True), name="pick_once_on_a_shelf"
            ),
        ]
        indexes = [models.Index(fields=["picked_at"], condition=~Q(module=""), name="pick_from_a_module")]

    def __str__(self) -> str:
        return self.pid

    def through(self, at: datetime) -> "PickSource | None":
        """What the pick stood through at ``at``: of two channels that began together the later row."""
        return _latest(channel for channel in self._channels() if channel.effective_from <= at)

    @property
    def latest_through(self) -> "PickSource | None":
        return _latest(self._channels())

    def activity_called(self, code: str) -> Activity | None:
        """The activity ``code`` that the pick stood through at some time."""
        return next((each.activity for each in self._channels() if each.activity and each.activity.code == code), None)

    def _channels(self) -> "Iterable[Channel]":
        return self.known_channels if hasattr(self, "known_channels") else self.channels.all()


class Channel(models.Model):
    """Through which activity a pick stands from ``effective_from`` on; no activity: through none.

    A new row each time the streamer picks the product through another leader, so that earlier orders keep theirs.
    ``second_leader``: whose link led there; ``recommendation``: which one it was picked from. ``leader`` is the
    activity's, who may see who sells his goods.
    """

    pick = models.ForeignKey(Pick, on_delete=models.PROTECT, related_name="channels", verbose_name=_("选品"))
    streamer = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+", verbose_name=_("达人"))
    activity = models.ForeignKey(
        Activity, on_delete=models.PROTECT, null=True, related_name="channels", verbose_name=_("招商活动")
    )
    leader = models.ForeignKey(
        Tenant, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("一级团长")
    )
    second_leader = models.ForeignKey(
        Tenant, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("二级团长")
    )
    recommendation = models.ForeignKey(
        Recommendation,
        on_delete=models.PROTECT,
        null=True,
        db_index=False,
        related_name="channels",
        verbose_name=_("团长推荐"),
    )
    effective_from = models.DateTimeField(_("生效时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("选品来源")
        ordering = ["effective_from", "pk"]
        indexes = [
            models.Index(
                fields=["recommendation"], condition=Q(recommendation__isnull=False), name="channel_of_recommendation"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(activity__isnull=False, leader__isnull=False)
                | Q(activity__isnull=True, leader__isnull=True, second_leader__isnull=True),
                name="channel_leader_with_activity",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pick} @ {self.activity or '–'}"

    @property
    def through(self) -> "PickSource | None":
        return PickSource(self.activity.code, self.second_leader_id) if self.activity else None


def _latest(channels: Iterable[Channel]) -> PickSource | None:
    channel = max(channels, key=lambda each: (each.effective_from, each.pk), default=None)
    return channel.through if channel else None
