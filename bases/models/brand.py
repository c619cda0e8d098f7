"""The one catalogue of brands, and the bases that introduce them (rulebook §14)."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count, Exists, F, Func, OuterRef, Q, Value
from django.utils.translation import gettext_lazy as _

from bases.models.base import QuotaPeriod
from bases.models.permit import Permit
from haowu.ground.states import HasStates
from haowu.tenants.models import Tenant, User, public_id


def normal_name(name: str) -> str:
    """What makes two names one brand: width, case, spaces and punctuation aside. ``"Ａｎｋｅｒ "`` → ``"anker"``."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return re.sub(r"[\W_]+", "", folded)


class BrandQuerySet(models.QuerySet["Brand"]):
    def named(self, name: str) -> "Brand | None":
        return self.filter(normal_name=normal_name(name)).first()

    def called(self, names: Iterable[str]) -> "BrandQuerySet":
        """Those that have one of ``names``, or have it as their code."""
        names = list(names)
        normal = [normal_name(name) for name in names]
        return self.filter(Q(code__any_of=names) | Q(normal_name__any_of=[name for name in normal if name]))

    def shared(self, day: date) -> "BrandQuerySet":
        """The library: brands that some base introduced and may offer on ``day``."""
        offering = Introduction.objects.accepted().authorised(day).filter(brand=OuterRef("pk"))
        return self.filter(Exists(offering))

    def with_goods(self) -> "BrandQuerySet":
        """Adds ``goods_count``: products that are said to be of it."""
        return self.annotate(goods_count=Count("goods", distinct=True))

    def by_name(self) -> "BrandQuerySet":
        return self.order_by("name", "pk")


class Brand(models.Model):
    """Public. Merchants put it on their products; bases introduce it."""

    code = models.CharField(_("编号"), max_length=64, unique=True, default=public_id)
    name = models.CharField(_("名称"), max_length=64)
    normal_name = models.CharField(_("归一名称"), max_length=64, unique=True, editable=False)

    objects = BrandQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("品牌")
        constraints = [models.CheckConstraint(condition=~Q(normal_name=""), name="brand_has_a_name")]

    def __str__(self) -> str:
        return self.name

    def save(self, **options: Any) -> None:
        self.normal_name = normal_name(self.name)
        super().save(**options)

    def clean(self) -> None:
        """For forms that write a brand by itself; ``introducing`` has its own refusals."""
        if not 0 < len(normal_name(self.name)) <= 64:
            raise ValidationError({"name": _("请填写品牌名称（1 到 64 个字，至少含一个字母、数字或汉字）。")})
        same = Brand.objects.named(self.name)
        if same is not None and same.pk != self.pk:
            raise ValidationError({"name": _("已有品牌「%(name)s」。") % {"name": same}})


class IntroductionQuerySet(models.QuerySet["Introduction"]):
    def visible_to(self, tenant: Tenant) -> "IntroductionQuerySet":
        return self.filter(base=tenant)

    def submitted(self) -> "IntroductionQuerySet":
        return self.filter(status=Introduction.Status.SUBMITTED)

    def accepted(self) -> "IntroductionQuerySet":
        return self.filter(status=Introduction.Status.ACCEPTED)

    def permitted(self) -> "IntroductionQuerySet":
        """What lets a base sell the brand's goods, each within its days."""
        return self.filter(permit__isnull=False)

    def counted(self) -> "IntroductionQuerySet":
        """What stands against a quota: what was credited, also where it ended early, and what waits for an answer."""
        return self.filter(
            status__in=[Introduction.Status.SUBMITTED, Introduction.Status.ACCEPTED, Introduction.Status.ENDED]
        )

    def of_period(self, period: QuotaPeriod) -> "IntroductionQuerySet":
        return self.filter(period=period)

    def authorised(self, day: date) -> "IntroductionQuerySet":
        return self.filter(authorised_from__lte=day, authorised_to__gte=day)

    def of_brands(self, brands: "list[Brand]") -> "IntroductionQuerySet":
        return self.filter(brand__in=brands)

    def expiring(self, day: date, ahead_days: int) -> "IntroductionQuerySet":
        """Accepted ones whose authorisation is in force on ``day`` and ends within ``ahead_days``."""
        return self.accepted().authorised(day).filter(authorised_to__lte=day + timedelta(days=ahead_days))

    def newest_first(self) -> "IntroductionQuerySet":
        return self.order_by("-submitted_at", "-pk")


