"""What a member keeps of lists: views under a name, columns; and when staff closed their first steps."""

import django.contrib.postgres.fields
import django.db.models.deletion
import haowu.tenants.models
from django.conf import settings
from django.db import migrations, models

from haowu.tenants.migrations._guards import owned_by, protect, sql


class Migration(migrations.Migration):

    dependencies = [
        ('tenants', '0004_staff_rights'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='guide_closed_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='已关闭新手引导'),
        ),
        migrations.CreateModel(
            name='SavedView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=haowu.tenants.models.public_id, editable=False, max_length=16, unique=True, verbose_name='公开编号')),
                ('page', models.CharField(max_length=64, verbose_name='列表')),
                ('name', models.CharField(blank=True, max_length=32, verbose_name='名称')),
                ('query', models.CharField(blank=True, max_length=1000, verbose_name='筛选')),
                ('hidden', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=32), blank=True, default=list, size=None, verbose_name='隐藏的列')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='创建时间')),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenants.tenant', verbose_name='租户')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='用户')),
            ],
            options={
                'verbose_name': '保存的视图',
                'verbose_name_plural': '保存的视图',
                'constraints': [models.UniqueConstraint(fields=('tenant', 'user', 'page', 'name'), name='saved_view_once_per_list'), models.CheckConstraint(condition=models.Q(models.Q(('name', ''), _negated=True), ('query', ''), _connector='OR'), name='saved_view_query_has_a_name')],
            },
        ),
        sql(protect("tenants_savedview", read=owned_by("tenant_id"))),
    ]
