"""Clicks wait in a stream of Redis until a worker stores them as a set.

A click is acknowledged to the stream's group only when its set is committed; what a killed worker had read and not
acknowledged another one reads again, and the same click stored twice is one row. What Redis itself forgets when it dies
is what no worker has read yet: workers read every second (docs/operating.md says how to keep even that).
While Redis does not answer, clicks are stored directly, one by one: slower, and nothing is lost.
"""

import logging
import os
import socket
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from typing import cast

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from streamers.clicks.storing import NewClick, store

STREAM = "clicks"
GROUP = "storing"
SET = 5_000
"""Clicks of one set: some 30 ms of work."""
ABANDONED_MS = 30_000
"""What a worker has read this long ago without acknowledging it, another one takes over."""
PATIENCE_SECONDS = 0.3
PAUSE_SECONDS = 1.0
"""After a failure Redis is not asked again for so long, so that a click does not wait for it each time."""

logger = logging.getLogger(__name__)
_away_until = 0.0


def put(click: NewClick) -> None:
    """Keep ``click``; in the database at once where Redis does not answer."""
    global _away_until
    if time.monotonic() >= _away_until:
        try:
            client().xadd(STREAM, {"c": _written(click)})
            return
        except redis.RedisError as error:
            _away_until = time.monotonic() + PAUSE_SECONDS
            logger.warning("clicks are stored one by one while Redis does not answer: %s", error)
    store([click])


def store_waiting() -> int:
    """Store one set of what waits: first what a lost worker left, then what is new. How many clicks were read."""
    entries = _abandoned() or _unread()
    if not entries:
        return 0
    store(click for _id, fields in entries if (click := _read(fields)))
    steps = client().pipeline(transaction=True)
    ids = [entry for entry, _fields in entries]
    steps.xack(STREAM, GROUP, *ids)
    steps.xdel(STREAM, *ids)
    steps.execute()
    return len(entries)


Entries = Sequence[tuple[bytes, dict[bytes, bytes]]]


def _unread() -> Entries:
    try:
        answer = client().xreadgroup(GROUP, _worker(), {STREAM: ">"}, count=SET)
    except redis.ResponseError as error:
        if not str(error).startswith("NOGROUP"):
            raise
        _make_group()
        answer = client().xreadgroup(GROUP, _worker(), {STREAM: ">"}, count=SET)
    return cast(Entries, answer[0][1]) if answer else []  # type: ignore[index]  # of protocol 2, a list of streams


def _abandoned() -> Entries:
    try:
        answer = client().xautoclaim(STREAM, GROUP, _worker(), min_idle_time=ABANDONED_MS, count=SET)
    except redis.ResponseError as error:
        if not str(error).startswith("NOGROUP"):
            raise
        return []
    return [entry for entry in answer[1] if entry[1]]


def _make_group() -> None:
    """From the stream's beginning on: what came in before the first worker counts too."""
    try:
        client().xgroup_create(STREAM, GROUP, id="0", mkstream=True)
    except redis.ResponseError as error:
        if not str(error).startswith("BUSYGROUP"):
            raise


def _written(click: NewClick) -> str:
    return f"{click.link_id} {click.visitor} {click.clicked_at.timestamp():.6f}"


def _read(fields: dict[bytes, bytes]) -> NewClick | None:
    try:
        link, visitor, at = fields[b"c"].split()
        return NewClick(int(link), int(visitor), datetime.fromtimestamp(float(at), tz=UTC))
    except (KeyError, ValueError):
        logger.error("a click that cannot be read was passed over: %r", fields)
        return None


def _worker() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


def client() -> redis.Redis:
    return _client(settings.REDIS_URL)


@cache
def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(
        url,
        socket_timeout=PATIENCE_SECONDS,
        socket_connect_timeout=PATIENCE_SECONDS,
        retry=Retry(NoBackoff(), 1),
    )
