"""Commission plans of a merchant, and their rates by date."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import models
from django.db.models import F, FilteredRelation, Q
from django.utils.translation import gettext_lazy as _

from haowu.ground.money import percent
from haowu.tenants.models import Tenant, public_id
from merchants import rates, steps
from merchants.models.catalogue import Product


class PlanQuerySet(models.QuerySet["Plan"]):
    def visible_to(self, tenant: Tenant) -> "PlanQuerySet":
        """A merchant sees its own plans; a streamer those that are for everybody or list them."""
        if tenant.kind == Tenant.Kind.MERCHANT:
            return self.filter(merchant=tenant)
        return self.filter(Q(type=Plan.Type.NORMAL) | Q(rates__streamer=tenant)).distinct()

    def of_type(self, type: str) -> "PlanQuerySet":
        return self.filter(type=type)

    def named(self, public_ids: Iterable[str]) -> "PlanQuerySet":
        return self.filter(public_id__in=public_ids)

    def of_product_codes(self, codes: Iterable[str]) -> "PlanQuerySet":
        return self.filter(product__code__in=codes)

    def beside_rates_for_all(self) -> "PlanQuerySet":
        """A row for each rate for everybody, its facts as ``rate_*`` beside the plan; one row for a plan without."""
        for_all = FilteredRelation("rates", condition=Q(rates__streamer__isnull=True))
        return self.annotate(for_all=for_all).annotate(
            rate_id=F("for_all__id"),
            rate_bps=F("for_all__commission_bps"),
            rate_from=F("for_all__effective_from"),
            rate_cancelled_at=F("for_all__cancelled_at"),
        )

    def with_rates(self) -> "PlanQuerySet":
        """With the product, and the rates and their streamers."""
        return self.select_related("product").prefetch_related("rates__streamer")

    def not_ended(self, at: datetime) -> "PlanQuerySet":
        return self.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at))

    def live(self, at: datetime) -> "PlanQuerySet":
        return self.not_ended(at).filter(starts_at__lte=at)

    def ended(self, at: datetime) -> "PlanQuerySet":
        return self.filter(ends_at__lte=at)

    def on_products(self, products: "Iterable[int]") -> "PlanQuerySet":
        return self.filter(product__any_of=list(products))

    def open_to_all(self) -> "PlanQuerySet":
        """What decides for streamers whom no plan lists: normal plans, and exclusive ones, which shut them out."""
        return self.filter(type__in=[Plan.Type.NORMAL, Plan.Type.EXCLUSIVE])

    def speaking_for(self, merchant_of: "Mapping[int, int]") -> "PlanQuerySet":
        """Every plan, of any date, that can decide an offer on a product of ``{product id: merchant id}``."""
        return self.filter(
            Q(product__any_of=list(merchant_of))
            | Q(type=Plan.Type.SHOP_TARGETED, merchant__in=set(merchant_of.values()))
        )


class StepMode(models.TextChoices):
    INCREMENTAL = steps.Mode.INCREMENTAL.value, _("增量：超过门槛的订单")
    RETROACTIVE = steps.Mode.RETROACTIVE.value, _("追溯：达标后全部订单")


class StepComparator(models.TextChoices):
    OVER = steps.Comparator.OVER.value, _("超过门槛")
    REACHED = steps.Comparator.REACHED.value, _("达到门槛")


class Plan(models.Model):
    """One offer of a merchant. In force within ``[starts_at, ends_at)``; what it pays stands in its rates.

    ``step``: what it pays from a number of orders on. It is set when the plan opens and never changes.
    """

    class Type(models.TextChoices):
        NORMAL = "normal", _("普通计划")
        ITEM_TARGETED = "item_targeted", _("商品定向计划")
        SHOP_TARGETED = "shop_targeted", _("店铺定向计划")
        EXCLUSIVE = "exclusive", _("专属计划")

    LISTS_STREAMERS = frozenset({Type.ITEM_TARGETED, Type.SHOP_TARGETED, Type.EXCLUSIVE})

    merchant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="plans", verbose_name=_("商家"))
    type = models.CharField(_("计划类型"), max_length=14, choices=Type)
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, null=True, blank=True, related_name="plans", verbose_name=_("商品")
    )
    public_id = models.CharField(_("公开编号"), max_length=16, unique=True, default=public_id, editable=False)
    starts_at = models.DateTimeField(_("开始时间"))
    ends_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    step_threshold = models.PositiveIntegerField(
        _("阶梯门槛（单）"), null=True, blank=True, help_text=_("每位达人在本计划下已结算的有效订单数")
    )
    step_bps = models.PositiveIntegerField(_("阶梯佣金率（万分之一）"), null=True, blank=True)
    step_mode = models.CharField(_("阶梯方式"), max_length=11, blank=True, choices=StepMode)
    step_comparator = models.CharField(_("达标条件"), max_length=2, blank=True, choices=StepComparator)
    created_at = models.DateTimeField(_("创建时间"), auto_now_add=True)

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("推广计划")
        constraints = [
            models.CheckConstraint(
                condition=Q(type="shop_targeted", product__isnull=True)
                | Q(type__in=["normal", "item_targeted", "exclusive"], product__isnull=False),
                name="plan_type_known_and_product_fits",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=models.F("starts_at")), name="plan_window_forward"
            ),
            models.CheckConstraint(
                condition=Q(step_threshold__isnull=True, step_bps__isnull=True, step_mode="", step_comparator="")
                | Q(
                    step_threshold__gte=1,
                    step_bps__lte=rates.MAX_COMMISSION_BPS,
                    step_mode__in=StepMode.values,
                    step_comparator__in=StepComparator.values,
                ),
                name="plan_step_whole_or_absent",
            ),
            models.UniqueConstraint(
                fields=["product", "type"], condition=Q(ends_at__isnull=True), name="plan_one_open_per_product_and_type"
            ),
            models.UniqueConstraint(
                fields=["merchant"],
                condition=Q(ends_at__isnull=True, type="shop_targeted"),
                name="plan_one_open_shop_targeted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_type_display()} {self.product or ''}".strip()

    @property
    def step(self) -> steps.Step | None:
        if self.step_threshold is None or self.step_bps is None:
            return None
        mode, comparator = steps.Mode(self.step_mode), steps.Comparator(self.step_comparator)
        return steps.Step(self.step_threshold, self.step_bps, mode, comparator)

    @property
    def lists_streamers(self) -> bool:
        return self.type in self.LISTS_STREAMERS

    def is_live(self, at: datetime) -> bool:
        return self.starts_at <= at and (self.ends_at is None or at < self.ends_at)

    def rate_at(self, at: datetime, streamer_id: int | None = None) -> "PlanRate | None":
        """The rate in force at ``at``, for everybody (normal plan) or one listed streamer. None outside the plan."""
        if not self.is_live(at):
            return None
        listed = streamer_id if self.lists_streamers else None
        return rates.in_force([rate for rate in self.rates.all() if rate.streamer_id == listed], at)

    def history_of(self, streamer: Tenant | None) -> "list[PlanRate]":
        """The rates of one listed streamer, or with None those for everybody. Asks nothing when prefetched."""
        return [rate for rate in self.rates.all() if rate.streamer_id == (streamer.pk if streamer else None)]

    def pending_rate(self, at: datetime, streamer_id: int | None = None) -> "PlanRate | None":
        return rates.pending([rate for rate in self.rates.all() if rate.streamer_id == streamer_id], at)


class PlanRate(models.Model):
    """What a plan pays from ``effective_from`` on. Only ``cancelled_at`` is ever written afterwards."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="rates", verbose_name=_("推广计划"))
    merchant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+", verbose_name=_("商家"))
    streamer = models.ForeignKey(
        Tenant, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("达人")
    )
    commission_bps = models.PositiveIntegerField(
        _("佣金率（万分之一）"), null=True, help_text=_("为空表示该达人自此移出名单")
    )
    effective_from = models.DateTimeField(_("生效时间"))
    announced_at = models.DateTimeField(_("提交时间"))
    cancelled_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("佣金率")
        ordering = ["effective_from", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(commission_bps__lte=rates.MAX_COMMISSION_BPS), name="plan_rate_within_limit"
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at__isnull=True) | Q(cancelled_at__lt=models.F("effective_from")),
                name="plan_rate_cancelled_only_before_effect",
            ),
        ]

    def __str__(self) -> str:
        rate = "–" if self.commission_bps is None else percent(self.commission_bps)
        return f"{rate} @ {self.effective_from:%Y-%m-%d %H:%M}"
