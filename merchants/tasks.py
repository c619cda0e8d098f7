"""Doors of Celery: uploads whose day is over."""

from celery import shared_task

from haowu.ground import days
from haowu.ground.transient import RETRIES
from merchants.importing import applying


@shared_task(**RETRIES)
def forget_uploads() -> None:
    applying.forget_uploads(at=days.now())
