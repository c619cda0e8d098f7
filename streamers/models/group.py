"""Groups of a shelf: a streamer sorts what he picked under names of his own."""

from collections.abc import Iterable

from django.db import models
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from haowu.tenants.models import Tenant, public_id

NAME_LENGTH = 12


class ShelfGroupQuerySet(models.QuerySet["ShelfGroup"]):
    def visible_to(self, tenant: Tenant) -> "ShelfGroupQuerySet":
        return self.filter(streamer=tenant)

    def named(self, public_ids: Iterable[str]) -> "ShelfGroupQuerySet":
        return self.filter(public_id__in=list(public_ids))

    def counted(self) -> "ShelfGroupQuerySet":
        """Adds ``n``, how many goods of the shelf stand in it."""
        return self.annotate(n=Count("picks", filter=Q(picks__unpicked_at__isnull=True)))

    def in_order(self) -> "ShelfGroupQuerySet":
        return self.order_by("position", "pk")


class ShelfGroup(models.Model):
    streamer = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+", verbose_name=_("达人"))
    public_id = models.CharField(_("公开编号"), max_length=16, unique=True, default=public_id, editable=False)
    name = models.CharField(_("组名"), max_length=NAME_LENGTH)
    position = models.PositiveSmallIntegerField(_("顺序"), default=0)
    created_at = models.DateTimeField(_("创建时间"))

    objects = ShelfGroupQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("货架分组")
        constraints = [models.UniqueConstraint(fields=["streamer", "name"], name="shelf_group_name_once")]

    def __str__(self) -> str:
        return self.name
