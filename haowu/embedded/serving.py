"""Gunicorn's worker for the web: requests are received whole before a thread gets them (``--worker-class``).

Gunicorn's own threads read a request from its connection, so eight clients that send a byte a second stop eight
threads. Here waitress receives all connections in one loop, keeps long bodies in files, and hands what is complete to
the threads; answers wait in its buffers for slow readers. Chunked bodies arrive with their length. Gunicorn starts,
watches and ends the processes as before.
"""

import logging
import os
import resource
import time
from collections.abc import Iterable
from typing import Any

from gunicorn.workers.base import Worker
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import create_server

MAX_BODY = 112 * 1024 * 1024
"""More than any route accepts; what each accepts: ``settings.BODY_LIMITS``."""
MAX_HEADERS = 64 * 1024
IDLE_SECONDS = 30
RECEIVE_SECONDS = 20
RECEIVE_BYTES_PER_SECOND = 16 * 1024
OPEN_FILES = 4096


class ReceivingWorker(Worker):
    def run(self) -> None:
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # it warns of each request that waits for a thread
        _allow_files()
        connections: dict[int, Any] = {}
        server = create_server(
            self.wsgi,
            map=connections,
            sockets=[listener.sock for listener in self.sockets],
            threads=self.cfg.threads,
            connection_limit=self.cfg.worker_connections,
            channel_timeout=IDLE_SECONDS,
            cleanup_interval=5,
            recv_bytes=256 * 1024,
            max_request_header_size=MAX_HEADERS,
            max_request_body_size=MAX_BODY,
            clear_untrusted_proxy_headers=False,  # haowu.web.addresses judges them
            log_socket_errors=False,
            asyncore_use_poll=True,
            ident="",
        )
        receiving = Receiving()
        while self.alive and self.ppid == os.getppid():
            self._turn(connections, receiving)
        self._finish(server, connections, receiving)

    def _turn(self, connections: dict[int, Any], receiving: "Receiving") -> None:
        self.notify()
        wasyncore.loop(timeout=1, use_poll=True, map=connections, count=1)
        receiving.close_late(_channels(connections), time.monotonic())

    def _finish(self, server: Any, connections: dict[int, Any], receiving: "Receiving") -> None:
        """Accept nothing more; answer what has been received, for at most ``graceful_timeout``."""
        for each in list(connections.values()):
            if hasattr(each, "accept_connections"):
                each.accepting = False
        deadline = time.monotonic() + self.cfg.graceful_timeout
        while any(map(_is_busy, _channels(connections))) and time.monotonic() < deadline:
            self._turn(connections, receiving)
        server.task_dispatcher.shutdown(timeout=1)
        wasyncore.close_all(connections, ignore_all=True)


class Receiving:
    """Since when each request that is not complete yet has been coming in."""

    def __init__(self) -> None:
        self._since: dict[HTTPRequestParser, float] = {}

    def close_late(self, channels: Iterable[HTTPChannel], now: float) -> None:
        """Close connections whose request has been coming in for too long for its size."""
        waiting = {channel.request: channel for channel in channels if channel.request is not None}
        self._since = {request: self._since.get(request, now) for request in waiting}
        for request, since in self._since.items():
            if now - since > RECEIVE_SECONDS + request.body_bytes_received / RECEIVE_BYTES_PER_SECOND:
                waiting[request].will_close = True


def _channels(connections: dict[int, Any]) -> list[HTTPChannel]:
    return [each for each in list(connections.values()) if isinstance(each, HTTPChannel)]


def _is_busy(channel: HTTPChannel) -> bool:
    return bool(channel.requests or channel.total_outbufs_len)


def _allow_files() -> None:
    """Each connection may need a file for its body too."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
