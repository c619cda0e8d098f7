"""Merchants may pay commission from a deposit."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('merchants', '0005_engagements'),
        ('tenants', '0002_platform_and_guards'),
    ]

    operations = [
        migrations.AddField(
            model_name='shop',
            name='deposit_exhausted_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='预存不足自'),
        ),
        migrations.AddField(
            model_name='shop',
            name='funding',
            field=models.CharField(choices=[('withheld', '从货款代扣'), ('prepaid', '预存佣金')], default='withheld', max_length=8, verbose_name='佣金来源'),
        ),
        migrations.AddField(
            model_name='shop',
            name='low_balance_fen',
            field=models.BigIntegerField(default=0, help_text='预存佣金低于此数时提醒商家', verbose_name='余额提醒线（分）'),
        ),
        migrations.AddConstraint(
            model_name='shop',
            constraint=models.CheckConstraint(condition=models.Q(('funding__in', ['withheld', 'prepaid'])), name='shop_funding_known'),
        ),
    ]
