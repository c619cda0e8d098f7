"""A streamer's profile and picks: what stands on the shelf, and the pid that an order carries back."""

import secrets
from collections.abc import Iterable

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from haowu.tenants.models import Tenant
from merchants.models import Product


def new_pid() -> str:
    """A pid nobody can guess: 16 URL-safe characters."""
    return secrets.token_urlsafe(12)


class Profile(models.Model):
    streamer = models.OneToOneField(
        Tenant, on_delete=models.PROTECT, primary_key=True, related_name="profile", verbose_name=_("达人")
    )
    fans = models.PositiveIntegerField(_("粉丝数"), default=0)
    bio = models.CharField(_("简介"), max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("达人资料")

    def __str__(self) -> str:
        return self.streamer.name


class PickQuerySet(models.QuerySet):
    def visible_to(self, tenant: Tenant) -> "PickQuerySet":
        return self.filter(streamer=tenant)

    def on_shelf(self) -> "PickQuerySet":
        return self.filter(unpicked_at__isnull=True)

    def of_products(self, products: Iterable[Product]) -> "PickQuerySet":
        return self.filter(product__in=products)

    def newest_first(self) -> "PickQuerySet":
        return self.order_by("-picked_at", "-pk")


class Pick(models.Model):
    """One product that a streamer picked. The pid lives on after unpicking, since shared links do."""

    pid = models.CharField(_("推广位"), max_length=64, unique=True, default=new_pid)
    streamer = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="picks", verbose_name=_("达人"))
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="picks", verbose_name=_("商品"))
    picked_at = models.DateTimeField(_("选入时间"))
    unpicked_at = models.DateTimeField(_("移出时间"), null=True, blank=True)

    objects = PickQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("选品")
        constraints = [
            models.UniqueConstraint(
                fields=["streamer", "product"], condition=Q(unpicked_at__isnull=True), name="pick_once_on_a_shelf"
            ),
        ]

    def __str__(self) -> str:
        return self.pid
