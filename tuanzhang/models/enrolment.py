"""Goods in an activity: the enrolment and its dated rates (rulebook §13)."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from haowu.ground.money import percent
from haowu.ground.states import HasStates
from haowu.tenants.models import Tenant, public_id
from merchants import rates
from merchants.models import Delisting, Product
from tuanzhang.models.activity import Activity, ListedStreamer

if TYPE_CHECKING:
    from tuanzhang.models.change import ChangeRequest


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    def visible_to(self, tenant: Tenant) -> "EnrolmentQuerySet":
        """Its merchant and its leader see it in every state; everybody else what passed."""
        return self.filter(Q(merchant=tenant) | Q(leader=tenant) | Q(status=Enrolment.Status.PASSED))

    def of_merchant(self, merchant: Tenant) -> "EnrolmentQuerySet":
        return self.filter(merchant=merchant)

    def of_leader(self, leader: Tenant) -> "EnrolmentQuerySet":
        return self.filter(leader=leader)

    def between(self, tenant: Tenant) -> "EnrolmentQuerySet":
        """Of ``tenant`` as merchant or as leader."""
        return self.filter(Q(merchant=tenant) | Q(leader=tenant))

    def in_activity(self, activity: Activity) -> "EnrolmentQuerySet":
        return self.filter(activity=activity)

    def named(self, public_ids: Iterable[str]) -> "EnrolmentQuerySet":
        return self.filter(public_id__in=public_ids)

    def waiting(self) -> "EnrolmentQuerySet":
        return self.filter(status=Enrolment.Status.PENDING)

    def waiting_since(self, at: datetime) -> "EnrolmentQuerySet":
        """Those that waited already at ``at``."""
        return self.waiting().filter(enrolled_at__lte=at)

    def not_over(self, at: datetime) -> "EnrolmentQuerySet":
        """Passed by ``at`` and not at its end: neither by the window, nor cancelled, nor taken off the shelf."""
        ended = Q()
        for field in ("ends_at", "ended_at", "activity__ends_at", "activity__closed_at"):
            ended |= Q(**{f"{field}__lte": at})
        gone = Delisting.objects.filter(product=OuterRef("product"), at__gte=OuterRef("passed_at"), at__lte=at)
        passed = self.filter(status=Enrolment.Status.PASSED, passed_at__lte=at)
        return passed.exclude(ended).filter(~Exists(gone))

    def occupying(self, at: datetime) -> "EnrolmentQuerySet":
        """What keeps its product from being enrolled there again: waiting, or not at its end."""
        return self.filter(Q(status=Enrolment.Status.PENDING) | Q(pk__in=self.not_over(at).values("pk")))

    def live(self, at: datetime) -> "EnrolmentQuerySet":
        """Those whose offer speaks at ``at``."""
        return self.not_over(at).filter(starts_at__lte=at, activity__begins_at__lte=at, activity__published_at__lte=at)

    def in_state(self, state: str, at: datetime) -> "EnrolmentQuerySet":
        over = Q(activity__ends_at__lte=at) | Q(activity__closed_at__lte=at)
        if state == Enrolment.State.EXPIRED:
            running = self.not_over(at).values("pk")
            passed = Q(status=Enrolment.Status.PASSED) & ~Q(pk__in=running)
            return self.filter(passed | Q(over, status=Enrolment.Status.PENDING))
        if state == Enrolment.State.PASSED:
            return self.not_over(at)
        found = self.filter(status=state)
        return found.exclude(over) if state == Enrolment.State.PENDING else found

    def exclusive(self) -> "EnrolmentQuerySet":
        return self.filter(activity__type=Activity.Type.EXCLUSIVE)

    def normal(self) -> "EnrolmentQuerySet":
        return self.filter(activity__type=Activity.Type.NORMAL)

    def listing(self, streamer: Tenant, at: datetime) -> "EnrolmentQuerySet":
        """Of exclusive activities that are for ``streamer`` at ``at``."""
        rows = ListedStreamer.objects.filter(streamer=streamer, listed_at__lte=at, activity=OuterRef("activity"))
        return self.filter(Exists(rows.filter(Q(unlisted_at__isnull=True) | Q(unlisted_at__gt=at))))

    def that_ever_spoke(self, products: Iterable[int]) -> "EnrolmentQuerySet":
        """Those on ``products`` (ids) that passed, of any date, with all that is dated about them."""
        passed = self.filter(product__in=products, status=Enrolment.Status.PASSED).order_by("pk")
        return passed.select_related("activity", "product").prefetch_related(
            "rates", "seconds", "activity__listed", "product__delistings"
        )

    def with_terms(self) -> "EnrolmentQuerySet":
        """With the activity, its leader, the product, the merchant and the rates."""
        return self.select_related(
            "activity__leader", "product__category__parent__parent", "merchant"
        ).prefetch_related("rates", "requests", "product__delistings")

    def with_pictures(self) -> "EnrolmentQuerySet":
        """``with_terms``, and the product's pictures and prices."""
        return self.with_terms().prefetch_related("product__images", "product__skus")

    def about(self, words: str) -> "EnrolmentQuerySet":
        """Whose product or merchant is called so."""
        named = Q(product__title__icontains=words) | Q(product__code=words) | Q(merchant__name__icontains=words)
        return self.filter(named)

    def longest_waiting_first(self) -> "EnrolmentQuerySet":
        return self.order_by("enrolled_at", "pk")

    def newest_first(self) -> "EnrolmentQuerySet":
        return self.order_by("-enrolled_at", "-pk")


