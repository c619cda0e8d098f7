"""Profiles, picks and through whom they stand."""

import django.db.models.deletion
import streamers.models
from django.db import migrations, models

from haowu.tenants.migrations._guards import Together


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('merchants', '0001_initial'),
        ('tenants', '0001_initial'),
        ('tuanzhang', '0001_initial'),
    ]

    operations = [
        Together(
            migrations.CreateModel(
                name='Profile',
                fields=[
                    ('streamer', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='profile', serialize=False, to='tenants.tenant', verbose_name='达人')),
                    ('fans', models.PositiveIntegerField(default=0, verbose_name='粉丝数')),
                    ('bio', models.CharField(blank=True, max_length=200, verbose_name='简介')),
                ],
                options={
                    'verbose_name': '达人资料',
                    'verbose_name_plural': '达人资料',
                },
            ),
            migrations.CreateModel(
                name='Pick',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('pid', models.CharField(default=streamers.models.new_pid, max_length=64, unique=True, verbose_name='推广位')),
                    ('picked_at', models.DateTimeField(verbose_name='选入时间')),
                    ('unpicked_at', models.DateTimeField(blank=True, null=True, verbose_name='移出时间')),
                    ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='picks', to='merchants.product', verbose_name='商品')),
                    ('streamer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='picks', to='tenants.tenant', verbose_name='达人')),
                ],
                options={
                    'verbose_name': '选品',
                    'verbose_name_plural': '选品',
                    'constraints': [models.UniqueConstraint(condition=models.Q(('unpicked_at__isnull', True)), fields=('streamer', 'product'), name='pick_once_on_a_shelf')],
                },
            ),
            migrations.CreateModel(
                name='Channel',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('effective_from', models.DateTimeField(verbose_name='生效时间')),
                    ('activity', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='channels', to='tuanzhang.activity', verbose_name='招商活动')),
                    ('leader', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='一级团长')),
                    ('pick', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='channels', to='streamers.pick', verbose_name='选品')),
                    ('second_leader', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='二级团长')),
                    ('streamer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='达人')),
                    ('recommendation', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='channels', to='tuanzhang.recommendation', verbose_name='团长推荐')),
                ],
                options={
                    'verbose_name': '选品来源',
                    'verbose_name_plural': '选品来源',
                    'ordering': ['effective_from', 'pk'],
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('activity__isnull', False), ('leader__isnull', False)), models.Q(('activity__isnull', True), ('leader__isnull', True), ('second_leader__isnull', True)), _connector='OR'), name='channel_leader_with_activity')],
                    'indexes': [models.Index(condition=models.Q(('recommendation__isnull', False)), fields=['recommendation'], name='channel_of_recommendation')],
                },
            ),
        ),
    ]
