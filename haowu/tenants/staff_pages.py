"""Pages beside those that the admin brings; each asks for a reason: view as a tenant, reset a second step."""

from collections.abc import Callable
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from haowu.ground import days
from haowu.ground.errors import Refused
from haowu.ground.fields import TextField
from haowu.tenants import second_step, view_as
from haowu.tenants.models import Tenant, User
from haowu.tenants.requests import ScopedRequest


class ReasonForm(forms.Form):
    reason = TextField(label=gettext_lazy("原因"), max_length=200)


class ViewAsPages(admin.ModelAdmin):
    """For the admin of tenants. ``admin_view`` keeps these pages out of caches."""

    def get_urls(self) -> list:
        view = self.admin_site.admin_view(self.view_as)
        return [path("<int:pk>/view-as/", view, name="tenants_tenant_view_as"), *super().get_urls()]

    def view_as(self, request: HttpRequest, pk: int) -> HttpResponse:
        _require(request, view_as.RIGHT)
        tenant = get_object_or_404(Tenant, pk=pk)

        def act(reason: str) -> HttpResponse:
            view_as.begin(request, tenant, reason, days.now())
            return redirect("home")

        hint = _("你会看到对方看到的每一页，一小时内有效，不能办任何事。开始、结束和原因都记入对方能看到的操作记录。")
        title = _("以「{name}」的身份查看").format(name=tenant.name)
        return _asked(self, request, tenant, act, title=title, hint=hint, button=_("开始查看"))


class SecondStepPages(admin.ModelAdmin):
    """For the admin of users."""

    def get_urls(self) -> list:
        view = self.admin_site.admin_view(self.reset_second_step)
        return [path("<int:pk>/reset-second-step/", view, name="tenants_user_reset_second_step"), *super().get_urls()]

    def reset_second_step(self, request: HttpRequest, pk: int) -> HttpResponse:
        _require(request, "tenants.reset_second_step")
        user = get_object_or_404(User, pk=pk)

        def act(reason: str) -> HttpResponse:
            second_step.reset(user, reason, by=cast(User, request.user), at=days.now())
            messages.success(request, _("已重置。{name} 下次登录时重新绑定验证器。").format(name=user.get_username()))
            return redirect("admin:tenants_user_change", pk)

        hint = _("请先确认是本人，例如当面或打电话。验证器和备用码都作废，下次登录时重新绑定。")
        title = _("重置 {name} 的两步验证").format(name=user.get_username())
        return _asked(self, request, user, act, title=title, hint=hint, button=_("重置"))


@require_POST
def end_view(request: ScopedRequest) -> HttpResponse:
    """Back to where the viewed tenant stands among staff's lists."""
    viewed = request.viewing
    view_as.end(request, days.now())
    if viewed is None:
        return redirect("admin:index")
    return redirect("admin:tenants_tenant_change", viewed.tenant.pk)


def _require(request: HttpRequest, right: str) -> None:
    if not request.user.has_perm(right):
        raise PermissionDenied


def _asked(
    shown: admin.ModelAdmin, request: HttpRequest, row: Any, act: Callable[[str], HttpResponse], **texts: str
) -> HttpResponse:
    """The page that asks for the reason, until ``act`` takes it."""
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        try:
            return act(form.cleaned_data["reason"])
        except Refused as refused:
            form.add_error("reason", refused.message)
    back = reverse(f"admin:tenants_{shown.opts.model_name}_change", args=[row.pk])
    context = shown.admin_site.each_context(request) | {"form": form, "back": back, "row": row} | texts
    return render(request, "admin/ask_reason.html", context)
