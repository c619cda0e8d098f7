"""What "for you" is made of: what streamers did with goods, what was learned of it, and a streamer's own list."""

from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from haowu.ground.states import HasStates, Moves
from haowu.ground.versions import VersionsQuerySet
from haowu.tenants.models import Tenant
from merchants.models import Product


class MatchingPolicy(models.Model):
    """How many of ten places are kept for goods with little exposure, in versions. A version is added, never edited."""

    effective_from = models.DateTimeField(_("生效时间"))
    reserved_of_ten = models.PositiveSmallIntegerField(
        _("每十个位置留给少曝光商品的个数"), default=2, help_text=_("其余位置按匹配程度乘以曝光权重排列")
    )
    quiet_sales = models.PositiveIntegerField(
        _("近 30 天销量不超过多少算少曝光"), default=2, help_text=_("训练当晚按此挑出少曝光的商品")
    )
    note = models.CharField(_("说明"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("创建时间"), auto_now_add=True)

    objects = VersionsQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("推荐政策")
        constraints = [
            models.CheckConstraint(condition=Q(reserved_of_ten__lte=5), name="matching_policy_at_most_half_reserved")
        ]

    def __str__(self) -> str:
        return f"v{self.pk} · {self.effective_from:%Y-%m-%d}"


class InteractionQuerySet(models.QuerySet["Interaction"]):
    def visible_to(self, tenant: Tenant) -> "InteractionQuerySet":
        return self.filter(streamer=tenant)


class Interaction(models.Model):
    """What one streamer did with one product, counted by a floor above. Picks are not here: ``Pick`` has them.

    A further signal is a further ``Kind`` with a weight in ``streamers.matching.signals``.
    """

    class Kind(models.TextChoices):
        SOLD = "sold", _("已结算的销售")

    streamer = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+", verbose_name=_("达人"))
    product = models.ForeignKey(
        Product, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="+", verbose_name=_("商品")
    )
    kind = models.CharField(_("行为"), max_length=8, choices=Kind)
    times = models.PositiveIntegerField(_("次数"))
    last_on = models.DateField(_("最近一次"))

    objects = InteractionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("达人行为")
        constraints = [models.UniqueConstraint(fields=["streamer", "product", "kind"], name="interaction_once")]

    def __str__(self) -> str:
        return f"{self.streamer_id} {self.kind} {self.product_id}"


class CountedDay(models.Model):
    """That a day's interactions of one kind are in ``Interaction``, so that none is counted twice."""

    kind = models.CharField(_("行为"), max_length=8, choices=Interaction.Kind)
    day = models.DateField(_("日期"))

    class Meta:
        verbose_name = verbose_name_plural = _("已计入的日期")
        constraints = [models.UniqueConstraint(fields=["kind", "day"], name="counted_day_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.day}"


class MatchModelQuerySet(models.QuerySet["MatchModel"]):
    def served(self) -> "MatchModelQuerySet":
        return self.filter(status=MatchModel.Status.SERVED)

    def of_day(self, day: date) -> "MatchModelQuerySet":
        return self.filter(day=day)

    def training(self) -> "MatchModelQuerySet":
        return self.filter(status=MatchModel.Status.TRAINING)

    def not_heard_of_since(self, at: datetime) -> "MatchModelQuerySet":
        return self.training().filter(renewed_at__lt=at)

    def newest_first(self) -> "MatchModelQuerySet":
        return self.order_by("-started_at", "-pk")


class MatchModel(HasStates, models.Model):
    """One training. Its rows (``Companions``, ``CategoryPool``) are read only once it is served, when it is whole.

    ``events``: picks and sales that were learned from. ``small_fen`` and so on: the middle price of goods on shelves of
    streamers of each band of fans, from which a streamer without goods begins; 0 where too few hold any.
    """

    class Status(models.TextChoices):
        TRAINING = "training", _("训练中")
        SERVED = "served", _("使用中")
        REPLACED = "replaced", _("已被取代")
        ABANDONED = "abandoned", _("未完成")

    MOVES: Moves = {
        "serve": ((Status.TRAINING,), Status.SERVED),
        "replace": ((Status.SERVED,), Status.REPLACED),
        "abandon": ((Status.TRAINING,), Status.ABANDONED),
    }

    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.TRAINING)
    day = models.DateField(_("训练日"))
    started_at = models.DateTimeField(_("开始时间"))
    renewed_at = models.DateTimeField(_("最近进展"))
    served_at = models.DateTimeField(_("启用时间"), null=True, blank=True)
    streamers = models.PositiveIntegerField(_("达人数"), default=0)
    goods = models.PositiveIntegerField(_("有同伴的商品数"), default=0)
    pairs = models.PositiveBigIntegerField(_("商品对数"), default=0)
    categories = models.PositiveIntegerField(_("类目数"), default=0)
    events = models.PositiveBigIntegerField(_("行为数"), default=0)
    small_fen = models.BigIntegerField(_("小达人常卖价（分）"), default=0)
    middle_fen = models.BigIntegerField(_("中达人常卖价（分）"), default=0)
    large_fen = models.BigIntegerField(_("大达人常卖价（分）"), default=0)

    objects = MatchModelQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("推荐模型")
        constraints = [
            models.UniqueConstraint(fields=["status"], condition=Q(status="served"), name="one_match_model_served"),
            models.UniqueConstraint(fields=["status"], condition=Q(status="training"), name="one_match_model_training"),
            models.CheckConstraint(
                condition=Q(status__in=["training", "served", "replaced", "abandoned"]), name="match_model_status_known"
            ),
            models.CheckConstraint(
                condition=Q(served_at__isnull=True) | Q(served_at__gte=F("started_at")), name="match_model_forward"
            ),
        ]

    def __str__(self) -> str:
        return f"v{self.pk} · {self.day}"


class OfModel(models.Model):
    """A row of one model: gone with it."""

    model = models.ForeignKey(MatchModel, on_delete=models.CASCADE, db_index=False, related_name="+")

    class Meta:
        abstract = True


class Companions(OfModel):
    """Which goods are often picked and sold together with one, and how strongly, in millionths; the closest first.

    Only what at least ``learning.DEFAULT.support`` streamers have together: fewer would show what somebody else sells.
    """

    product_id = models.BigIntegerField(_("商品"))
    others = ArrayField(models.BigIntegerField(), verbose_name=_("常一起选的商品"))
    weights = ArrayField(models.IntegerField(), verbose_name=_("强度（百万分之一）"))

    class Meta:
        verbose_name = verbose_name_plural = _("同伴商品")
        constraints = [models.UniqueConstraint(fields=["model", "product_id"], name="companions_once")]

    def __str__(self) -> str:
        return f"{self.product_id}: {len(self.others)}"


class CategoryPool(OfModel):
    """A leaf category's goods from which lists are filled: what sells most, and what has had little exposure."""

    leaf_id = models.BigIntegerField(_("三级类目"))
    popular = ArrayField(models.BigIntegerField(), verbose_name=_("热卖"))
    quiet = ArrayField(models.BigIntegerField(), verbose_name=_("少曝光"))
    median_per_sale_fen = models.BigIntegerField(_("每单佣金中位数（分）"))

    class Meta:
        verbose_name = verbose_name_plural = _("类目商品池")
        constraints = [models.UniqueConstraint(fields=["model", "leaf_id"], name="category_pool_once")]

    def __str__(self) -> str:
        return str(self.leaf_id)


class ForYouQuerySet(models.QuerySet["ForYou"]):
    def visible_to(self, tenant: Tenant) -> "ForYouQuerySet":
        return self.filter(streamer=tenant)

    def of_day(self, day: date) -> "ForYouQuerySet":
        return self.filter(day=day)

    def newest_first(self) -> "ForYouQuerySet":
        return self.order_by("-made_at", "-pk")

    def before(self, day: date) -> "ForYouQuerySet":
        return self.filter(day__lt=day)


class ForYou(OfModel):
    """One streamer's list of a day, best first; never changed, so that a cursor into it neither repeats nor skips.

    Each place has a product, why it stands there (``Why``) and a detail: which of ``sources`` (places in it) it is
    often picked with, or how many alike he has. Made when he first looks, and again after his shelf or the model
    changes.
    """

    KEPT = timedelta(days=2)

    class Why(models.IntegerChoices):
        TOGETHER = 1, _("常被一起选")
        SOLD_ALIKE = 2, _("你卖过同类")
        PICKED_ALIKE = 3, _("你选过同类")
        FIELD = 4, _("你主营的类目")
        BRAND = 5, _("你选过这个品牌")
        PRICE = 6, _("价位合适")
        EARNS = 7, _("每单赚得多于同类")
        SELLING = 8, _("同类里卖得好")
        NEW_CHANCE = 9, _("新品机会位")
        CHANCE = 10, _("机会位")

    streamer = models.ForeignKey(
        Tenant, on_delete=models.CASCADE, db_index=False, related_name="+", verbose_name=_("达人")
    )
    day = models.DateField(_("日期"))
    made_at = models.DateTimeField(_("生成时间"))
    goods = ArrayField(models.BigIntegerField(), verbose_name=_("商品"))
    scores = ArrayField(models.IntegerField(), verbose_name=_("得分（百万分之一）"))
    whys = ArrayField(models.SmallIntegerField(), verbose_name=_("理由"))
    details = ArrayField(models.IntegerField(), verbose_name=_("理由细节"))
    sources = ArrayField(models.BigIntegerField(), verbose_name=_("依据的商品"))
    source_titles = ArrayField(models.TextField(), verbose_name=_("依据的商品标题"))

    objects = ForYouQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("为你推荐")
        constraints = [models.UniqueConstraint(fields=["streamer", "made_at"], name="for_you_once")]
        indexes = [models.Index(fields=["day"], name="for_you_of_day")]

    def __str__(self) -> str:
        return f"{self.streamer_id} {self.day}"

    def place_of(self, product: int) -> int | None:
        """Its place, from 0 on; None where it stands in none."""
        return self.goods.index(product) if product in self.goods else None

    def reason_at(self, place: int) -> tuple[Any, str, int]:
        """Why, the title of the product it is often picked with ("" for none), and how many alike he has."""
        why, detail = self.Why(self.whys[place]), self.details[place]
        return why, self.source_titles[detail] if why == self.Why.TOGETHER else "", detail
