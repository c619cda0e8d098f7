"""OAuth 2 client credentials (RFC 6749 §4.4) with django-oauth-toolkit: scopes per client, and the token endpoint."""

import hashlib
from base64 import b64decode
from contextlib import suppress

from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt
from oauth2_provider.oauth2_backends import OAuthLibCore
from oauth2_provider.scopes import SettingsScopes
from oauth2_provider.views import TokenView as ToolkitTokenView
from rest_framework.request import Request

from haowu.partners import limits
from haowu.web import problems


class ClientScopes(SettingsScopes):
    """A client may ask for its ``allowed_scopes``, and gets all of them when it names none."""

    def get_available_scopes(self, application=None, request=None, *args, **kwargs) -> list[str]:
        known = super().get_available_scopes(application, request)
        return (
            known if application is None else [scope for scope in application.allowed_scopes.split() if scope in known]
        )

    def get_default_scopes(self, application=None, request=None, *args, **kwargs) -> list[str]:
        return self.get_available_scopes(application, request)


class HeaderTokens(OAuthLibCore):
    """Access tokens stand in the header: verifying one must not read the body of an API request.

    Nor is ``resource`` (RFC 8707) read: every token is for this API.
    """

    def extract_body(self, request: HttpRequest | Request) -> list[tuple[str, str]]:
        if isinstance(request, Request):
            return []
        return [(name, value) for name, value in super().extract_body(request) if name != "resource"]


@method_decorator(csrf_exempt, name="dispatch")
class TokenView(ToolkitTokenView):
    """``POST /oauth/token/``. Errors are RFC 6749's JSON; what is not OAuth's to say is a problem."""

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        try:
            return super().dispatch(request, *args, **kwargs)
        except Exception as error:
            return problems.plain_response(problems.refusal(error, request, self))

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        rate = limits.TOKENS.take(_named_client(request))
        if rate and rate.is_exceeded:
            raise limits.RateLimited(rate, error="temporarily_unavailable")
        return self.authorization_flow_token_response(request)

    def http_method_not_allowed(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        raise problems.MethodNotAllowed(method=request.method, headers={"Allow": "POST"})


def _named_client(request: HttpRequest) -> str:
    """Whom the request names, believed for counting only: guessing a secret is what the limit is for."""
    named = request.headers.get("Authorization", "") or request.POST.get("client_id", "")
    if named.startswith("Basic "):
        with suppress(ValueError):
            named = b64decode(named.removeprefix("Basic ")).decode().partition(":")[0]
    return hashlib.sha256(named.encode()).hexdigest()
