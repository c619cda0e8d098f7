"""Systems that call the API: OAuth clients, each acting for one tenant; and the answers they got once and for all."""

from datetime import datetime

from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from oauth2_provider.models import AbstractApplication

from haowu.tenants.models import Tenant


class ApiClientQuerySet(models.QuerySet["ApiClient"]):
    def with_id(self, client_id: str) -> "ApiClient | None":
        return self.filter(client_id=client_id).first()


class ApiClient(AbstractApplication):
    """An OAuth 2 client of ``tenant``. What it may ask for is bounded by ``allowed_scopes`` (space-separated)."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="api_clients", verbose_name=_("租户"))
    allowed_scopes = models.CharField(_("允许的权限"), max_length=2000, blank=True)

    objects = ApiClientQuerySet.as_manager()

    class Meta(AbstractApplication.Meta):
        verbose_name = verbose_name_plural = _("API 客户端")

    def get_absolute_url(self) -> str:
        """Its page among staff: the toolkit names one of its own, which is not served here."""
        return reverse("admin:partners_apiclient_change", args=[self.pk])


class IdempotentAnswerQuerySet(models.QuerySet["IdempotentAnswer"]):
    def to(self, client: ApiClient, key: str) -> "IdempotentAnswer | None":
        """What ``client`` was answered under ``key``; None when it has not used the key."""
        return self.filter(client=client, key=key).first()

    def older_than(self, moment: datetime) -> "IdempotentAnswerQuerySet":
        return self.filter(created_at__lt=moment)


class IdempotentAnswer(models.Model):
    """The answer to a POST with an ``Idempotency-Key``, written in the transaction that had the effect.

    Being there is what makes a key used: a request that failed half-way leaves no row and no effect.
    """

    client = models.ForeignKey(ApiClient, on_delete=models.CASCADE, related_name="+", verbose_name=_("API 客户端"))
    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+", verbose_name=_("租户"))
    key = models.CharField(_("幂等键"), max_length=255)
    fingerprint = models.CharField(_("请求指纹"), max_length=64, help_text=_("方法、路径与请求体的 SHA-256"))
    status = models.PositiveSmallIntegerField(_("状态码"))
    media_type = models.CharField(_("媒体类型"), max_length=64)
    body = models.TextField(_("回答"))
    created_at = models.DateTimeField(_("创建时间"), db_default=Now())

    objects = IdempotentAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("幂等回答")
        constraints = [models.UniqueConstraint(fields=["client", "key"], name="idempotent_answer_once_per_key")]
        indexes = [models.Index(fields=["created_at"], name="idempotent_answer_age")]

    def __str__(self) -> str:
        return self.key
