"""Bases: founding, brands, stock, reservations, live rooms."""

import django.contrib.postgres.constraints
import django.db.models.deletion
import haowu.tenants.models
from django.conf import settings
from django.db import migrations, models

from haowu.tenants.migrations._guards import Together


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('tenants', '0001_initial'),
        # Before our tables, for speed alone: Django renders every related model again for each operation.
        ('oauth2_provider', '__latest__'),
    ]

    operations = [
        Together(
            migrations.CreateModel(
                name='Feeder',
                fields=[
                    ('base', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='feeder', serialize=False, to='tenants.tenant', verbose_name='基地')),
                    ('snapshot_sequence', models.BigIntegerField(default=0, verbose_name='最近全量序号')),
                    ('last_sequence', models.BigIntegerField(default=0, verbose_name='最近序号')),
                    ('counted_at', models.DateTimeField(null=True, verbose_name='最近盘点时间')),
                    ('fresh_until', models.DateTimeField(null=True, verbose_name='有效至')),
                ],
                options={
                    'verbose_name': '库存上报',
                    'verbose_name_plural': '库存上报',
                },
            ),
            migrations.CreateModel(
                name='Application',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('public_id', models.CharField(default=haowu.tenants.models.public_id, editable=False, max_length=16, unique=True, verbose_name='公开编号')),
                    ('name', models.CharField(max_length=120, verbose_name='基地名称')),
                    ('level', models.CharField(choices=[('gold', '金牌'), ('silver', '银牌')], max_length=6, verbose_name='级别')),
                    ('city', models.CharField(max_length=32, verbose_name='城市')),
                    ('address', models.CharField(max_length=200, verbose_name='地址')),
                    ('live_rooms', models.PositiveSmallIntegerField(verbose_name='直播间数')),
                    ('guides', models.PositiveSmallIntegerField(verbose_name='导购人数')),
                    ('property_sqm', models.PositiveIntegerField(verbose_name='场地面积（平方米）')),
                    ('status', models.CharField(choices=[('submitted', '审核中'), ('returned', '待补充'), ('approved', '已通过'), ('refused', '未通过')], default='submitted', editable=False, max_length=10, verbose_name='状态')),
                    ('reason', models.CharField(blank=True, max_length=500, verbose_name='审核意见')),
                    ('applied_at', models.DateTimeField(verbose_name='申请时间')),
                    ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='审核时间')),
                    ('applicant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='base_applications', to='tenants.tenant', verbose_name='申请团长')),
                    ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='审核人')),
                ],
                options={
                    'verbose_name': '建基地申请',
                    'verbose_name_plural': '建基地申请',
                    'constraints': [models.UniqueConstraint(condition=models.Q(('status__in', ['submitted', 'returned'])), fields=('applicant',), name='base_application_one_open'), models.CheckConstraint(condition=models.Q(('status__in', ['submitted', 'returned', 'approved', 'refused'])), name='base_application_status_known'), models.CheckConstraint(condition=models.Q(('level__in', ['gold', 'silver'])), name='base_application_level_known')],
                },
            ),
            migrations.CreateModel(
                name='Base',
                fields=[
                    ('base', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='base', serialize=False, to='tenants.tenant', verbose_name='基地')),
                    ('level', models.CharField(choices=[('gold', '金牌'), ('silver', '银牌')], max_length=6, verbose_name='级别')),
                    ('city', models.CharField(max_length=32, verbose_name='城市')),
                    ('status', models.CharField(choices=[('active', '运营中'), ('downgraded', '已降级，运营中'), ('closed', '已关闭')], default='active', editable=False, max_length=10, verbose_name='状态')),
                    ('activated_at', models.DateTimeField(verbose_name='启用时间')),
                    ('downgraded_at', models.DateTimeField(blank=True, null=True, verbose_name='降级时间')),
                    ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='关闭时间')),
                    ('reason', models.CharField(blank=True, max_length=500, verbose_name='降级或关闭的原因')),
                    ('application', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, to='bases.application', verbose_name='申请')),
                    ('founder', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='founded_bases', to='tenants.tenant', verbose_name='创办团长')),
                ],
                options={
                    'verbose_name': '供应链基地',
                    'verbose_name_plural': '供应链基地',
                    'indexes': [models.Index(fields=['city', 'level'], name='base_by_city')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['active', 'downgraded', 'closed'])), name='base_status_known'), models.CheckConstraint(condition=models.Q(('level__in', ['gold', 'silver'])), name='base_level_known'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'downgraded'), _negated=True), ('level', 'silver'), _connector='OR'), name='base_downgraded_is_silver')],
                },
            ),
            migrations.CreateModel(
                name='BasePolicy',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('effective_from', models.DateTimeField(verbose_name='生效时间')),
                    ('gold_seats', models.PositiveSmallIntegerField(default=10, verbose_name='金牌基地名额')),
                    ('silver_seats', models.PositiveSmallIntegerField(default=50, verbose_name='银牌基地名额')),
                    ('gold_brands', models.PositiveSmallIntegerField(default=40, verbose_name='金牌基地每期品牌额度')),
                    ('silver_brands', models.PositiveSmallIntegerField(default=28, verbose_name='银牌基地每期品牌额度')),
                    ('notice_days', models.PositiveSmallIntegerField(default=30, verbose_name='授权到期提前提醒（天）')),
                    ('stale_minutes', models.PositiveIntegerField(default=1440, help_text='失联基地的商品立即离开选品中心，恢复上报后立即回来', verbose_name='库存多久未更新视为失联（分钟）')),
                    ('price_band_bps', models.PositiveIntegerField(default=5000, help_text='与上次价格相差超过此比例的行先复核再生效', verbose_name='价格变动复核线（万分之一）')),
                    ('stock_limit', models.PositiveIntegerField(default=1000000, verbose_name='单个规格库存复核线')),
                    ('empty_band_bps', models.PositiveIntegerField(default=5000, help_text='一次全量快照使超过此比例的在库规格归零时，整份快照先复核再生效', verbose_name='快照清空复核线（万分之一）')),
                    ('note', models.CharField(blank=True, max_length=200, verbose_name='说明')),
                    ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='创建时间')),
                ],
                options={
                    'verbose_name': '基地政策',
                    'verbose_name_plural': '基地政策',
                    'constraints': [models.CheckConstraint(condition=models.Q(('stale_minutes__gte', 1)), name='base_policy_stale_after_a_while'), models.CheckConstraint(condition=models.Q(('empty_band_bps__lte', 10000)), name='base_policy_empty_at_most_all')],
                },
            ),
            migrations.CreateModel(
                name='Brand',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(default=haowu.tenants.models.public_id, max_length=64, unique=True, verbose_name='编号')),
                    ('name', models.CharField(max_length=64, verbose_name='名称')),
                    ('normal_name', models.CharField(editable=False, max_length=64, unique=True, verbose_name='归一名称')),
                ],
                options={
                    'verbose_name': '品牌',
                    'verbose_name_plural': '品牌',
                    'constraints': [models.CheckConstraint(condition=models.Q(('normal_name', ''), _negated=True), name='brand_has_a_name')],
                },
            ),
            migrations.CreateModel(
                name='Document',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('licence', '营业执照'), ('property', '房产证或租赁合同'), ('fire', '消防验收'), ('other', '其他')], max_length=10, verbose_name='类型')),
                    ('number', models.CharField(max_length=64, verbose_name='编号')),
                    ('valid_from', models.DateField(verbose_name='有效期自')),
                    ('valid_to', models.DateField(help_text='含当日', verbose_name='有效期至')),
                    ('application', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='documents', to='bases.application', verbose_name='申请')),
                ],
                options={
                    'verbose_name': '建基地材料',
                    'verbose_name_plural': '建基地材料',
                    'constraints': [models.CheckConstraint(condition=models.Q(('valid_to__gte', models.F('valid_from'))), name='base_document_window_forward'), models.CheckConstraint(condition=models.Q(('kind__in', ['licence', 'property', 'fire', 'other'])), name='base_document_kind_known')],
                },
            ),
            migrations.CreateModel(
                name='Feed',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('sequence', models.BigIntegerField(verbose_name='序号')),
                    ('kind', models.CharField(choices=[('snapshot', '全量快照'), ('changes', '变化')], max_length=8, verbose_name='类型')),
                    ('counted_at', models.DateTimeField(verbose_name='盘点时间')),
                    ('parts', models.PositiveSmallIntegerField(default=1, verbose_name='分几部分')),
                    ('status', models.CharField(choices=[('partial', '未传完'), ('received', '已收到，待生效'), ('applied', '已生效'), ('superseded', '晚到，已被更新的快照取代'), ('held', '待复核'), ('rejected', '已作废')], editable=False, max_length=10, verbose_name='状态')),
                    ('received_at', models.DateTimeField(verbose_name='收到时间')),
                    ('applied_at', models.DateTimeField(null=True, verbose_name='生效时间')),
                    ('rows', models.PositiveIntegerField(default=0, verbose_name='行数')),
                    ('changed', models.PositiveIntegerField(default=0, verbose_name='改变')),
                    ('emptied', models.PositiveIntegerField(default=0, verbose_name='归零')),
                    ('quarantined', models.PositiveIntegerField(default=0, verbose_name='待复核')),
                    ('base', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='feeds', to='tenants.tenant', verbose_name='基地')),
                ],
                options={
                    'verbose_name': '库存上报记录',
                    'verbose_name_plural': '库存上报记录',
                    'indexes': [models.Index(condition=models.Q(('status', 'received')), fields=['status'], name='feed_waiting')],
                    'constraints': [models.UniqueConstraint(fields=('base', 'sequence'), name='feed_sequence_once'), models.CheckConstraint(condition=models.Q(('parts__gte', 1), ('sequence__gte', 1)), name='feed_sequence_and_parts'), models.CheckConstraint(condition=models.Q(('kind__in', ['snapshot', 'changes'])), name='feed_kind_known'), models.CheckConstraint(condition=models.Q(('status__in', ['partial', 'received', 'applied', 'superseded', 'held', 'rejected'])), name='feed_status_known')],
                },
            ),
            migrations.CreateModel(
                name='FeedPart',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveSmallIntegerField(verbose_name='第几部分')),
                    ('checksum', models.CharField(max_length=64, verbose_name='校验和')),
                    ('rows', models.PositiveIntegerField(verbose_name='行数')),
                    ('packed', models.BinaryField(verbose_name='内容')),
                    ('feed', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='received', to='bases.feed', verbose_name='上报')),
                ],
                options={
                    'verbose_name': '上报内容',
                    'verbose_name_plural': '上报内容',
                    'constraints': [models.UniqueConstraint(fields=('feed', 'number'), name='feed_part_once')],
                },
            ),
            migrations.CreateModel(
                name='PullSource',
                fields=[
                    ('base', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='pull_source', serialize=False, to='tenants.tenant', verbose_name='基地')),
                    ('url', models.URLField(max_length=500, verbose_name='地址')),
                    ('every_minutes', models.PositiveIntegerField(default=60, verbose_name='每隔（分钟）')),
                    ('next_at', models.DateTimeField(verbose_name='下次读取')),
                    ('pulled_at', models.DateTimeField(null=True, verbose_name='上次读取')),
                    ('outcome', models.CharField(blank=True, max_length=32, verbose_name='上次结果')),
                    ('told', models.CharField(blank=True, max_length=300, verbose_name='说明')),
                    ('failures', models.PositiveIntegerField(default=0, verbose_name='连续失败')),
                ],
                options={
                    'verbose_name': '库存拉取地址',
                    'verbose_name_plural': '库存拉取地址',
                    'constraints': [models.CheckConstraint(condition=models.Q(('every_minutes__gte', 5)), name='pull_source_not_too_often')],
                },
            ),
            migrations.CreateModel(
                name='QuarantinedRow',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('line_no', models.PositiveIntegerField(verbose_name='行号')),
                    ('merchant_code', models.CharField(blank=True, max_length=200, verbose_name='商家编号')),
                    ('product_code', models.CharField(blank=True, max_length=200, verbose_name='商品编号')),
                    ('sku_code', models.CharField(blank=True, max_length=200, verbose_name='规格编号')),
                    ('price', models.CharField(blank=True, max_length=40, verbose_name='价格（分）')),
                    ('quantity', models.CharField(blank=True, max_length=40, verbose_name='库存')),
                    ('reason', models.CharField(choices=[('ROW_UNREADABLE', '内容不完整或不是数字'), ('SKU_REPEATED', '同一份上报里规格重复，只取第一行'), ('MERCHANT_UNKNOWN', '平台没有这个商家'), ('PRICE_OUT_OF_BAND', '价格变动过大，暂用原来的价格和库存'), ('STOCK_OUT_OF_BAND', '库存数异常，暂用原来的价格和库存'), ('BELOW_RESERVED', '库存少于已预留的订单，已停止接单')], max_length=20, verbose_name='原因')),
                    ('status', models.CharField(choices=[('open', '待复核'), ('taken', '已采用'), ('dropped', '已放弃')], default='open', editable=False, max_length=8, verbose_name='状态')),
                    ('decided_at', models.DateTimeField(null=True, verbose_name='处理时间')),
                    ('base', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='基地')),
                    ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='处理人')),
                    ('feed', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='quarantine', to='bases.feed', verbose_name='上报')),
                ],
                options={
                    'verbose_name': '待复核的库存行',
                    'verbose_name_plural': '待复核的库存行',
                    'indexes': [models.Index(fields=['base', 'status'], name='quarantine_of_base')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['open', 'taken', 'dropped'])), name='quarantine_status_known')],
                },
            ),
            migrations.CreateModel(
                name='QuotaPeriod',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('starts_on', models.DateField(verbose_name='开始日')),
                    ('ends_on', models.DateField(help_text='不含', verbose_name='结束日')),
                    ('brands', models.PositiveSmallIntegerField(verbose_name='品牌额度')),
                    ('base', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='quota_periods', to='tenants.tenant', verbose_name='基地')),
                ],
                options={
                    'verbose_name': '品牌额度期',
                    'verbose_name_plural': '品牌额度期',
                    'constraints': [models.UniqueConstraint(fields=('base', 'starts_on'), name='quota_period_once'), models.CheckConstraint(condition=models.Q(('ends_on__gt', models.F('starts_on'))), name='quota_period_forward')],
                },
            ),
            migrations.CreateModel(
                name='Introduction',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('public_id', models.CharField(default=haowu.tenants.models.public_id, editable=False, max_length=16, unique=True, verbose_name='公开编号')),
                    ('document_no', models.CharField(max_length=64, verbose_name='授权书编号')),
                    ('authorised_from', models.DateField(verbose_name='授权期自')),
                    ('authorised_to', models.DateField(help_text='含当日', verbose_name='授权期至')),
                    ('status', models.CharField(choices=[('submitted', '审核中'), ('accepted', '已通过'), ('refused', '未通过'), ('duplicate', '已有基地引进')], default='submitted', editable=False, max_length=10, verbose_name='状态')),
                    ('reason', models.CharField(blank=True, max_length=500, verbose_name='审核意见')),
                    ('submitted_at', models.DateTimeField(verbose_name='提交时间')),
                    ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='审核时间')),
                    ('base', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='introductions', to='tenants.tenant', verbose_name='基地')),
                    ('brand', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='introductions', to='bases.brand', verbose_name='品牌')),
                    ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='审核人')),
                    ('period', models.ForeignKey(blank=True, help_text='重复的品牌与续期不占额度', null=True, on_delete=django.db.models.deletion.PROTECT, to='bases.quotaperiod', verbose_name='额度期')),
                ],
                options={
                    'verbose_name': '品牌引进',
                    'verbose_name_plural': '品牌引进',
                    'indexes': [models.Index(fields=['brand', 'status', 'authorised_to'], name='introduction_by_brand')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['submitted', 'accepted', 'refused', 'duplicate'])), name='introduction_status_known'), models.CheckConstraint(condition=models.Q(('authorised_to__gte', models.F('authorised_from'))), name='introduction_window_forward'), models.UniqueConstraint(condition=models.Q(('status', 'submitted')), fields=('base', 'brand'), name='introduction_submitted_once'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('status', 'accepted')), expressions=[(models.Func(models.F('brand_id'), models.F('brand_id'), models.Value('[]'), function='int8range'), '&&'), (models.Func(models.F('authorised_from'), models.F('authorised_to'), models.Value('[]'), function='daterange'), '&&')], name='introduction_credited_once')],
                },
            ),
            migrations.CreateModel(
                name='Room',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('public_id', models.CharField(default=haowu.tenants.models.public_id, editable=False, max_length=16, unique=True, verbose_name='公开编号')),
                    ('name', models.CharField(max_length=64, verbose_name='直播间')),
                    ('equipment', models.CharField(blank=True, max_length=200, verbose_name='设备与说明')),
                    ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='停用时间')),
                    ('base', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rooms', to='tenants.tenant', verbose_name='基地')),
                ],
                options={
                    'verbose_name': '直播间',
                    'verbose_name_plural': '直播间',
                    'constraints': [models.UniqueConstraint(fields=('base', 'name'), name='room_name_once_per_base')],
                },
            ),
            migrations.CreateModel(
                name='Booking',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('public_id', models.CharField(default=haowu.tenants.models.public_id, editable=False, max_length=16, unique=True, verbose_name='公开编号')),
                    ('starts_at', models.DateTimeField(verbose_name='开始')),
                    ('ends_at', models.DateTimeField(verbose_name='结束')),
                    ('booked_at', models.DateTimeField(verbose_name='预订时间')),
                    ('cancelled_at', models.DateTimeField(blank=True, null=True, verbose_name='取消时间')),
                    ('base', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='基地')),
                    ('cancelled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='取消方')),
                    ('streamer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='room_bookings', to='tenants.tenant', verbose_name='达人')),
                    ('room', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bookings', to='bases.room', verbose_name='直播间')),
                ],
                options={
                    'verbose_name': '直播间预订',
                    'verbose_name_plural': '直播间预订',
                    'constraints': [models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='booking_window_forward'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('cancelled_at__isnull', True)), expressions=[(models.Func(models.F('room_id'), models.F('room_id'), models.Value('[]'), function='int8range'), '&&'), (models.Func(models.F('starts_at'), models.F('ends_at'), function='tstzrange'), '&&')], name='booking_one_at_a_time')],
                },
            ),
            migrations.CreateModel(
                name='Stock',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('product_code', models.CharField(max_length=64, verbose_name='商品编号')),
                    ('sku_code', models.CharField(max_length=64, verbose_name='规格编号')),
                    ('price_fen', models.BigIntegerField(verbose_name='价格（分）')),
                    ('quantity', models.BigIntegerField(verbose_name='库存')),
                    ('reserved', models.BigIntegerField(db_default=0, default=0, verbose_name='已预留')),
                    ('short', models.BigIntegerField(db_default=0, default=0, verbose_name='缺口')),
                    ('sequence', models.BigIntegerField(verbose_name='上报序号')),
                    ('base', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='stock', to='tenants.tenant', verbose_name='基地')),
                    ('merchant', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='商家')),
                ],
                options={
                    'verbose_name': '基地库存',
                    'verbose_name_plural': '基地库存',
                    'constraints': [models.UniqueConstraint(fields=('merchant', 'product_code', 'sku_code', 'base'), name='stock_once'), models.CheckConstraint(condition=models.Q(('reserved__gte', 0), ('reserved__lte', models.F('quantity'))), name='stock_reserved_within'), models.CheckConstraint(condition=models.Q(('short__gte', 0), ('short__lte', models.F('quantity'))), name='stock_short_within'), models.CheckConstraint(condition=models.Q(('price_fen__gt', 0)), name='stock_price_positive')],
                },
            ),
            migrations.CreateModel(
                name='Reservation',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('reference', models.CharField(max_length=160, unique=True, verbose_name='订单行')),
                    ('quantity', models.PositiveIntegerField(verbose_name='件数')),
                    ('status', models.CharField(choices=[('open', '已预留'), ('released', '已释放'), ('dispatched', '已发出')], default='open', max_length=10, verbose_name='状态')),
                    ('reserved_at', models.DateTimeField(verbose_name='预留时间')),
                    ('base', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='基地')),
                    ('stock', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reservations', to='bases.stock', verbose_name='库存')),
                ],
                options={
                    'verbose_name': '库存预留',
                    'verbose_name_plural': '库存预留',
                    'constraints': [models.CheckConstraint(condition=models.Q(('quantity__gte', 1)), name='reservation_of_something'), models.CheckConstraint(condition=models.Q(('status__in', ['open', 'released', 'dispatched'])), name='reservation_status_known')],
                },
            ),
            migrations.CreateModel(
                name='Movement',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('reserved', '预留'), ('released', '释放'), ('dispatched', '发出')], max_length=10, verbose_name='变动')),
                    ('quantity', models.PositiveIntegerField(verbose_name='件数')),
                    ('at', models.DateTimeField(verbose_name='时间')),
                    ('base', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='基地')),
                    ('reservation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='movements', to='bases.reservation', verbose_name='预留')),
                    ('stock', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='movements', to='bases.stock', verbose_name='库存')),
                ],
                options={
                    'verbose_name': '库存变动',
                    'verbose_name_plural': '库存变动',
                    'indexes': [models.Index(condition=models.Q(('kind', 'dispatched')), fields=['base', 'at'], name='movement_dispatched')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['reserved', 'released', 'dispatched'])), name='movement_kind_known')],
                },
            ),
            migrations.CreateModel(
                name='Shortage',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('reference', models.CharField(max_length=160, unique=True, verbose_name='订单行')),
                    ('product_code', models.CharField(max_length=64, verbose_name='商品编号')),
                    ('sku_code', models.CharField(max_length=64, verbose_name='规格编号')),
                    ('quantity', models.PositiveIntegerField(verbose_name='件数')),
                    ('city', models.CharField(blank=True, max_length=32, verbose_name='买家城市')),
                    ('status', models.CharField(choices=[('waiting', '缺货待补'), ('served', '已补上'), ('dropped', '不再需要')], max_length=8, verbose_name='状态')),
                    ('since', models.DateTimeField(verbose_name='自')),
                    ('merchant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='商家')),
                ],
                options={
                    'verbose_name': '基地缺货',
                    'verbose_name_plural': '基地缺货',
                    'indexes': [models.Index(condition=models.Q(('status', 'waiting')), fields=['merchant', 'product_code'], name='shortage_waiting')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('quantity__gte', 1)), name='shortage_of_something'), models.CheckConstraint(condition=models.Q(('status__in', ['waiting', 'served', 'dropped'])), name='shortage_status_known')],
                },
            ),
        ),
    ]
