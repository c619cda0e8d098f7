"""Staff's queues: what all cases share, and the holds of lines and parties. Rows are looked at; acts change them.

Every act asks for its reason. Each case shows its own trail.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, ClassVar
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commissions.cases import holds
from commissions.cases.casework import trail_of
from commissions.models import LineHold, OrderLine, TenantHold
from haowu.approvals.queues import DecisionForm, Offer, StaffQueue, reason_of
from haowu.ground import days
from haowu.ground.errors import Refused
from haowu.ground.fields import TextField, WholeField
from haowu.ground.money import fen_from_yuan
from haowu.tenants.admin import yuan_column


class CaseForm(DecisionForm):
    """What an act on a case may need besides; each action says which it reads."""

    usual = (
        gettext_lazy("证据不足。"),
        gettext_lazy("材料属实。"),
        gettext_lazy("等待当事方补充材料。"),
        gettext_lazy("金额有误，请重新提出。"),
    )
    amount = TextField(label=gettext_lazy("金额（元）"), required=False, max_length=20)
    more_days = WholeField(label=gettext_lazy("延长天数"), required=False, min_value=1, max_value=365)


class CaseAdmin(StaffQueue):
    """``add_form`` opens a case through ``opened``; actions go through ``each``. Nothing else writes."""

    action_form = CaseForm
    add_form: ClassVar[type[forms.Form] | None] = None
    readonly_fields: ClassVar[list[str]] = ["trail"]

    def opened(self, request: HttpRequest, asked: dict[str, Any]) -> Any:
        raise NotImplementedError

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return self.add_form is not None and admin.ModelAdmin.has_add_permission(self, request)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change, **kwargs) if obj else self.add_form

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        if obj is None and self.add_form is not None:
            return list(self.add_form.base_fields)
        return [*(field.name for field in self.opts.fields if field.name not in ("id", "moves")), "trail"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [] if obj is None else self.readonly_fields

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except Refused as refused:
            self.message_user(request, refused.message, messages.ERROR)
            return redirect(with_what_was_typed(request))

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Any:
        return self.opened(request, form.cleaned_data)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """The act has written it."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """A case has nothing that a form could write beside it."""

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> list:
        return [{"added": {}}]

    @admin.display(description=gettext_lazy("操作记录"))
    def trail(self, case: Any) -> str:
        rows = (
            (row.at.astimezone(days.SHANGHAI).strftime("%Y-%m-%d %H:%M"), row.user or _("系统"),
             row.act_label, row.reason)
            for row in trail_of(case)
        )  # fmt: skip
        return format_html_join("", "<p>{} · {} · {} · {}</p>", rows) or "–"


def with_what_was_typed(request: HttpRequest) -> str:
    """Where a refused form is shown again: an add page takes its first values from the address, so nothing is lost."""
    typed = {name: text for name, text in request.POST.items() if not name.startswith(("_", "csrf")) and text}
    return f"{request.path}?{urlencode(typed)}"


def amount_of(request: HttpRequest) -> int:
    """In fen; 0 where none was given or it is no amount, which the acts refuse where they need one."""
    try:
        return fen_from_yuan(request.POST.get("amount") or "0")
    except ValueError:
        return 0


def later(case: Any, request: HttpRequest) -> Any:
    """The case's deadline and as many days as were asked for."""
    text = request.POST.get("more_days", "")
    return case.expires_at + timedelta(days=int(text) if text.isdecimal() and len(text) <= 3 else 0)


class AskingForm(forms.ModelForm):
    """Asks for what an act needs. The act checks and writes, so the model is not checked a second time."""

    def _post_clean(self) -> None:
        pass


class HoldForm(AskingForm):
    reason = TextField(label=gettext_lazy("原因"), max_length=500)
    for_days = WholeField(label=gettext_lazy("冻结天数"), initial=15, min_value=1, max_value=365)


