"""One number for a request, from the door to the last log line, answer and trail row.

Whoever calls may bring a number of their own (``X-Request-Id``); every answer carries it back. Tasks carry the number
of the request that woke them; a command or a timer has one of its own.
"""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse

from haowu.ground import inputs

HEADER = "X-Request-Id"
MAX_LENGTH = 128


def new() -> str:
    return uuid.uuid4().hex


_OF_PROCESS = new()
_current: ContextVar[str] = ContextVar("request_id", default=_OF_PROCESS)


def current() -> str:
    """The number of what is going on here; outside of requests and tasks the process's own."""
    return _current.get()


@contextmanager
def within(request_id: str | None) -> Iterator[str]:
    """Everything inside belongs to ``request_id``; a number that cannot be used is replaced by a new one."""
    token = _current.set(usable(request_id))
    try:
        yield _current.get()
    finally:
        _current.reset(token)


def usable(given: object) -> str:
    """``given`` where it is 1 to 128 visible ASCII characters, else a new number."""
    try:
        return inputs.visible_ascii(given, max_length=MAX_LENGTH)
    except inputs.InputInvalid:
        return new()


class RequestIdMiddleware:
    """Outermost of all: pages of failures and refusals carry the number too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with within(request.headers.get(HEADER)) as request_id:
            request.request_id = request_id  # type: ignore[attr-defined]
            response = self.get_response(request)
            response[HEADER] = request_id
        return response
