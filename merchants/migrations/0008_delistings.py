"""When products left the shelf: what ends with that can be asked for any past moment."""

import django.db.models.deletion
from django.db import migrations, models

from haowu.tenants.policies import owned_by, protect


class Migration(migrations.Migration):

    dependencies = [
        ('merchants', '0007_plan_steps'),
        ('tenants', '0003_personal_data'),
    ]

    operations = [
        migrations.CreateModel(
            name='Delisting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='下架时间')),
                ('merchant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='商家')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='delistings', to='merchants.product', verbose_name='商品')),
            ],
            options={
                'verbose_name': '下架记录',
                'verbose_name_plural': '下架记录',
            },
        ),
        protect('merchants_delisting', read='true', write=owned_by('merchant_id')),
    ]
