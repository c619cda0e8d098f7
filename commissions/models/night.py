"""The nights themselves: runs, the shards that workers take, and what a skipped shard left to a later night."""

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from commissions.models.order import Order
from haowu.approvals.words import Subject
from haowu.ground.states import HasStates, Moves


class RunQuerySet(models.QuerySet["Run"]):
    def frontier(self) -> date | None:
        """The last sealed day: nothing new becomes due on it or before it. None before the first night."""
        return self.aggregate(last=models.Max("day"))["last"]

    def unfinished(self) -> "RunQuerySet":
        """Runs that are not closed, oldest first. A night builds on the one before: only the first is worked on."""
        return self.exclude(status=Run.Status.CLOSED).order_by("day")

    def closed(self) -> "RunQuerySet":
        return self.filter(status=Run.Status.CLOSED)


class Run(HasStates, models.Model):
    """One night. It takes what is due on the days after ``covers_after`` up to ``day``.

    Its row seals those days: from then on intake dates new facts to the next one. ``failures``, ``retry_at`` and
    ``error`` are of closings that failed in a row.
    """

    CASE: ClassVar[str] = Subject.NIGHT

    class Status(models.TextChoices):
        SETTLING = "settling", _("结算中")
        PAUSED = "paused", _("已暂停")
        CLOSED = "closed", _("已关账")

    MOVES: Moves = {
        "pause": ((Status.SETTLING,), Status.PAUSED),
        "resume": ((Status.PAUSED,), Status.SETTLING),
        "close": ((Status.SETTLING,), Status.CLOSED),
    }

    day = models.DateField(_("结算日"), unique=True)
    covers_after = models.DateField(_("接续自"), null=True)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.SETTLING)
    opened_at = models.DateTimeField(_("开始时间"), db_default=Now())
    closed_at = models.DateTimeField(_("关账时间"), null=True)
    failures = models.PositiveSmallIntegerField(_("关账连续失败"), default=0)
    retry_at = models.DateTimeField(_("再试时间"), null=True)
    error = models.TextField(_("关账错误"), blank=True)
    report = models.JSONField(_("报告"), default=dict)
    checksum = models.CharField(_("校验和"), max_length=64, blank=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("结算批次")
        constraints = [
            models.CheckConstraint(condition=Q(status__in=["settling", "paused", "closed"]), name="run_status_known"),
            models.CheckConstraint(
                condition=Q(covers_after__isnull=True) | Q(covers_after__lt=F("day")), name="run_covers_forward"
            ),
        ]

    def __str__(self) -> str:
        return self.day.isoformat()

    @property
    def trail_reference(self) -> str:
        return self.day.isoformat()


class ShardQuerySet(models.QuerySet["Shard"]):
    def not_over(self) -> "ShardQuerySet":
        """What the night cannot close without: neither done nor skipped."""
        return self.exclude(status__in=[Shard.Status.DONE, Shard.Status.SKIPPED])

    def in_hands(self) -> "ShardQuerySet":
        """Those that workers have, may have, or may take later by themselves."""
        return self.filter(status__in=[Shard.Status.WAITING, Shard.Status.CLAIMED])


class Shard(HasStates, models.Model):
    """The lines of a night that one worker settles in one transaction: the lines with ids in ``[first_id, end_id)``.

    Claimed with a lease; a worker that dies lets the lease run out and another takes over. ``attempts`` counts claims
    and only grows; ``failures`` counts those that failed in a row. ``failed`` waits for a person.
    """

    CASE: ClassVar[str] = Subject.SHARD

    class Status(models.TextChoices):
        WAITING = "waiting", _("等待")
        CLAIMED = "claimed", _("执行中")
        DONE = "done", _("完成")
        FAILED = "failed", _("失败，待人工处理")
        SKIPPED = "skipped", _("已跳过")

    MOVES: Moves = {
        "retry": ((Status.WAITING, Status.CLAIMED, Status.FAILED), Status.WAITING),
        "skip": ((Status.WAITING, Status.CLAIMED, Status.FAILED), Status.SKIPPED),
        "claim": ((Status.WAITING,), Status.CLAIMED),
        "finish": ((Status.CLAIMED,), Status.DONE),
        "try_again": ((Status.CLAIMED,), Status.WAITING),
        "fail": ((Status.CLAIMED,), Status.FAILED),
    }

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="shards", verbose_name=_("结算批次"))
    no = models.PositiveIntegerField(_("分片"))
    first_id = models.BigIntegerField()
    end_id = models.BigIntegerField()
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.WAITING)
    worker = models.CharField(_("执行者"), max_length=80, blank=True)
    lease_until = models.DateTimeField(_("租约至"), null=True)
    attempts = models.PositiveSmallIntegerField(_("次数"), default=0)
    failures = models.PositiveSmallIntegerField(_("连续失败"), default=0)
    retry_at = models.DateTimeField(_("再试时间"), null=True)
    lines = models.PositiveIntegerField(_("行数"), null=True)
    seconds = models.FloatField(_("用时（秒）"), null=True)
    error = models.TextField(_("最近错误"), blank=True)

    objects = ShardQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("结算分片")
        constraints = [
            models.UniqueConstraint(fields=["run", "no"], name="shard_no_unique"),
            models.CheckConstraint(
                condition=Q(status__in=["waiting", "claimed", "done", "failed", "skipped"]), name="shard_status_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run} #{self.no}"

    @property
    def trail_reference(self) -> str:
        return f"{self.run.day}#{self.no}"

    def is_same_claim(self, claimed: "Shard") -> bool:
        """Whether this row, read again, is claimed still by the worker that read ``claimed``."""
        return self.status == self.Status.CLAIMED and self.attempts == claimed.attempts


class PostponedLine(models.Model):
    """A line, or what waited to be adjusted on it, that the night of ``day`` left to the night of ``to_day``.

    Append-only; who skipped ``shard`` and why stands in the shard's trail. What is postponed was due on or after
    ``since``: earlier than the night itself where it had been postponed before.
    """

    shard = models.ForeignKey(Shard, on_delete=models.PROTECT, related_name="postponed", verbose_name=_("结算分片"))
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="postponed", verbose_name=_("订单"))
    line_no = models.PositiveIntegerField(_("行号"))
    since = models.DateField(_("最早到期日"))
    day = models.DateField(_("原结算夜"))
    to_day = models.DateField(_("推迟到"))

    class Meta:
        verbose_name = verbose_name_plural = _("推迟的订单行")
        constraints = [
            models.UniqueConstraint(fields=["order", "line_no", "day"], name="postponed_once_a_night"),
            models.CheckConstraint(
                condition=Q(since__lte=F("day"), day__lt=F("to_day")), name="postponed_to_a_later_night"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order}/{self.line_no} {self.day} → {self.to_day}"
