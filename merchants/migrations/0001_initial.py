"""Shops, products, plans and their rates, providers engaged."""

import django.db.models.deletion
import haowu.tenants.models
from django.db import migrations, models

from haowu.tenants.migrations._guards import Together


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('bases', '0001_initial'),
        ('tenants', '0001_initial'),
    ]

    operations = [
        Together(
            migrations.CreateModel(
                name='Category',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(max_length=255, unique=True, verbose_name='编号')),
                    ('name', models.CharField(max_length=64, verbose_name='名称')),
                    ('level', models.PositiveSmallIntegerField(verbose_name='层级')),
                    ('hold_days', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='结算冻结天数')),
                    ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='merchants.category', verbose_name='上级类目')),
                ],
                options={
                    'verbose_name': '类目',
                    'verbose_name_plural': '类目',
                    'constraints': [models.CheckConstraint(condition=models.Q(('level__gte', 1), ('level__lte', 3)), name='category_level_1_to_3'), models.CheckConstraint(condition=models.Q(models.Q(('level', 1), ('parent__isnull', True)), models.Q(('level__gt', 1), ('parent__isnull', False)), _connector='OR'), name='category_parent_unless_root')],
                },
            ),
            migrations.CreateModel(
                name='Product',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(help_text='商家内唯一', max_length=64, verbose_name='商品编号')),
                    ('public_id', models.CharField(default=haowu.tenants.models.public_id, editable=False, max_length=16, unique=True, verbose_name='公开编号')),
                    ('title', models.CharField(blank=True, max_length=120, verbose_name='标题')),
                    ('description', models.TextField(blank=True, max_length=2000, verbose_name='卖点')),
                    ('status', models.CharField(choices=[('draft', '草稿'), ('listed', '已上架'), ('delisted', '已下架')], default='draft', editable=False, max_length=10, verbose_name='状态')),
                    ('listed_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='上架时间')),
                    ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='创建时间')),
                    ('category', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='products', to='merchants.category', verbose_name='类目')),
                    ('merchant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='products', to='tenants.tenant', verbose_name='商家')),
                    ('brand', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='bases.brand', verbose_name='品牌')),
                ],
                options={
                    'verbose_name': '商品',
                    'verbose_name_plural': '商品',
                    'indexes': [models.Index(fields=['status', '-listed_at'], name='product_newest_listed')],
                    'constraints': [models.UniqueConstraint(fields=('merchant', 'code'), name='product_code_unique_per_merchant'), models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'listed', 'delisted'])), name='product_status_known')],
                },
            ),
            migrations.CreateModel(
                name='Plan',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('type', models.CharField(choices=[('normal', '普通计划'), ('item_targeted', '商品定向计划'), ('shop_targeted', '店铺定向计划'), ('exclusive', '专属计划')], max_length=14, verbose_name='计划类型')),
                    ('starts_at', models.DateTimeField(verbose_name='开始时间')),
                    ('ends_at', models.DateTimeField(blank=True, null=True, verbose_name='结束时间')),
                    ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='创建时间')),
                    ('merchant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='plans', to='tenants.tenant', verbose_name='商家')),
                    ('product', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='plans', to='merchants.product', verbose_name='商品')),
                    ('public_id', models.CharField(default=haowu.tenants.models.public_id, editable=False, max_length=16, unique=True, verbose_name='公开编号')),
                    ('step_bps', models.PositiveIntegerField(blank=True, null=True, verbose_name='阶梯佣金率（万分之一）')),
                    ('step_comparator', models.CharField(blank=True, choices=[('>', '超过门槛'), ('>=', '达到门槛')], max_length=2, verbose_name='达标条件')),
                    ('step_mode', models.CharField(blank=True, choices=[('incremental', '增量：超过门槛的订单'), ('retroactive', '追溯：达标后全部订单')], max_length=11, verbose_name='阶梯方式')),
                    ('step_threshold', models.PositiveIntegerField(blank=True, help_text='每位达人在本计划下已结算的有效订单数', null=True, verbose_name='阶梯门槛（单）')),
                ],
                options={
                    'verbose_name': '推广计划',
                    'verbose_name_plural': '推广计划',
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('product__isnull', True), ('type', 'shop_targeted')), models.Q(('product__isnull', False), ('type__in', ['normal', 'item_targeted', 'exclusive'])), _connector='OR'), name='plan_type_known_and_product_fits'), models.CheckConstraint(condition=models.Q(('ends_at__isnull', True), ('ends_at__gte', models.F('starts_at')), _connector='OR'), name='plan_window_forward'), models.UniqueConstraint(condition=models.Q(('ends_at__isnull', True)), fields=('product', 'type'), name='plan_one_open_per_product_and_type'), models.UniqueConstraint(condition=models.Q(('ends_at__isnull', True), ('type', 'shop_targeted')), fields=('merchant',), name='plan_one_open_shop_targeted'), models.CheckConstraint(condition=models.Q(models.Q(('step_bps__isnull', True), ('step_comparator', ''), ('step_mode', ''), ('step_threshold__isnull', True)), models.Q(('step_bps__lte', 9000), ('step_comparator__in', ['>', '>=']), ('step_mode__in', ['incremental', 'retroactive']), ('step_threshold__gte', 1)), _connector='OR'), name='plan_step_whole_or_absent')],
                },
            ),
            migrations.CreateModel(
                name='PlanRate',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('commission_bps', models.PositiveIntegerField(help_text='为空表示该达人自此移出名单', null=True, verbose_name='佣金率（万分之一）')),
                    ('effective_from', models.DateTimeField(verbose_name='生效时间')),
                    ('announced_at', models.DateTimeField(verbose_name='提交时间')),
                    ('cancelled_at', models.DateTimeField(blank=True, null=True, verbose_name='撤销时间')),
                    ('merchant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='商家')),
                    ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rates', to='merchants.plan', verbose_name='推广计划')),
                    ('streamer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='达人')),
                ],
                options={
                    'verbose_name': '佣金率',
                    'verbose_name_plural': '佣金率',
                    'ordering': ['effective_from', 'pk'],
                    'constraints': [models.CheckConstraint(condition=models.Q(('commission_bps__lte', 9000)), name='plan_rate_within_limit'), models.CheckConstraint(condition=models.Q(('cancelled_at__isnull', True), ('cancelled_at__lt', models.F('effective_from')), _connector='OR'), name='plan_rate_cancelled_only_before_effect')],
                },
            ),
            migrations.CreateModel(
                name='ProductImage',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('image', models.ImageField(max_length=200, upload_to='products/%Y/%m/', verbose_name='图片')),
                    ('position', models.PositiveSmallIntegerField(default=0, verbose_name='顺序')),
                    ('product', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='images', to='merchants.product', verbose_name='商品')),
                ],
                options={
                    'verbose_name': '商品图片',
                    'verbose_name_plural': '商品图片',
                    'ordering': ['position', 'pk'],
                },
            ),
            migrations.CreateModel(
                name='Shop',
                fields=[
                    ('merchant', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='shop', serialize=False, to='tenants.tenant', verbose_name='商家')),
                    ('hold_days', models.PositiveSmallIntegerField(blank=True, help_text='为空时按类目或平台政策', null=True, verbose_name='结算冻结天数')),
                    ('score', models.PositiveSmallIntegerField(default=480, help_text='百分之一分：480 即 4.80 分', verbose_name='店铺评分')),
                    ('suspended_at', models.DateTimeField(blank=True, null=True, verbose_name='停用时间')),
                    ('deposit_exhausted_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='预存不足自')),
                    ('funding', models.CharField(choices=[('withheld', '从货款代扣'), ('prepaid', '预存佣金')], default='withheld', max_length=8, verbose_name='佣金来源')),
                    ('low_balance_fen', models.BigIntegerField(default=0, help_text='预存佣金低于此数时提醒商家', verbose_name='余额提醒线（分）')),
                ],
                options={
                    'verbose_name': '店铺',
                    'verbose_name_plural': '店铺',
                    'constraints': [models.CheckConstraint(condition=models.Q(('score__lte', 500)), name='shop_score_at_most_five'), models.CheckConstraint(condition=models.Q(('funding__in', ['withheld', 'prepaid'])), name='shop_funding_known')],
                },
            ),
            migrations.CreateModel(
                name='Sku',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(max_length=64, verbose_name='规格编号')),
                    ('spec', models.CharField(blank=True, max_length=120, verbose_name='规格')),
                    ('price_fen', models.BigIntegerField(verbose_name='价格（分）')),
                    ('stock', models.PositiveIntegerField(default=0, verbose_name='库存')),
                    ('product', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='skus', to='merchants.product', verbose_name='商品')),
                ],
                options={
                    'verbose_name': '规格',
                    'verbose_name_plural': '规格',
                    'constraints': [models.UniqueConstraint(fields=('product', 'code'), name='sku_code_unique_per_product'), models.CheckConstraint(condition=models.Q(('price_fen__gt', 0)), name='sku_price_positive')],
                },
            ),
            migrations.CreateModel(
                name='Engagement',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('services', models.CharField(max_length=200, verbose_name='服务内容')),
                    ('basis', models.CharField(choices=[('base', '按成交额，由商家承担'), ('net', '按达人净佣金，由达人承担')], max_length=4, verbose_name='计费方式')),
                    ('bps', models.PositiveIntegerField(verbose_name='费率（万分之一）')),
                    ('starts_at', models.DateTimeField(verbose_name='开始时间')),
                    ('ends_at', models.DateTimeField(blank=True, null=True, verbose_name='结束时间')),
                    ('client', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='engagements', to='tenants.tenant', verbose_name='委托方')),
                    ('provider', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='服务商')),
                ],
                options={
                    'verbose_name': '服务委托',
                    'verbose_name_plural': '服务委托',
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('basis', 'base'), ('bps__lte', 1000)), models.Q(('basis', 'net'), ('bps__lte', 9000)), _connector='OR'), name='engagement_basis_and_rate'), models.CheckConstraint(condition=models.Q(('ends_at__isnull', True), ('ends_at__gt', models.F('starts_at')), _connector='OR'), name='engagement_window_forward'), models.UniqueConstraint(condition=models.Q(('ends_at__isnull', True)), fields=('client',), name='engagement_one_open_per_client')],
                },
            ),
            migrations.CreateModel(
                name='Delisting',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('at', models.DateTimeField(verbose_name='下架时间')),
                    ('merchant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='商家')),
                    ('product', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='delistings', to='merchants.product', verbose_name='商品')),
                ],
                options={
                    'verbose_name': '下架记录',
                    'verbose_name_plural': '下架记录',
                },
            ),
        ),
    ]
