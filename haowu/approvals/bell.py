"""The bell of every page: how many notices a member has not read."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from haowu.approvals import notices
from haowu.tenants.models import User


def of_request(request: HttpRequest) -> dict[str, Any]:
    """Context processor: ``bell``, asked of the database when a template draws it."""
    tenant, user = getattr(request, "tenant", None), getattr(request, "user", None)
    if tenant is None or not isinstance(user, User):
        return {"bell": ""}
    return {"bell": SimpleLazyObject(lambda: _said(notices.unread(user, tenant)))}


def _said(unread: int) -> str:
    return f"{notices.AT_MOST}+" if unread > notices.AT_MOST else str(unread or "")
