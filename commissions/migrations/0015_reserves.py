"""Reserves: what a policy keeps of a night for some days."""

import django.db.models.deletion
from django.db import migrations, models

from haowu.tenants.policies import owned_by, protect

PLATFORM_ONLY = "false"


class Migration(migrations.Migration):

    dependencies = [
        ('commissions', '0014_stepped_lines'),
        ('tenants', '0003_personal_data'),
    ]

    operations = [
        migrations.CreateModel(
            name='Reserve',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('frozen_fen', models.BigIntegerField(default=0, verbose_name='冻结金额（分）')),
                ('moves', models.PositiveIntegerField(default=0)),
                ('day', models.DateField(verbose_name='结算日')),
                ('amount_fen', models.BigIntegerField(verbose_name='预留金额（分）')),
                ('release_on', models.DateField(verbose_name='解冻日')),
            ],
            options={
                'verbose_name': '风险预留',
                'verbose_name_plural': '风险预留',
            },
        ),
        migrations.AddField(
            model_name='policy',
            name='reserve_bps',
            field=models.PositiveIntegerField(default=0, help_text='每晚净收入中先冻结、到期再转可提现的部分；0 为不预留', verbose_name='风险预留比例（万分之一）'),
        ),
        migrations.AddField(
            model_name='policy',
            name='reserve_days',
            field=models.PositiveSmallIntegerField(default=0, verbose_name='风险预留天数'),
        ),
        migrations.AddConstraint(
            model_name='policy',
            constraint=models.CheckConstraint(condition=models.Q(('reserve_bps__lte', 10000)), name='policy_reserve_at_most_all'),
        ),
        migrations.AddField(
            model_name='reserve',
            name='tenant',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reserves', to='tenants.tenant', verbose_name='租户'),
        ),
        migrations.AddIndex(
            model_name='reserve',
            index=models.Index(condition=models.Q(('frozen_fen__gt', 0)), fields=['release_on'], name='reserve_kept'),
        ),
        migrations.AddConstraint(
            model_name='reserve',
            constraint=models.UniqueConstraint(fields=('tenant', 'day'), name='reserve_once_a_night'),
        ),
        migrations.AddConstraint(
            model_name='reserve',
            constraint=models.CheckConstraint(condition=models.Q(('amount_fen__gt', 0), ('frozen_fen__gte', 0), ('frozen_fen__lte', models.F('amount_fen'))), name='reserve_within_amount'),
        ),
        protect("commissions_reserve", read=owned_by("tenant_id"), write=PLATFORM_ONLY),
    ]
