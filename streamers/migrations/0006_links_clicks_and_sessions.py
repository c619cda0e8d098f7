"""Links and their clicks, live sessions and their running orders. Who clicked is shown to no tenant."""

import django.contrib.postgres.constraints
import django.db.models.constraints
import django.db.models.deletion
import haowu.tenants.models
import streamers.models.link
from django.db import migrations, models

from haowu.tenants.migrations._guards import owned_by, protect, protect_large, sql
from streamers.migrations._click_partitions import PARTITIONED


class Migration(migrations.Migration):

    dependencies = [
        ('bases', '0004_authorisations_end_early'),
        ('merchants', '0004_small_pictures'),
        ('streamers', '0005_personal_offers'),
        ('tenants', '0004_staff_rights'),
    ]

    operations = [
        migrations.CreateModel(
            name='VisitorSecret',
            fields=[
                ('day', models.DateField(primary_key=True, serialize=False, verbose_name='日期')),
                ('secret', models.BinaryField(verbose_name='密钥')),
            ],
            options={
                'verbose_name': '访客密钥',
                'verbose_name_plural': '访客密钥',
            },
        ),
        migrations.AddField(
            model_name='listingfigures',
            name='clicks_30d',
            field=models.PositiveIntegerField(db_default=0, default=0, verbose_name='近 30 天点击'),
        ),
        migrations.CreateModel(
            name='Link',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(default=streamers.models.link.new_code, editable=False, max_length=16, unique=True, verbose_name='短码')),
                ('sub_id', models.CharField(blank=True, max_length=64, verbose_name='渠道标记')),
                ('made_at', models.DateTimeField(verbose_name='生成时间')),
                ('pick', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='links', to='streamers.pick', verbose_name='选品')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.product', verbose_name='商品')),
                ('streamer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='达人')),
            ],
            options={
                'verbose_name': '推广链接',
                'verbose_name_plural': '推广链接',
            },
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name='Click',
                    fields=[
                        ('pk', models.CompositePrimaryKey('day', 'link_id', 'visitor', 'clicked_at', 'merchant_id', blank=True, editable=False, primary_key=True, serialize=False)),
                        ('day', models.DateField(verbose_name='日期')),
                        ('visitor', models.BigIntegerField(verbose_name='访客')),
                        ('clicked_at', models.DateTimeField(verbose_name='点击时间')),
                        ('is_counted', models.BooleanField(verbose_name='计入')),
                        ('merchant', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='商家')),
                        ('link', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='streamers.link', verbose_name='链接')),
                    ],
                    options={
                        'verbose_name': '点击',
                        'verbose_name_plural': '点击',
                    },
                ),
            ],
            database_operations=[sql(*PARTITIONED)],
        ),
        migrations.CreateModel(
            name='LinkDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(verbose_name='日期')),
                ('clicks', models.PositiveIntegerField(default=0, verbose_name='点击')),
                ('visitors', models.PositiveIntegerField(default=0, verbose_name='访客')),
                ('link', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='days', to='streamers.link', verbose_name='链接')),
                ('merchant', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='商家')),
                ('product', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.product', verbose_name='商品')),
                ('streamer', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='达人')),
            ],
            options={
                'verbose_name': '链接每日点击',
                'verbose_name_plural': '链接每日点击',
            },
        ),
        migrations.CreateModel(
            name='LiveSession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=haowu.tenants.models.public_id, editable=False, max_length=16, unique=True, verbose_name='公开编号')),
                ('title', models.CharField(max_length=40, verbose_name='场次名称')),
                ('starts_at', models.DateTimeField(verbose_name='计划开播')),
                ('ends_at', models.DateTimeField(verbose_name='计划结束')),
                ('status', models.CharField(choices=[('planned', '排好了'), ('live', '直播中'), ('ended', '已结束'), ('cancelled', '已取消')], default='planned', editable=False, max_length=10, verbose_name='状态')),
                ('started_at', models.DateTimeField(blank=True, null=True, verbose_name='开播时间')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='下播时间')),
                ('made_at', models.DateTimeField(verbose_name='排定时间')),
                ('clicks_kept_at', models.DateTimeField(editable=False, help_text='此后各款的点击存在排品上，逐条点击可以删除', null=True, verbose_name='点击留存时间')),
                ('booking', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='bases.booking', verbose_name='订的直播间')),
                ('streamer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='达人')),
            ],
            options={
                'verbose_name': '场次',
                'verbose_name_plural': '场次',
            },
        ),
        migrations.CreateModel(
            name='SessionItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(verbose_name='顺序')),
                ('minutes', models.PositiveSmallIntegerField(verbose_name='分钟')),
                ('points', models.TextField(blank=True, max_length=600, verbose_name='卖点')),
                ('presented_at', models.DateTimeField(blank=True, null=True, verbose_name='开讲时间')),
                ('clicks', models.PositiveIntegerField(default=0, editable=False, verbose_name='点击')),
                ('leader', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='团长')),
                ('merchant', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='商家')),
                ('pick', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='streamers.pick', verbose_name='选品')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.product', verbose_name='商品')),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='streamers.livesession', verbose_name='场次')),
                ('streamer', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='达人')),
            ],
            options={
                'verbose_name': '排品',
                'verbose_name_plural': '排品',
            },
        ),
        migrations.AddIndex(
            model_name='link',
            index=models.Index(fields=['streamer', '-made_at', '-id'], name='link_of_streamer'),
        ),
        migrations.AddIndex(
            model_name='link',
            index=models.Index(condition=models.Q(('sub_id', ''), _negated=True), fields=['streamer', 'sub_id'], name='link_by_mark'),
        ),
        migrations.AddConstraint(
            model_name='link',
            constraint=models.UniqueConstraint(fields=('pick', 'sub_id'), name='link_once_for_a_mark'),
        ),
        migrations.AddIndex(
            model_name='linkday',
            index=models.Index(fields=['day', 'product'], include=('clicks',), name='link_day_of_product'),
        ),
        migrations.AddConstraint(
            model_name='linkday',
            constraint=models.UniqueConstraint(fields=('link', 'day'), name='link_day_once'),
        ),
        migrations.AddConstraint(
            model_name='linkday',
            constraint=models.CheckConstraint(condition=models.Q(('visitors__lte', models.F('clicks'))), name='link_day_no_more_visitors_than_clicks'),
        ),
        migrations.AddIndex(
            model_name='livesession',
            index=models.Index(fields=['streamer', '-starts_at', '-id'], name='session_of_streamer'),
        ),
        migrations.AddConstraint(
            model_name='livesession',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='session_window_forward'),
        ),
        migrations.AddConstraint(
            model_name='livesession',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('started_at__isnull', True), ('status__in', ['planned', 'cancelled'])), models.Q(('ended_at__isnull', True), ('started_at__isnull', False), ('status', 'live')), models.Q(('ended_at__gt', models.F('started_at')), ('status', 'ended')), _connector='OR'), name='session_times_as_its_status'),
        ),
        migrations.AddConstraint(
            model_name='livesession',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('started_at__isnull', False)), expressions=[(models.Func(models.F('streamer_id'), models.F('streamer_id'), models.Value('[]'), function='int8range'), '&&'), (models.Func(models.F('started_at'), models.F('ended_at'), function='tstzrange'), '&&')], name='session_one_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='sessionitem',
            constraint=models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('session', 'position'), name='session_item_place_once'),
        ),
        migrations.AddConstraint(
            model_name='sessionitem',
            constraint=models.UniqueConstraint(fields=('session', 'product'), name='session_item_once'),
        ),
        migrations.AddConstraint(
            model_name='sessionitem',
            constraint=models.CheckConstraint(condition=models.Q(('minutes__gte', 1)), name='session_item_takes_time'),
        ),
        sql(
            protect("streamers_link", read=owned_by("streamer_id")),
            protect_large("streamers_click"),
            protect("streamers_visitorsecret", read="false"),
            protect("streamers_linkday", read=owned_by("streamer_id", "merchant_id"), write="false"),
            protect("streamers_livesession", read=owned_by("streamer_id")),
            protect(
                "streamers_sessionitem",
                read=owned_by("streamer_id", "merchant_id", "leader_id"),
                write=owned_by("streamer_id"),
            ),
        ),
    ]
