"""What buttons have in common: what an act refuses is shown on the page where it was pressed."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import View

from haowu.ground.errors import Refused
from tuanzhang.forms import ReasonForm

SHOWN = 20
"""Refusals of a bulk act that are told one by one."""


class Act(View):
    """``act()`` does it and says what it did; ``back()`` is where the button stands."""

    http_method_names = ["post"]

    def act(self) -> str:
        raise NotImplementedError

    def back(self) -> str:
        raise NotImplementedError

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            if said := self.act():
                messages.success(request, said)
        except Refused as refused:
            messages.error(request, refused.message)
        return redirect(self.back())

    @property
    def reason(self) -> str:
        """What was written beside a yes or no; whether one is needed is for the act to say."""
        return self.read(ReasonForm(self.request.POST))["reason"]

    def read(self, form: Form) -> dict[str, Any]:
        """What ``form`` holds, or a refusal that names its first error."""
        if not form.is_valid():
            field, errors = next(iter(form.errors.items()))
            label = form.fields[field].label if field in form.fields else ""
            raise FormInvalid(field=label, why=errors[0])
        return form.cleaned_data


class FormInvalid(Refused):
    code = "FORM_INVALID"
    text = "{field}：{why}"


def tell(request: HttpRequest, done: str, named: Sequence[tuple[Any, Any]]) -> None:
    """Say how many of ``named`` (name, answer) were done, and what stopped each of the others."""
    refused = [(name, answer) for name, answer in named if isinstance(answer, Refused)]
    if count := len(named) - len(refused):
        messages.success(request, done.format(n=count))
    for name, answer in refused[:SHOWN]:
        messages.error(request, f"{name}：{answer.message}")
    if len(refused) > SHOWN:
        messages.error(request, _("还有 {n} 件没有成功。").format(n=len(refused) - SHOWN))
    if not named:
        messages.error(request, _("请至少选一项。"))
