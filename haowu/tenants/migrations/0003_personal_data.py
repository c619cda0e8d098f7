"""Personal data, sealed; who saw it in full, append-only."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from haowu.tenants.policies import append_only, owned_by, protect


class Migration(migrations.Migration):

    dependencies = [
        ('tenants', '0002_platform_and_guards'),
    ]

    operations = [
        migrations.CreateModel(
            name='PersonalRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('bank_account', '收款账户'), ('identity', '身份证件')], max_length=12, verbose_name='类型')),
                ('masked', models.CharField(max_length=120, verbose_name='资料（已脱敏）')),
                ('key_id', models.CharField(db_index=True, max_length=32, verbose_name='密钥编号')),
                ('sealed', models.BinaryField(verbose_name='密文')),
                ('recorded_at', models.DateTimeField(verbose_name='登记时间')),
                ('retired_at', models.DateTimeField(null=True, verbose_name='停用时间')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='登记人')),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='personal_records', to='tenants.tenant', verbose_name='租户')),
            ],
            options={
                'verbose_name': '个人资料',
                'verbose_name_plural': '个人资料',
                'permissions': [('reveal_personalrecord', '可查看完整个人资料')],
            },
        ),
        migrations.CreateModel(
            name='PersonalDataAccess',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('who', models.CharField(max_length=150, verbose_name='查看人')),
                ('reason', models.CharField(max_length=200, verbose_name='原因')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='用户')),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='租户')),
                ('record', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='accesses', to='tenants.personalrecord', verbose_name='个人资料')),
            ],
            options={
                'verbose_name': '个人资料访问日志',
                'verbose_name_plural': '个人资料访问日志',
            },
        ),
        migrations.AddConstraint(
            model_name='personalrecord',
            constraint=models.UniqueConstraint(condition=models.Q(('retired_at', None)), fields=('tenant', 'kind'), name='personal_record_one_current'),
        ),
        migrations.AddConstraint(
            model_name='personalrecord',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['bank_account', 'identity'])), name='personal_record_kind_known'),
        ),
        protect("tenants_personalrecord", read=owned_by("tenant_id")),
        protect("tenants_personaldataaccess", read=owned_by("tenant_id"), write="false"),
        append_only("tenants_personaldataaccess"),
    ]
