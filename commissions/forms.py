"""Forms in which parties ask for their money, say where it goes, and object to what others get."""

from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from commissions.payments.withdrawals import NUMBER_LENGTH
from haowu.ground.fields import TextField, YuanField
from haowu.tenants.models import public_id
from haowu.tenants.personal import BankAccount


class WithdrawalForm(forms.Form):
    """``number`` is made with the page, so that a second click or a reload asks for the same withdrawal."""

    amount = YuanField(label=_("提现金额（元）"))
    number = TextField(max_length=NUMBER_LENGTH, widget=forms.HiddenInput, initial=public_id)


class BankAccountForm(forms.Form):
    """Asks for the password again: whoever finds an open page must not be able to lead the money elsewhere."""

    holder = TextField(label=_("户名"), max_length=60, help_text=_("与银行登记的一致。"))
    bank = TextField(label=_("开户银行"), max_length=60, help_text=_("写到支行，例如：招商银行杭州文三路支行。"))
    number = TextField(label=_("账号"), max_length=60, help_text=_("8 到 30 位数字，空格可以留着。"))
    password = TextField(
        label=_("你的登录密码"),
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text=_("换收款账户要再确认一次是你本人。"),
    )

    def __init__(self, *args: Any, request: HttpRequest, **options: Any) -> None:
        super().__init__(*args, **options)
        self.request = request
        self.fields["number"].widget.attrs |= {"inputmode": "numeric", "autocomplete": "off"}
        self.fields["holder"].widget.attrs |= {"autocomplete": "off"}

    def clean_password(self) -> str:
        username, password = self.request.user.get_username(), self.cleaned_data["password"]
        if authenticate(self.request, username=username, password=password) != self.request.user:
            raise ValidationError(_("密码不对。收款账户没有改动，请重新输入。"))
        return password

    @property
    def facts(self) -> BankAccount:
        asked = self.cleaned_data
        return BankAccount(asked["holder"], asked["bank"], asked["number"])


class LowBalanceForm(forms.Form):
    low_balance_fen = YuanField(
        label=_("余额低于多少时提醒（元）"), help_text=_("首页和对账单上方会出现提醒。0 为不提醒。")
    )


class DisputeForm(forms.Form):
    against = forms.ChoiceField(label=_("对谁的所得有异议"), widget=forms.RadioSelect)
    reason = TextField(
        label=_("原因"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("写清事实和证据在哪里，最多 500 字。对方和平台会看到。"),
    )


class RetractDisputeForm(forms.Form):
    reason = TextField(label=_("撤回的原因"), max_length=500)


class ReasonForm(forms.Form):
    reason = TextField(
        label=_("理由"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("写清事实和证据在哪里，最多 500 字。"),
    )
