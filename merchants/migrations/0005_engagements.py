"""Providers that merchants and streamers engage."""

import django.db.models.deletion
from django.db import migrations, models

from haowu.tenants.policies import owned_by, protect


class Migration(migrations.Migration):

    dependencies = [
        ('merchants', '0004_plan_public_id'),
        ('tenants', '0002_platform_and_guards'),
    ]

    operations = [
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
        protect('merchants_engagement', read=owned_by('client_id', 'provider_id'), write=owned_by('client_id')),
    ]
