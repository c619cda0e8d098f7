"""Bodies sent in chunks, without a length: Django alone would read them as empty.

Our own worker hands them over with their length (``haowu.embedded.serving``). Other servers join the chunks and say no
length: here the whole is read, up to the size that a body may have, and its length noted as if it had been sent.
"""

import io
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from haowu.web import problems

PIECE_BYTES = 64 * 1024


class ChunkedBodies:
    """Middleware. 411 where the server does not join chunks, as the development server does not."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "Transfer-Encoding" in request.headers and not request.META.get("CONTENT_LENGTH"):
            if not request.META.get("wsgi.input_terminated"):
                return problems.plain_response(problems.LengthRequired())
            try:
                whole = _joined(request.META["wsgi.input"])
            except problems.ApiRefused as refused:
                return problems.plain_response(refused)
            request.META["CONTENT_LENGTH"] = str(len(whole))
            request._stream = io.BytesIO(whole)
        return self.get_response(request)


def _joined(stream: io.BufferedIOBase) -> bytes:
    whole = bytearray()
    try:
        while piece := stream.read(PIECE_BYTES):
            whole += piece
            if len(whole) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
                raise problems.BodyTooLarge
    except problems.ApiRefused:
        raise
    except Exception as error:  # a chunk that is none, or a client that went away: WSGI names no class for it
        raise problems.RequestMalformed from error
    return bytes(whole)
