"""The trail: who did what to what, when, why and in which request. Append-only, its rows a chain of hashes."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from haowu.approvals.actors import MAX_NAME, ActorKind
from haowu.approvals.words import act_label, subject_label
from haowu.tenants.models import Tenant, User

MAX_REASON = 500
LANES = 128
"""More than sessions that record at one moment, so that each finds a lane."""


class TrailQuerySet(models.QuerySet["Trail"]):
    def visible_to(self, tenant: Tenant) -> "TrailQuerySet":
        return self.filter(Q(tenant=tenant) | Q(counterparty=tenant))

    def about(self, kind: str, reference: object) -> "TrailQuerySet":
        return self.filter(subject_kind=kind, subject=str(reference))

    def about_any(self, kind: str, references: Iterable[object]) -> "TrailQuerySet":
        return self.filter(subject_kind=kind, subject__in=[str(reference) for reference in references])

    def oldest_first(self) -> "TrailQuerySet":
        return self.select_related("user", "acting_for").order_by("pk")

    def newest_first(self) -> "TrailQuerySet":
        return self.order_by("-pk")

    def unlinked(self) -> "TrailQuerySet":
        return self.exclude(Exists(TrailLink.objects.filter(trail=OuterRef("pk"))))

    def recorded_before(self, at: datetime) -> "TrailQuerySet":
        return self.filter(recorded_at__lt=at)

    def since_day(self, day: date) -> "TrailQuerySet":
        return self.filter(day__gte=day)


def _party(label: Any) -> models.ForeignKey:
    return models.ForeignKey(
        Tenant, on_delete=models.PROTECT, null=True, db_index=False, related_name="+", verbose_name=label
    )


class Trail(models.Model):
    """One act. ``tenant`` is whose affair it is and ``counterparty`` the other side: both may read it.

    ``at`` is the moment that the act speaks of, ``recorded_at`` the clock of the database. ``before`` and ``after`` are
    the facts that changed, in fen, bps and ISO times; never personal data. ``lane`` and ``number`` show that no row was
    cut out, from the moment in which it is written (``TrailLane``).
    """

    recorded_at = models.DateTimeField(_("记录时间"), db_default=Now())
    day = models.GeneratedField(
        expression=Func(F("recorded_at"), template="(%(expressions)s AT TIME ZONE 'Asia/Shanghai')::date"),
        output_field=models.DateField(),
        db_persist=True,
        verbose_name=_("记录日"),
    )
    at = models.DateTimeField(_("时间"))
    actor_kind = models.CharField(_("操作方式"), max_length=8, choices=ActorKind)
    actor = models.CharField(_("操作者"), max_length=MAX_NAME)
    role = models.CharField(_("角色"), max_length=10, blank=True)
    user = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, db_index=False, related_name="+", verbose_name=_("用户")
    )
    acting_for = _party(_("代表"))
    tenant = _party(_("当事方"))
    counterparty = _party(_("对方"))
    subject_kind = models.CharField(_("对象类型"), max_length=32)
    subject = models.CharField(_("对象"), max_length=100)
    act = models.CharField(_("动作"), max_length=32)
    reason = models.CharField(_("原因"), max_length=MAX_REASON, blank=True)
    request_id = models.CharField(_("请求编号"), max_length=128)
    lane = models.PositiveSmallIntegerField(_("编号道"))
    number = models.BigIntegerField(_("道内序号"))
    before = models.JSONField(_("之前"), default=dict)
    after = models.JSONField(_("之后"), default=dict)

    objects = TrailQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("操作记录")
        indexes = [
            models.Index(fields=["subject_kind", "subject", "id"], name="trail_of_subject"),
            models.Index(fields=["tenant", "id"], name="trail_of_tenant", condition=Q(tenant__isnull=False)),
            models.Index(
                fields=["counterparty", "id"], name="trail_of_counterparty", condition=Q(counterparty__isnull=False)
            ),
            models.Index(fields=["day"], name="trail_of_day"),
            models.Index(fields=["request_id"], name="trail_of_request"),
            models.Index(fields=["actor", "id"], name="trail_of_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.subject_label} {self.subject} · {self.act_label}"

    @property
    def act_label(self) -> str:
        return act_label(self.act)

    @property
    def subject_label(self) -> str:
        return subject_label(self.subject_kind)


class TrailLane(models.Model):
    """How many rows of the trail have a number of this lane: 1 to ``rows``, without a gap.

    An act holds its lane until it is committed, and takes one that nobody holds: so no act waits for another.
    """

    lane = models.PositiveSmallIntegerField(_("编号道"), primary_key=True)
    rows = models.BigIntegerField(_("已编号"))

    class Meta:
        verbose_name = verbose_name_plural = _("操作记录编号道")
        constraints = [models.CheckConstraint(condition=Q(rows__gte=0), name="trail_lane_rows_not_negative")]

    def __str__(self) -> str:
        return f"#{self.lane}"


class TrailLinkQuerySet(models.QuerySet["TrailLink"]):
    def in_order(self) -> "TrailLinkQuerySet":
        return self.order_by("day", "number")

    def last_link(self) -> "TrailLink | None":
        return self.order_by("-day", "-number").first()


class TrailLink(models.Model):
    """A row's place in the chain: ``hash`` covers the row and ``previous``, the hash of the link before it.

    Numbers begin at 1 on each day; the first link of a day holds on to the last of the day before. The row is named
    without a constraint, so that its link is left as the proof of a row that was cut out.
    """

    trail = models.OneToOneField(
        Trail, on_delete=models.DO_NOTHING, db_constraint=False, primary_key=True, related_name="link"
    )
    day = models.DateField(_("链日"))
    number = models.PositiveIntegerField(_("当日序号"))
    previous = models.CharField(_("上一条的哈希"), max_length=64)
    hash = models.CharField(_("哈希"), max_length=64)

    objects = TrailLinkQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("操作记录链")
        constraints = [models.UniqueConstraint(fields=["day", "number"], name="trail_link_number_once")]

    def __str__(self) -> str:
        return f"{self.day} #{self.number}"
