"""Clicks on share links, and what they come to: a row for each click, a count for each link and day.

Who clicked is nobody's to know: a click holds a key of its visitor that cannot be led back to an address, and its rows
are shown to no tenant. What streamers and merchants see are the counts.
"""

from datetime import date, datetime

from django.db import models
from django.db.models import F, Q, Sum
from django.utils.translation import gettext_lazy as _

from haowu.ground import days
from haowu.tenants.models import Tenant
from merchants.models import Product
from streamers.models.link import Link


class VisitorSecret(models.Model):
    """What a day's visitor keys are made with. The row goes when its day is over: nobody can make them again."""

    day = models.DateField(_("日期"), primary_key=True)
    secret = models.BinaryField(_("密钥"))

    class Meta:
        verbose_name = verbose_name_plural = _("访客密钥")

    def __str__(self) -> str:
        return self.day.isoformat()


class ClickQuerySet(models.QuerySet["Click"]):
    def counted(self) -> "ClickQuerySet":
        return self.filter(is_counted=True)

    def between(self, begin: datetime, end: datetime) -> "ClickQuerySet":
        """In ``[begin, end)``; ``day`` too, by which the table is cut."""
        return self.filter(
            clicked_at__gte=begin, clicked_at__lt=end, day__gte=days.day_of(begin), day__lte=days.day_of(end)
        )


class Click(models.Model):
    """One click of one visitor, partitioned by ``day``. ``is_counted``: the first of its visitor within 30 minutes.

    The key is all that a click is, so that the same click stored twice is one row.
    """

    pk = models.CompositePrimaryKey("day", "link_id", "visitor", "clicked_at", "merchant_id")
    day = models.DateField(_("日期"))
    link = models.ForeignKey(
        Link, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+", verbose_name=_("链接")
    )
    visitor = models.BigIntegerField(_("访客"))
    clicked_at = models.DateTimeField(_("点击时间"))
    merchant = models.ForeignKey(
        Tenant, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+", verbose_name=_("商家")
    )
    is_counted = models.BooleanField(_("计入"))

    objects = ClickQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("点击")

    def __str__(self) -> str:
        return f"{self.link_id} {self.clicked_at:%Y-%m-%d %H:%M:%S}"


class LinkDayQuerySet(models.QuerySet["LinkDay"]):
    def visible_to(self, tenant: Tenant) -> "LinkDayQuerySet":
        return self.filter(Q(streamer=tenant) | Q(merchant=tenant))

    def since(self, day: date) -> "LinkDayQuerySet":
        return self.filter(day__gte=day)

    def clicks_of(self, links: "list[int]") -> dict[int, int]:
        """Clicks by link, of all days."""
        return dict(
            self.filter(link__any_of=links).order_by().values("link").annotate(n=Sum("clicks")).values_list("link", "n")
        )

    def by_product(self, since: date, until: date) -> dict[int, int]:
        """Clicks by product in ``[since, until)``."""
        rows = self.filter(day__gte=since, day__lt=until).order_by().values("product")
        return dict(rows.annotate(n=Sum("clicks")).values_list("product", "n"))


class LinkDay(models.Model):
    """What the clicks of one link came to on one business day. ``visitors`` are distinct within that day."""

    day = models.DateField(_("日期"))
    link = models.ForeignKey(Link, on_delete=models.PROTECT, related_name="days", verbose_name=_("链接"))
    streamer = models.ForeignKey(
        Tenant, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+", verbose_name=_("达人")
    )
    merchant = models.ForeignKey(
        Tenant, on_delete=models.PROTECT, db_constraint=False, related_name="+", verbose_name=_("商家")
    )
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+", verbose_name=_("商品")
    )
    clicks = models.PositiveIntegerField(_("点击"), default=0)
    visitors = models.PositiveIntegerField(_("访客"), default=0)

    objects = LinkDayQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("链接每日点击")
        constraints = [
            models.UniqueConstraint(fields=["link", "day"], name="link_day_once"),
            models.CheckConstraint(
                condition=Q(visitors__lte=F("clicks")), name="link_day_no_more_visitors_than_clicks"
            ),
        ]
        indexes = [models.Index(fields=["day", "product"], include=["clicks"], name="link_day_of_product")]

    def __str__(self) -> str:
        return f"{self.link_id} {self.day}"