class Enrolment(HasStates, models.Model):
    """A product in an activity, promoted within the activity's window and ``[starts_at, ends_at)``.

    ``ended_at`` is an end before the window's: a cancellation, perhaps of the coming midnight. What else ends it (the
    windows, the product taken off the shelf) is derived by ``over_at``.
    """

    class Status(models.TextChoices):
        PENDING = "pending", _("待审核")
        PASSED = "passed", _("已通过")
        REJECTED = "rejected", _("已拒绝")
        RETRACTED = "withdrawn", _("已撤回")

    class State(models.TextChoices):
        PENDING = "pending", _("待审核")
        PASSED = "passed", _("合作中")
        EXPIRED = "expired", _("已失效")
        REJECTED = "rejected", _("已拒绝")
        RETRACTED = "withdrawn", _("已撤回")

    class EndReason(models.TextChoices):
        WINDOW = "window", _("合作期结束")
        ACTIVITY_OVER = "activity_over", _("活动已结束")
        DELISTED = "delisted", _("商品下架")
        MERCHANT = "merchant", _("商家取消")
        LEADER = "leader", _("团长取消")

    MOVES = {
        "pass": (("pending",), "passed"),
        "reject": (("pending",), "rejected"),
        "retract": (("pending",), "withdrawn"),
    }

    activity = models.ForeignKey(
        Activity, on_delete=models.PROTECT, related_name="enrolments", verbose_name=_("招商活动")
    )
    leader = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+", verbose_name=_("团长"))
    merchant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+", verbose_name=_("商家"))
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="enrolments", verbose_name=_("商品"))
    public_id = models.CharField(_("公开编号"), max_length=16, unique=True, default=public_id, editable=False)
    status = models.CharField(_("状态"), max_length=9, choices=Status, default=Status.PENDING, editable=False)
    starts_at = models.DateTimeField(_("合作开始"))
    ends_at = models.DateTimeField(_("合作结束"), null=True, blank=True)
    enrolled_at = models.DateTimeField(_("报名时间"))
    decided_at = models.DateTimeField(_("审核时间"), null=True, editable=False)
    passed_at = models.DateTimeField(_("通过时间"), null=True, editable=False)
    reason = models.CharField(_("拒绝原因"), max_length=200, blank=True)
    ended_at = models.DateTimeField(_("取消生效时间"), null=True, editable=False)
    end_reason = models.CharField(_("取消方"), max_length=13, choices=EndReason, blank=True, editable=False)

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("活动报名")
        constraints = [
            models.CheckConstraint(
                condition=Q(status="passed", passed_at__isnull=False)
                | Q(status__in=["pending", "rejected", "withdrawn"], passed_at__isnull=True, ended_at__isnull=True),
                name="enrolment_status_known",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")), name="enrolment_window_forward"
            ),
            models.CheckConstraint(
                condition=Q(status="rejected") & ~Q(reason="") | ~Q(status="rejected"),
                name="enrolment_rejected_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, end_reason="")
                | Q(ended_at__isnull=False, end_reason__in=["merchant", "leader"]),
                name="enrolment_end_has_a_side",
            ),
            models.UniqueConstraint(
                fields=["activity", "product"], condition=Q(status="pending"), name="enrolment_pending_once"
            ),
        ]
        indexes = [
            models.Index(fields=["leader", "status", "enrolled_at"], name="enrolment_queue"),
            models.Index(fields=["merchant", "-enrolled_at"], name="enrolment_of_merchant"),
        ]

    def __str__(self) -> str:
        return f"{self.product} @ {self.activity}"

    @property
    def over(self) -> "tuple[datetime, Enrolment.EndReason] | None":
        """When it ends by all that is known, and why; None: open."""
        ends = [
            (self.ended_at, self.end_reason),
            (self.ends_at, self.EndReason.WINDOW),
            (self.activity.over_at, self.EndReason.ACTIVITY_OVER),
            (self._delisted_at, self.EndReason.DELISTED),
        ]
        when, why = min(
            ((end, why) for end, why in ends if end is not None), default=(None, ""), key=lambda end: end[0]
        )
        return (when, self.EndReason(why)) if when is not None else None

    @property
    def _delisted_at(self) -> datetime | None:
        """The first time that the product left the shelf after it had passed."""
        moments = [delisting.at for delisting in self.product.delistings.all()]
        return min((at for at in moments if self.passed_at and at >= self.passed_at), default=None)

    @property
    def speaks_from(self) -> datetime:
        """The first moment of its offer. Only for what passed."""
        published_at = self.activity.published_at
        assert published_at is not None and self.passed_at is not None, "it passed in a published activity"
        return max(self.starts_at, self.activity.begins_at, published_at, self.passed_at)

    def is_over(self, at: datetime) -> bool:
        return self.over is not None and self.over[0] <= at

    def is_live(self, at: datetime) -> bool:
        """Whether its offer speaks at ``at``; the same rule as the queryset's ``live``."""
        return self.status == self.Status.PASSED and self.speaks_from <= at and not self.is_over(at)

    def state_at(self, at: datetime) -> "Enrolment.State":
        if self.status == self.Status.PASSED and self.is_over(at):
            return self.State.EXPIRED
        if self.status == self.Status.PENDING and self.activity.is_over(at):
            return self.State.EXPIRED
        return self.State(self.status)

    def waits(self, at: datetime) -> int:
        """Whole days that it has waited for an answer."""
        return (at - self.enrolled_at).days if self.status == self.Status.PENDING else 0

    def rate_at(self, at: datetime) -> "EnrolmentRate | None":
        return rates.in_force(self.rates.all(), at)

    def pending_rate(self, at: datetime) -> "EnrolmentRate | None":
        """The lower rates that begin later."""
        return rates.pending(self.rates.all(), at)

    def open_request(self, at: datetime) -> "ChangeRequest | None":
        """The change request that waits for its answer."""
        return next((each for each in self.requests.all() if each.state_at(at) == each.State.WAITING), None)


