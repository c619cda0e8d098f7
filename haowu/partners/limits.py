"""Rate limits: a window that one Redis script counts, so that many requests at once cannot pass together.

Losing Redis loses the limit and nothing else: requests pass, and a warning is logged.
"""

import logging
from dataclasses import dataclass
from functools import cache

import redis
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from redis.backoff import NoBackoff
from redis.retry import Retry
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from haowu.web.problems import ApiRefused

logger = logging.getLogger(__name__)

TAKE = """
local used = redis.call('INCR', KEYS[1])
if redis.call('PTTL', KEYS[1]) < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return {used, redis.call('PTTL', KEYS[1])}
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
    """``settings.API_LIMITS[name]``: (requests, seconds)."""

    name: str

    def take(self, caller: str) -> Rate | None:
        """Count one request of ``caller``. None when Redis cannot say."""
        limit, seconds = settings.API_LIMITS[self.name]
        try:
            used, left_ms = _client(settings.REDIS_URL).eval(TAKE, 1, f"rate:{self.name}:{caller}", seconds * 1000)
        except redis.RedisError as error:
            logger.warning("no rate limit while Redis does not answer: %s", error)
            return None
        return Rate(limit, used, seconds, max(1, -(-left_ms // 1000)))


REQUESTS = Limit("requests")
TOKENS = Limit("tokens")


class ClientRate(BaseThrottle):
    """Counts every request of a client that may make it; leaves where it stands on ``request.rate``."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        if request.auth:
            rate = REQUESTS.take(str(request.auth.application_id))
            if rate and rate.is_exceeded:
                raise RateLimited(rate)
            request.rate = rate
        return True


@cache
def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(
        url,
        socket_timeout=PATIENCE_SECONDS,
        socket_connect_timeout=PATIENCE_SECONDS,
        retry=Retry(NoBackoff(), 1),
    )
