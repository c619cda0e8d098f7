"""Deposits that came in by bank: what staff propose, and a second person books."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from commissions.models.correction import Correction
from haowu.ledger.models import Posting


class TopUpManager(models.Manager["TopUp"]):
    def get_queryset(self) -> models.QuerySet["TopUp"]:
        return super().get_queryset().filter(kind=Posting.Kind.TOP_UP)


class TopUp(Correction):
    objects: ClassVar[TopUpManager] = TopUpManager()

    class Meta:
        proxy = True
        verbose_name = verbose_name_plural = _("佣金充值")