class EnrolmentRate(models.Model):
    """What a sale through the enrolment costs from ``effective_from`` on. Only ``cancelled_at`` is written later.

    A request's lower rates are laid down when it is asked for, from the midnight after its last day for an answer: so
    an unanswered request takes effect by itself. A refusal cancels the row; an agreement puts an earlier one beside it.
    """

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="rates", verbose_name=_("报名"))
    leader = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+", verbose_name=_("团长"))
    merchant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+", verbose_name=_("商家"))
    commission_bps = models.PositiveIntegerField(_("佣金率（万分之一）"))
    service_fee_bps = models.PositiveIntegerField(_("服务费率（万分之一）"))
    effective_from = models.DateTimeField(_("生效时间"))
    announced_at = models.DateTimeField(_("提交时间"))
    cancelled_at = models.DateTimeField(_("撤销时间"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("报名费率")
        ordering = ["effective_from", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(commission_bps__lte=9000 - F("service_fee_bps")), name="enrolment_rates_within_limit"
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at__isnull=True) | Q(cancelled_at__lt=F("effective_from")),
                name="enrolment_rate_cancelled_only_before_effect",
            ),
        ]

    def __str__(self) -> str:
        return (
            f"{percent(self.commission_bps)} + {percent(self.service_fee_bps)} @ {self.effective_from:%Y-%m-%d %H:%M}"
        )
