"""What the buttons of all pages have in common: what an act refuses is shown on the page where it was pressed."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View

from haowu.ground.errors import Refused
from haowu.ground.fields import TextField
from haowu.web.undo import Undoable

SHOWN = 20
"""Refusals of a bulk act that are shown one by one."""


class ReasonForm(forms.Form):
    reason = TextField(label=gettext_lazy("理由"), max_length=200, required=False)


class FormInvalid(Refused):
    code = "FORM_INVALID"
    text = "{field}：{why}"


class ActView(View):
    """``act`` does it and says what it did, or how to undo it; ``back`` (or ``back_to``) is the button's page."""

    http_method_names = ["post"]
    back_to: ClassVar[str] = ""

    def act(self) -> str | Undoable:
        raise NotImplementedError

    def back(self) -> str:
        """An address, or the name of one."""
        return self.back_to

    def text_of(self, refused: Refused) -> str:
        return refused.message

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            said = self.act()
            if isinstance(said, Undoable):
                said.say(request)
            elif said:
                messages.success(request, said)
        except Refused as refused:
            messages.error(request, self.text_of(refused))
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


def went_through(form: Form, act: Callable[[], Any]) -> bool:
    """Whether ``form`` is filled and ``act`` was not refused; the refusal stands on the form otherwise."""
    if not form.is_valid():
        return False
    try:
        act()
    except Refused as refused:
        form.add_error(None, refused.message)
        return False
    return True


def say_of_many(request: HttpRequest, done: str, named: Sequence[tuple[Any, Any]]) -> None:
    """Say how many of ``named`` (name, answer) were done, and what stopped each of the others."""
    refused = [(name, answer) for name, answer in named if isinstance(answer, Refused)]
    if count := len(named) - len(refused):
        messages.success(request, done.format(n=count))
    for name, answer in refused[:SHOWN]:
        messages.error(request, f"{name}：{answer.message}")
    if len(refused) > SHOWN:
        messages.error(request, _("还有 {n} 项没有成功。").format(n=len(refused) - SHOWN))
    if not named:
        messages.error(request, _("请至少选一项。"))
