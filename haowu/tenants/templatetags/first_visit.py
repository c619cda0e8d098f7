"""``{% first_visit %}``: what shows a new member around on the first page of a role."""

from typing import Any

from django import template
from django.http import HttpRequest

from haowu.tenants.guides import STAFF_STEPS, STEPS
from haowu.tenants.views import HOMES

register = template.Library()


@register.inclusion_tag("tenants/first_visit.html", takes_context=True)
def first_visit(context: dict[str, Any]) -> dict[str, Any]:
    request: HttpRequest | None = context.get("request")
    membership = getattr(request, "membership", None)
    if request is None or membership is None or membership.guide_closed_at is not None:
        return {}
    kind = membership.tenant.kind
    is_home = request.resolver_match is not None and request.resolver_match.url_name == HOMES.get(kind)
    return {"steps": STEPS.get(kind, ()) if is_home else (), "request": request}


@register.inclusion_tag("tenants/first_visit.html", takes_context=True)
def staff_first_visit(context: dict[str, Any]) -> dict[str, Any]:
    """``{% staff_first_visit %}``: the same for the platform's staff, on the first page of the admin."""
    request: HttpRequest = context["request"]
    closed = getattr(request.user, "guide_closed_at", None)
    return {"steps": () if closed else STAFF_STEPS, "is_staff": True, "request": request}
