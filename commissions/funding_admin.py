"""Staff book what merchants paid in, from the bank's statement: its serial number makes each payment one top-up."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from commissions import funding
from commissions.casework_admin import AskingForm, with_what_was_typed
from commissions.models import TopUp
from haowu import days
from haowu.errors import Refused
from haowu.fields import YuanField
from haowu.tenants.admin import LookOnlyAdmin, yuan_column
from haowu.tenants.models import Tenant


class TopUpForm(AskingForm):
    merchant = forms.CharField(label=_("商家编号"), max_length=64, help_text=_("转账附言里的编号。"))
    number = forms.CharField(label=_("银行流水号"), max_length=40, help_text=_("同一流水号只入账一次。"))
    amount = YuanField(label=_("金额（元）"))

    class Meta:
        model = TopUp
        fields: list[str] = []

    def clean_merchant(self) -> Tenant:
        code = self.cleaned_data["merchant"]
        found = Tenant.objects.coded(Tenant.Kind.MERCHANT, [code]).get(code)
        if found is None:
            raise forms.ValidationError(_("没有编号为「%(code)s」的商家。请核对附言。") % {"code": code})
        return found


@admin.register(TopUp)
class TopUpAdmin(LookOnlyAdmin):
    list_display = ["day", "to_account", yuan_column("amount_fen", _("金额")), "reference", "created_at"]
    list_select_related = ["to_account__owner"]
    search_fields = ["=reference", "=to_account__owner__code"]
    ordering = ["-pk"]
    add_fields = ["merchant", "number", "amount"]

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return admin.ModelAdmin.has_add_permission(self, request)

    def get_form(self, request: HttpRequest, obj: TopUp | None = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change, **kwargs) if obj else TopUpForm

    def get_fields(self, request: HttpRequest, obj: TopUp | None = None) -> list[str]:
        return super().get_fields(request, obj) if obj else self.add_fields

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except Refused as refused:
            self.message_user(request, refused.message, messages.ERROR)
            return redirect(with_what_was_typed(request))

    def save_form(self, request: HttpRequest, form: TopUpForm, change: bool) -> TopUp:
        """The act books it; the same number again gives the posting that it made."""
        asked = form.cleaned_data
        merchant, number = asked["merchant"], asked["number"]
        funding.top_up(merchant, number=number, amount_fen=asked["amount"], at=days.now())
        return TopUp.objects.get(reference=funding.reference_of(merchant, number))

    def save_model(self, request: HttpRequest, obj: TopUp, form: Any, change: bool) -> None:
        """The act has written it."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Nothing stands beside it."""

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> list:
        return [{"added": {}}]
