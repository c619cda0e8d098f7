"""What a request carries once ``TenantScopeMiddleware`` has seen it."""

from django.http import HttpRequest

from haowu.tenants.models import Membership, Tenant


class ScopedRequest(HttpRequest):
    """Both None before a tenant is chosen."""

    membership: Membership | None
    tenant: Tenant | None
