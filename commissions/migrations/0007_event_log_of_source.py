"""A source reads its events newest first. The plain index on the source is covered by this one."""

import django.db.models.deletion
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("commissions", "0006_adjustments_follow_their_line")]

    operations = [
        AddIndexConcurrently(
            "orderevent", models.Index(fields=["source", "-received_at", "-id"], name="event_log_of_source")
        ),
        migrations.AlterField(
            "orderevent",
            "source",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenants.tenant",
                verbose_name="订单来源",
            ),
        ),
    ]
