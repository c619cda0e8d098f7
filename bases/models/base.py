"""From a leader's application to a working base, and its brand quota of each year."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from bases.cities import name_of
from bases.models.policy import BaseLevel
from haowu.ground.states import HasStates
from haowu.tenants.models import Tenant, User, public_id

LEVEL_KNOWN = Q(level__in=["gold", "silver"])


def _city(value: str) -> str:
    return name_of(value, get_language() or "zh")


class ApplicationQuerySet(models.QuerySet["Application"]):
    def visible_to(self, tenant: Tenant) -> "ApplicationQuerySet":
        return self.filter(applicant=tenant)

    def newest_first(self) -> "ApplicationQuerySet":
        return self.order_by("-applied_at", "-pk")

    def returned(self) -> "ApplicationQuerySet":
        return self.filter(status="returned")

    def open(self) -> "ApplicationQuerySet":
        return self.filter(status__in=["submitted", "returned"])


class Application(HasStates, models.Model):
    """A gold leader's wish to found a base: submitted ⇄ returned for completion → approved or refused."""

    class Status(models.TextChoices):
        SUBMITTED = "submitted", _("审核中")
        RETURNED = "returned", _("待补充")
        APPROVED = "approved", _("已通过")
        REFUSED = "refused", _("未通过")

    MOVES = {
        "return": (("submitted",), "returned"),
        "complete": (("returned",), "submitted"),
        "approve": (("submitted",), "approved"),
        "refuse": (("submitted", "returned"), "refused"),
    }

    applicant = models.ForeignKey(
        Tenant, on_delete=models.PROTECT, related_name="base_applications", verbose_name=_("申请团长")
    )
    public_id = models.CharField(_("公开编号"), max_length=16, unique=True, default=public_id, editable=False)
    name = models.CharField(_("基地名称"), max_length=120)
    level = models.CharField(_("级别"), max_length=6, choices=BaseLevel)
    city = models.CharField(_("城市"), max_length=32)
    address = models.CharField(_("地址"), max_length=200)
    live_rooms = models.PositiveSmallIntegerField(_("直播间数"))
    guides = models.PositiveSmallIntegerField(_("导购人数"))
    property_sqm = models.PositiveIntegerField(_("场地面积（平方米）"))
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.SUBMITTED, editable=False)
    reason = models.CharField(_("审核意见"), max_length=500, blank=True)
    applied_at = models.DateTimeField(_("申请时间"))
    decided_at = models.DateTimeField(_("审核时间"), null=True, blank=True)
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("审核人")
    )

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("建基地申请")
        constraints = [
            models.UniqueConstraint(
                fields=["applicant"],
                condition=Q(status__in=["submitted", "returned"]),
                name="base_application_one_open",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["submitted", "returned", "approved", "refused"]),
                name="base_application_status_known",
            ),
            models.CheckConstraint(condition=LEVEL_KNOWN, name="base_application_level_known"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def city_name(self) -> str:
        return _city(self.city)


class Document(models.Model):
    """One paper that an application rests on: a lease, a licence."""

    class Kind(models.TextChoices):
        LICENCE = "licence", _("营业执照")
        PROPERTY = "property", _("房产证或租赁合同")
        FIRE = "fire", _("消防验收")
        OTHER = "other", _("其他")

    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, related_name="documents", verbose_name=_("申请")
    )
    kind = models.CharField(_("类型"), max_length=10, choices=Kind)
    number = models.CharField(_("编号"), max_length=64)
    valid_from = models.DateField(_("有效期自"))
    valid_to = models.DateField(_("有效期至"), help_text=_("含当日"))

    class Meta:
        verbose_name = verbose_name_plural = _("建基地材料")
        constraints = [
            models.CheckConstraint(condition=Q(valid_to__gte=F("valid_from")), name="base_document_window_forward"),
            models.CheckConstraint(
                condition=Q(kind__in=["licence", "property", "fire", "other"]), name="base_document_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"


class BaseQuerySet(models.QuerySet["Base"]):
    def working(self) -> "BaseQuerySet":
        return self.filter(status__in=Base.WORKING)

    def with_feeder(self) -> "BaseQuerySet":
        return self.select_related("base__feeder")

    def with_sources(self) -> "BaseQuerySet":
        """``with_feeder``, and the address that the platform reads."""
        return self.select_related("base__feeder", "base__pull_source")

    def of(self, base: Tenant) -> "Base | None":
        return self.filter(base=base).first()

    def of_level(self, level: str) -> "BaseQuerySet":
        return self.filter(level=level)

    def by_city(self) -> "BaseQuerySet":
        return self.order_by("city", "level", "base__name", "pk")


class Base(HasStates, models.Model):
    """A base's profile, public to all signed in. A downgraded base works on as a silver one."""

    class Status(models.TextChoices):
        ACTIVE = "active", _("运营中")
        DOWNGRADED = "downgraded", _("已降级，运营中")
        CLOSED = "closed", _("已关闭")

    MOVES = {
        "downgrade": (("active",), "downgraded"),
        "close": (("active", "downgraded"), "closed"),
    }
    WORKING = (Status.ACTIVE, Status.DOWNGRADED)

    base = models.OneToOneField(
        Tenant, on_delete=models.PROTECT, primary_key=True, related_name="base", verbose_name=_("基地")
    )
    founder = models.ForeignKey(
        Tenant, on_delete=models.PROTECT, related_name="founded_bases", verbose_name=_("创办团长")
    )
    application = models.OneToOneField(Application, on_delete=models.PROTECT, verbose_name=_("申请"))
    level = models.CharField(_("级别"), max_length=6, choices=BaseLevel)
    city = models.CharField(_("城市"), max_length=32)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.ACTIVE, editable=False)
    activated_at = models.DateTimeField(_("启用时间"))
    downgraded_at = models.DateTimeField(_("降级时间"), null=True, blank=True)
    closed_at = models.DateTimeField(_("关闭时间"), null=True, blank=True)
    reason = models.CharField(_("降级或关闭的原因"), max_length=500, blank=True)

    objects = BaseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("供应链基地")
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["active", "downgraded", "closed"]), name="base_status_known"
            ),
            models.CheckConstraint(condition=LEVEL_KNOWN, name="base_level_known"),
            models.CheckConstraint(
                condition=~Q(status="downgraded") | Q(level="silver"), name="base_downgraded_is_silver"
            ),
        ]
        indexes = [models.Index(fields=["city", "level"], name="base_by_city")]

    def __str__(self) -> str:
        return self.base.name

    @property
    def works(self) -> bool:
        return self.status in self.WORKING

    @property
    def city_name(self) -> str:
        return _city(self.city)


class QuotaPeriodQuerySet(models.QuerySet["QuotaPeriod"]):
    def visible_to(self, tenant: Tenant) -> "QuotaPeriodQuerySet":
        return self.filter(base=tenant)

    def on(self, day: date) -> "QuotaPeriodQuerySet":
        return self.filter(starts_on__lte=day, ends_on__gt=day)


class QuotaPeriod(models.Model):
    """How many brands a base may introduce in a calendar year, half-open ``[starts_on, ends_on)``."""

    base = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="quota_periods", verbose_name=_("基地"))
    starts_on = models.DateField(_("开始日"))
    ends_on = models.DateField(_("结束日"), help_text=_("不含"))
    brands = models.PositiveSmallIntegerField(_("品牌额度"))

    objects = QuotaPeriodQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("品牌额度期")
        constraints = [
            models.UniqueConstraint(fields=["base", "starts_on"], name="quota_period_once"),
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="quota_period_forward"),
        ]

    def __str__(self) -> str:
        return f"{self.base} {self.starts_on:%Y}"
