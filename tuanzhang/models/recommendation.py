"""Goods that leaders recommend to streamers, and what streamers ask leaders for."""

from datetime import datetime

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from haowu.ground.states import HasStates
from haowu.tenants.models import Tenant, public_id
from merchants.models import Category
from tuanzhang.models.enrolment import Enrolment


class StreamerGroupQuerySet(models.QuerySet["StreamerGroup"]):
    def visible_to(self, tenant: Tenant) -> "StreamerGroupQuerySet":
        return self.filter(leader=tenant)

    def counted(self) -> "StreamerGroupQuerySet":
        """Adds ``size``."""
        return self.annotate(size=Count("members")).order_by("name", "pk")


class StreamerGroup(models.Model):
    """Streamers whom a leader recommends goods to together. Only the leader sees it."""

    leader = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+", verbose_name=_("团长"))
    name = models.CharField(_("名称"), max_length=40)
    public_id = models.CharField(_("公开编号"), max_length=16, unique=True, default=public_id, editable=False)

    objects = StreamerGroupQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("达人分组")
        constraints = [models.UniqueConstraint(fields=["leader", "name"], name="streamer_group_name_once")]

    def __str__(self) -> str:
        return self.name


class GroupMember(models.Model):
    group = models.ForeignKey(
        StreamerGroup, on_delete=models.CASCADE, related_name="members", verbose_name=_("达人分组")
    )
    leader = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+", verbose_name=_("团长"))
    streamer = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+", verbose_name=_("达人"))

    class Meta:
        verbose_name = verbose_name_plural = _("分组成员")
        constraints = [models.UniqueConstraint(fields=["group", "streamer"], name="group_member_once")]

    def __str__(self) -> str:
        return str(self.streamer)


class GoodsRequestQuerySet(models.QuerySet["GoodsRequest"]):
    def visible_to(self, tenant: Tenant) -> "GoodsRequestQuerySet":
        return self.filter(Q(streamer=tenant) | Q(leader=tenant))

    def open(self) -> "GoodsRequestQuerySet":
        return self.filter(status=GoodsRequest.Status.OPEN)

    def answered(self) -> "GoodsRequestQuerySet":
        """Those that wait no more, whatever the answer."""
        return self.exclude(status=GoodsRequest.Status.OPEN)

    def with_answers(self) -> "GoodsRequestQuerySet":
        return self.select_related("streamer", "leader", "category", "recommendation")

    def longest_waiting_first(self) -> "GoodsRequestQuerySet":
        return self.order_by("asked_at", "pk")

    def newest_first(self) -> "GoodsRequestQuerySet":
        return self.order_by("-asked_at", "-pk")


class GoodsRequest(HasStates, models.Model):
    """A streamer asks a leader for goods; a recommendation answers it."""

    class Status(models.TextChoices):
        OPEN = "open", _("待团长答复")
        ANSWERED = "answered", _("已推荐")
        DECLINED = "declined", _("已婉拒")
        RETRACTED = "withdrawn", _("已撤回")

    MOVES = {
        "answer": (("open",), "answered"),
        "decline": (("open",), "declined"),
        "retract": (("open",), "withdrawn"),
    }

    streamer = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+", verbose_name=_("达人"))
    leader = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+", verbose_name=_("团长"))
    public_id = models.CharField(_("公开编号"), max_length=16, unique=True, default=public_id, editable=False)
    wish = models.CharField(_("想要的商品"), max_length=500)
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("类目")
    )
    price_to_fen = models.BigIntegerField(_("价格不超过（分）"), null=True, blank=True)
    status = models.CharField(_("状态"), max_length=9, choices=Status, default=Status.OPEN, editable=False)
    asked_at = models.DateTimeField(_("提出时间"))
    answered_at = models.DateTimeField(_("答复时间"), null=True, editable=False)
    reason = models.CharField(_("婉拒原因"), max_length=200, blank=True)

    objects = GoodsRequestQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("达人要货")
        constraints = [
            models.UniqueConstraint(
                fields=["streamer", "leader"], condition=Q(status="open"), name="goods_request_open_once"
            ),
            models.CheckConstraint(
                condition=Q(status="open", answered_at__isnull=True)
                | Q(status__in=["answered", "declined", "withdrawn"], answered_at__isnull=False),
                name="goods_request_status_known",
            ),
        ]
        indexes = [models.Index(fields=["leader", "status", "asked_at"], name="goods_request_queue")]

    def __str__(self) -> str:
        return self.wish[:40]

    def waits(self, at: datetime) -> int:
        """Whole days that it has waited for an answer."""
        return (at - self.asked_at).days if self.status == self.Status.OPEN else 0


