"""Fewer indexes and triggers for every row that intake writes.

Most lines have no leader, provider or agency: their indexes leave those lines out. An order is found by source and
number, whose key begins with the source. An event's source is its order's, which refers to the tenant already.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('commissions', '0023_indexes_beside_the_closing'),
    ]

    operations = [
        migrations.AlterField(
            model_name='order',
            name='source',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='订单来源'),
        ),
        migrations.AlterField(
            model_name='orderevent',
            name='source',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='订单来源'),
        ),
        migrations.AlterField(
            model_name='orderline',
            name='agency',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='达人机构'),
        ),
        migrations.AlterField(
            model_name='orderline',
            name='first_leader',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='一级团长'),
        ),
        migrations.AlterField(
            model_name='orderline',
            name='provider',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='服务商'),
        ),
        migrations.AlterField(
            model_name='orderline',
            name='second_leader',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='二级团长'),
        ),
        migrations.AddIndex(
            model_name='orderline',
            index=models.Index(condition=models.Q(('first_leader__isnull', False)), fields=['first_leader'], name='line_of_first_leader'),
        ),
        migrations.AddIndex(
            model_name='orderline',
            index=models.Index(condition=models.Q(('second_leader__isnull', False)), fields=['second_leader'], name='line_of_second_leader'),
        ),
        migrations.AddIndex(
            model_name='orderline',
            index=models.Index(condition=models.Q(('provider__isnull', False)), fields=['provider'], name='line_of_provider'),
        ),
        migrations.AddIndex(
            model_name='orderline',
            index=models.Index(condition=models.Q(('agency__isnull', False)), fields=['agency'], name='line_of_agency'),
        ),
    ]
