"""Doors of Celery: the listing kept in step, its words counted, matches learned; clicks and looks stored."""

from contextlib import suppress

from celery import shared_task
from redis import RedisError

from haowu.ground import days
from haowu.ground.transient import RETRIES
from streamers.centre import lexicon, sync
from streamers.clicks import upkeep, waiting
from streamers.matching import training
from streamers.modules import counting


@shared_task(**RETRIES)
def catch_up() -> None:
    while sync.catch_up() == sync.CHUNK:
        pass


@shared_task(**RETRIES)
def count_words() -> None:
    lexicon.recount()


@shared_task(**RETRIES)
def store_clicks() -> None:
    """What waits in Redis, set by set. Where Redis is away there is nothing to store: the next second asks again."""
    with suppress(RedisError):
        while waiting.store_waiting() == waiting.SET:
            pass


@shared_task(**RETRIES)
def keep_up_clicks() -> None:
    """Clicks of thirty days by product; secrets of days that are over go, and rows that are no longer asked for."""
    upkeep.keep_up(at=days.now())


@shared_task(**RETRIES)
def write_looks() -> None:
    counting.write_looks()


@shared_task(**RETRIES)
def train_matching() -> None:
    """Once a day; woken again while it runs, or after it is done, it does nothing."""
    training.train_once_a_day(at=days.now())
