"""Doors of Celery: the listing brought in step with changes that no web request made, and its words counted."""

from celery import shared_task
from django.db import InterfaceError, OperationalError

from streamers.centre import lexicon, sync

TRANSIENT_ERRORS = (OperationalError, InterfaceError)


@shared_task(autoretry_for=TRANSIENT_ERRORS, retry_backoff=True, max_retries=3)
def catch_up() -> None:
    while sync.catch_up() == sync.CHUNK:
        pass


@shared_task(autoretry_for=TRANSIENT_ERRORS, retry_backoff=True, max_retries=3)
def count_words() -> None:
    lexicon.recount()
