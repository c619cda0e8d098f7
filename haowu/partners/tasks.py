"""What the API keeps only for a while."""

from datetime import timedelta

from celery import shared_task
from django.conf import settings
from oauth2_provider.models import clear_expired

from haowu.ground import days
from haowu.partners.models import IdempotentAnswer


@shared_task
def forget() -> None:
    """Delete expired tokens, and answers kept for ``IDEMPOTENCY_DAYS``."""
    clear_expired()
    IdempotentAnswer.objects.older_than(days.now() - timedelta(days=settings.IDEMPOTENCY_DAYS)).delete()
