"""``/healthz``: whether this process can do its work. For load balancers and containers; says nothing private."""

import logging

import redis
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, JsonResponse

logger = logging.getLogger(__name__)


def health(request: HttpRequest) -> JsonResponse:
    """200 while the database answers. Without Redis work is delayed and nothing lost, so that is only reported."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"database": "ok", "redis": _redis()})


def _redis() -> str:
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2) as client:
            client.ping()
    except redis.RedisError:
        logger.warning("Redis does not answer: tasks wait until it does")
        return "unreachable"
    return "ok"
