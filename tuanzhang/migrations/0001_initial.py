"""Activities of leaders, enrolled goods, requests to change them, second leaders."""

import django.db.models.deletion
import django.db.models.expressions
import haowu.ground.states
import haowu.tenants.models
import tuanzhang.models.activity
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('merchants', '0008_delistings'),
        ('tenants', '0003_personal_data'),
    ]

    operations = [
        migrations.CreateModel(
            name='LeaderFigures',
            fields=[
                ('leader', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='tenants.tenant', verbose_name='团长')),
                ('orders', models.PositiveIntegerField(verbose_name='近 30 天订单数')),
                ('streamers', models.PositiveIntegerField(verbose_name='近 30 天带货达人数')),
                ('gmv_fen', models.BigIntegerField(verbose_name='近 30 天成交额（分）')),
                ('counted_at', models.DateTimeField(verbose_name='统计时间')),
            ],
            options={
                'verbose_name': '团长数据',
                'verbose_name_plural': '团长数据',
            },
        ),
        migrations.CreateModel(
            name='Activity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(default=tuanzhang.models.activity.new_code, max_length=64, unique=True, verbose_name='活动编号')),
                ('public_id', models.CharField(default=haowu.tenants.models.public_id, editable=False, max_length=16, unique=True, verbose_name='公开编号')),
                ('share_token', models.CharField(default=tuanzhang.models.activity.new_token, editable=False, max_length=16, unique=True, verbose_name='分享口令')),
                ('type', models.CharField(choices=[('normal', '普通招商'), ('exclusive', '专属招商')], max_length=9, verbose_name='类型')),
                ('title', models.CharField(max_length=120, verbose_name='标题')),
                ('description', models.TextField(blank=True, max_length=2000, verbose_name='招商说明')),
                ('begins_at', models.DateTimeField(verbose_name='推广开始')),
                ('ends_at', models.DateTimeField(blank=True, null=True, verbose_name='推广结束')),
                ('min_commission_bps', models.PositiveIntegerField(default=0, verbose_name='最低佣金率（万分之一）')),
                ('min_service_fee_bps', models.PositiveIntegerField(default=0, verbose_name='最低服务费率（万分之一）')),
                ('second_level', models.CharField(choices=[('none', '不开放二级团长'), ('all', '所有团长可申请'), ('listed', '仅名单内团长可申请')], default='none', max_length=6, verbose_name='二级团长')),
                ('status', models.CharField(choices=[('unpublished', '未发布'), ('published', '已发布'), ('deleted', '已删除')], default='unpublished', editable=False, max_length=11, verbose_name='状态')),
                ('published_at', models.DateTimeField(editable=False, null=True, verbose_name='发布时间')),
                ('closed_at', models.DateTimeField(editable=False, null=True, verbose_name='提前关闭时间')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='创建时间')),
                ('leader', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='activities', to='tenants.tenant', verbose_name='团长')),
            ],
            options={
                'verbose_name': '招商活动',
                'verbose_name_plural': '招商活动',
            },
            bases=(haowu.ground.states.HasStates, models.Model),
        ),
        migrations.CreateModel(
            name='ActivityMinimum',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('min_commission_bps', models.PositiveIntegerField(default=0, verbose_name='最低佣金率（万分之一）')),
                ('min_service_fee_bps', models.PositiveIntegerField(default=0, verbose_name='最低服务费率（万分之一）')),
                ('activity', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='minimums', to='tuanzhang.activity', verbose_name='招商活动')),
                ('category', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.category', verbose_name='类目')),
            ],
            options={
                'verbose_name': '类目最低费率',
                'verbose_name_plural': '类目最低费率',
            },
        ),
        migrations.CreateModel(
            name='AllowedPartner',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('activity', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='partners', to='tuanzhang.activity', verbose_name='招商活动')),
                ('leader', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='一级团长')),
                ('partner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='二级团长')),
            ],
            options={
                'verbose_name': '可申请的二级团长',
                'verbose_name_plural': '可申请的二级团长',
            },
        ),
        migrations.CreateModel(
            name='Enrolment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=haowu.tenants.models.public_id, editable=False, max_length=16, unique=True, verbose_name='公开编号')),
                ('status', models.CharField(choices=[('pending', '待审核'), ('passed', '已通过'), ('rejected', '已拒绝'), ('withdrawn', '已撤回')], default='pending', editable=False, max_length=9, verbose_name='状态')),
                ('starts_at', models.DateTimeField(verbose_name='合作开始')),
                ('ends_at', models.DateTimeField(blank=True, null=True, verbose_name='合作结束')),
                ('enrolled_at', models.DateTimeField(verbose_name='报名时间')),
                ('decided_at', models.DateTimeField(editable=False, null=True, verbose_name='审核时间')),
                ('passed_at', models.DateTimeField(editable=False, null=True, verbose_name='通过时间')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='拒绝原因')),
                ('ended_at', models.DateTimeField(editable=False, null=True, verbose_name='取消生效时间')),
                ('end_reason', models.CharField(blank=True, choices=[('window', '合作期结束'), ('activity_over', '活动已结束'), ('delisted', '商品下架'), ('merchant', '商家取消'), ('leader', '团长取消')], editable=False, max_length=13, verbose_name='取消方')),
                ('activity', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='enrolments', to='tuanzhang.activity', verbose_name='招商活动')),
                ('leader', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='团长')),
                ('merchant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='商家')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='enrolments', to='merchants.product', verbose_name='商品')),
            ],
            options={
                'verbose_name': '活动报名',
                'verbose_name_plural': '活动报名',
            },
            bases=(haowu.ground.states.HasStates, models.Model),
        ),
        migrations.CreateModel(
            name='ChangeRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=haowu.tenants.models.public_id, editable=False, max_length=16, unique=True, verbose_name='公开编号')),
                ('kind', models.CharField(choices=[('lower', '下调费率'), ('cancel', '取消合作')], max_length=6, verbose_name='事项')),
                ('commission_bps', models.PositiveIntegerField(null=True, verbose_name='新佣金率（万分之一）')),
                ('service_fee_bps', models.PositiveIntegerField(null=True, verbose_name='新服务费率（万分之一）')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='申请理由')),
                ('asked_at', models.DateTimeField(verbose_name='申请时间')),
                ('answer_by', models.DateTimeField(verbose_name='最晚答复时间')),
                ('takes_effect_at', models.DateTimeField(verbose_name='生效时间')),
                ('answer', models.CharField(blank=True, choices=[('', '未答复'), ('agreed', '团长同意'), ('refused', '团长拒绝'), ('withdrawn', '商家撤回'), ('quiet', '30 天无成交，自动同意'), ('unanswered', '7 天未答复，自动同意')], default='', max_length=10, verbose_name='答复')),
                ('answered_at', models.DateTimeField(null=True, verbose_name='答复时间')),
                ('answer_reason', models.CharField(blank=True, max_length=200, verbose_name='答复说明')),
                ('leader', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='团长')),
                ('merchant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='商家')),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='requests', to='tuanzhang.enrolment', verbose_name='报名')),
            ],
            options={
                'verbose_name': '变更申请',
                'verbose_name_plural': '变更申请',
            },
        ),
        migrations.CreateModel(
            name='EnrolmentRate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('commission_bps', models.PositiveIntegerField(verbose_name='佣金率（万分之一）')),
                ('service_fee_bps', models.PositiveIntegerField(verbose_name='服务费率（万分之一）')),
                ('effective_from', models.DateTimeField(verbose_name='生效时间')),
                ('announced_at', models.DateTimeField(verbose_name='提交时间')),
                ('cancelled_at', models.DateTimeField(null=True, verbose_name='撤销时间')),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rates', to='tuanzhang.enrolment', verbose_name='报名')),
                ('leader', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='团长')),
                ('merchant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='商家')),
            ],
            options={
                'verbose_name': '报名费率',
                'verbose_name_plural': '报名费率',
                'ordering': ['effective_from', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='ListedStreamer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('listed_at', models.DateTimeField(verbose_name='列入时间')),
                ('unlisted_at', models.DateTimeField(null=True, verbose_name='移出时间')),
                ('activity', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='listed', to='tuanzhang.activity', verbose_name='招商活动')),
                ('leader', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='团长')),
                ('streamer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='达人')),
            ],
            options={
                'verbose_name': '活动达人名单',
                'verbose_name_plural': '活动达人名单',
            },
        ),
        migrations.CreateModel(
            name='SecondLevel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=haowu.tenants.models.public_id, editable=False, max_length=16, unique=True, verbose_name='公开编号')),
                ('bps', models.PositiveIntegerField(verbose_name='二级服务费率（万分之一）')),
                ('whole_item', models.BooleanField(default=False, verbose_name='该商品经此活动的全部成交')),
                ('starts_at', models.DateTimeField(verbose_name='开始时间')),
                ('ends_at', models.DateTimeField(blank=True, null=True, verbose_name='结束时间')),
                ('status', models.CharField(choices=[('pending', '待一级团长答复'), ('passed', '合作中'), ('rejected', '已拒绝'), ('withdrawn', '已撤回')], default='pending', editable=False, max_length=9, verbose_name='状态')),
                ('applied_at', models.DateTimeField(verbose_name='申请时间')),
                ('decided_at', models.DateTimeField(editable=False, null=True, verbose_name='答复时间')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='拒绝原因')),
                ('end_asked_at', models.DateTimeField(editable=False, null=True, verbose_name='申请终止时间')),
                ('end_refused_at', models.DateTimeField(editable=False, null=True, verbose_name='拒绝终止时间')),
                ('ended_at', models.DateTimeField(editable=False, null=True, verbose_name='终止生效时间')),
                ('end_asked_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='申请终止方')),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='seconds', to='tuanzhang.enrolment', verbose_name='报名')),
                ('first_leader', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='一级团长')),
                ('second_leader', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='二级团长')),
            ],
            options={
                'verbose_name': '二级合作',
                'verbose_name_plural': '二级合作',
            },
            bases=(haowu.ground.states.HasStates, models.Model),
        ),
        migrations.AddIndex(
            model_name='activity',
            index=models.Index(fields=['leader', '-created_at'], name='activity_of_leader'),
        ),
        migrations.AddConstraint(
            model_name='activity',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('published_at__isnull', False), ('status', 'published')), models.Q(('closed_at__isnull', True), ('published_at__isnull', True), ('status__in', ['unpublished', 'deleted'])), _connector='OR'), name='activity_status_known'),
        ),
        migrations.AddConstraint(
            model_name='activity',
            constraint=models.CheckConstraint(condition=models.Q(('type__in', ['normal', 'exclusive'])), name='activity_type_known'),
        ),
        migrations.AddConstraint(
            model_name='activity',
            constraint=models.CheckConstraint(condition=models.Q(('second_level__in', ['none', 'all', 'listed'])), name='activity_joining_known'),
        ),
        migrations.AddConstraint(
            model_name='activity',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__isnull', True), ('ends_at__gt', models.F('begins_at')), _connector='OR'), name='activity_window_forward'),
        ),
        migrations.AddConstraint(
            model_name='activity',
            constraint=models.CheckConstraint(condition=models.Q(('min_commission_bps__lte', django.db.models.expressions.CombinedExpression(models.Value(9000), '-', models.F('min_service_fee_bps')))), name='activity_minimum_within_limit'),
        ),
        migrations.AddConstraint(
            model_name='activityminimum',
            constraint=models.UniqueConstraint(fields=('activity', 'category'), name='activity_minimum_once_per_category'),
        ),
        migrations.AddConstraint(
            model_name='activityminimum',
            constraint=models.CheckConstraint(condition=models.Q(('min_commission_bps__lte', django.db.models.expressions.CombinedExpression(models.Value(9000), '-', models.F('min_service_fee_bps')))), name='category_minimum_within_limit'),
        ),
        migrations.AddConstraint(
            model_name='allowedpartner',
            constraint=models.UniqueConstraint(fields=('activity', 'partner'), name='partner_once_per_activity'),
        ),
        migrations.AddIndex(
            model_name='enrolment',
            index=models.Index(fields=['leader', 'status', 'enrolled_at'], name='enrolment_queue'),
        ),
        migrations.AddIndex(
            model_name='enrolment',
            index=models.Index(fields=['merchant', '-enrolled_at'], name='enrolment_of_merchant'),
        ),
        migrations.AddConstraint(
            model_name='enrolment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('passed_at__isnull', False), ('status', 'passed')), models.Q(('ended_at__isnull', True), ('passed_at__isnull', True), ('status__in', ['pending', 'rejected', 'withdrawn'])), _connector='OR'), name='enrolment_status_known'),
        ),
        migrations.AddConstraint(
            model_name='enrolment',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__isnull', True), ('ends_at__gt', models.F('starts_at')), _connector='OR'), name='enrolment_window_forward'),
        ),
        migrations.AddConstraint(
            model_name='enrolment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'rejected'), models.Q(('reason', ''), _negated=True)), models.Q(('status', 'rejected'), _negated=True), _connector='OR'), name='enrolment_rejected_with_reason'),
        ),
        migrations.AddConstraint(
            model_name='enrolment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('end_reason', ''), ('ended_at__isnull', True)), models.Q(('end_reason__in', ['merchant', 'leader']), ('ended_at__isnull', False)), _connector='OR'), name='enrolment_end_has_a_side'),
        ),
        migrations.AddConstraint(
            model_name='enrolment',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'pending')), fields=('activity', 'product'), name='enrolment_pending_once'),
        ),
        migrations.AddIndex(
            model_name='changerequest',
            index=models.Index(condition=models.Q(('answer', '')), fields=['leader', 'answer_by'], name='change_request_queue'),
        ),
        migrations.AddConstraint(
            model_name='changerequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('commission_bps__isnull', False), ('kind', 'lower'), ('service_fee_bps__isnull', False)), models.Q(('commission_bps__isnull', True), ('kind', 'cancel'), ('service_fee_bps__isnull', True)), _connector='OR'), name='change_request_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='changerequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answered_at__isnull', True)), models.Q(('answer__in', ['agreed', 'refused', 'withdrawn', 'quiet', 'unanswered']), ('answered_at__isnull', False)), _connector='OR'), name='change_request_answer_known'),
        ),
        migrations.AddConstraint(
            model_name='changerequest',
            constraint=models.UniqueConstraint(condition=models.Q(('answer', '')), fields=('enrolment',), name='change_request_one_open_per_enrolment'),
        ),
        migrations.AddConstraint(
            model_name='enrolmentrate',
            constraint=models.CheckConstraint(condition=models.Q(('commission_bps__lte', django.db.models.expressions.CombinedExpression(models.Value(9000), '-', models.F('service_fee_bps')))), name='enrolment_rates_within_limit'),
        ),
        migrations.AddConstraint(
            model_name='enrolmentrate',
            constraint=models.CheckConstraint(condition=models.Q(('cancelled_at__isnull', True), ('cancelled_at__lt', models.F('effective_from')), _connector='OR'), name='enrolment_rate_cancelled_only_before_effect'),
        ),
        migrations.AddConstraint(
            model_name='listedstreamer',
            constraint=models.UniqueConstraint(condition=models.Q(('unlisted_at__isnull', True)), fields=('activity', 'streamer'), name='streamer_listed_once_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='secondlevel',
            constraint=models.CheckConstraint(condition=models.Q(('status', 'passed'), models.Q(('ended_at__isnull', True), ('status__in', ['pending', 'rejected', 'withdrawn'])), _connector='OR'), name='second_level_status_known'),
        ),
        migrations.AddConstraint(
            model_name='secondlevel',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__isnull', True), ('ends_at__gt', models.F('starts_at')), _connector='OR'), name='second_level_window_forward'),
        ),
        migrations.AddConstraint(
            model_name='secondlevel',
            constraint=models.CheckConstraint(condition=models.Q(('first_leader', models.F('second_leader')), _negated=True), name='second_level_of_two_leaders'),
        ),
        migrations.AddConstraint(
            model_name='secondlevel',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('end_asked_at__isnull', True), ('end_asked_by__isnull', True)), models.Q(('end_asked_at__isnull', False), ('end_asked_by__isnull', False)), _connector='OR'), name='second_level_end_asked_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='secondlevel',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'pending')), fields=('enrolment', 'second_leader'), name='second_level_pending_once'),
        ),
    ]
