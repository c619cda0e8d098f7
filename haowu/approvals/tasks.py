from celery import shared_task

from haowu.approvals import chain


@shared_task
def link_trail() -> None:
    """Link the trail rows of the last minute."""
    chain.link_rows()
