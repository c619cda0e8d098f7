"""Doors of Celery: the listing brought in step with changes that no web request made, its words and looks counted."""

from celery import shared_task

from haowu.ground.transient import RETRIES
from streamers.centre import lexicon, sync
from streamers.modules import counting


@shared_task(**RETRIES)
def catch_up() -> None:
    while sync.catch_up() == sync.CHUNK:
        pass


@shared_task(**RETRIES)
def count_words() -> None:
    lexicon.recount()


@shared_task(**RETRIES)
def write_looks() -> None:
    counting.write_looks()
