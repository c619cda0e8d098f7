"""Celery reads feeds from registered addresses and applies the large ones; what there is to do stands in PostgreSQL."""

from celery import shared_task

from bases import feeding, pruning, pulling, supplying
from bases.models import Feed, PullSource
from haowu.ground import days
from haowu.ground.transient import RETRIES


@shared_task(**RETRIES)
def apply_feed(feed_id: int) -> None:
    feeding.apply(Feed.objects.get(pk=feed_id), at=days.now())


@shared_task(**RETRIES)
def apply_waiting() -> None:
    """Whole feeds whose worker or queue was lost."""
    feeding.apply_waiting(at=days.now())


@shared_task(**RETRIES)
def serve_waiting() -> None:
    """Order lines that found no goods, now that a base may have them."""
    while supplying.serve_waiting(at=days.now()) == supplying.SERVED_AT_ONCE:
        pass


@shared_task(**RETRIES)
def prune_rows() -> None:
    """Rows kept back for review that nobody needs any more. Daily."""
    pruning.prune_rows(at=days.now())


@shared_task(**RETRIES)
def pull_due() -> None:
    """Hand each address that is due to a worker of its own: one that is slow keeps no other waiting."""
    for source in pulling.claim_due(at=days.now()):
        pull.delay(source)


@shared_task(soft_time_limit=110)
def pull(source_id: int) -> None:
    """A failure is written on the source and tried again at its next time."""
    if source := PullSource.objects.filter(pk=source_id).select_related("base").first():
        pulling.pull(source, at=days.now())
