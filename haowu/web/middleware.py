"""What no request may hold, judged before anything is looked up."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse

from haowu.ground import inputs
from haowu.web import problems
from haowu.web.failures import FOR_PROGRAMS


class AddressMiddleware:
    """Control characters in a path, and NUL in a query, are in no address of ours: 404, Django's own pages included.

    The API refuses a query itself, naming the parameter. A cookie with such characters was never set by us: it counts
    as not sent.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_program = request.path.startswith(FOR_PROGRAMS)
        if not inputs.is_storable(request.path) or (not is_program and _has_nul(request)):
            if is_program:
                return problems.path_unknown(request)
            raise Http404
        request.COOKIES = {name: value for name, value in request.COOKIES.items() if inputs.is_storable(value)}
        return self.get_response(request)


def _has_nul(request: HttpRequest) -> bool:
    return any("\0" in text for name, texts in request.GET.lists() for text in (name, *texts))
