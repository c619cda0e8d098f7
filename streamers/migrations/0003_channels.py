"""Through which leader's activity a pick stands, from when on."""

import django.db.models.deletion
from django.db import migrations, models

from haowu.tenants.policies import owned_by, protect


class Migration(migrations.Migration):

    dependencies = [
        ('streamers', '0002_tenants'),
        ('tenants', '0003_personal_data'),
        ('tuanzhang', '0001_initial'),
    ]

    operations = [
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
            ],
            options={
                'verbose_name': '选品来源',
                'verbose_name_plural': '选品来源',
                'ordering': ['effective_from', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('activity__isnull', False), ('leader__isnull', False)), models.Q(('activity__isnull', True), ('leader__isnull', True), ('second_leader__isnull', True)), _connector='OR'), name='channel_leader_with_activity')],
            },
        ),
        protect('streamers_channel', read=owned_by('streamer_id', 'leader_id'), write=owned_by('streamer_id')),
    ]
