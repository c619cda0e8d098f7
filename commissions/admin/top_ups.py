"""Staff book what merchants paid in, from the bank's statement: one proposes, another agrees."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from commissions.admin.casework import AskingForm
from commissions.admin.decisions import CorrectionAdmin
from commissions.models import Correction, TopUp
from commissions.payments import top_ups
from haowu.ground import days
from haowu.ground.fields import TextField, YuanField
from haowu.tenants.admin import yuan_column
from haowu.tenants.models import Tenant


class TopUpForm(AskingForm):
    merchant = TextField(label=_("商家编号"), max_length=64, help_text=_("转账附言里的编号。"))
    number = TextField(label=_("银行流水号"), max_length=40, help_text=_("同一流水号只入账一次。"))
    amount = YuanField(label=_("金额（元）"), help_text=_("另一位同事对过银行流水、复核通过后入账。"))

    class Meta:
        model = TopUp
        fields: ClassVar[list[str]] = []

    def clean_merchant(self) -> Tenant:
        code = self.cleaned_data["merchant"]
        found = Tenant.objects.coded(Tenant.Kind.MERCHANT, [code]).get(code)
        if found is None:
            raise forms.ValidationError(_("没有编号为「%(code)s」的商家。请核对附言。") % {"code": code})
        return found


@admin.register(TopUp)
class TopUpAdmin(CorrectionAdmin):
    add_form = TopUpForm
    list_display: ClassVar[list] = [
        "to_account",
        yuan_column("amount_fen", _("金额")),
        "reference",
        "status",
        "made_by",
        "checked_by",
    ]
    list_filter: ClassVar[list] = ["status"]

    def waiting_rows(self) -> QuerySet:
        return TopUp.objects.filter(status__in=self.waiting)

    def opened(self, request: HttpRequest, asked: dict[str, Any]) -> Correction:
        merchant, number = asked["merchant"], asked["number"]
        return top_ups.propose(merchant, number, asked["amount"], by=request.user, at=days.now())
