"""One transaction and one tenant scope for each request."""

from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from haowu.tenants.models import Membership
from haowu.tenants.requests import ScopedRequest
from haowu.tenants.scope import PLATFORM, enter_scope

SESSION_KEY = "tenant"


class TenantScopeMiddleware:
    """Sets ``request.membership`` and ``request.tenant`` (None before a tenant is chosen) and enters their scope.

    The admin's staff see the platform's rows. A response of 500 and above rolls the whole request back.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: ScopedRequest) -> HttpResponse:
        with transaction.atomic():
            request.membership = self._membership(request)
            request.tenant = request.membership.tenant if request.membership else None
            if request.tenant:
                enter_scope(request.tenant.pk)
            if request.path.startswith("/admin/") and request.user.is_active and request.user.is_staff:
                enter_scope(PLATFORM)
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response

    def _membership(self, request: HttpRequest) -> Membership | None:
        chosen = request.session.get(SESSION_KEY)
        if not chosen or not request.user.is_authenticated:
            return None
        return Membership.objects.select_related("tenant").filter(user=request.user, tenant__public_id=chosen).first()
