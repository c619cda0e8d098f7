"""What the ledger needs day by day."""

import logging

from celery import shared_task

from haowu.ground import days
from haowu.ledger.posting_partitions import make_ahead

log = logging.getLogger(__name__)


@shared_task
def make_posting_partitions() -> None:
    """Have the partitions of this month and the next ready. Daily: what is in the way today may not be tomorrow."""
    if None in make_ahead(days.day_of(days.now())):
        log.warning("a month's partition was not made: somebody reads postings for long; asked again later")
