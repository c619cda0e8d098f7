"""Doors of Celery: the listing brought in step with changes that no web request made, and its words counted."""

from celery import shared_task

from haowu.ground.transient import RETRIES
from streamers.centre import lexicon, sync


@shared_task(**RETRIES)
def catch_up() -> None:
    while sync.catch_up() == sync.CHUNK:
        pass


@shared_task(**RETRIES)
def count_words() -> None:
    lexicon.recount()
