"""OAuth 2 client credentials (RFC 6749 §4.4) with django-oauth-toolkit: scopes per client, and the token endpoint."""

from base64 import b64decode
from typing import Any
from urllib.parse import unquote_plus

from django.contrib.auth.hashers import check_password, make_password
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt
from oauth2_provider.oauth2_backends import OAuthLibCore
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauth2_provider.scopes import SettingsScopes
from oauth2_provider.settings import oauth2_settings
from oauth2_provider.views import TokenView as ToolkitTokenView
from rest_framework.request import Request

from haowu.ground import inputs
from haowu.partners import limits
from haowu.partners.models import ApiClient
from haowu.web import problems
from haowu.web.addresses import client_address
from haowu.web.limits import RateLimited


class ClientScopes(SettingsScopes):
    """A client may ask for its ``allowed_scopes``, and gets all of them when it names none."""

    def get_available_scopes(
        self, application: ApiClient | None = None, request: Any = None, *args: Any, **kwargs: Any
    ) -> list[str]:
        known = super().get_available_scopes(application, request)
        return (
            known if application is None else [scope for scope in application.allowed_scopes.split() if scope in known]
        )

    def get_default_scopes(
        self, application: ApiClient | None = None, request: Any = None, *args: Any, **kwargs: Any
    ) -> list[str]:
        return self.get_available_scopes(application, request)


class HeaderTokens(OAuthLibCore):
    """Access tokens stand in the header: verifying one must not read the body of an API request.

    Nor is ``resource`` (RFC 8707) read: every token is for this API.
    """

    def extract_body(self, request: HttpRequest | Request) -> list[tuple[str, str]]:
        if isinstance(request, Request):
            return []
        return [(name, value) for name, value in super().extract_body(request) if name != "resource"]


class KnownClient(OAuth2Validator):
    """Knows who asks for the token: the door has judged the secret, once."""

    def __init__(self, client: ApiClient | None) -> None:
        super().__init__()
        self.client = client

    def authenticate_client(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        request.client = self.client
        return self.client is not None


@method_decorator(csrf_exempt, name="dispatch")
class TokenView(ToolkitTokenView):
    """``POST /oauth/token/``. Errors are RFC 6749's JSON; what is not OAuth's to say is a problem.

    Failed tries are counted for the address they come from, requests with the right secret for the client.
    """

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return super().dispatch(request, *args, **kwargs)
        except Exception as error:
            return problems.plain_response(problems.refusal(error, request, self))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        client_id, secret = credentials(request)
        address = client_address(request)
        if rate := limits.TOKEN_TRIES.begin(address, client_id):
            raise RateLimited(rate, error="temporarily_unavailable")
        self.client = client_of(client_id, secret)
        if self.client:
            limits.TOKEN_TRIES.forgive(address, client_id)
            rate = limits.TOKENS.count(self.client.client_id)
            if rate and rate.is_exceeded:
                raise RateLimited(rate, error="temporarily_unavailable")
        return self.authorization_flow_token_response(request)

    def create_token_response(self, request: HttpRequest) -> tuple[Any, ...]:
        server = self.get_server_class()(KnownClient(self.client), **oauth2_settings.server_kwargs)
        return HeaderTokens(server).create_token_response(request)

    def http_method_not_allowed(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        raise problems.MethodNotAllowed(method=request.method, headers={"Allow": "POST"})


def client_of(client_id: str, secret: str) -> ApiClient | None:
    """The client with this id and secret. One hash is computed in any case: time must not betray which ids exist."""
    client = ApiClient.objects.with_id(client_id) if inputs.is_storable(client_id) else None
    if client is None:
        make_password(secret)
        return None
    return client if check_password(secret, client.client_secret) else None


def credentials(request: HttpRequest) -> tuple[str, str]:
    """``(client id, secret)`` of the Basic header, each form-encoded (RFC 6749 §2.3.1), or else of the form.

    Of a header that cannot be read nothing is left, whatever the form says.
    """
    header = request.headers.get("Authorization")
    if header is None:
        return request.POST.get("client_id", ""), request.POST.get("client_secret", "")
    scheme, _space, encoded = header.partition(" ")
    try:
        client_id, colon, secret = b64decode(encoded.strip()).decode().partition(":")
    except ValueError:
        return "", ""
    return (unquote_plus(client_id), unquote_plus(secret)) if colon and scheme.lower() == "basic" else ("", "")
