"""What each member has read of the notices, and which types are silent or sent by mail."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from haowu.tenants.migrations._guards import owned_by, protect, sql


class Migration(migrations.Migration):

    dependencies = [
        ('approvals', '0002_guards'),
        ('tenants', '0002_platform_and_guards'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='NoticeSetting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('read_through', models.BigIntegerField(default=0, verbose_name='已读到')),
                ('silent', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=16), default=list, size=None, verbose_name='不提醒')),
                ('mailed', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=16), default=list, size=None, verbose_name='发邮件')),
                ('mailed_through', models.BigIntegerField(default=0, verbose_name='已发到')),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenants.tenant', verbose_name='租户')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='用户')),
            ],
            options={
                'verbose_name': '通知设置',
                'verbose_name_plural': '通知设置',
                'constraints': [models.UniqueConstraint(fields=('tenant', 'user'), name='notice_setting_once')],
            },
        ),
        sql(protect("approvals_noticesetting", read=owned_by("tenant_id"))),
    ]
