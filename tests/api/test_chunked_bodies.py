"""A body sent in chunks is read whole by the web server we ship, and refused where it cannot be."""

import http.client
import json
import socket
from collections.abc import Iterator

import pytest

from commissions.models import OrderEvent
from haowu.embedded.programs import WORKER_CLASS
from haowu.partners.clients import register_client
from tests.api.callers import basic
from tests.api.servers import gunicorn
from tests.build import bought, merchant, paid, product, source

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=[WORKER_CLASS, "gthread"], ids=["ours", "gunicorn's"])
def port(request, process_environment) -> Iterator[int]:
    """Our worker, which hands bodies over with their length, and one of those that do not."""
    with gunicorn(process_environment, worker=request.param) as port:
        yield port


def send(port: int, method: str, path: str, pieces: list[bytes] | bytes | None, **headers: str):
    """``pieces`` as a list go out in chunks, without a length."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, iter(pieces) if isinstance(pieces, list) else pieces, named)
    answer = connection.getresponse()
    said = answer.status, answer.headers, answer.read()
    connection.close()
    return said


def token(port: int, *scopes: str) -> str:
    """Fetched in chunks, too."""
    client = register_client(source("youzan"), "test", scopes)
    form = {"Content_Type": "application/x-www-form-urlencoded"}
    status, _headers, body = send(
        port, "POST", "/oauth/token/", [b"grant_type=", b"client_credentials"], **form, **basic(*client)
    )
    assert status == 200, body
    return json.loads(body)["access_token"]


def test_events_pushed_in_chunks_are_stored(port):
    goods = product(merchant("m1"), "p1")
    allowed = {"Authorization": f"Bearer {token(port, 'order-events:write')}", "Content_Type": "application/json"}
    body = json.dumps({"events": [paid("o1", "2024-06-01 10:00", [bought(goods)], event_id="a")]}).encode()
    status, _headers, said = send(port, "POST", "/api/v1/order-events", [body[:7], body[7:50], body[50:]], **allowed)
    assert (status, json.loads(said)["results"][0]["status"]) == (200, "accepted")
    status, _headers, said = send(port, "POST", "/api/v1/order-events", body, **allowed)
    assert (status, json.loads(said)["results"][0]["status"]) == (200, "duplicate")

    megabyte = b" " * 1024 * 1024
    status, headers, said = send(port, "POST", "/api/v1/order-events", [body, *[megabyte] * 9], **allowed)
    assert (status, json.loads(said)["code"]) == (413, "BODY_TOO_LARGE")
    assert headers["Content-Type"] == "application/problem+json"
    status, _headers, said = send(port, "POST", "/api/v1/order-events", [megabyte] * 7 + [body], **allowed)
    assert (status, json.loads(said)["results"][0]["status"]) == (200, "duplicate")
    assert OrderEvent.objects.count() == 1


def test_a_chunk_that_is_none_is_a_problem(port):
    with socket.create_connection(("127.0.0.1", port), timeout=30) as wire:
        wire.sendall(
            b"POST /api/v1/order-events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            b"Transfer-Encoding: chunked\r\n\r\nnonsense\r\n"
        )
        said = wire.recv(65536)
    assert said.startswith(b"HTTP/1.1 400 ")


def test_a_server_that_does_not_join_chunks_asks_for_a_length(live_server):
    """Django's own."""
    port = int(live_server.url.rpartition(":")[2])
    status, headers, said = send(port, "POST", "/api/v1/order-events", [b"{}"], Content_Type="application/json")
    assert (status, headers["Content-Type"]) == (411, "application/problem+json")
    assert json.loads(said)["code"] == "LENGTH_REQUIRED"
