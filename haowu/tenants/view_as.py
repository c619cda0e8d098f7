"""Staff see the site as a tenant sees it: to read only, for an hour, with the reason in the tenant's own trail.

Nothing can be written meanwhile: pages refuse whatever is posted, and the database refuses the rest.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from haowu.ground import days
from haowu.ground.errors import Refused
from haowu.tenants import recording, second_step
from haowu.tenants.models import Membership, Tenant
from haowu.tenants.scope import PLATFORM, enter_scope

SESSION_KEY = "view_as"
LASTS = timedelta(hours=1)
RIGHT = "tenants.view_as_tenant"
ALLOWED = frozenset({"/sign-out/", "/language/setlang/"})
"""What may be posted all the same: it touches nothing of the tenant's."""


class ViewReasonMissing(Refused):
    code = "VIEW_REASON_MISSING"
    text = _("请写明为什么要以其身份查看，对方会看到。")


class PlatformNotViewed(Refused):
    code = "PLATFORM_NOT_VIEWED"
    text = _("平台自己没有前台页面可看。请选商家、达人、团长、基地或服务商。")


@dataclass(frozen=True)
class View:
    tenant: Tenant
    until: datetime

    def membership(self, user: Any) -> Membership:
        """As if ``user`` were a member who may only read."""
        return Membership(user_id=user.pk, tenant=self.tenant, role=Membership.Role.VIEWER)


def begin(request: HttpRequest, tenant: Tenant, reason: str, at: datetime) -> None:
    if not reason.strip():
        raise ViewReasonMissing
    if tenant.kind == Tenant.Kind.PLATFORM:
        raise PlatformNotViewed
    end(request, at)
    request.session[SESSION_KEY] = {"tenant": tenant.public_id, "until": (at + LASTS).isoformat()}
    _note("viewing_began", request, tenant, at, reason=reason.strip())


def end(request: HttpRequest, at: datetime, reason: str = "") -> None:
    """Back to oneself. Nothing where nobody is viewed."""
    held = request.session.pop(SESSION_KEY, None)
    tenant = held and Tenant.objects.filter(public_id=held["tenant"]).first()
    if tenant:
        _note("viewing_ended", request, tenant, at, reason=reason)


def current(request: HttpRequest) -> View | None:
    """Whom the user views; a view whose time is over ends here. For every request, so it asks little."""
    held = request.session.get(SESSION_KEY)
    if not held or not (request.user.is_active and request.user.is_staff and second_step.is_passed(request.user)):
        return None
    until = datetime.fromisoformat(held["until"])
    if days.now() >= until:
        end(request, days.now(), str(_("时间到，自动结束")))
        return None
    tenant = Tenant.objects.filter(public_id=held["tenant"]).first()
    return View(tenant, until) if tenant and request.user.has_perm(RIGHT) else None


def _note(act: str, request: HttpRequest, tenant: Tenant, at: datetime, **details: Any) -> None:
    enter_scope(PLATFORM)
    recording.record(act, "tenant", f"{tenant.kind}:{tenant.code}", at=at, by=request.user, tenant=tenant, **details)
