"""Who may open a page: signed in, acting for a tenant of the right kind, and allowed to write where it writes."""

from typing import Any, ClassVar, cast
from urllib.parse import urlencode

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from haowu.tenants.requests import ScopedRequest

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class TenantRequiredMixin(LoginRequiredMixin):
    """Pages of a tenant. ``kind`` bounds whose (404 for others); ``writes`` marks pages made of a form.

    A member whose role lacks the page's ``right`` gets 403 from every form page and every POST.
    """

    request: HttpRequest
    kind: ClassVar[str | None] = None
    writes: ClassVar[bool] = False
    right: ClassVar[str] = "may_write"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        tenant = cast(ScopedRequest, request).tenant
        if tenant is None:
            return redirect(_chooser(request))
        if self.kind not in (None, tenant.kind):
            raise Http404
        if (self.writes or request.method not in SAFE_METHODS) and not self.has_right():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def has_right(self) -> bool:
        """Whether the role of whoever is here has this page's ``right``, a property of ``Membership``."""
        membership = cast(ScopedRequest, self.request).membership
        return membership is not None and bool(getattr(membership, self.right))


def _chooser(request: HttpRequest) -> str:
    """Where a tenant is chosen, and with it where to go on afterwards."""
    asked = urlencode({"next": request.get_full_path()}) if request.method in SAFE_METHODS else ""
    return f"{reverse('home')}?{asked}" if asked else reverse("home")
