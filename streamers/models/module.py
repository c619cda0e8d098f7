"""Modules of the selection centre's front page: what is in them, by rules in versions and by staff, and how they do."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from haowu.ground import inputs
from haowu.ground.versions import VersionsQuerySet
from haowu.tenants.models import Tenant
from merchants.models import Product


class ModuleQuerySet(models.QuerySet["Module"]):
    def running(self, at: datetime) -> "ModuleQuerySet":
        return self.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at), begins_at__lte=at)

    def in_order(self) -> "ModuleQuerySet":
        return self.order_by("place", "pk")

    def with_rules(self, at: datetime) -> "ModuleQuerySet":
        """Adds ``query``: the rule in force at ``at``, "" where none is."""
        rules = ModuleRule.objects.filter(module=models.OuterRef("pk"), effective_from__lte=at)
        newest = rules.order_by("-effective_from", "-pk").values("query")[:1]
        return self.annotate(query=models.functions.Coalesce(models.Subquery(newest), models.Value("")))

    def called(self, code: str, at: datetime) -> "Module | None":
        """The running one of that code, with its rule."""
        return self.running(at).with_rules(at).filter(code=code).first()

    def known_code(self, sent: str) -> str:
        """``sent`` where it is the code of a module, else ""."""
        return sent if inputs.is_storable(sent) and self.filter(code=sent).exists() else ""


class Module(models.Model):
    """``kind`` says which goods its rule chooses from, beside what its rule's filters say.

    ``query`` is the rule in force where it was asked for (``with_rules``).
    """

    query: str

    class Kind(models.TextChoices):
        GOODS = "goods", _("全部商品")
        SHOPS = "shops", _("评分有依据的店铺")
        VALUE = "value", _("有可比同款的商品")
        LEADERS = "leaders", _("团长推荐给该达人的")
        ORIGINS = "origins", _("源头工厂，按产业带")
        BASES = "bases", _("基地现货，按城市")

    code = models.CharField(_("编号"), max_length=32, unique=True)
    kind = models.CharField(_("选自"), max_length=8, choices=Kind, default=Kind.GOODS)
    title = models.CharField(_("中文名称"), max_length=16)
    title_en = models.CharField(_("英文名称"), max_length=32)
    place = models.PositiveSmallIntegerField(_("次序"), default=100)
    begins_at = models.DateTimeField(_("开始时间"))
    ends_at = models.DateTimeField(_("结束时间"), null=True, blank=True)

    objects = ModuleQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("选品栏目")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("begins_at")), name="module_dates"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.title if (get_language() or "zh").startswith("zh") else self.title_en


class ModuleRule(models.Model):
    """A version of a module's rule, added and never changed: filters and a sort, as the list's address writes them."""

    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="rules", verbose_name=_("选品栏目"))
    effective_from = models.DateTimeField(_("生效时间"))
    query = models.CharField(_("规则"), max_length=1000, blank=True)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("创建时间"), auto_now_add=True)

    objects = VersionsQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("栏目规则")
        indexes = [models.Index(fields=["module", "-effective_from"], name="module_rule_in_force")]

    def __str__(self) -> str:
        return f"{self.module} · {self.effective_from:%Y-%m-%d}"


class ModuleEntryQuerySet(models.QuerySet["ModuleEntry"]):
    def live(self, at: datetime) -> "ModuleEntryQuerySet":
        return self.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at), begins_at__lte=at)

    def in_order(self) -> "ModuleEntryQuerySet":
        return self.order_by("place", "pk")


class ModuleEntry(models.Model):
    """What staff pin to the front of a module, or keep out of it, within dates: one product, or all of a shop."""

    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="entries", verbose_name=_("选品栏目"))
    is_excluded = models.BooleanField(_("不展示"), default=False)
    product = models.ForeignKey(
        Product, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("商品")
    )
    merchant = models.ForeignKey(
        Tenant, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("商家")
    )
    begins_at = models.DateTimeField(_("开始时间"))
    ends_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    place = models.PositiveSmallIntegerField(_("次序"), default=100)
    reason = models.CharField(_("理由"), max_length=200)

    objects = ModuleEntryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("栏目人工安排")
        constraints = [
            models.CheckConstraint(
                condition=Q(product__isnull=False, merchant__isnull=True)
                | Q(product__isnull=True, merchant__isnull=False),
                name="module_entry_of_one",
                violation_error_message=_("填商品或商家，二者之一。"),
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("begins_at")),
                name="module_entry_dates",
                violation_error_message=_("结束时间须晚于开始时间。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.module}: {self.product or self.merchant}"


class ModuleDay(models.Model):
    """How a module did on a day: looks at its goods, picks made from it, and orders through those picks."""

    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="days", verbose_name=_("选品栏目"))
    day = models.DateField(_("日期"))
    looks = models.PositiveBigIntegerField(_("浏览"), default=0, db_default=0)
    picks = models.PositiveBigIntegerField(_("选入"), default=0, db_default=0)
    orders = models.PositiveBigIntegerField(_("下单"), default=0, db_default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("栏目每日数据")
        constraints = [models.UniqueConstraint(fields=["module", "day"], name="module_day_once")]

    def __str__(self) -> str:
        return f"{self.module} {self.day}"
