"""What a request carries once ``TenantScopeMiddleware`` has seen it."""

from django.http import HttpRequest

from haowu.tenants.models import Membership, Tenant
from haowu.tenants.view_as import View


class ScopedRequest(HttpRequest):
    """Both None before a tenant is chosen. ``viewing`` is whom staff look at, and how long, else None."""

    viewing: View | None
    before_view: str
    membership: Membership | None
    tenant: Tenant | None
