"""Live sessions: a planned window, a place, goods in their order; then when it really began and ended."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from bases.models import Booking
from haowu.ground.states import HasStates
from haowu.tenants.models import Tenant, public_id
from merchants.models import Product
from streamers.models.pick import Pick


class LiveSessionQuerySet(models.QuerySet["LiveSession"]):
    def visible_to(self, tenant: Tenant) -> "LiveSessionQuerySet":
        return self.filter(streamer=tenant)

    def showing_goods_of(self, tenant: Tenant) -> "LiveSessionQuerySet":
        """Begun sessions whose running order holds goods of the merchant ``tenant``, or goods that he leads."""
        mine = SessionItem.objects.visible_to(tenant).values("session")
        return self.filter(pk__in=mine, started_at__isnull=False)

    def titles_of(self, public_ids: Iterable[str]) -> dict[str, str]:
        return dict(self.filter(public_id__any_of=list(public_ids)).values_list("public_id", "title"))

    def begun(self) -> "LiveSessionQuerySet":
        return self.filter(started_at__isnull=False)

    def live(self) -> "LiveSessionQuerySet":
        return self.filter(status=LiveSession.Status.LIVE)

    def clicks_not_kept(self, ended_before: datetime) -> "LiveSessionQuerySet":
        return self.filter(ended_at__lt=ended_before, clicks_kept_at__isnull=True).order_by("pk")

    def ahead(self) -> "LiveSessionQuerySet":
        """Planned or running, the next first."""
        open_ones = (LiveSession.Status.PLANNED, LiveSession.Status.LIVE)
        return self.filter(status__in=open_ones).order_by("starts_at", "pk")

    def newest_first(self) -> "LiveSessionQuerySet":
        return self.order_by("-starts_at", "-pk")


class LiveSession(HasStates, models.Model):
    """``[starts_at, ends_at)`` is the plan; ``started_at`` and ``ended_at`` are real.

    Two real sessions of one streamer never overlap: the database says so, and with it that an order line's moment lies
    in one of them at most.
    """

    class Status(models.TextChoices):
        PLANNED = "planned", _("排好了")
        LIVE = "live", _("直播中")
        ENDED = "ended", _("已结束")
        CANCELLED = "cancelled", _("已取消")

    MOVES = {
        "start": (("planned",), "live"),
        "end": (("live",), "ended"),
        "cancel": (("planned",), "cancelled"),
    }

    public_id = models.CharField(_("公开编号"), max_length=16, unique=True, default=public_id, editable=False)
    streamer = models.ForeignKey(
        Tenant, on_delete=models.PROTECT, db_index=False, related_name="+", verbose_name=_("达人")
    )
    title = models.CharField(_("场次名称"), max_length=40)
    starts_at = models.DateTimeField(_("计划开播"))
    ends_at = models.DateTimeField(_("计划结束"))
    booking = models.ForeignKey(
        Booking, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("订的直播间")
    )
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.PLANNED, editable=False)
    started_at = models.DateTimeField(_("开播时间"), null=True, blank=True)
    ended_at = models.DateTimeField(_("下播时间"), null=True, blank=True)
    made_at = models.DateTimeField(_("排定时间"))
    clicks_kept_at = models.DateTimeField(
        _("点击留存时间"), null=True, editable=False, help_text=_("此后各款的点击存在排品上，逐条点击可以删除")
    )

    objects = LiveSessionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("场次")
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="session_window_forward"),
            models.CheckConstraint(
                condition=Q(status__in=["planned", "cancelled"], started_at__isnull=True, ended_at__isnull=True)
                | Q(status="live", started_at__isnull=False, ended_at__isnull=True)
                | Q(status="ended", ended_at__gt=F("started_at")),
                name="session_times_as_its_status",
            ),
            ExclusionConstraint(
                name="session_one_at_a_time",
                index_type="gist",
                expressions=[
                    (Func(F("streamer_id"), F("streamer_id"), Value("[]"), function="int8range"), "&&"),
                    (Func(F("started_at"), F("ended_at"), function="tstzrange"), "&&"),
                ],
                condition=Q(started_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["streamer", "-starts_at", "-id"], name="session_of_streamer")]

    def __str__(self) -> str:
        return self.title

    @property
    def minutes(self) -> int:
        """As planned."""
        return (self.ends_at - self.starts_at) // timedelta(minutes=1)

    def real_window(self, at: datetime) -> tuple[datetime, datetime]:
        """``[began, ended)``, up to ``at`` while it runs. For sessions that have begun."""
        assert self.started_at is not None
        return self.started_at, self.ended_at or max(at, self.started_at)


class SessionItemQuerySet(models.QuerySet["SessionItem"]):
    def visible_to(self, tenant: Tenant) -> "SessionItemQuerySet":
        """A streamer's own; a merchant's the ones of his goods; a leader's the ones that stood through him."""
        columns: dict[str, str] = {Tenant.Kind.MERCHANT: "merchant", Tenant.Kind.TUANZHANG: "leader"}
        return self.filter(**{columns.get(tenant.kind, "streamer"): tenant})

    def of_session(self, session: LiveSession) -> "SessionItemQuerySet":
        return self.filter(session=session)

    def in_order(self) -> "SessionItemQuerySet":
        return (
            self.select_related("pick", "product__merchant__shop")
            .prefetch_related("product__images")
            .order_by("position")
        )


class SessionItem(models.Model):
    """A good in a running order. ``leader``: whose activity the pick stood through when it was put in.

    ``presented_at``: when it was last brought on; the last one brought on is the one being presented.
    """

    session = models.ForeignKey(LiveSession, on_delete=models.CASCADE, related_name="items", verbose_name=_("场次"))
    position = models.PositiveSmallIntegerField(_("顺序"))
    streamer = models.ForeignKey(
        Tenant, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+", verbose_name=_("达人")
    )
    merchant = models.ForeignKey(
        Tenant, on_delete=models.PROTECT, db_constraint=False, related_name="+", verbose_name=_("商家")
    )
    leader = models.ForeignKey(
        Tenant, on_delete=models.PROTECT, db_constraint=False, null=True, related_name="+", verbose_name=_("团长")
    )
    pick = models.ForeignKey(Pick, on_delete=models.PROTECT, related_name="+", verbose_name=_("选品"))
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+", verbose_name=_("商品"))
    minutes = models.PositiveSmallIntegerField(_("分钟"))
    points = models.TextField(_("卖点"), blank=True, max_length=600)
    presented_at = models.DateTimeField(_("开讲时间"), null=True, blank=True)
    clicks = models.PositiveIntegerField(_("点击"), default=0, editable=False)

    objects = SessionItemQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("排品")
        constraints = [
            models.UniqueConstraint(
                fields=["session", "position"],
                name="session_item_place_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.UniqueConstraint(fields=["session", "product"], name="session_item_once"),
            models.CheckConstraint(condition=Q(minutes__gte=1), name="session_item_takes_time"),
        ]

    def __str__(self) -> str:
        return f"{self.session} {self.position}"

    @property
    def selling_points(self) -> list[str]:
        return [line.strip() for line in self.points.splitlines() if line.strip()]