class Introduction(HasStates, models.Model):
    """A base brings a brand, by the brand owner's authorisation: submitted → accepted, refused or a duplicate.

    A duplicate is no introduction, yet its authorisation may hold: one that staff accept (``authorise``) lets the base
    sell the brand's goods beside the base that introduced it, without credit or quota.

    Accepted ones of a brand never overlap in time: whoever is accepted first is credited until the authorisation
    ends. A renewal is an introduction of one's own brand for the time after; it uses no quota (``renews``). Staff end
    an authorisation before its last day where its owner took it back or its document does not hold.
    """

    class Status(models.TextChoices):
        SUBMITTED = "submitted", _("审核中")
        ACCEPTED = "accepted", _("已通过")
        REFUSED = "refused", _("未通过")
        DUPLICATE = "duplicate", _("已有基地引进")
        AUTHORISED = "authorised", _("已授权供货")
        ENDED = "ended", _("授权提前终止")

    MOVES = {
        "accept": (("submitted",), "accepted"),
        "refuse": (("submitted",), "refused"),
        "find_duplicate": (("submitted",), "duplicate"),
        "authorise": (("duplicate",), "authorised"),
        "end": (("accepted", "authorised"), "ended"),
    }

    base = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="introductions", verbose_name=_("基地"))
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="introductions", verbose_name=_("品牌"))
    period = models.ForeignKey(
        QuotaPeriod,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("额度期"),
        help_text=_("重复的品牌与续期不占额度"),
    )
    public_id = models.CharField(_("公开编号"), max_length=16, unique=True, default=public_id, editable=False)
    document_no = models.CharField(_("授权书编号"), max_length=64)
    authorised_from = models.DateField(_("授权期自"))
    authorised_to = models.DateField(_("授权期至"), help_text=_("含当日"))
    permit = models.OneToOneField(
        Permit, on_delete=models.PROTECT, null=True, blank=True, related_name="introduction", verbose_name=_("供货许可")
    )
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.SUBMITTED, editable=False)
    reason = models.CharField(_("审核意见"), max_length=500, blank=True)
    ended_at = models.DateTimeField(_("提前终止时间"), null=True, blank=True, editable=False)
    submitted_at = models.DateTimeField(_("提交时间"))
    decided_at = models.DateTimeField(_("审核时间"), null=True, blank=True)
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("审核人")
    )

    objects = IntroductionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("品牌引进")
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["submitted", "accepted", "refused", "duplicate", "authorised", "ended"]),
                name="introduction_status_known",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["accepted", "authorised", "ended"], permit__isnull=False)
                | Q(status__in=["submitted", "refused", "duplicate"], permit__isnull=True),
                name="introduction_permit_when_accepted",
            ),
            models.CheckConstraint(
                condition=Q(status="ended", ended_at__isnull=False) | ~Q(status="ended") & Q(ended_at__isnull=True),
                name="introduction_ended_at_when_ended",
            ),
            models.CheckConstraint(
                condition=Q(authorised_to__gte=F("authorised_from")), name="introduction_window_forward"
            ),
            models.UniqueConstraint(
                fields=["base", "brand"], condition=Q(status="submitted"), name="introduction_submitted_once"
            ),
            ExclusionConstraint(
                name="introduction_credited_once",
                index_type="gist",
                expressions=[
                    (Func(F("brand_id"), F("brand_id"), Value("[]"), function="int8range"), "&&"),
                    (Func(F("authorised_from"), F("authorised_to"), Value("[]"), function="daterange"), "&&"),
                ],
                condition=Q(status="accepted"),
            ),
        ]
        indexes = [models.Index(fields=["brand", "status", "authorised_to"], name="introduction_by_brand")]

    def __str__(self) -> str:
        return f"{self.brand} · {self.base}"


class BrandedProductQuerySet(models.QuerySet["BrandedProduct"]):
    def of_products(self, merchant: Tenant, codes: Iterable[str]) -> "BrandedProductQuerySet":
        return self.filter(merchant=merchant, product_code__in=list(codes))


class BrandedProduct(models.Model):
    """Of which brand a product is, for those who know products by merchant and code alone.

    Products stand on the floor above; whoever gives one a brand there says it here (``bases.branding``).
    """

    merchant = models.ForeignKey(
        Tenant, on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("商家")
    )
    product_code = models.CharField(_("商品编号"), max_length=64)
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="goods", verbose_name=_("品牌"))

    objects = BrandedProductQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("品牌商品")
        constraints = [models.UniqueConstraint(fields=["merchant", "product_code"], name="branded_product_once")]

    def __str__(self) -> str:
        return f"{self.product_code} · {self.brand}"
