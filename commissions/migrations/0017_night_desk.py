"""The operators' desk: nights that are paused, shards that failed or were skipped, lines postponed to a later night."""

import django.db.models.deletion
from django.db import migrations, models

from haowu.tenants.policies import append_only, protect

PLATFORM_ONLY = "false"


class Migration(migrations.Migration):

    dependencies = [
        ('commissions', '0016_top_ups'),
    ]

    operations = [
        migrations.CreateModel(
            name='PostponedLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('line_no', models.PositiveIntegerField(verbose_name='行号')),
                ('since', models.DateField(verbose_name='最早到期日')),
                ('day', models.DateField(verbose_name='原结算夜')),
                ('to_day', models.DateField(verbose_name='推迟到')),
            ],
            options={
                'verbose_name': '推迟的订单行',
                'verbose_name_plural': '推迟的订单行',
            },
        ),
        migrations.RemoveConstraint(
            model_name='run',
            name='run_status_known',
        ),
        migrations.RemoveConstraint(
            model_name='shard',
            name='shard_status_known',
        ),
        migrations.AddField(
            model_name='run',
            name='error',
            field=models.TextField(blank=True, verbose_name='关账错误'),
        ),
        migrations.AddField(
            model_name='run',
            name='failures',
            field=models.PositiveSmallIntegerField(default=0, verbose_name='关账连续失败'),
        ),
        migrations.AddField(
            model_name='run',
            name='retry_at',
            field=models.DateTimeField(null=True, verbose_name='再试时间'),
        ),
        migrations.AddField(
            model_name='shard',
            name='failures',
            field=models.PositiveSmallIntegerField(default=0, verbose_name='连续失败'),
        ),
        migrations.AddField(
            model_name='shard',
            name='retry_at',
            field=models.DateTimeField(null=True, verbose_name='再试时间'),
        ),
        migrations.AlterField(
            model_name='caseevent',
            name='act',
            field=models.CharField(choices=[('opened', '发起'), ('extended', '延期'), ('proposed', '提出处理'), ('approved', '复核通过'), ('rejected', '驳回'), ('released', '解除'), ('withdrawn', '撤回'), ('expired', '到期自动解除'), ('cleared', '后续文件已一致'), ('paused', '暂停'), ('resumed', '恢复'), ('retried', '重试'), ('skipped', '跳过'), ('backfilled', '补结算'), ('cut', '自动一分为二'), ('failed', '多次失败，停止重试')], max_length=10, verbose_name='动作'),
        ),
        migrations.AlterField(
            model_name='caseevent',
            name='case',
            field=models.CharField(choices=[('line-hold', '订单行冻结'), ('tenant-hold', '账户冻结'), ('dispute', '争议'), ('correction', '冲正与调整'), ('resettlement', '重新结算'), ('reconciliation', '对账差异'), ('night', '结算夜'), ('shard', '结算分片')], max_length=16, verbose_name='事项'),
        ),
        migrations.AlterField(
            model_name='run',
            name='status',
            field=models.CharField(choices=[('settling', '结算中'), ('paused', '已暂停'), ('closed', '已关账')], default='settling', max_length=10, verbose_name='状态'),
        ),
        migrations.AlterField(
            model_name='shard',
            name='status',
            field=models.CharField(choices=[('waiting', '等待'), ('claimed', '执行中'), ('done', '完成'), ('failed', '失败，待人工处理'), ('skipped', '已跳过')], default='waiting', max_length=10, verbose_name='状态'),
        ),
        migrations.AddConstraint(
            model_name='run',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['settling', 'paused', 'closed'])), name='run_status_known'),
        ),
        migrations.AddConstraint(
            model_name='shard',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['waiting', 'claimed', 'done', 'failed', 'skipped'])), name='shard_status_known'),
        ),
        migrations.AddField(
            model_name='postponedline',
            name='order',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='postponed', to='commissions.order', verbose_name='订单'),
        ),
        migrations.AddField(
            model_name='postponedline',
            name='shard',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='postponed', to='commissions.shard', verbose_name='结算分片'),
        ),
        migrations.AddConstraint(
            model_name='postponedline',
            constraint=models.UniqueConstraint(fields=('order', 'line_no', 'day'), name='postponed_once_a_night'),
        ),
        migrations.AddConstraint(
            model_name='postponedline',
            constraint=models.CheckConstraint(condition=models.Q(('day__lt', models.F('to_day')), ('since__lte', models.F('day'))), name='postponed_to_a_later_night'),
        ),
        protect("commissions_postponedline", read=PLATFORM_ONLY, write=PLATFORM_ONLY),
        append_only("commissions_postponedline"),
    ]
