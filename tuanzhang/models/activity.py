"""A leader's activity: what merchants enrol goods in, and streamers pick goods through (rulebook §13)."""

import secrets
from collections.abc import Iterable
from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from haowu.ground.states import HasStates
from haowu.tenants.models import Tenant, public_id
from merchants.models import Category, Product


def new_code() -> str:
    """A code for an activity whose leader gave none: ``A`` and ten capital letters or digits."""
    return "A" + "".join(secrets.choice("ABCDEFGHJKLMNPQRSTUVWXYZ23456789") for _each in range(10))


def new_token() -> str:
    """What a share link carries: 72 random bits."""
    return secrets.token_urlsafe(9)


class ActivityQuerySet(models.QuerySet["Activity"]):
    def visible_to(self, tenant: Tenant) -> "ActivityQuerySet":
        """A leader sees all of its own; everybody signed in sees what is published."""
        mine = Q(leader=tenant) & ~Q(status=Activity.Status.DELETED)
        return self.filter(mine | Q(status=Activity.Status.PUBLISHED))

    def of_leader(self, leader: Tenant) -> "ActivityQuerySet":
        return self.filter(leader=leader)

    def not_over(self, at: datetime) -> "ActivityQuerySet":
        """Published, and neither ended nor closed at ``at``: merchants may enrol."""
        published = self.filter(status=Activity.Status.PUBLISHED, published_at__lte=at)
        return published.filter(_later("ends_at", at), _later("closed_at", at))

    def promoting(self, at: datetime) -> "ActivityQuerySet":
        return self.not_over(at).filter(begins_at__lte=at)

    def over(self, at: datetime) -> "ActivityQuerySet":
        ended = Q(ends_at__lte=at) | Q(closed_at__lte=at)
        return self.filter(ended, status=Activity.Status.PUBLISHED)

    def in_state(self, state: str, at: datetime) -> "ActivityQuerySet":
        if state == Activity.State.EXPIRED:
            return self.over(at)
        if state == Activity.State.PROMOTING:
            return self.promoting(at)
        if state == Activity.State.PUBLISHED:
            return self.not_over(at).filter(begins_at__gt=at)
        return self.filter(status=state)

    def coded(self, code: str) -> "Activity | None":
        return self.filter(code=code, status=Activity.Status.PUBLISHED).first()

    def with_codes(self, codes: Iterable[str]) -> "ActivityQuerySet":
        """Those with one of ``codes``, with their leaders."""
        return self.filter(code__in=list(codes)).select_related("leader")

    def shared_as(self, token: str) -> "Activity | None":
        return self.filter(share_token=token, status=Activity.Status.PUBLISHED).first()

    def with_minimums(self) -> "ActivityQuerySet":
        return self.select_related("leader").prefetch_related("minimums__category")

    def joinable_by(self, leader: Tenant) -> "ActivityQuerySet":
        """Of other leaders, whose second level is open to ``leader``."""
        named = AllowedPartner.objects.filter(activity=models.OuterRef("pk"), partner=leader)
        listed = Q(models.Exists(named), second_level=Activity.Joining.LISTED)
        return self.exclude(leader=leader).filter(Q(second_level=Activity.Joining.ALL) | listed)

    def counted(self) -> "ActivityQuerySet":
        """Adds ``waiting`` and ``running``: enrolments to audit, and those that passed."""
        pending, passed = Q(enrolments__status="pending"), Q(enrolments__status="passed")
        return self.annotate(
            waiting=models.Count("enrolments", filter=pending), running=models.Count("enrolments", filter=passed)
        )

    def newest_first(self) -> "ActivityQuerySet":
        return self.order_by("-created_at", "-pk")


def _later(field: str, at: datetime) -> Q:
    """``field`` is empty or after ``at``."""
    return Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__gt": at})


