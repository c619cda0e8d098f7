"""Clients that send or read slowly hold connections, not threads: the web as the demo starts it, over real sockets."""

import http.client
import socket
import threading
import time
from collections.abc import Iterator

import pytest
from waitress.adjustments import Adjustments
from waitress.parser import HTTPRequestParser

from haowu.embedded import serving
from haowu.embedded.programs import Programs

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

HEAD = b"POST /sign-in/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
SLOW = {
    "a body that trickles": (HEAD + b"Content-Length: 1000\r\n\r\n", b"a"),
    "a body that never begins": (HEAD + b"Content-Length: 1000\r\n\r\n", b""),
    "a chunked body that trickles": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n3e8\r\n", b"a"),
    "headers that trickle": (HEAD + b"X-Long: ", b"a"),
    "a second request that trickles": (b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" + HEAD + b"X-Long: ", b"a"),
    "a connection that says nothing": (b"", b""),
}


@pytest.fixture
def web(process_environment, monkeypatch) -> Iterator[int]:
    """The port of a web with eight threads, as the demo starts it."""
    for name, value in process_environment.items():
        monkeypatch.setenv(name, value)
    with Programs() as programs:
        yield programs.start_web(workers=1, threads=8)


class Trickle:
    """Sixteen connections that begin with ``opening`` and then send ``piece`` every second."""

    def __init__(self, port: int, opening: bytes, piece: bytes) -> None:
        self.sockets = [socket.create_connection(("127.0.0.1", port)) for _ in range(16)]
        self.piece, self.over = piece, threading.Event()
        for each in self.sockets:
            each.sendall(opening)
        self.thread = threading.Thread(target=self.run, daemon=True)

    def run(self) -> None:
        while not self.over.wait(1):
            for each in self.sockets:
                each.sendall(self.piece)

    def __enter__(self) -> "Trickle":
        self.thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.over.set()
        self.thread.join()
        for each in self.sockets:
            each.close()


def asked(port: int, method: str, path: str, body=None, headers=None, **how) -> tuple[int, bytes]:
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    link.request(method, path, body, headers or {}, **how)
    answer = link.getresponse()
    return answer.status, answer.read()


def test_sixteen_slow_clients_do_not_stop_eight_threads(web):
    assert {kind: is_answered_beside(web, *SLOW[kind]) for kind in SLOW} == dict.fromkeys(SLOW, True)


def is_answered_beside(port: int, opening: bytes, piece: bytes) -> bool:
    """Whether three requests of others are answered within five seconds."""
    with Trickle(port, opening, piece):
        time.sleep(1.5)
        began = time.monotonic()
        try:
            answers = [asked(port, "GET", "/healthz")[0] for _ in range(3)]
        except TimeoutError:
            return False
        return answers == [200] * 3 and time.monotonic() - began < 5


def test_a_chunked_body_arrives_with_its_length(web):
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    pieces = iter([b"grant_type=", b"client_credentials"])
    said = asked(web, "POST", "/oauth/token/", pieces, form, encode_chunked=True)
    assert said == (401, b'{"error": "invalid_client"}')
    assert asked(web, "POST", "/oauth/token/", b"", form)[0] == 400  # what an empty body gets: no grant named


def test_a_body_larger_than_any_route_accepts_is_refused_unread(web):
    with socket.create_connection(("127.0.0.1", web), timeout=10) as link:
        link.sendall(HEAD + f"Content-Length: {serving.MAX_BODY + 1}\r\n\r\n".encode())
        assert link.recv(64).startswith(b"HTTP/1.1 413 ")


class Coming:
    """A channel whose request is coming in."""

    def __init__(self, received: int = 0) -> None:
        self.request, self.will_close = HTTPRequestParser(Adjustments()), False
        self.request.body_bytes_received = received


def test_a_request_has_twenty_seconds_and_one_more_for_each_16_kilobytes():
    receiving, small, large = serving.Receiving(), Coming(), Coming(received=160 * 1024)
    closed = []
    for now in (100.0, 120.0, 120.5, 130.0, 130.5):
        receiving.close_late([small, large], now)
        closed.append((small.will_close, large.will_close))
    assert closed == [(False, False), (False, False), (True, False), (True, False), (True, True)]


def test_the_time_of_a_request_begins_anew_on_the_same_connection():
    receiving, channel = serving.Receiving(), Coming()
    receiving.close_late([channel], 100.0)
    channel.request = None
    receiving.close_late([channel], 119.0)
    channel.request = HTTPRequestParser(Adjustments())
    receiving.close_late([channel], 130.0)
    assert not channel.will_close
