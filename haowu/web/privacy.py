"""Headers of every answer for browsers and proxies on the way: what may be kept, and what a page may use."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

UNUSED = ("camera", "display-capture", "geolocation", "microphone", "payment", "usb")
PERMISSIONS = ", ".join(f"{name}=()" for name in UNUSED)


class PrivateAnswers:
    """``Cache-Control: private, no-store`` on every answer that says nothing else, and ``Permissions-Policy``.

    An answer without a session is private too: a form with its token, a page for a language. Who may be kept says so
    (pictures: ``haowu.web.media``); static files are answered before this middleware.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        return response
