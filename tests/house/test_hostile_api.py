"""Whatever a program sends to the API: a problem with its code or an answer, never a 500.

Every route stands in the table of who may call what (``tests.api.test_access``), which a test holds complete; here each
is called by one who may, with a hostile value in each place of its path, query, headers and body in turn.
"""

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import resolve

from tests.api.test_access import BODIES, CALLERS, TABLE
from tests.bases import base
from tests.hostile import CUT, at_once, nothing_failing, one_by_one, share, unlimited
from tests.world import undone

pytestmark = pytest.mark.django_db
DEEP = json.loads("[" * 60 + "]" * 60)
SHAPES = [None, True, 0, -1, 2**31, 2**63, 10**400, 1.5, [], {}, [[]], DEEP, "\0", "\ud83d", "x" * 10_000, "9" * 5_000]
"""What stands in a body where something else is wanted; beside ``VALUES``, which are all text."""
RAW = [
    b"",
    b"[",
    b"{}",
    b"[]",
    b"null",
    b"NaN",
    b"1e400",
    b"\xff",
    b"\xef\xbb\xbf{}",
    b"[" * 100_000,
    b'{"a":' * 50_000,
]
"""Whole bodies that are no object, or not even JSON."""
OF_BASES = {"stock-snapshots", "stock-changes", "stock-feeds", "stock-feed", "stock", "brand-introductions"}


@pytest.fixture
def callers(settings, sale, asked, led, calling):
    unlimited(settings)
    known = {"partner": sale.source, "merchant": sale.shop, "streamer": sale.seller, "leader": led, "base": base().base}
    found = {name: calling(tenant) for name, tenant in known.items()}
    for each in found.values():
        each.http.raise_request_exception = False
    return found


def walked(callers) -> Iterator[tuple[str, str, Any, Any]]:
    """``(method, path, match, who may call it)`` of every route."""
    for (method, path), codes in TABLE.items():
        match = resolve(f"/api/v1{path}")
        first = next((name for name, code in zip(CALLERS, codes, strict=True) if code < 400), None)
        yield method, path, match, callers["base" if match.url_name in OF_BASES else first or "leader"]


def send(caller: Any, method: str, path: str, body: Any = None, **headers: str) -> int:
    with undone():
        answer = caller.post(path, body, **headers) if method == "POST" else caller.get(path, **headers)
    return answer.status_code


def test_no_part_of_a_path_breaks_a_route(callers):
    with nothing_failing():
        for method, path, match, caller in walked(callers):
            for value in map(str, match.captured_kwargs.values()):
                for bad in [*(quote(text, safe="") for text in at_once(path)), *share(path, CUT, 1)]:
                    send(caller, method, path.replace(f"/{value[:10]}", f"/{bad}", 1), BODIES.get(path))


def test_no_query_or_header_breaks_a_route(callers):
    with nothing_failing():
        for method, path, match, caller in walked(callers):
            view = match.func.view_class()
            for name in view.query_parameters if method == "GET" else ():
                for bad in [*map(quote, one_by_one(path + name, 6)), *share(path + name, CUT, 1)]:
                    send(caller, method, f"{path}?{name}={bad}")
        for text in at_once("header"):
            printable = text.replace("\0", "").replace("\r\n", " ").encode().decode("latin-1")
            for name in ("Accept_Language", "Accept", "Idempotency_Key", "If_None_Match", "Content_Encoding"):
                send(caller, "POST", "/order-events", {}, **{name: printable})


def test_no_body_breaks_a_route(callers):
    with nothing_failing():
        for method, path, _match, caller in walked(callers):
            if method != "POST":
                continue
            for raw in RAW:
                send(caller, method, path, raw)
            for place in places(BODIES[path]):
                for value in (*share(f"{path}{place}", SHAPES, 4), *at_once(f"{path}{place}")):
                    send(caller, method, path, put(BODIES[path], place, value))


def test_no_way_of_asking_for_a_token_breaks(db, settings):
    unlimited(settings)
    client = Client(raise_request_exception=False)
    right = {"grant_type": "client_credentials", "client_id": "x", "client_secret": "y", "scope": "orders:read"}
    with nothing_failing():
        for name in right:
            for text in at_once(name):
                client.post("/oauth/token/", right | {name: text})
                client.post(f"/oauth/token/?{name}={quote(text)}", right)


def places(body: Any, before: tuple = ()) -> Iterator[tuple]:
    """Every place of ``body``, the inner ones too."""
    yield before
    inner = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    for key, value in inner:
        yield from places(value, (*before, key))


def put(body: Any, place: tuple, value: Any) -> Any:
    """``body`` with ``value`` in ``place``."""
    if not place:
        return value
    made = deepcopy(body)
    at = made
    for key in place[:-1]:
        at = at[key]
    at[place[-1]] = value
    return made
