"""Names the user of a page or of the admin as who acts. Stands behind TenantScopeMiddleware, which knows the tenant."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from haowu.approvals.actors import VISITOR, Actor, ActorKind, acting


class ActorMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with acting(_actor(request)):
            return self.get_response(request)


def _actor(request: HttpRequest) -> Actor:
    """In the admin staff act for the platform, whatever tenant they have chosen elsewhere."""
    user = request.user
    if not user.is_authenticated:
        return VISITOR
    if request.tenant is None or (request.path.startswith("/admin/") and user.is_staff):
        return Actor(ActorKind.USER, user.get_username(), user.pk)
    return Actor(ActorKind.USER, user.get_username(), user.pk, request.tenant.pk, request.membership.role)
