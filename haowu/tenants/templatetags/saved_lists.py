"""``{% saved_views "selection" as mine %}``: what the member saved of a list, on pages that are no list pages."""

from typing import Any

from django import template

from haowu.tenants import saved_views as acts
from haowu.tenants.models import SavedView

register = template.Library()


@register.simple_tag(takes_context=True)
def saved_views(context: dict[str, Any], route: str) -> list[SavedView]:
    request = context["request"]
    return list(acts.kept(request.tenant, request.user, route).views)
