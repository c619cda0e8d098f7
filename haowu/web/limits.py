"""How often: counters in windows of time, each asked in one Redis script, so that many at once cannot pass together.

Losing Redis loses the limit and nothing else: what is asked passes, and a warning is logged.
"""

import hashlib
import logging
from dataclasses import dataclass
from functools import cache
from typing import Any

import redis
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from redis.backoff import NoBackoff
from redis.retry import Retry

from haowu.web.problems import ApiRefused

logger = logging.getLogger(__name__)

COUNT = """
local used = redis.call('INCR', KEYS[1])
if redis.call('PTTL', KEYS[1]) < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return {used, redis.call('PTTL', KEYS[1])}
"""

# KEYS: counters. ARGV: the limit and window of each. Counts in all of them or, where one is used up, in none.
BEGIN = """
for i, key in ipairs(KEYS) do
  local used = tonumber(redis.call('GET', key) or '0')
  if used >= tonumber(ARGV[2 * i - 1]) then
    if redis.call('PTTL', key) < 0 then redis.call('PEXPIRE', key, ARGV[2 * i]) end
    return {i, used, redis.call('PTTL', key)}
  end
end
for i, key in ipairs(KEYS) do
  redis.call('INCR', key)
  if redis.call('PTTL', key) < 0 then redis.call('PEXPIRE', key, ARGV[2 * i]) end
end
return {0, 0, 0}
"""

FORGIVE = """
for _, key in ipairs(KEYS) do
  if tonumber(redis.call('GET', key) or '0') > 0 then redis.call('DECR', key) end
end
"""
PATIENCE_SECONDS = 0.5


@dataclass(frozen=True)
class Rate:
    """Where a caller stands in its window of ``window_seconds``, which ends in ``reset_seconds``."""

    limit: int
    used: int
    window_seconds: int
    reset_seconds: int

    @property
    def is_exceeded(self) -> bool:
        return self.used > self.limit

    @property
    def headers(self) -> dict[str, str]:
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(max(0, self.limit - self.used)),
            "RateLimit-Reset": str(self.reset_seconds),
            "RateLimit-Policy": f"{self.limit};w={self.window_seconds}",
        }


class RateLimited(ApiRefused):
    code = "RATE_LIMITED"
    text = _("请求太频繁：每 {window} 秒最多 {limit} 次。请在 {seconds} 秒后重试。")
    status = 429

    def __init__(self, rate: Rate, **extensions: str) -> None:
        super().__init__(
            headers=rate.headers | {"Retry-After": str(rate.reset_seconds)},
            extensions=extensions,
            window=rate.window_seconds,
            limit=rate.limit,
            seconds=rate.reset_seconds,
        )


@dataclass(frozen=True)
class Limit:
    """``settings.LIMITS[name]``: (times, seconds)."""

    name: str

    @property
    def of_settings(self) -> tuple[int, int]:
        return settings.LIMITS[self.name]

    def key(self, caller: str) -> str:
        return f"rate:{self.name}:{caller}"

    def count(self, caller: str) -> Rate | None:
        """Count one request of ``caller``. None when Redis cannot say."""
        limit, seconds = self.of_settings
        counted = _ask(COUNT, [self.key(caller)], [seconds * 1000])
        return counted and Rate(limit, counted[0], seconds, _seconds(counted[1]))


@dataclass(frozen=True)
class Tries:
    """Failed tries to prove who one is, counted for an address alone and for the address with the name it gave.

    Never for the name alone: then any stranger could lock its owner out. A try is counted before it is judged and
    forgiven when it succeeds, so that a hundred at once are no way around the limit.
    """

    by_address: Limit
    by_address_and_name: Limit

    def begin(self, address: str, name: str) -> Rate | None:
        """Count a try. Where none is left, count nothing and return the exceeded Rate."""
        limits = (self.by_address_and_name, self.by_address)
        bounds = [
            bound for limit, seconds in (each.of_settings for each in limits) for bound in (limit, seconds * 1000)
        ]
        refused = _ask(BEGIN, self._keys(address, name), bounds)
        if not refused or not refused[0]:
            return None
        limit, seconds = limits[refused[0] - 1].of_settings
        return Rate(limit, refused[1] + 1, seconds, _seconds(refused[2]))

    def forgive(self, address: str, name: str) -> None:
        """The try succeeded after all."""
        _ask(FORGIVE, self._keys(address, name), [])

    def _keys(self, address: str, name: str) -> list[str]:
        digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
        return [self.by_address_and_name.key(f"{address}:{digest}"), self.by_address.key(address)]


def _ask(script: str, keys: list[str], arguments: list[int]) -> Any:
    """What the script answers; None when Redis does not."""
    try:
        return _client(settings.REDIS_URL).eval(script, len(keys), *keys, *arguments)
    except redis.RedisError as error:
        logger.warning("no rate limit while Redis does not answer: %s", error)
        return None


def _seconds(left_ms: int) -> int:
    return max(1, -(-left_ms // 1000))


@cache
def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(
        url,
        socket_timeout=PATIENCE_SECONDS,
        socket_connect_timeout=PATIENCE_SECONDS,
        retry=Retry(NoBackoff(), 1),
    )
