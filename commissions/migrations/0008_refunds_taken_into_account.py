"""A refund may be reversed: a line and its adjustments say which refunds they took into account."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('commissions', '0007_event_log_of_source'),
    ]

    operations = [
        migrations.AddField(
            model_name='adjustment',
            name='through',
            field=models.DateTimeField(null=True, verbose_name='已计入的最后退款时间'),
        ),
        migrations.AddField(
            model_name='orderline',
            name='due_through',
            field=models.DateTimeField(null=True, verbose_name='已计入的最后退款时间'),
        ),
    ]