class LineHoldForm(HoldForm):
    order_no = TextField(label=gettext_lazy("订单号"), max_length=64)
    line_no = WholeField(label=gettext_lazy("行号"), min_value=0, max_value=2**31 - 1)

    class Meta:
        model = LineHold
        fields: ClassVar[list[str]] = []

    def clean(self) -> dict[str, Any]:
        asked = super().clean()
        if not self.errors:
            lines = list(OrderLine.objects.filter(order_no=asked["order_no"], line_no=asked["line_no"])[:2])
            if len(lines) != 1:
                raise ValidationError(_("没有这个订单行，或多个来源有同一订单号。请核对订单号和行号。"))
            asked["line"] = lines[0]
        return asked


class HoldAdmin(CaseAdmin):
    """``waiting`` without statuses: what has not closed."""

    waiting_since = "opened_at"
    due_at = "expires_at"
    waiting = frozenset({"open"})
    waiting_query = "closed_at__isempty=1"
    offers: ClassVar[dict[str, Offer]] = dict.fromkeys(("release", "extend"), Offer(among=Q(closed_at=None)))
    actions: ClassVar[list[str]] = ["release", "extend"]
    list_select_related: ClassVar[list[str]] = ["opened_by", "closed_by"]
    ordering: ClassVar[list[str]] = ["-pk"]
    release_act: ClassVar[Callable[..., None]]

    def waiting_rows(self) -> QuerySet:
        return self.model._default_manager.filter(closed_at=None)

    @admin.action(description=gettext_lazy("解除（写明原因）"), permissions=["decide"])
    def release(self, request: HttpRequest, chosen: Any) -> None:
        act = type(self).release_act
        self.each(request, chosen, lambda hold: act(hold, reason_of(request), by=request.user, at=days.now()))

    @admin.action(description=gettext_lazy("延期（写明原因和天数）"), permissions=["decide"])
    def extend(self, request: HttpRequest, chosen: Any) -> None:
        self.each(
            request,
            chosen,
            lambda hold: holds.extend_hold(
                hold, later(hold, request), reason_of(request), by=request.user, at=days.now()
            ),
        )


def until_of(asked: dict[str, Any], now: Any) -> Any:
    return now + timedelta(days=asked["for_days"])


@admin.register(LineHold)
class LineHoldAdmin(HoldAdmin):
    add_form = LineHoldForm
    release_act = staticmethod(holds.release_line)
    list_display: ClassVar[list] = ["order", "line_no", "kind", "reason", "opened_by", "expires_at", "closed_at"]
    list_filter: ClassVar[list] = ["kind", ("closed_at", admin.EmptyFieldListFilter)]
    search_fields: ClassVar[list[str]] = ["=order__order_no"]

    def opened(self, request: HttpRequest, asked: dict[str, Any]) -> LineHold:
        now = days.now()
        return holds.hold_line(asked["line"], asked["reason"], by=request.user, at=now, until=until_of(asked, now))


class TenantHoldForm(HoldForm):
    class Meta:
        model = TenantHold
        fields: ClassVar[list[str]] = ["tenant"]


@admin.register(TenantHold)
class TenantHoldAdmin(HoldAdmin):
    add_form = TenantHoldForm
    release_act = staticmethod(holds.release_tenant)
    frozen = yuan_column("frozen_fen", gettext_lazy("冻结金额"))
    list_display: ClassVar[list] = ["tenant", frozen, "reason", "opened_by", "expires_at", "closed_at"]
    list_filter: ClassVar[list] = ["tenant__kind", ("closed_at", admin.EmptyFieldListFilter)]
    search_fields: ClassVar[list[str]] = ["tenant__name", "=tenant__code"]

    def opened(self, request: HttpRequest, asked: dict[str, Any]) -> TenantHold:
        now = days.now()
        return holds.freeze_tenant(
            asked["tenant"], asked["reason"], by=request.user, at=now, until=until_of(asked, now)
        )
