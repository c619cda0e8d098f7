from celery import shared_task

from haowu.approvals import chain, notices


@shared_task
def link_trail() -> None:
    """Link the trail rows of the last minute."""
    chain.link_rows()


@shared_task
def mail_notices() -> None:
    """Send by mail what members asked to be sent."""
    notices.mail_new()
