"""What Redis remembers for the selection centre: counts for a minute, what was searched for. Losing it costs time."""

import json
import logging
from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from haowu.ground import days
from haowu.tenants.models import Tenant

PATIENCE_SECONDS = 0.5
HISTORY = 20
HISTORY_SECONDS = 90 * 86_400
POPULAR_SECONDS = 2 * 86_400
POPULAR = 1_000
ASKED_BY = 3
"""What fewer streamers searched for on a day is shown to nobody else."""

logger = logging.getLogger(__name__)


def remembered(key: str, make: Callable[[], Any], *, seconds: int, is_worth: Callable[[Any], bool]) -> Any:
    """What ``make`` made within the last ``seconds``, as JSON keeps it. What is not ``is_worth`` it is made anew."""
    known = _ask(lambda memory: memory.get(key))
    if known is not None:
        return json.loads(known)
    made = make()
    if is_worth(made):
        _ask(lambda memory: memory.set(key, json.dumps(made), ex=seconds))
    return made


def forget(key: str) -> None:
    """Make what was remembered under ``key`` anew the next time."""
    _ask(lambda memory: memory.delete(key))


def counted(key: str, name: str) -> None:
    """One more of ``name``, until ``drained`` takes the count."""
    _ask(lambda memory: memory.hincrby(key, name, 1))


def drained(key: str) -> dict[str, int]:
    """What was counted under ``key`` since the last time, by name; it begins at nothing again."""

    def drain(memory: redis.Redis) -> dict[bytes, bytes]:
        steps = memory.pipeline(transaction=True)
        steps.hgetall(key)
        steps.delete(key)
        return steps.execute()[0]

    return {name.decode(): int(number) for name, number in (_ask(drain) or {}).items()}


def remember_search(streamer: Tenant, query: str, at: datetime) -> None:
    """That ``streamer`` searched for ``query`` and found something; among what is popular once a day."""
    day, mine = days.day_of(at), _history_of(streamer)

    def write(memory: redis.Redis) -> None:
        steps = memory.pipeline(transaction=False)
        steps.set(f"searched:{day}:{streamer.pk}:{query}", "1", ex=86_400, nx=True)
        steps.zadd(mine, {query: at.timestamp()})
        steps.zremrangebyrank(mine, 0, -HISTORY - 1)
        steps.expire(mine, HISTORY_SECONDS)
        is_first, *_answers = steps.execute()
        if is_first:
            steps.zincrby(_popular_on(at), 1, query)
            steps.zremrangebyrank(_popular_on(at), 0, -POPULAR - 1)
            steps.expire(_popular_on(at), POPULAR_SECONDS)
            steps.execute()

    _ask(write)


def history_of(streamer: Tenant) -> list[str]:
    """What the streamer searched for, the latest first."""
    return [text.decode() for text in _ask(lambda memory: memory.zrevrange(_history_of(streamer), 0, -1)) or []]


def forget_history(streamer: Tenant) -> None:
    _ask(lambda memory: memory.delete(_history_of(streamer)))


def popular_queries(at: datetime) -> list[str]:
    """What at least ASKED_BY streamers searched for on the day before, the most popular first; early on, today."""
    for moment in (at - days.ONE_DAY, at):
        if found := _popular_of(_popular_on(moment)):
            return found
    return []


def _popular_of(key: str) -> list[str]:
    found = _ask(lambda memory: memory.zrevrangebyscore(key, "+inf", ASKED_BY, 0, 200))
    return [text.decode() for text in found or []]


def _history_of(streamer: Tenant) -> str:
    return f"search-history:{streamer.pk}"


def _popular_on(at: datetime) -> str:
    return f"search-popular:{days.day_of(at)}"


def _ask(question: Callable[[redis.Redis], Any]) -> Any:
    """The answer; None where Redis gives none."""
    try:
        return question(_client(settings.REDIS_URL))
    except redis.RedisError as error:
        logger.warning("the selection centre goes on without Redis: %s", error)
        return None


@cache
def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(
        url,
        socket_timeout=PATIENCE_SECONDS,
        socket_connect_timeout=PATIENCE_SECONDS,
        retry=Retry(NoBackoff(), 1),
    )
