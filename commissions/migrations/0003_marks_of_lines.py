"""The streamer's own mark of a link stands on each order line that came through it."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # the index is built beside writers

    dependencies = [
        ('commissions', '0002_keys_and_guards'),
        ('merchants', '0004_small_pictures'),
        ('tenants', '0004_staff_rights'),
    ]

    operations = [
        migrations.AddField(
            model_name='orderline',
            name='sub_id',
            field=models.CharField(blank=True, db_default='', default='', max_length=64, verbose_name='渠道标记'),
        ),
        AddIndexConcurrently(
            model_name='orderline',
            index=models.Index(condition=models.Q(('sub_id', ''), _negated=True), fields=['streamer', 'sub_id'], name='line_by_mark'),
        ),
    ]
