"""Deposits that came in by bank: what staff propose, and a second person books."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from commissions.models.correction import Correction
from haowu.ledger.models import Posting


class TopUpManager(models.Manager):
    def get_queryset(self) -> models.QuerySet:
        return super().get_queryset().filter(kind=Posting.Kind.TOP_UP)


class TopUp(Correction):
    objects = TopUpManager()

    class Meta:
        proxy = True
        verbose_name = verbose_name_plural = _("佣金充值")
