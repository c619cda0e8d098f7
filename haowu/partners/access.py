"""Who calls: a bearer token's client, the tenant it acts for, and whether it may."""

from typing import Any, Protocol

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _
from oauth2_provider.contrib.rest_framework import OAuth2Authentication, TokenHasScope
from rest_framework.exceptions import MethodNotAllowed, ParseError
from rest_framework.request import Request

from haowu.approvals.actors import MAX_NAME, Actor, ActorKind, recognise
from haowu.tenants.scope import enter_scope
from haowu.web.addresses import client_address
from haowu.web.limits import Limit, RateLimited
from haowu.web.problems import ApiRefused


class PartnerResource(Protocol):
    """What a view of the API says of itself: ``{method: [scopes]}``, and whose it is (None: anybody's)."""

    required_scopes: dict[str, list[str]]
    kinds: frozenset[str] | None


WRONG_TOKENS = Limit("wrong-tokens")


class ScopeMissing(ApiRefused):
    code = "SCOPE_MISSING"
    text = _("令牌没有权限「{scope}」。请为此 API 客户端开通后重新换取令牌。")
    status = 403


class KindRefused(ApiRefused):
    code = "KIND_REFUSED"
    text = _("「{kind}」类租户不能使用此接口。")
    status = 403


class ClientAuthentication(OAuth2Authentication):
    """Sets ``request.tenant`` and enters its scope, within the transaction of TenantScopeMiddleware."""

    def authenticate(self, request: Request) -> tuple[AnonymousUser, Any] | None:
        try:
            found = super().authenticate(request)
        except ValueError as error:  # oauthlib reads the query too, and knows only some ways to be malformed
            raise ParseError from error
        if found is None:
            if "Authorization" in request.headers:
                _count_wrong_token(request)
            return None
        _user, token = found
        tenant = token.application.tenant
        request._request.tenant = tenant
        enter_scope(tenant.pk)
        name = token.application.name or token.application.client_id
        recognise(Actor(ActorKind.CLIENT, name[:MAX_NAME], acting_for=tenant.pk))
        return AnonymousUser(), token

    def authenticate_header(self, request: Request) -> str:
        """RFC 6750 §3: an error only where a token was sent. Without a description, which must be ASCII."""
        error = getattr(request, "oauth2_error", {}).get("error")
        return f'Bearer realm="api", error="{error}"' if error else 'Bearer realm="api"'


class MayCall(TokenHasScope):
    """The token holds the view's ``required_scopes`` and its tenant is one of the view's ``kinds`` (None: any)."""

    def has_permission(self, request: Request, view: PartnerResource) -> bool:
        if not request.auth:
            return False
        scopes = self.get_scopes(request, view)
        if not request.auth.allow_scopes(scopes):
            wanted = " ".join(scopes)
            challenge = f'Bearer realm="api", error="insufficient_scope", scope="{wanted}"'
            raise ScopeMissing(scope=wanted, headers={"WWW-Authenticate": challenge})
        if view.kinds is not None and request.tenant.kind not in view.kinds:
            raise KindRefused(kind=request.tenant.get_kind_display())
        return True

    def get_scopes(self, request: Request, view: PartnerResource) -> list[str]:
        """``view.required_scopes`` is ``{method: [scopes]}``; HEAD is as GET, other methods are not there."""
        method = "GET" if request.method == "HEAD" else request.method
        if method not in view.required_scopes:
            raise MethodNotAllowed(method)
        return view.required_scopes[method]


def _count_wrong_token(request: Request) -> None:
    """RateLimited once an address has sent too many tokens that are none. Right ones pass from there as before."""
    rate = WRONG_TOKENS.count(client_address(request))
    if rate and rate.is_exceeded:
        raise RateLimited(rate)
