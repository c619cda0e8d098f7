"""Withdrawals, their steps, and the batches in which they go to the bank."""

import django.db.models.deletion
import haowu.ground.states
import haowu.tenants.models
from django.conf import settings
from django.db import migrations, models

from haowu.tenants.policies import append_only, owned_by, protect


class Migration(migrations.Migration):

    dependencies = [
        ('commissions', '0011_agencies'),
        ('tenants', '0003_personal_data'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PayoutBatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=20, unique=True, verbose_name='批次号')),
                ('channel', models.CharField(max_length=20, verbose_name='通道')),
                ('made_on', models.DateField(verbose_name='业务日')),
                ('made_at', models.DateTimeField(verbose_name='制作时间')),
                ('count', models.PositiveIntegerField(verbose_name='笔数')),
                ('sum_fen', models.BigIntegerField(verbose_name='合计（分）')),
                ('checksum', models.CharField(max_length=64, verbose_name='文件校验和')),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='制作人')),
            ],
            options={
                'verbose_name': '打款批次',
                'verbose_name_plural': '打款批次',
            },
        ),
        migrations.CreateModel(
            name='Withdrawal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(help_text='由申请方给出，同一收款方内唯一', max_length=64, verbose_name='提现单号')),
                ('public_id', models.CharField(default=haowu.tenants.models.public_id, editable=False, max_length=16, unique=True, verbose_name='公开编号')),
                ('amount_fen', models.BigIntegerField(verbose_name='金额（分）')),
                ('status', models.CharField(choices=[('requested', '待复核'), ('approved', '待打款'), ('refused', '已拒绝'), ('cancelled', '已取消'), ('sent', '打款中'), ('paid', '已到账'), ('failed', '打款失败，已退回')], default='requested', max_length=10, verbose_name='状态')),
                ('requested_at', models.DateTimeField(verbose_name='申请时间')),
                ('requested_on', models.DateField(verbose_name='申请业务日')),
                ('touched_at', models.DateTimeField(verbose_name='最后变动时间')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='原因')),
                ('bank_account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.personalrecord', verbose_name='收款账户')),
                ('batch', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='withdrawals', to='commissions.payoutbatch', verbose_name='打款批次')),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='withdrawals', to='tenants.tenant', verbose_name='收款方')),
                ('touched_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='最后经手人')),
            ],
            options={
                'verbose_name': '提现',
                'verbose_name_plural': '提现',
                'permissions': [('check_withdrawal', '可复核提现'), ('pay_withdrawal', '可制作打款批次并读取结果')],
            },
            bases=(haowu.ground.states.HasStates, models.Model),
        ),
        migrations.CreateModel(
            name='WithdrawalStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('requested', '待复核'), ('approved', '待打款'), ('refused', '已拒绝'), ('cancelled', '已取消'), ('sent', '打款中'), ('paid', '已到账'), ('failed', '打款失败，已退回')], max_length=10, verbose_name='状态')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='说明')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='经手人')),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='收款方')),
                ('withdrawal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='commissions.withdrawal', verbose_name='提现')),
            ],
            options={
                'verbose_name': '提现步骤',
                'verbose_name_plural': '提现步骤',
            },
        ),
        migrations.AddConstraint(
            model_name='payoutbatch',
            constraint=models.CheckConstraint(condition=models.Q(('count__gt', 0), ('sum_fen__gt', 0)), name='payout_batch_not_empty'),
        ),
        migrations.AddIndex(
            model_name='withdrawal',
            index=models.Index(fields=['tenant', 'requested_on'], name='withdrawal_of_day'),
        ),
        migrations.AddIndex(
            model_name='withdrawal',
            index=models.Index(condition=models.Q(('status__in', ['requested', 'approved', 'sent'])), fields=['status', 'id'], name='withdrawal_under_way'),
        ),
        migrations.AddConstraint(
            model_name='withdrawal',
            constraint=models.UniqueConstraint(fields=('tenant', 'number'), name='withdrawal_number_unique_per_tenant'),
        ),
        migrations.AddConstraint(
            model_name='withdrawal',
            constraint=models.CheckConstraint(condition=models.Q(('amount_fen__gt', 0)), name='withdrawal_amount_positive'),
        ),
        migrations.AddConstraint(
            model_name='withdrawal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('batch', None), ('status__in', ['requested', 'approved', 'refused', 'cancelled'])), models.Q(('batch__isnull', False), ('status__in', ['sent', 'paid', 'failed'])), _connector='OR'), name='withdrawal_is_sent_in_a_batch'),
        ),
        migrations.AddConstraint(
            model_name='withdrawalstep',
            constraint=models.UniqueConstraint(fields=('withdrawal', 'status'), name='withdrawal_passes_a_status_once'),
        ),
        protect("commissions_withdrawal", read=owned_by("tenant_id"), write="false"),
        protect("commissions_withdrawalstep", read=owned_by("tenant_id"), write="false"),
        protect("commissions_payoutbatch", read="false"),
        append_only("commissions_withdrawalstep"),
        append_only("commissions_payoutbatch"),
    ]
