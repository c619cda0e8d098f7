"""Held lines are few: a night counts them without reading all lines there ever were."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("commissions", "0018_settlements_by_night")]

    operations = [
        AddIndexConcurrently(
            "orderline",
            models.Index(condition=~models.Q(held_reason=""), fields=["held_reason"], name="line_held"),
        ),
    ]