class Activity(HasStates, models.Model):
    """Promotes goods within ``[begins_at, ends_at)``, or until it is closed early.

    ``status`` is what somebody did; what time does (promoting, expired) is derived by ``state_at`` and is never late.
    """

    class Type(models.TextChoices):
        NORMAL = "normal", _("普通招商")
        EXCLUSIVE = "exclusive", _("专属招商")

    class Status(models.TextChoices):
        UNPUBLISHED = "unpublished", _("未发布")
        PUBLISHED = "published", _("已发布")
        DELETED = "deleted", _("已删除")

    class State(models.TextChoices):
        UNPUBLISHED = "unpublished", _("未发布")
        PUBLISHED = "published", _("报名中，待开始")
        PROMOTING = "promoting", _("推广中")
        EXPIRED = "expired", _("已结束")
        DELETED = "deleted", _("已删除")

    class Joining(models.TextChoices):
        NONE = "none", _("不开放二级团长")
        ALL = "all", _("所有团长可申请")
        LISTED = "listed", _("仅名单内团长可申请")

    MOVES = {
        "publish": (("unpublished",), "published"),
        "delete": (("unpublished",), "deleted"),
    }

    leader = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="activities", verbose_name=_("团长"))
    code = models.CharField(_("活动编号"), max_length=64, unique=True, default=new_code)
    public_id = models.CharField(_("公开编号"), max_length=16, unique=True, default=public_id, editable=False)
    share_token = models.CharField(_("分享口令"), max_length=16, unique=True, default=new_token, editable=False)
    type = models.CharField(_("类型"), max_length=9, choices=Type)
    title = models.CharField(_("标题"), max_length=120)
    description = models.TextField(_("招商说明"), blank=True, max_length=2000)
    begins_at = models.DateTimeField(_("推广开始"))
    ends_at = models.DateTimeField(_("推广结束"), null=True, blank=True)
    min_commission_bps = models.PositiveIntegerField(_("最低佣金率（万分之一）"), default=0)
    min_service_fee_bps = models.PositiveIntegerField(_("最低服务费率（万分之一）"), default=0)
    second_level = models.CharField(_("二级团长"), max_length=6, choices=Joining, default=Joining.NONE)
    status = models.CharField(_("状态"), max_length=11, choices=Status, default=Status.UNPUBLISHED, editable=False)
    published_at = models.DateTimeField(_("发布时间"), null=True, editable=False)
    closed_at = models.DateTimeField(_("提前关闭时间"), null=True, editable=False)
    created_at = models.DateTimeField(_("创建时间"), auto_now_add=True)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("招商活动")
        constraints = [
            models.CheckConstraint(
                condition=Q(status="published", published_at__isnull=False)
                | Q(status__in=["unpublished", "deleted"], published_at__isnull=True, closed_at__isnull=True),
                name="activity_status_known",
            ),
            models.CheckConstraint(condition=Q(type__in=["normal", "exclusive"]), name="activity_type_known"),
            models.CheckConstraint(
                condition=Q(second_level__in=["none", "all", "listed"]), name="activity_joining_known"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("begins_at")), name="activity_window_forward"
            ),
            models.CheckConstraint(
                condition=Q(min_commission_bps__lte=9000 - F("min_service_fee_bps")),
                name="activity_minimum_within_limit",
            ),
        ]
        indexes = [models.Index(fields=["leader", "-created_at"], name="activity_of_leader")]

    def __str__(self) -> str:
        return self.title or self.code

    @property
    def is_exclusive(self) -> bool:
        return self.type == self.Type.EXCLUSIVE

    @property
    def over_at(self) -> datetime | None:
        """When it ends: the window's end, or an earlier closing. None: open."""
        return min((moment for moment in (self.ends_at, self.closed_at) if moment is not None), default=None)

    def is_over(self, at: datetime) -> bool:
        return self.over_at is not None and self.over_at <= at

    def is_promoting(self, at: datetime) -> bool:
        return self.state_at(at) == self.State.PROMOTING

    def state_at(self, at: datetime) -> "Activity.State":
        """What it is at ``at``, by its present rows."""
        if self.status != self.Status.PUBLISHED:
            return self.State(self.status)
        if self.is_over(at):
            return self.State.EXPIRED
        return self.State.PROMOTING if self.begins_at <= at else self.State.PUBLISHED

    def listed_now(self, at: datetime) -> "models.QuerySet[ListedStreamer]":
        """The list as it stands; a row that ends later is still on it."""
        rows = self.listed.filter(Q(unlisted_at__isnull=True) | Q(unlisted_at__gt=at))
        return rows.select_related("streamer").order_by("listed_at", "pk")

    def minimum_for(self, product: Product) -> tuple[int, int]:
        """The least commission and service fee, in bps: of the nearest category that has its own, else of all."""
        of_category = {minimum.category_id: minimum for minimum in self.minimums.all()}
        category = product.category
        while category is not None:
            if category.pk in of_category:
                minimum = of_category[category.pk]
                return minimum.min_commission_bps, minimum.min_service_fee_bps
            category = category.parent
        return self.min_commission_bps, self.min_service_fee_bps


class ActivityMinimum(models.Model):
    """The least rates for the goods of one category, of any level. The nearest category speaks."""

    activity = models.ForeignKey(
        Activity, on_delete=models.CASCADE, related_name="minimums", verbose_name=_("招商活动")
    )
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+", verbose_name=_("类目"))
    min_commission_bps = models.PositiveIntegerField(_("最低佣金率（万分之一）"), default=0)
    min_service_fee_bps = models.PositiveIntegerField(_("最低服务费率（万分之一）"), default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("类目最低费率")
        constraints = [
            models.UniqueConstraint(fields=["activity", "category"], name="activity_minimum_once_per_category"),
            models.CheckConstraint(
                condition=Q(min_commission_bps__lte=9000 - F("min_service_fee_bps")),
                name="category_minimum_within_limit",
            ),
        ]

    def __str__(self) -> str:
        return str(self.category)


class ListedStreamer(models.Model):
    """A streamer for whom an exclusive activity is, within ``[listed_at, unlisted_at)``."""

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="listed", verbose_name=_("招商活动"))
    leader = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+", verbose_name=_("团长"))
    streamer = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+", verbose_name=_("达人"))
    listed_at = models.DateTimeField(_("列入时间"))
    unlisted_at = models.DateTimeField(_("移出时间"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("活动达人名单")
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "streamer"],
                condition=Q(unlisted_at__isnull=True),
                name="streamer_listed_once_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.activity} – {self.streamer}"

    def holds(self, at: datetime) -> bool:
        return self.listed_at <= at and (self.unlisted_at is None or at < self.unlisted_at)


class AllowedPartner(models.Model):
    """A leader who may apply as second leader where the activity's second level is for listed ones only."""

    activity = models.ForeignKey(
        Activity, on_delete=models.CASCADE, related_name="partners", verbose_name=_("招商活动")
    )
    leader = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+", verbose_name=_("一级团长"))
    partner = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+", verbose_name=_("二级团长"))

    class Meta:
        verbose_name = verbose_name_plural = _("可申请的二级团长")
        constraints = [models.UniqueConstraint(fields=["activity", "partner"], name="partner_once_per_activity")]

    def __str__(self) -> str:
        return f"{self.activity} – {self.partner}"
