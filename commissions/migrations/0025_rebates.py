"""Rebates in batches of two people. A leader reads its own; batches are the platform's."""

import django.db.models.deletion
import haowu.ground.states
from django.conf import settings
from django.db import migrations, models

from haowu.tenants.policies import owned_by, protect


class Migration(migrations.Migration):

    dependencies = [
        ('commissions', '0024_rows_write_fewer_indexes'),
        ('merchants', '0008_delistings'),
        ('tenants', '0003_personal_data'),
        ('tuanzhang', '0004_levels_tenants'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Rebate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('quarter', models.DateField(verbose_name='季度（首日）')),
                ('gmv_fen', models.BigIntegerField(verbose_name='净成交额（分）')),
                ('level', models.CharField(choices=[('potential', '潜力'), ('bronze', '铜牌'), ('silver', '银牌'), ('gold', '金牌')], max_length=9, verbose_name='等级')),
                ('score_bps', models.PositiveIntegerField(verbose_name='评分（万分之一）')),
                ('mode', models.CharField(choices=[('marginal', '分段计算，每段按该段比例'), ('whole', '全部按所达等级的比例')], max_length=8, verbose_name='返点方式')),
                ('amount_fen', models.BigIntegerField(verbose_name='返点（分）')),
                ('is_live', models.BooleanField(default=True, verbose_name='有效')),
                ('posted_on', models.DateField(null=True, verbose_name='账务日')),
            ],
            options={
                'verbose_name': '返点',
                'verbose_name_plural': '返点',
            },
        ),
        migrations.CreateModel(
            name='RebateBatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('quarter', models.DateField(verbose_name='季度（首日）')),
                ('status', models.CharField(choices=[('proposed', '待复核'), ('posted', '已入账'), ('refused', '已驳回')], default='proposed', max_length=8, verbose_name='状态')),
                ('count', models.PositiveIntegerField(verbose_name='笔数')),
                ('gmv_fen', models.BigIntegerField(verbose_name='净成交额合计（分）')),
                ('sum_fen', models.BigIntegerField(verbose_name='返点合计（分）')),
                ('made_at', models.DateTimeField(verbose_name='提出时间')),
                ('checked_at', models.DateTimeField(blank=True, null=True, verbose_name='复核时间')),
                ('day', models.DateField(blank=True, null=True, verbose_name='账务日')),
            ],
            options={
                'verbose_name': '返点批次',
                'verbose_name_plural': '返点批次',
            },
            bases=(haowu.ground.states.HasStates, models.Model),
        ),
        migrations.AlterField(
            model_name='caseevent',
            name='case',
            field=models.CharField(choices=[('line-hold', '订单行冻结'), ('tenant-hold', '账户冻结'), ('dispute', '争议'), ('correction', '冲正与调整'), ('resettlement', '重新结算'), ('reconciliation', '对账差异'), ('night', '结算夜'), ('shard', '结算分片'), ('rebate', '返点批次')], max_length=16, verbose_name='事项'),
        ),
        migrations.AddField(
            model_name='rebate',
            name='leader',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='团长'),
        ),
        migrations.AddField(
            model_name='rebate',
            name='result',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tuanzhang.quarterlevel', verbose_name='季度等级'),
        ),
        migrations.AddField(
            model_name='rebatebatch',
            name='checked_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='复核人'),
        ),
        migrations.AddField(
            model_name='rebatebatch',
            name='made_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='经办人'),
        ),
        migrations.AddField(
            model_name='rebate',
            name='batch',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rebates', to='commissions.rebatebatch', verbose_name='返点批次'),
        ),
        migrations.AddConstraint(
            model_name='rebatebatch',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'proposed')), fields=('quarter',), name='rebates_proposed_once'),
        ),
        migrations.AddConstraint(
            model_name='rebatebatch',
            constraint=models.CheckConstraint(condition=models.Q(('checked_by', models.F('made_by')), _negated=True), name='rebates_by_two_people'),
        ),
        migrations.AddConstraint(
            model_name='rebatebatch',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('day__isnull', True), ('status__in', ['proposed', 'refused'])), models.Q(('checked_by__isnull', False), ('day__isnull', False), ('status', 'posted')), _connector='OR'), name='rebates_status_known'),
        ),
        migrations.AddConstraint(
            model_name='rebate',
            constraint=models.UniqueConstraint(condition=models.Q(('is_live', True)), fields=('leader', 'quarter'), name='rebate_once_a_quarter'),
        ),
        migrations.AddConstraint(
            model_name='rebate',
            constraint=models.CheckConstraint(condition=models.Q(('amount_fen__gt', 0)), name='rebate_amount_positive'),
        ),
        protect("commissions_rebatebatch", read="false"),
        protect("commissions_rebate", read=owned_by("leader_id"), write="false"),
    ]
