"""What merchants still get of clawbacks that debtors could not pay."""

import django.db.models.deletion
from django.db import migrations, models

from haowu.tenants.policies import owned_by, protect


class Migration(migrations.Migration):

    dependencies = [
        ('commissions', '0009_policy_switches'),
        ('tenants', '0002_platform_and_guards'),
    ]

    operations = [
        migrations.CreateModel(
            name='Claim',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(verbose_name='产生日')),
                ('amount_fen', models.BigIntegerField(verbose_name='金额（分）')),
                ('repaid_fen', models.BigIntegerField(default=0, verbose_name='已返还（分）')),
                ('debtor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='欠款方')),
                ('merchant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='商家')),
            ],
            options={
                'verbose_name': '待返还追回款',
                'verbose_name_plural': '待返还追回款',
                'indexes': [models.Index(condition=models.Q(('repaid_fen__lt', models.F('amount_fen'))), fields=['debtor', 'day'], name='claim_open')],
                'constraints': [models.UniqueConstraint(fields=('debtor', 'merchant', 'day'), name='claim_once_a_day'), models.CheckConstraint(condition=models.Q(('amount_fen__gt', 0), ('repaid_fen__gte', 0), ('repaid_fen__lte', models.F('amount_fen'))), name='claim_repaid_within_amount')],
            },
        ),
        protect('commissions_claim', read=owned_by('debtor_id', 'merchant_id'), write='false'),
    ]
