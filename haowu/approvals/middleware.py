"""Names the user of a page or of the admin as who acts. Stands behind TenantScopeMiddleware, which knows the tenant."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from haowu.approvals.actors import VISITOR, Actor, ActorKind, acting
from haowu.tenants.requests import ScopedRequest


class ActorMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: ScopedRequest) -> HttpResponse:
        with acting(_actor(request)):
            return self.get_response(request)


def _actor(request: ScopedRequest) -> Actor:
    """In the admin staff act for the platform, whatever tenant they have chosen elsewhere."""
    user = request.user
    if not user.is_authenticated:
        return VISITOR
    chosen = request.membership
    if chosen is None or (request.path.startswith("/admin/") and user.is_staff):
        return Actor(ActorKind.USER, user.get_username(), user.pk)
    return Actor(ActorKind.USER, user.get_username(), user.pk, chosen.tenant_id, chosen.role)
