"""The bell of every page: how many notices a member has not read."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from haowu.approvals import notices
from haowu.tenants.models import Tenant, User
from haowu.web import menus

BELL = "bell"
menus.count_beside(BELL, notices.unread_rows, but_not=frozenset({Tenant.Kind.STREAMER}))


def of_request(request: HttpRequest) -> dict[str, Any]:
    """Context processor: ``bell``, asked of the database when a template draws it."""
    tenant, user = getattr(request, "tenant", None), getattr(request, "user", None)
    if tenant is None or not isinstance(user, User):
        return {"bell": ""}
    return {"bell": SimpleLazyObject(lambda: _said(_unread(request, user, tenant)))}


def _unread(request: HttpRequest, user: User, tenant: Tenant) -> int:
    """Counted with the menu; by itself on the pages of streamers, most of which show no bell."""
    counted = menus.counted_beside(request, BELL)
    return notices.unread(user, tenant) if counted is None else counted


def _said(unread: int) -> str:
    return f"{notices.AT_MOST}+" if unread > notices.AT_MOST else str(unread or "")
