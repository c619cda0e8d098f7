"""A merchant agrees that a base holds and sells its goods (rulebook §19)."""

from datetime import datetime, timedelta

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from bases.models.permit import Permit
from haowu.tenants.models import Tenant, User, public_id


class ConsentQuerySet(models.QuerySet["Consent"]):
    def visible_to(self, tenant: Tenant) -> "ConsentQuerySet":
        return self.filter(Q(merchant=tenant) | Q(base=tenant))

    def with_parties(self) -> "ConsentQuerySet":
        return self.select_related("merchant", "base__base")

    def ending_within(self, span: timedelta, at: datetime) -> "ConsentQuerySet":
        """Not over at ``at``, but ``span`` later."""
        return self.not_over(at).filter(ends_at__lte=at + span)

    def not_over(self, at: datetime) -> "ConsentQuerySet":
        """Neither retracted nor past its end at ``at``; it may still be to begin."""
        return self._given(at).filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at))

    def in_state(self, state: str, at: datetime) -> "ConsentQuerySet":
        """The same rule as ``Consent.state_at``."""
        if state == Consent.State.RETRACTED:
            return self.filter(withdrawn_at__lte=at)
        given = self._given(at)
        if state == Consent.State.UPCOMING:
            return given.filter(begins_at__gt=at)
        if state == Consent.State.ENDED:
            return given.filter(ends_at__lte=at)
        return given.filter(begins_at__lte=at).filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at))

    def _given(self, at: datetime) -> "ConsentQuerySet":
        return self.filter(Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gt=at))


class Consent(models.Model):
    """A merchant lets a base hold and sell its goods within ``[begins_at, ends_at)``; without ``ends_at`` for good.

    Never edited. Other terms are another consent, after this one is retracted; the standing ones of a merchant and a
    base never overlap.
    """

    class State(models.TextChoices):
        UPCOMING = "upcoming", _("未开始")
        LIVE = "live", _("合作中")
        ENDED = "ended", _("已到期")
        RETRACTED = "withdrawn", _("已撤回")

    merchant = models.ForeignKey(
        Tenant, on_delete=models.PROTECT, related_name="consents", db_index=False, verbose_name=_("商家")
    )
    base = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+", verbose_name=_("基地"))
    permit = models.OneToOneField(Permit, on_delete=models.PROTECT, related_name="consent", verbose_name=_("供货许可"))
    public_id = models.CharField(_("公开编号"), max_length=16, unique=True, default=public_id, editable=False)
    begins_at = models.DateTimeField(_("开始时间"))
    ends_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    given_at = models.DateTimeField(_("同意时间"))
    given_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("同意人"),
        help_text=_("为空的经接口办理"),
    )  # fmt: skip
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("撤回人")
    )

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("基地合作")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("begins_at")), name="consent_window_forward"
            ),
            ExclusionConstraint(
                name="consent_once_at_a_time",
                index_type="gist",
                expressions=[
                    (Func(F("merchant_id"), F("merchant_id"), Value("[]"), function="int8range"), "&&"),
                    (Func(F("base_id"), F("base_id"), Value("[]"), function="int8range"), "&&"),
                    (Func(F("begins_at"), F("ends_at"), function="tstzrange"), "&&"),
                ],
                condition=Q(withdrawn_at__isnull=True),
            ),
        ]
        indexes = [models.Index(fields=["merchant", "-given_at"], name="consent_of_merchant")]

    def __str__(self) -> str:
        return f"{self.merchant} – {self.base}"

    def is_over(self, at: datetime) -> bool:
        """The same rule as ``not_over``."""
        return self.state_at(at) in (self.State.ENDED, self.State.RETRACTED)

    def state_at(self, at: datetime) -> "Consent.State":
        if self.withdrawn_at is not None and self.withdrawn_at <= at:
            return self.State.RETRACTED
        if self.ends_at is not None and self.ends_at <= at:
            return self.State.ENDED
        return self.State.LIVE if self.begins_at <= at else self.State.UPCOMING
