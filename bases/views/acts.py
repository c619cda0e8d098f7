"""What the pages of bases share."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.generic import View

from bases.models import Base
from haowu.ground.errors import Refused
from haowu.tenants.access import TenantRequiredMixin
from haowu.tenants.models import Tenant


class OfBase(TenantRequiredMixin):
    kind = Tenant.Kind.BASE

    @property
    def profile(self) -> Base | None:
        return Base.objects.of(self.request.tenant)


class Act(View):
    """One button: ``act`` returns what to say, a refusal is shown on the page gone ``back`` to."""

    http_method_names = ["post"]
    back: str

    def act(self, **kwargs: Any) -> str:
        raise NotImplementedError

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            messages.success(request, self.act(**kwargs))
        except Refused as refused:
            messages.error(request, refused.message)
        return redirect(self.back)


def told(form: Any, act: Callable[[], Any]) -> bool:
    """Whether ``act`` went through; its refusal stands on the form otherwise."""
    if not form.is_valid():
        return False
    try:
        act()
    except Refused as refused:
        form.add_error(None, refused.message)
        return False
    return True
