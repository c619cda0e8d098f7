"""How large a request may be, by route: judged before anything reads its body.

Django bounds forms (``DATA_UPLOAD_MAX_MEMORY_SIZE``), but writes uploaded files of any size to the disk, on any address
that reads a form, the sign-in among them.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from haowu.web import problems

MEGABYTE = 1024 * 1024


class BodyLimits:
    """``settings.BODY_LIMITS``: bytes by the name of the route; ``DATA_UPLOAD_MAX_MEMORY_SIZE`` for the others.

    Below ``/api/`` nothing reads a body before the caller is known and its size is judged there (PartnerView).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        if request.path.startswith("/api/"):
            return None
        assert request.resolver_match is not None, "a view was found"
        limit = settings.BODY_LIMITS.get(request.resolver_match.view_name, settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
        if _length(request) <= limit:
            return None
        if request.path.startswith("/oauth/"):
            return problems.plain_response(problems.BodyTooLarge())
        return render(request, "413.html", {"limit": max(1, limit // MEGABYTE)}, status=413)


def _length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0
