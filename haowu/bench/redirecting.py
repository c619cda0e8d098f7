"""The floor under a click: a WSGI program that redirects and does nothing else."""

from collections.abc import Callable, Iterable
from typing import Any


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    start_response("302 Found", [("Location", "/g/x?pid=x"), ("Cache-Control", "no-store"), ("Content-Length", "0")])
    return [b""]
