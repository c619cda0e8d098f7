"""How often a password may be wrong, for django-axes: counted for an address with a name, and more slowly for an
address alone (``settings.LIMITS``). Never for the name alone: a stranger must not lock anybody out."""

from typing import Any

from axes.handlers.base import AbstractAxesHandler, AxesBaseHandler
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from haowu.web.addresses import client_address
from haowu.web.limits import Limit, Rate, Tries

SIGN_IN_TRIES = Tries(Limit("sign-in-tries-of-address"), Limit("sign-in-tries"))
SECOND_STEP_TRIES = Tries(Limit("second-step-tries-of-address"), Limit("second-step-tries"))


class SignInRequest(HttpRequest):
    """Of somebody who has tried to sign in. ``axes_locked_out`` is what the middleware of axes looks at."""

    sign_in_try: tuple[str, str]
    sign_in_refused: Rate | None
    axes_locked_out: bool


class SignInTries(AbstractAxesHandler, AxesBaseHandler):
    """Every try is counted before its password is looked at, and forgiven when it was right."""

    def is_allowed(self, request: SignInRequest, credentials: dict[str, Any] | None = None) -> bool:
        """Asked once by the authentication backend. Without a name there is nothing to guess."""
        name = (credentials or {}).get("username")
        if name is None:
            return True
        address = client_address(request)
        request.sign_in_refused = SIGN_IN_TRIES.begin(address, name)
        request.sign_in_try = (address, name)
        request.axes_locked_out = request.sign_in_refused is not None
        return not request.axes_locked_out

    def user_login_failed(
        self, sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any
    ) -> None:
        """The try stays counted."""

    def user_logged_in(self, sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
        if begun := getattr(request, "sign_in_try", None):
            SIGN_IN_TRIES.forgive(*begun)

    def user_logged_out(self, sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
        pass

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """Only Redis knows, and ``is_allowed`` asks it."""
        return 0


def locked_out(request: SignInRequest, response: HttpResponse, credentials: dict[str, Any] | None) -> HttpResponse:
    """What the middleware of axes shows instead of ``response`` where no try is left."""
    rate = request.sign_in_refused
    assert rate is not None, "a refusal locked out"
    minutes = -(-rate.reset_seconds // 60)
    page = render(request, "locked_out.html", {"minutes": minutes}, status=429)
    page["Retry-After"] = str(rate.reset_seconds)
    return page
