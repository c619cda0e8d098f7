"""Order lines that found no goods: their merchant's to read, the platform's to write."""

import django.db.models.deletion
from django.db import migrations, models

from haowu.tenants.policies import owned_by, protect


class Migration(migrations.Migration):

    dependencies = [
        ('bases', '0002_first_policy_and_guards'),
        ('tenants', '0003_personal_data'),
    ]

    operations = [
        migrations.CreateModel(
            name='Shortage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(max_length=160, unique=True, verbose_name='订单行')),
                ('product_code', models.CharField(max_length=64, verbose_name='商品编号')),
                ('sku_code', models.CharField(max_length=64, verbose_name='规格编号')),
                ('quantity', models.PositiveIntegerField(verbose_name='件数')),
                ('city', models.CharField(blank=True, max_length=32, verbose_name='买家城市')),
                ('status', models.CharField(choices=[('waiting', '缺货待补'), ('served', '已补上'), ('dropped', '不再需要')], max_length=8, verbose_name='状态')),
                ('since', models.DateTimeField(verbose_name='自')),
                ('merchant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='商家')),
            ],
            options={
                'verbose_name': '基地缺货',
                'verbose_name_plural': '基地缺货',
                'indexes': [models.Index(condition=models.Q(('status', 'waiting')), fields=['merchant', 'product_code'], name='shortage_waiting')],
                'constraints': [models.CheckConstraint(condition=models.Q(('quantity__gte', 1)), name='shortage_of_something'), models.CheckConstraint(condition=models.Q(('status__in', ['waiting', 'served', 'dropped'])), name='shortage_status_known')],
            },
        ),
        protect("bases_shortage", read=owned_by("merchant_id"), write="false"),
    ]
