"""Accounts, their days, and postings, whose table 0002 makes: Django knows no partitions."""

import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
from django.db import migrations, models

from haowu.tenants.migrations._guards import Together


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('tenants', '0001_initial'),
    ]

    operations = [
        Together(
            migrations.CreateModel(
                name='Account',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('available', '可提现'), ('frozen', '冻结'), ('withdrawing', '提现中'), ('paid', '已提现'), ('debt', '欠款'), ('funding', '佣金账户'), ('receivable', '待返还追回款'), ('clearing', '清分过渡'), ('revenue', '平台技术服务费'), ('external', '订单货款（外部）'), ('correction', '差错调整'), ('rebates', '平台返点支出')], max_length=12, verbose_name='账户')),
                    ('code', models.CharField(blank=True, help_text='过渡账户按结算日分开', max_length=32, verbose_name='编号')),
                    ('may_go_negative', models.BooleanField(verbose_name='允许为负')),
                    ('balance_fen', models.BigIntegerField(default=0, verbose_name='余额（分）')),
                    ('owner', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='accounts', to='tenants.tenant', verbose_name='所有者')),
                ],
                options={
                    'verbose_name': '账户',
                    'verbose_name_plural': '账户',
                    'constraints': [models.UniqueConstraint(fields=('owner', 'kind', 'code'), name='account_owner_kind_code_unique'), models.CheckConstraint(condition=models.Q(('may_go_negative', True), ('balance_fen__gte', 0), _connector='OR'), name='account_not_below_zero'), models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['debt', 'clearing', 'revenue', 'external', 'correction', 'rebates']), ('may_go_negative', True)), models.Q(('kind__in', ['available', 'frozen', 'withdrawing', 'paid', 'funding', 'receivable']), ('may_go_negative', False)), _connector='OR'), name='account_kind_fixes_sign')],
                },
            ),
            migrations.CreateModel(
                name='DailyBalance',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('day', models.DateField(verbose_name='账务日')),
                    ('opening_fen', models.BigIntegerField(verbose_name='期初（分）')),
                    ('inflow_fen', models.BigIntegerField(verbose_name='收入（分）')),
                    ('outflow_fen', models.BigIntegerField(verbose_name='支出（分）')),
                    ('closing_fen', models.BigIntegerField(verbose_name='期末（分）')),
                    ('account', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='days', to='ledger.account', verbose_name='账户')),
                ],
                options={
                    'verbose_name': '日余额',
                    'verbose_name_plural': '日余额',
                    'constraints': [models.UniqueConstraint(fields=('account', 'day'), name='daily_balance_once'), models.CheckConstraint(condition=models.Q(('closing_fen', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('opening_fen'), '+', models.F('inflow_fen')), '-', models.F('outflow_fen')))), name='daily_balance_adds_up')],
                },
            ),
            migrations.SeparateDatabaseAndState(state_operations=[
                migrations.CreateModel(
                    name='Posting',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('day', models.DateField(verbose_name='账务日')),
                        ('amount_fen', models.BigIntegerField(verbose_name='金额（分）')),
                        ('kind', models.CharField(choices=[('withheld', '货款代扣'), ('cost', '推广费支出'), ('commission', '佣金'), ('service_fee', '服务费'), ('second_fee', '二级服务费'), ('provider_fee', '服务商费用'), ('agency_fee', '机构分成'), ('tech_fee', '技术服务费'), ('clawback', '追回'), ('tech_fee_returned', '技术服务费退回'), ('reimbursed', '追回款返还'), ('owed', '追回款待返还'), ('debt_drawn', '转入欠款'), ('debt_repaid', '偿还欠款'), ('top_up', '充值'), ('frozen', '冻结'), ('released', '解冻'), ('withdrawal', '提现申请'), ('paid_out', '提现到账'), ('withdrawal_returned', '提现退回'), ('correction', '差错调整'), ('reversal', '冲正'), ('rebate', '返点')], max_length=20, verbose_name='类型')),
                        ('reference', models.CharField(max_length=80, verbose_name='唯一凭证')),
                        ('cause', models.CharField(max_length=80, verbose_name='原因')),
                        ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='记账时间')),
                        ('from_account', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='outgoing', to='ledger.account', verbose_name='付出账户')),
                        ('to_account', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='incoming', to='ledger.account', verbose_name='收入账户')),
                    ],
                    options={
                        'verbose_name': '记账',
                        'verbose_name_plural': '记账',
                        'indexes': [models.Index(fields=['day'], name='posting_day'), models.Index(fields=['from_account', 'day'], name='posting_from_day'), models.Index(fields=['to_account', 'day'], name='posting_to_day')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('amount_fen__gt', 0)), name='posting_amount_positive'), models.CheckConstraint(condition=models.Q(('from_account', models.F('to_account')), _negated=True), name='posting_has_two_ends'), models.UniqueConstraint(fields=('reference', 'day'), name='posting_once_a_day')],
                    },
                ),
            ]),
        ),
    ]
