"""The pages of staff's second step, in the admin's frame. Until it is passed staff may open nothing else there."""

from typing import Any

import segno
from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from haowu.ground import days
from haowu.ground.errors import Refused
from haowu.ground.fields import TextField
from haowu.tenants import second_step
from haowu.web.paths import local


class CodeForm(forms.Form):
    code = TextField(
        label=gettext_lazy("验证码"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "text", "autofocus": True}),
    )


def address(request: HttpRequest) -> str:
    """Where somebody goes on who has signed in and not passed the second step."""
    name = "second_step" if second_step.is_enrolled(request.user) else "second_step_enrol"
    return f"{reverse(f'admin:{name}')}?{urlencode({'next': _next(request)})}"


def verify(site: AdminSite, request: HttpRequest) -> HttpResponse:
    if not _may_enter(request):
        return redirect("admin:login")
    if second_step.is_passed(request.user):
        return redirect(_next(request))
    if not second_step.is_enrolled(request.user):
        return redirect(address(request))
    form = CodeForm(request.POST or None)
    if _done(form, lambda: second_step.verify(request, form.cleaned_data["code"], days.now())):
        return redirect(_next(request))
    return _page(site, request, "admin/second_step.html", _("两步验证"), form=form)


def enrol(site: AdminSite, request: HttpRequest) -> HttpResponse:
    if not _may_enter(request):
        return redirect("admin:login")
    try:
        device = second_step.begin(request.user)
    except Refused as refused:
        messages.error(request, refused.message)
        return redirect("admin:index" if second_step.is_passed(request.user) else "admin:second_step")
    form, codes = CodeForm(request.POST or None), []

    def act() -> None:
        codes.extend(second_step.enrol(request, form.cleaned_data["code"], days.now()))

    if _done(form, act):
        return _page(site, request, "admin/second_step_codes.html", _("备用码"), codes=codes, next=_next(request))
    picture = segno.make(device.config_url, error="m").svg_data_uri(border=0, dark="#000", light="#fff")
    facts = {"form": form, "picture": picture, "secret": second_step.secret_of(device)}
    return _page(site, request, "admin/second_step_enrol.html", _("绑定验证器"), **facts)


def codes(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """How many recovery codes are left; a POST makes new ones. Behind ``admin_view``."""
    if not second_step.is_enrolled(request.user):
        return redirect("admin:second_step_enrol")
    made = second_step.renew_codes(request.user, days.now()) if request.method == "POST" else []
    facts = {"codes": made, "left": second_step.codes_left(request.user), "next": reverse("admin:index")}
    return _page(site, request, "admin/second_step_codes.html", _("备用码"), **facts)


def _may_enter(request: HttpRequest) -> bool:
    return request.user.is_active and request.user.is_staff


def _done(form: CodeForm, act: Any) -> bool:
    if not form.is_valid():
        return False
    try:
        act()
    except Refused as refused:
        form.add_error("code", refused.message)
        return False
    return True


def _next(request: HttpRequest) -> str:
    return local(request, request.POST.get("next") or request.GET.get("next")) or reverse("admin:index")


def _page(site: AdminSite, request: HttpRequest, template: str, title: str, **facts: Any) -> HttpResponse:
    context = site.each_context(request) | {"title": title, "next": _next(request)} | facts
    return render(request, template, context)
