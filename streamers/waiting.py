"""What the menu counts beside the shelf. Every page asks, so it is counted once a minute, and after each act on it.

Losing Redis costs time, nothing else.
"""

import logging
from collections.abc import Callable
from typing import Any

import redis
from django.core.cache import cache

from haowu.ground import days
from haowu.tenants.models import Tenant
from merchants.models import Product
from streamers.changes import to_decide

KEPT_SECONDS = 60

logger = logging.getLogger(__name__)


def on_shelf(streamer: Tenant) -> Any:
    """The goods that ``streamer`` has to decide about, as rows to be counted."""
    known = _ask(lambda: cache.get(_key(streamer)))
    if known is None:
        known = list(to_decide(streamer, days.now()).values_list("pk", flat=True))
        _ask(lambda: cache.set(_key(streamer), known, KEPT_SECONDS))
    return Product.objects.filter(pk__any_of=known)


def count_anew(streamer: Tenant) -> None:
    """After an act on the shelf."""
    _ask(lambda: cache.delete(_key(streamer)))


def _key(streamer: Tenant) -> str:
    return f"shelf-waiting:{streamer.public_id}"


def _ask(question: Callable[[], Any]) -> Any:
    """The answer; None where Redis gives none."""
    try:
        return question()
    except redis.RedisError as error:
        logger.warning("the menu goes on without Redis: %s", error)
        return None