class RecommendationQuerySet(models.QuerySet["Recommendation"]):
    def visible_to(self, tenant: Tenant) -> "RecommendationQuerySet":
        """A leader's own; for a streamer those to everybody and those that name them."""
        if tenant.kind != Tenant.Kind.STREAMER:
            return self.filter(leader=tenant)
        named = Recipient.objects.filter(streamer=tenant, recommendation=OuterRef("pk"))
        return self.filter(Q(audience=Recommendation.Audience.ALL) | Exists(named))

    def running(self) -> "RecommendationQuerySet":
        """Not taken back."""
        return self.filter(ended_at__isnull=True)

    def with_leader(self) -> "RecommendationQuerySet":
        return self.select_related("leader", "answers")

    def seen_by(self, streamer: Tenant) -> "RecommendationQuerySet":
        """Adds ``seen_at``: when ``streamer`` first opened it, and ``items_count``."""
        mine = Recipient.objects.filter(streamer=streamer, recommendation=OuterRef("pk"))
        return self.annotate(seen_at=Subquery(mine.values("seen_at")[:1]), items_count=Count("items", distinct=True))

    def counted(self) -> "RecommendationQuerySet":
        """Adds ``items_count``, ``sent`` and ``seen``: streamers named or come by, and those who opened it."""
        return self.annotate(
            items_count=Count("items", distinct=True),
            sent=Count("recipients", distinct=True),
            seen=Count("recipients", filter=Q(recipients__seen_at__isnull=False), distinct=True),
        )


class Recommendation(models.Model):
    """Goods out of activities, with a note, for named streamers or for all. Taken back at ``ended_at``.

    Picks made from it carry it, so that what came of it is counted and not guessed.
    """

    class Audience(models.TextChoices):
        NAMED = "named", _("指定的达人")
        ALL = "all", _("所有达人")

    leader = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+", verbose_name=_("团长"))
    public_id = models.CharField(_("公开编号"), max_length=16, unique=True, default=public_id, editable=False)
    audience = models.CharField(_("推荐给"), max_length=5, choices=Audience)
    note = models.CharField(_("推荐语"), max_length=500)
    answers = models.OneToOneField(
        GoodsRequest, on_delete=models.PROTECT, null=True, related_name="recommendation", verbose_name=_("答复的要货")
    )
    recommended_at = models.DateTimeField(_("推荐时间"))
    ended_at = models.DateTimeField(_("撤下时间"), null=True, editable=False)

    objects = RecommendationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("团长推荐")
        constraints = [
            models.CheckConstraint(condition=Q(audience__in=["named", "all"]), name="recommendation_audience_known"),
            models.CheckConstraint(
                condition=Q(answers__isnull=True) | Q(audience="named"), name="recommendation_answer_is_to_one"
            ),
        ]
        indexes = [
            models.Index(fields=["leader", "-recommended_at"], name="recommendation_of_leader"),
            models.Index(
                fields=["-recommended_at"],
                condition=Q(audience="all", ended_at__isnull=True),
                name="recommendation_to_all",
            ),
        ]

    def __str__(self) -> str:
        return self.note[:40]


class RecommendedItem(models.Model):
    """A product in its activity. ``place`` is the leader's order, from 1."""

    recommendation = models.ForeignKey(
        Recommendation, on_delete=models.CASCADE, related_name="items", verbose_name=_("团长推荐")
    )
    leader = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+", verbose_name=_("团长"))
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="+", verbose_name=_("报名"))
    place = models.PositiveSmallIntegerField(_("次序"))

    class Meta:
        verbose_name = verbose_name_plural = _("推荐的商品")
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["recommendation", "place"], name="recommended_place_once"),
            models.UniqueConstraint(fields=["recommendation", "enrolment"], name="recommended_item_once"),
        ]

    def __str__(self) -> str:
        return str(self.enrolment.product)


class RecipientQuerySet(models.QuerySet["Recipient"]):
    def visible_to(self, tenant: Tenant) -> "RecipientQuerySet":
        return self.filter(Q(leader=tenant) | Q(streamer=tenant))

    def waiting_for(self, streamer: Tenant) -> "RecipientQuerySet":
        """Running recommendations that name ``streamer`` and were not opened yet."""
        return self.filter(streamer=streamer, seen_at=None, recommendation__ended_at=None)

    def earliest_seen_first(self) -> "RecipientQuerySet":
        return self.select_related("streamer").order_by(models.F("seen_at").asc(nulls_last=True), "pk")


class Recipient(models.Model):
    """A streamer named in a recommendation, or who came by one for all; ``seen_at`` is the first look."""

    recommendation = models.ForeignKey(
        Recommendation, on_delete=models.CASCADE, related_name="recipients", verbose_name=_("团长推荐")
    )
    leader = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+", verbose_name=_("团长"))
    streamer = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+", verbose_name=_("达人"))
    seen_at = models.DateTimeField(_("首次查看"), null=True)

    objects = RecipientQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("推荐对象")
        constraints = [models.UniqueConstraint(fields=["recommendation", "streamer"], name="recipient_once")]

    def __str__(self) -> str:
        return str(self.streamer)
