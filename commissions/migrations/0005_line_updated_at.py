"""When an order line last changed, for those who poll. Without an index, so that updates stay on their page (0004)."""

import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("commissions", "0004_room_for_updates")]

    operations = [
        migrations.AddField(
            "orderline",
            "updated_at",
            models.DateTimeField(
                db_default=django.db.models.functions.datetime.Now(),
                help_text="最近一次订单事件；结算不改订单行",
                verbose_name="更新时间",
            ),
        ),
    ]
