"""Who may open a page: signed in, acting for a tenant of the right kind, and allowed to write where it writes."""

from typing import Any, ClassVar

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class TenantRequiredMixin(LoginRequiredMixin):
    """Pages of a tenant. ``kind`` bounds whose (404 for others); ``writes`` marks pages made of a form.

    A member who may not write gets 403 from every form page and every POST.
    """

    kind: ClassVar[str | None] = None
    writes: ClassVar[bool] = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        if request.tenant is None:
            return redirect("home")
        if self.kind not in (None, request.tenant.kind):
            raise Http404
        if (self.writes or request.method not in SAFE_METHODS) and not request.membership.may_write:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)
