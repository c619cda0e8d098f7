"""The index of prepaid merchants' lines: which night takes each, and what it costs (migration 0027)."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

from commissions.split import FROM_MERCHANT


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("commissions", "0028_deposits_by_index")]

    operations = [
        AddIndexConcurrently(
            "orderline",
            models.Index(
                fields=["settles_on", "merchant", "due_at", "id"],
                include=[f"due_{role}_fen" for role in FROM_MERCHANT],
                condition=models.Q(is_prepaid=True, settles_on__isnull=False),
                name="line_night_prepaid",
            ),
        ),
    ]
