"""One transaction and one tenant scope for each request."""

from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from psycopg2.errors import ReadOnlySqlTransaction

from haowu.tenants import second_step, view_as
from haowu.tenants.access import SAFE_METHODS
from haowu.tenants.models import Membership
from haowu.tenants.requests import ScopedRequest
from haowu.tenants.scope import PLATFORM, enter_scope, read_only
from haowu.tenants.view_as import View

SESSION_KEY = "tenant"


class TenantScopeMiddleware:
    """Sets ``request.membership`` and ``request.tenant`` (None before a tenant is chosen) and enters their scope.

    The admin's staff see the platform's rows; outside of it they may view a tenant (``request.viewing``, else None). A
    response of 500 and above rolls the whole request back.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: ScopedRequest) -> HttpResponse:
        with transaction.atomic():
            request.viewing = view_as.current(request)
            is_staff_page = request.path.startswith("/admin/")
            if request.viewing and not is_staff_page:
                return self._viewed(request, request.viewing)
            request.membership = self._membership(request)
            request.tenant = request.membership.tenant if request.membership else None
            if request.tenant:
                enter_scope(request.tenant.pk)
            if is_staff_page and self._may_see_all(request):
                enter_scope(PLATFORM)
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response

    def _viewed(self, request: ScopedRequest, viewing: View) -> HttpResponse:
        """A tenant's page as its reader sees it; whatever would write is refused."""
        request.membership, request.tenant = viewing.membership(request.user), viewing.tenant
        if request.method not in SAFE_METHODS and request.path not in view_as.ALLOWED:
            return render(request, "view_only.html", status=403)
        enter_scope(viewing.tenant.pk)
        read_only()
        request.before_view = transaction.savepoint()
        return self.get_response(request)

    def process_exception(self, request: ScopedRequest, exception: Exception) -> HttpResponse | None:
        """A page that writes as it is read is refused like one that is posted to, rather than failing."""
        if not request.viewing or not isinstance(exception.__cause__, ReadOnlySqlTransaction):
            return None
        transaction.set_rollback(False)  # asked for by the statement that failed; it goes back only so far
        transaction.savepoint_rollback(request.before_view)
        return render(request, "view_only.html", status=403)

    def _may_see_all(self, request: HttpRequest) -> bool:
        return request.user.is_active and request.user.is_staff and second_step.is_passed(request.user)

    def _membership(self, request: HttpRequest) -> Membership | None:
        chosen = request.session.get(SESSION_KEY)
        if not chosen or not request.user.is_authenticated:
            return None
        mine = request.user.memberships
        return next((membership for membership in mine if membership.tenant.public_id == chosen), None)
