"""Celery reads feeds from registered addresses and applies the large ones; what there is to do stands in PostgreSQL."""

from celery import shared_task
from django.db import InterfaceError, OperationalError

from bases import feeding
from bases.models import Feed
from haowu import days

WEATHER = (OperationalError, InterfaceError)


@shared_task(autoretry_for=WEATHER, retry_backoff=True, max_retries=8)
def apply_feed(feed_id: int) -> None:
    feeding.apply(Feed.objects.get(pk=feed_id), at=days.now())


@shared_task(autoretry_for=WEATHER, retry_backoff=True, max_retries=8)
def apply_waiting() -> None:
    """Whole feeds whose worker or queue was lost."""
    feeding.apply_waiting(at=days.now())
