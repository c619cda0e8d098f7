"""Holds, disputes, corrections, resettlements, reconciliation: cases with an audit trail that stays."""

import django.db.models.deletion
import haowu.ground.states
import haowu.tenants.models
from django.conf import settings
from django.db import migrations, models

from haowu.tenants.policies import append_only, owned_by, protect

PLATFORM_ONLY = "false"


class Migration(migrations.Migration):

    dependencies = [
        ('commissions', '0012_withdrawals'),
        ('ledger', '0004_agency_fee'),
        ('tenants', '0003_personal_data'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='adjustment',
            name='tech_bps',
            field=models.PositiveIntegerField(help_text='空：按订单行冻结的费率', null=True, verbose_name='更正后的技术服务费率（万分之一）'),
        ),
        migrations.CreateModel(
            name='Correction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('proposed', '待复核'), ('posted', '已入账'), ('refused', '已驳回')], default='proposed', max_length=10, verbose_name='状态')),
                ('kind', models.CharField(choices=[('withheld', '货款代扣'), ('cost', '推广费支出'), ('commission', '佣金'), ('service_fee', '服务费'), ('second_fee', '二级服务费'), ('provider_fee', '服务商费用'), ('agency_fee', '机构分成'), ('tech_fee', '技术服务费'), ('clawback', '追回'), ('tech_fee_returned', '技术服务费退回'), ('reimbursed', '追回款返还'), ('owed', '追回款待返还'), ('debt_drawn', '转入欠款'), ('debt_repaid', '偿还欠款'), ('top_up', '充值'), ('frozen', '冻结'), ('released', '解冻'), ('withdrawal', '提现申请'), ('paid_out', '提现到账'), ('withdrawal_returned', '提现退回'), ('correction', '差错调整'), ('reversal', '冲正'), ('rebate', '返点')], max_length=20, verbose_name='类型')),
                ('corrects', models.CharField(blank=True, max_length=80, verbose_name='被冲正凭证')),
                ('reference', models.CharField(max_length=80, verbose_name='唯一凭证')),
                ('amount_fen', models.BigIntegerField(verbose_name='金额（分）')),
                ('cause', models.CharField(max_length=500, verbose_name='原因')),
                ('made_at', models.DateTimeField(verbose_name='提出时间')),
                ('checked_at', models.DateTimeField(blank=True, null=True, verbose_name='复核时间')),
                ('checked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='复核人')),
                ('from_account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.account', verbose_name='付出账户')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='经办人')),
                ('to_account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.account', verbose_name='收入账户')),
            ],
            options={
                'verbose_name': '冲正与调整',
                'verbose_name_plural': '冲正与调整',
            },
            bases=(haowu.ground.states.HasStates, models.Model),
        ),
        migrations.CreateModel(
            name='LineHold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=500, verbose_name='原因')),
                ('opened_at', models.DateTimeField(verbose_name='冻结时间')),
                ('expires_at', models.DateTimeField(verbose_name='到期自动解冻')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='解冻时间')),
                ('line_no', models.PositiveIntegerField(verbose_name='行号')),
                ('kind', models.CharField(choices=[('STAFF_HOLD', '平台冻结'), ('DISPUTE', '争议处理中')], max_length=12, verbose_name='类型')),
                ('closed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='解冻人')),
                ('opened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='冻结人')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='holds', to='commissions.order', verbose_name='订单')),
            ],
            options={
                'verbose_name': '订单行冻结',
                'verbose_name_plural': '订单行冻结',
            },
        ),
        migrations.CreateModel(
            name='Dispute',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('frozen_fen', models.BigIntegerField(default=0, verbose_name='冻结金额（分）')),
                ('moves', models.PositiveIntegerField(default=0)),
                ('public_id', models.CharField(default=haowu.tenants.models.public_id, editable=False, max_length=16, unique=True, verbose_name='公开编号')),
                ('line_no', models.PositiveIntegerField(verbose_name='行号')),
                ('status', models.CharField(choices=[('open', '处理中'), ('proposed', '待复核'), ('upheld', '成立'), ('rejected', '不成立'), ('withdrawn', '已撤回'), ('expired', '逾期未决，已解冻')], default='open', max_length=10, verbose_name='状态')),
                ('reason', models.CharField(max_length=500, verbose_name='原因')),
                ('amount_fen', models.BigIntegerField(verbose_name='争议金额（分）')),
                ('take_fen', models.BigIntegerField(default=0, verbose_name='裁定扣回（分）')),
                ('taken_fen', models.BigIntegerField(default=0, verbose_name='已扣回（分）')),
                ('opened_at', models.DateTimeField(verbose_name='提出时间')),
                ('expires_at', models.DateTimeField(verbose_name='处理期限')),
                ('decision', models.CharField(blank=True, max_length=500, verbose_name='处理意见')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='裁定时间')),
                ('claimant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='提出方')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='裁定人')),
                ('opened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='提出人')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='disputes', to='commissions.order', verbose_name='订单')),
                ('proposed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='处理人')),
                ('respondent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='被争议方')),
                ('hold', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='dispute', to='commissions.linehold')),
            ],
            options={
                'verbose_name': '争议',
                'verbose_name_plural': '争议',
            },
            bases=(haowu.ground.states.HasStates, models.Model),
        ),
        migrations.CreateModel(
            name='Resettlement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('previewed', '待复核'), ('applied', '已生效'), ('discarded', '已作废')], default='previewed', max_length=10, verbose_name='状态')),
                ('first_day', models.DateField(verbose_name='首个结算日')),
                ('last_day', models.DateField(verbose_name='最后结算日')),
                ('tech_bps', models.PositiveIntegerField(verbose_name='技术服务费率（万分之一）')),
                ('reason', models.CharField(max_length=500, verbose_name='原因')),
                ('books_on', models.DateField(blank=True, null=True, verbose_name='入账夜')),
                ('made_at', models.DateTimeField(verbose_name='预览时间')),
                ('checked_at', models.DateTimeField(blank=True, null=True, verbose_name='复核时间')),
                ('checked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='复核人')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='经办人')),
                ('policy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='commissions.policy', verbose_name='正确的政策版本')),
            ],
            options={
                'verbose_name': '重新结算',
                'verbose_name_plural': '重新结算',
            },
            bases=(haowu.ground.states.HasStates, models.Model),
        ),
        migrations.CreateModel(
            name='ResettledLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='resettled', to='commissions.orderline', verbose_name='订单行')),
                ('resettlement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='commissions.resettlement')),
            ],
            options={
                'verbose_name': '重新结算的订单行',
                'verbose_name_plural': '重新结算的订单行',
            },
        ),
        migrations.CreateModel(
            name='ResettlementTotal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(max_length=20, verbose_name='角色')),
                ('lines', models.PositiveIntegerField(verbose_name='订单行数')),
                ('gross_change_fen', models.BigIntegerField(verbose_name='毛额变化（分）')),
                ('fee_change_fen', models.BigIntegerField(verbose_name='技术服务费变化（分）')),
                ('party', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='当事方')),
                ('resettlement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='totals', to='commissions.resettlement')),
            ],
            options={
                'verbose_name': '重新结算汇总',
                'verbose_name_plural': '重新结算汇总',
            },
        ),
        migrations.CreateModel(
            name='TenantHold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=500, verbose_name='原因')),
                ('opened_at', models.DateTimeField(verbose_name='冻结时间')),
                ('expires_at', models.DateTimeField(verbose_name='到期自动解冻')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='解冻时间')),
                ('frozen_fen', models.BigIntegerField(default=0, verbose_name='冻结金额（分）')),
                ('moves', models.PositiveIntegerField(default=0)),
                ('closed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='解冻人')),
                ('opened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='冻结人')),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='holds', to='tenants.tenant', verbose_name='租户')),
            ],
            options={
                'verbose_name': '账户冻结',
                'verbose_name_plural': '账户冻结',
            },
        ),
        migrations.CreateModel(
            name='UpstreamFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64, verbose_name='内容摘要（SHA-256）')),
                ('name', models.CharField(max_length=200, verbose_name='文件名')),
                ('rows', models.PositiveIntegerField(default=0, verbose_name='行数')),
                ('matched', models.PositiveIntegerField(default=0, verbose_name='一致')),
                ('missing_here', models.PositiveIntegerField(default=0, verbose_name='上游有，平台没有')),
                ('missing_there', models.PositiveIntegerField(default=0, verbose_name='平台有，上游没有')),
                ('amount_differs', models.PositiveIntegerField(default=0, verbose_name='金额不符')),
                ('duplicate', models.PositiveIntegerField(default=0, verbose_name='上游重复')),
                ('timing', models.PositiveIntegerField(default=0, verbose_name='结算日不同')),
                ('first_on', models.DateField(null=True, verbose_name='最早结算日')),
                ('last_on', models.DateField(null=True, verbose_name='最晚结算日')),
                ('read_at', models.DateTimeField(verbose_name='读入时间')),
                ('source', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='订单来源')),
            ],
            options={
                'verbose_name': '对账文件',
                'verbose_name_plural': '对账文件',
            },
        ),
        migrations.CreateModel(
            name='ReconciliationItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('row_no', models.PositiveIntegerField(null=True, verbose_name='文件行号')),
                ('kind', models.CharField(choices=[('missing_here', '上游有，平台没有'), ('missing_there', '平台有，上游没有'), ('amount_differs', '金额不符'), ('duplicate', '上游重复'), ('timing', '结算日不同')], max_length=16, verbose_name='类型')),
                ('status', models.CharField(choices=[('open', '待处理'), ('proposed', '待复核'), ('resolved', '已处理'), ('cleared', '后续文件已一致')], db_default='open', default='open', max_length=10, verbose_name='状态')),
                ('order_no', models.CharField(max_length=64, verbose_name='订单号')),
                ('line_no', models.PositiveIntegerField(verbose_name='行号')),
                ('line_id', models.BigIntegerField(null=True, verbose_name='订单行')),
                ('their_paid_fen', models.BigIntegerField(null=True, verbose_name='上游实付（分）')),
                ('their_refunded_fen', models.BigIntegerField(null=True, verbose_name='上游已退（分）')),
                ('their_commission_fen', models.BigIntegerField(null=True, verbose_name='上游佣金（分）')),
                ('their_settled_on', models.DateField(null=True, verbose_name='上游结算日')),
                ('our_paid_fen', models.BigIntegerField(null=True, verbose_name='平台实付（分）')),
                ('our_refunded_fen', models.BigIntegerField(null=True, verbose_name='平台已退（分）')),
                ('our_commission_fen', models.BigIntegerField(null=True, verbose_name='平台佣金（分）')),
                ('our_settled_on', models.DateField(null=True, verbose_name='平台结算日')),
                ('fingerprint', models.CharField(max_length=32, unique=True, verbose_name='指纹')),
                ('found_on', models.DateField(verbose_name='发现日')),
                ('reason', models.CharField(blank=True, db_default='', max_length=500, verbose_name='处理原因')),
                ('closed_on', models.DateField(null=True, verbose_name='结束日')),
                ('correction', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='item', to='commissions.correction')),
                ('proposed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='处理人')),
                ('resolved_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='复核人')),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='commissions.upstreamfile', verbose_name='对账文件')),
            ],
            options={
                'verbose_name': '对账差异',
                'verbose_name_plural': '对账差异',
            },
            bases=(haowu.ground.states.HasStates, models.Model),
        ),
        migrations.CreateModel(
            name='UpstreamRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('row_no', models.PositiveIntegerField(verbose_name='文件行号')),
                ('order_no', models.CharField(max_length=64, verbose_name='订单号')),
                ('line_no', models.PositiveIntegerField(verbose_name='行号')),
                ('paid_fen', models.BigIntegerField(verbose_name='实付（分）')),
                ('refunded_fen', models.BigIntegerField(verbose_name='已退（分）')),
                ('commission_fen', models.BigIntegerField(verbose_name='佣金（分）')),
                ('settled_on', models.DateField(null=True, verbose_name='结算日')),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='commissions.upstreamfile')),
            ],
            options={
                'verbose_name': '对账文件行',
                'verbose_name_plural': '对账文件行',
            },
        ),
        migrations.CreateModel(
            name='CaseEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('case', models.CharField(choices=[('line-hold', '订单行冻结'), ('tenant-hold', '账户冻结'), ('dispute', '争议'), ('correction', '冲正与调整'), ('resettlement', '重新结算'), ('reconciliation', '对账差异')], max_length=16, verbose_name='事项')),
                ('case_id', models.BigIntegerField(verbose_name='事项编号')),
                ('act', models.CharField(choices=[('opened', '发起'), ('extended', '延期'), ('proposed', '提出处理'), ('approved', '复核通过'), ('rejected', '驳回'), ('released', '解除'), ('withdrawn', '撤回'), ('expired', '到期自动解除'), ('cleared', '后续文件已一致')], max_length=10, verbose_name='动作')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('reason', models.CharField(max_length=500, verbose_name='原因')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='操作人')),
                ('counterparty', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='对方')),
                ('party', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='当事方')),
            ],
            options={
                'verbose_name': '事项记录',
                'verbose_name_plural': '事项记录',
                'indexes': [models.Index(fields=['case', 'case_id', 'id'], name='case_event_of_case')],
            },
        ),
        migrations.AddConstraint(
            model_name='correction',
            constraint=models.UniqueConstraint(condition=models.Q(('status__in', ['proposed', 'posted'])), fields=('reference',), name='correction_once'),
        ),
        migrations.AddConstraint(
            model_name='correction',
            constraint=models.CheckConstraint(condition=models.Q(('amount_fen__gt', 0)), name='correction_amount_positive'),
        ),
        migrations.AddConstraint(
            model_name='correction',
            constraint=models.CheckConstraint(condition=models.Q(('checked_by', models.F('made_by')), _negated=True), name='correction_by_two_people'),
        ),
        migrations.AddConstraint(
            model_name='correction',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['proposed', 'posted', 'refused'])), name='correction_status_known'),
        ),
        migrations.AddIndex(
            model_name='linehold',
            index=models.Index(condition=models.Q(('closed_at', None)), fields=['expires_at'], name='line_hold_open'),
        ),
        migrations.AddConstraint(
            model_name='linehold',
            constraint=models.UniqueConstraint(condition=models.Q(('closed_at', None), ('kind', 'STAFF_HOLD')), fields=('order', 'line_no'), name='line_hold_once_by_staff'),
        ),
        migrations.AddConstraint(
            model_name='linehold',
            constraint=models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('opened_at'))), name='line_hold_deadline_later'),
        ),
        migrations.AddIndex(
            model_name='dispute',
            index=models.Index(condition=models.Q(('status__in', ['open', 'proposed'])), fields=['expires_at'], name='dispute_open'),
        ),
        migrations.AddIndex(
            model_name='dispute',
            index=models.Index(fields=['order', 'line_no'], name='dispute_of_line'),
        ),
        migrations.AddConstraint(
            model_name='dispute',
            constraint=models.UniqueConstraint(condition=models.Q(('status__in', ['open', 'proposed'])), fields=('order', 'line_no', 'claimant', 'respondent'), name='dispute_once_between_two'),
        ),
        migrations.AddConstraint(
            model_name='dispute',
            constraint=models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('opened_at'))), name='dispute_deadline_later'),
        ),
        migrations.AddConstraint(
            model_name='dispute',
            constraint=models.CheckConstraint(condition=models.Q(('claimant', models.F('respondent')), _negated=True), name='dispute_has_two_sides'),
        ),
        migrations.AddConstraint(
            model_name='dispute',
            constraint=models.CheckConstraint(condition=models.Q(('amount_fen__gte', 0), ('frozen_fen__gte', 0), ('taken_fen__gte', 0), ('taken_fen__lte', models.F('take_fen'))), name='dispute_amounts_not_below_zero'),
        ),
        migrations.AddConstraint(
            model_name='dispute',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['open', 'proposed']), ('frozen_fen', 0), _connector='OR'), name='dispute_decided_freezes_nothing'),
        ),
        migrations.AddConstraint(
            model_name='dispute',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['open', 'proposed', 'upheld', 'rejected', 'withdrawn', 'expired'])), name='dispute_status_known'),
        ),
        migrations.AddConstraint(
            model_name='resettlement',
            constraint=models.CheckConstraint(condition=models.Q(('first_day__lte', models.F('last_day'))), name='resettlement_days_forward'),
        ),
        migrations.AddConstraint(
            model_name='resettlement',
            constraint=models.CheckConstraint(condition=models.Q(('checked_by', models.F('made_by')), _negated=True), name='resettlement_by_two_people'),
        ),
        migrations.AddConstraint(
            model_name='resettlement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'applied'), _negated=True), models.Q(('books_on__isnull', False), ('checked_by__isnull', False)), _connector='OR'), name='resettlement_applied_says_when'),
        ),
        migrations.AddConstraint(
            model_name='resettlement',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['previewed', 'applied', 'discarded'])), name='resettlement_status_known'),
        ),
        migrations.AddConstraint(
            model_name='resettledline',
            constraint=models.UniqueConstraint(fields=('resettlement', 'line'), name='resettled_line_once'),
        ),
        migrations.AddConstraint(
            model_name='resettlementtotal',
            constraint=models.UniqueConstraint(fields=('resettlement', 'party', 'role'), name='resettlement_total_once'),
        ),
        migrations.AddConstraint(
            model_name='tenanthold',
            constraint=models.UniqueConstraint(condition=models.Q(('closed_at', None)), fields=('tenant',), name='tenant_hold_once'),
        ),
        migrations.AddConstraint(
            model_name='tenanthold',
            constraint=models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('opened_at'))), name='tenant_hold_deadline_later'),
        ),
        migrations.AddConstraint(
            model_name='tenanthold',
            constraint=models.CheckConstraint(condition=models.Q(('frozen_fen__gte', 0)), name='tenant_hold_not_below_zero'),
        ),
        migrations.AddConstraint(
            model_name='tenanthold',
            constraint=models.CheckConstraint(condition=models.Q(('closed_at', None), ('frozen_fen', 0), _connector='OR'), name='tenant_hold_closed_freezes_nothing'),
        ),
        migrations.AddConstraint(
            model_name='upstreamfile',
            constraint=models.UniqueConstraint(fields=('digest', 'source'), name='upstream_file_read_once', nulls_distinct=False),
        ),
        migrations.AddIndex(
            model_name='reconciliationitem',
            index=models.Index(condition=models.Q(('status__in', ['open', 'proposed'])), fields=['order_no', 'line_no'], name='item_open'),
        ),
        migrations.AddIndex(
            model_name='reconciliationitem',
            index=models.Index(fields=['line_id'], name='item_of_line'),
        ),
        migrations.AddConstraint(
            model_name='reconciliationitem',
            constraint=models.CheckConstraint(condition=models.Q(('resolved_by', models.F('proposed_by')), _negated=True), name='item_resolved_by_two_people'),
        ),
        migrations.AddConstraint(
            model_name='reconciliationitem',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['open', 'proposed', 'resolved', 'cleared'])), name='item_status_known'),
        ),
        migrations.AddConstraint(
            model_name='upstreamrow',
            constraint=models.UniqueConstraint(fields=('file', 'row_no'), name='upstream_row_once'),
        ),
        protect("commissions_caseevent", read=owned_by("party_id", "counterparty_id"), write=PLATFORM_ONLY),
        protect("commissions_dispute", read=owned_by("claimant_id", "respondent_id"), write=PLATFORM_ONLY),
        protect("commissions_tenanthold", read=owned_by("tenant_id"), write=PLATFORM_ONLY),
        protect("commissions_linehold", read=PLATFORM_ONLY, write=PLATFORM_ONLY),
        protect("commissions_correction", read=PLATFORM_ONLY, write=PLATFORM_ONLY),
        protect("commissions_resettlement", read=PLATFORM_ONLY, write=PLATFORM_ONLY),
        protect("commissions_resettledline", read=PLATFORM_ONLY, write=PLATFORM_ONLY),
        protect("commissions_resettlementtotal", read=PLATFORM_ONLY, write=PLATFORM_ONLY),
        protect("commissions_upstreamfile", read=PLATFORM_ONLY, write=PLATFORM_ONLY),
        protect("commissions_upstreamrow", read=PLATFORM_ONLY, write=PLATFORM_ONLY),
        protect("commissions_reconciliationitem", read=PLATFORM_ONLY, write=PLATFORM_ONLY),
        append_only("commissions_caseevent"),
        append_only("commissions_resettledline"),
        append_only("commissions_resettlementtotal"),
        append_only("commissions_upstreamrow"),
    ]
