"""Lines of a month, for the monthly assessment of leaders: lines lie in the order of time, so a few pages tell."""

from django.contrib.postgres.indexes import BrinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("commissions", "0021_rebates")]

    operations = [
        AddIndexConcurrently("orderline", BrinIndex(fields=["ordered_at"], name="line_ordered_at", autosummarize=True)),
    ]
