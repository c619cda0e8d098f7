"""Doors of Celery: the listing in step with changes that no web request made, words counted, matches learned."""

from celery import shared_task

from haowu.ground import days
from haowu.ground.transient import RETRIES
from streamers.centre import lexicon, sync
from streamers.matching import training


@shared_task(**RETRIES)
def catch_up() -> None:
    while sync.catch_up() == sync.CHUNK:
        pass


@shared_task(**RETRIES)
def count_words() -> None:
    lexicon.recount()


@shared_task(**RETRIES)
def train_matching() -> None:
    """Once a day; woken again while it runs, or after it is done, it does nothing."""
    training.train_once_a_day(at=days.now())
