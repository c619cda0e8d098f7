"""``/s/<code>``: the public click. It is counted, and the browser led on to the product.

A middleware answers it before sessions, languages and the request's transaction: a click needs none of them, and so
thousands a second fit beside other work. What it cannot answer (a code that is none) goes on to the ordinary 404.
"""

import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from haowu.ground import days
from haowu.tenants.scope import platform_scope
from haowu.web.addresses import client_address
from streamers.clicks import waiting
from streamers.clicks.crawlers import browser_of, is_visit
from streamers.clicks.storing import NewClick
from streamers.clicks.visitors import visitor_key
from streamers.models import Link
from streamers.models.link import CODE_PATTERN

logger = logging.getLogger(__name__)
ADDRESS = re.compile(rf"/s/({CODE_PATTERN})/?")
KEPT_SECONDS = 60
MOST_KEPT = 50_000


@dataclass(frozen=True)
class Target:
    """Where a link leads. Neither changes while the link is there, so that a process may remember them."""

    link_id: int
    location: str


class ClickDoor:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith("/s/") and request.method in ("GET", "HEAD"):
            code = ADDRESS.fullmatch(request.path_info)
            target = target_of(code[1]) if code else None
            if target is not None:
                return clicked(request, target)
        return self.get_response(request)


def clicked(request: HttpRequest, target: Target) -> HttpResponse:
    """Count the click and lead on, never from a cache: each click is to come here."""
    if is_visit(request):
        _count(request, target)
    answer = HttpResponseRedirect(target.location)
    answer["Cache-Control"] = "no-store"
    answer["Referrer-Policy"] = "no-referrer"
    return answer


def _count(request: HttpRequest, target: Target) -> None:
    """A browser is led on whatever happens: where neither Redis nor the database answers, the click is lost."""
    at = days.now()
    try:
        visitor = visitor_key(days.day_of(at), client_address(request), browser_of(request))
        waiting.put(NewClick(target.link_id, visitor, at))
    except DatabaseError as error:
        logger.error("a click was lost: %s", error)


def target_of(code: str) -> Target | None:
    """Looked up once a minute in each process; what is no link is looked up each time, and is little work."""
    known = _kept.get(code)
    if known is not None and known[0] > time.monotonic():
        return known[1]
    target = _find(code)
    if target is not None:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        _kept[code] = (time.monotonic() + KEPT_SECONDS, target)
    return target


_kept: dict[str, tuple[float, Target]] = {}


def _find(code: str) -> Target | None:
    with transaction.atomic(), platform_scope():
        link = Link.objects.coded([code]).select_related("pick", "product").first()
    if link is None:
        return None
    marks = {"pid": link.pick.pid} | ({"sub_id": link.sub_id} if link.sub_id else {})
    return Target(link.pk, f"/g/{link.product.public_id}?{urlencode(marks)}")
