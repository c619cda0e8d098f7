"""Lines whose rate a step has moved, and subsidies that a policy counts in the base."""

import django.db.models.deletion
from django.db import migrations, models

from haowu.tenants.policies import append_only, protect

PLATFORM_ONLY = "false"


class Migration(migrations.Migration):

    dependencies = [
        ('commissions', '0013_casework'),
        ('merchants', '0007_plan_steps'),
        ('tenants', '0003_personal_data'),
    ]

    operations = [
        migrations.CreateModel(
            name='SteppedLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('base_fen', models.BigIntegerField()),
                ('streamer_fen', models.BigIntegerField()),
                ('streamer_fee_fen', models.BigIntegerField()),
                ('first_leader_fen', models.BigIntegerField()),
                ('first_leader_fee_fen', models.BigIntegerField()),
                ('second_leader_fen', models.BigIntegerField()),
                ('second_leader_fee_fen', models.BigIntegerField()),
                ('provider_fen', models.BigIntegerField()),
                ('provider_fee_fen', models.BigIntegerField()),
                ('agency_fen', models.BigIntegerField(db_default=0, default=0)),
                ('agency_fee_fen', models.BigIntegerField(db_default=0, default=0)),
                ('day', models.DateField(verbose_name='结算日')),
                ('commission_bps', models.PositiveIntegerField(verbose_name='佣金率（万分之一）')),
            ],
            options={
                'verbose_name': '阶梯佣金',
                'verbose_name_plural': '阶梯佣金',
            },
        ),
        migrations.AddField(
            model_name='orderline',
            name='step_bps',
            field=models.PositiveIntegerField(help_text='计划达到阶梯门槛后的佣金率；空：计划没有阶梯。门槛与方式见计划，开设后不变', null=True),
        ),
        migrations.AddField(
            model_name='orderline',
            name='subsidy_fen',
            field=models.BigIntegerField(db_default=0, default=0, verbose_name='计入基数的平台补贴（分）'),
        ),
        migrations.AddIndex(
            model_name='orderline',
            index=models.Index(condition=models.Q(('step_bps__isnull', False)), fields=['settles_on'], name='line_night_stepped'),
        ),
        migrations.AddIndex(
            model_name='orderline',
            index=models.Index(condition=models.Q(('step_bps__isnull', False)), fields=['offer_id', 'streamer'], name='line_of_step'),
        ),
        migrations.AddField(
            model_name='steppedline',
            name='line',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='stepped', to='commissions.orderline', verbose_name='订单行'),
        ),
        migrations.AddConstraint(
            model_name='steppedline',
            constraint=models.UniqueConstraint(fields=('line', 'day'), name='stepped_once_per_line_and_day'),
        ),
        protect("commissions_steppedline", read=PLATFORM_ONLY, write=PLATFORM_ONLY),
        append_only("commissions_steppedline"),
    ]
