"""Celery wakes workers; what there is to do stands in PostgreSQL."""

from datetime import date

from celery import shared_task
from django.db import InterfaceError, OperationalError

from commissions import deadlines, leaders, night
from commissions.models import Run
from haowu import days

HELPERS = 7
"""How many more workers a night wakes at most; the sweep wakes others later."""

WEATHER = (OperationalError, InterfaceError)


@shared_task(autoretry_for=WEATHER, retry_backoff=True, max_retries=8)
def settle_night(day: str | None = None) -> None:
    """Settle ``day`` (ISO; by default today in Shanghai, whose lines fell due before its 00:00)."""
    run = night.open_run(date.fromisoformat(day) if day else days.day_of(days.now()), now=days.now())
    for _ in range(min(run.shards.count() - 1, HELPERS)):
        help_with_nights.delay()
    night.settle(run.day, now=days.now())


@shared_task(autoretry_for=WEATHER, retry_backoff=True, max_retries=8)
def help_with_nights() -> None:
    """Take shards of the oldest night that is not closed, until there is none to take."""
    while (run := Run.objects.unfinished().first()) and night.work_on(run):
        pass


@shared_task
def sweep() -> None:
    """Wake a worker while a night is not closed: after a lost worker, a lost queue, an outage."""
    if Run.objects.unfinished().exists():
        help_with_nights.delay()


@shared_task(autoretry_for=WEATHER, retry_backoff=True, max_retries=8)
def release_expired() -> None:
    """Release the holds and disputes whose deadline has passed."""
    deadlines.release_expired(at=days.now())


@shared_task(autoretry_for=WEATHER, retry_backoff=True, max_retries=8)
def agree_quiet_requests() -> None:
    """Merchants' requests about goods without an order for thirty days need no answer."""
    leaders.agree_quiet_requests(at=days.now())


@shared_task(autoretry_for=WEATHER, retry_backoff=True, max_retries=8)
def count_leaders() -> None:
    """The figures by which merchants weigh leaders."""
    leaders.count_leaders(at=days.now())
