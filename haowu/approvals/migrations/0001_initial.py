"""The trail and its chain of hashes."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('tenants', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Trail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='记录时间')),
                ('day', models.GeneratedField(db_persist=True, expression=models.Func(models.F('recorded_at'), template="(%(expressions)s AT TIME ZONE 'Asia/Shanghai')::date"), output_field=models.DateField(), verbose_name='记录日')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('actor_kind', models.CharField(choices=[('user', '用户'), ('client', 'API 客户端'), ('timer', '定时任务'), ('command', '命令行'), ('visitor', '未登录')], max_length=8, verbose_name='操作方式')),
                ('actor', models.CharField(max_length=150, verbose_name='操作者')),
                ('role', models.CharField(blank=True, max_length=10, verbose_name='角色')),
                ('subject_kind', models.CharField(max_length=32, verbose_name='对象类型')),
                ('subject', models.CharField(max_length=100, verbose_name='对象')),
                ('act', models.CharField(max_length=32, verbose_name='动作')),
                ('reason', models.CharField(blank=True, max_length=500, verbose_name='原因')),
                ('request_id', models.CharField(max_length=128, verbose_name='请求编号')),
                ('lane', models.PositiveSmallIntegerField(verbose_name='编号道')),
                ('number', models.BigIntegerField(verbose_name='道内序号')),
                ('before', models.JSONField(default=dict, verbose_name='之前')),
                ('after', models.JSONField(default=dict, verbose_name='之后')),
                ('acting_for', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='代表')),
                ('counterparty', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='对方')),
                ('tenant', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='当事方')),
                ('user', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='用户')),
            ],
            options={
                'verbose_name': '操作记录',
                'verbose_name_plural': '操作记录',
            },
        ),
        migrations.CreateModel(
            name='TrailLane',
            fields=[
                ('lane', models.PositiveSmallIntegerField(primary_key=True, serialize=False, verbose_name='编号道')),
                ('rows', models.BigIntegerField(verbose_name='已编号')),
            ],
            options={
                'verbose_name': '操作记录编号道',
                'verbose_name_plural': '操作记录编号道',
                'constraints': [models.CheckConstraint(condition=models.Q(('rows__gte', 0)), name='trail_lane_rows_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='TrailLink',
            fields=[
                ('trail', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='link', serialize=False, to='approvals.trail')),
                ('day', models.DateField(verbose_name='链日')),
                ('number', models.PositiveIntegerField(verbose_name='当日序号')),
                ('previous', models.CharField(max_length=64, verbose_name='上一条的哈希')),
                ('hash', models.CharField(max_length=64, verbose_name='哈希')),
            ],
            options={
                'verbose_name': '操作记录链',
                'verbose_name_plural': '操作记录链',
                'constraints': [models.UniqueConstraint(fields=('day', 'number'), name='trail_link_number_once')],
            },
        ),
        migrations.AddIndex(
            model_name='trail',
            index=models.Index(fields=['subject_kind', 'subject', 'id'], name='trail_of_subject'),
        ),
        migrations.AddIndex(
            model_name='trail',
            index=models.Index(condition=models.Q(('tenant__isnull', False)), fields=['tenant', 'id'], name='trail_of_tenant'),
        ),
        migrations.AddIndex(
            model_name='trail',
            index=models.Index(condition=models.Q(('counterparty__isnull', False)), fields=['counterparty', 'id'], name='trail_of_counterparty'),
        ),
        migrations.AddIndex(
            model_name='trail',
            index=models.Index(fields=['day'], name='trail_of_day'),
        ),
        migrations.AddIndex(
            model_name='trail',
            index=models.Index(fields=['request_id'], name='trail_of_request'),
        ),
        migrations.AddIndex(
            model_name='trail',
            index=models.Index(fields=['actor', 'id'], name='trail_of_actor'),
        ),
    ]
