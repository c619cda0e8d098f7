"""A table of products that a merchant sent: kept for a day, so that it can be looked at before it changes anything."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from haowu.tenants.models import Tenant, User, public_id

KEPT_FOR = timedelta(days=1)


class ProductUploadQuerySet(models.QuerySet["ProductUpload"]):
    def visible_to(self, tenant: Tenant) -> "ProductUploadQuerySet":
        return self.filter(merchant=tenant)

    def kept(self, at: datetime) -> "ProductUploadQuerySet":
        return self.filter(uploaded_at__gt=at - KEPT_FOR)

    def over(self, at: datetime) -> "ProductUploadQuerySet":
        return self.filter(uploaded_at__lte=at - KEPT_FOR)

    def newest_first(self) -> "ProductUploadQuerySet":
        return self.order_by("-uploaded_at", "-pk")


class ProductUpload(models.Model):
    """``content`` is the table as gzipped CSV in UTF-8, head included. What its rows mean is judged when it is asked
    for, against the goods of that moment; so that it can be applied again, and what stands already changes nothing.
    """

    merchant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+", verbose_name=_("商家"))
    public_id = models.CharField(_("公开编号"), max_length=16, unique=True, default=public_id, editable=False)
    name = models.CharField(_("文件名"), max_length=120)
    rows = models.PositiveIntegerField(_("行数"))
    content = models.BinaryField(_("内容"))
    uploaded_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("上传人")
    )
    uploaded_at = models.DateTimeField(_("上传时间"))
    applied_at = models.DateTimeField(_("最近导入时间"), null=True, blank=True)

    objects = ProductUploadQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("商品导入文件")
        indexes = [models.Index(fields=["merchant", "-uploaded_at"], name="product_upload_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(applied_at__isnull=True) | Q(applied_at__gte=models.F("uploaded_at")),
                name="product_upload_applied_later",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def kept_until(self) -> datetime:
        return self.uploaded_at + KEPT_FOR
