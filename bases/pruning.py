"""Rows kept back for review that nobody needs any more. A base that feeds others' goods all day fills the table."""

from datetime import datetime, timedelta

from django.db.models import Q

from bases.models import QuarantinedRow

REPLACED_KEPT = timedelta(days=3)
"""How long a row stays that a newer feed of its base has spoken of since."""
OPEN_KEPT = timedelta(days=90)
"""How long a row of goods waits for a right that does not come; the next feed brings it again."""
AT_ONCE = 20_000


def prune_rows(*, at: datetime) -> int:
    """Delete them, a batch a transaction; how many. Platform scope.

    What people took or dropped stays: it says by whose word stock is there (audit I19.6).
    """
    pruned = 0
    while count := _prune_batch(at):
        pruned += count
    return pruned


def _prune_batch(at: datetime) -> int:
    replaced = Q(status=QuarantinedRow.Status.DROPPED, decided_by=None, decided_at__lt=at - REPLACED_KEPT)
    strange = Q(status=QuarantinedRow.Status.OPEN, reason=QuarantinedRow.Reason.NOT_YOUR_GOODS)
    rows = QuarantinedRow.objects.filter(replaced | strange & Q(feed__received_at__lt=at - OPEN_KEPT))
    ids = list(rows.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    return QuarantinedRow.objects.filter(pk__in=ids)._raw_delete(QuarantinedRow.objects.db) if ids else 0
