"""A streamer's agency is paid with the line and reads it."""

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

from haowu.tenants.policies import change_readers, owned_by


PARTIES = ("merchant_id", "streamer_id", "first_leader_id", "second_leader_id", "provider_id")


class Migration(migrations.Migration):

    dependencies = [
        ('commissions', '0010_claims'),
        ('tenants', '0002_platform_and_guards'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='settlement',
            name='settlement_no_negative_part',
        ),
        migrations.AddField(
            model_name='adjustment',
            name='agency_fee_fen',
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='adjustment',
            name='agency_fen',
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='orderline',
            name='agency',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='达人机构'),
        ),
        migrations.AddField(
            model_name='orderline',
            name='agency_bps',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='orderline',
            name='due_agency_fee_fen',
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='orderline',
            name='due_agency_fen',
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='orderline',
            name='estimate_agency_fee_fen',
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='orderline',
            name='estimate_agency_fen',
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='settlement',
            name='agency',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='达人机构'),
        ),
        migrations.AddField(
            model_name='settlement',
            name='agency_fee_fen',
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='settlement',
            name='agency_fen',
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddConstraint(
            model_name='settlement',
            constraint=models.CheckConstraint(condition=models.Q(('phase__gt', 0), models.Q(('agency_fee_fen__range', (0, models.F('agency_fen'))), ('agency_fen__lte', django.db.models.expressions.CombinedExpression(models.F('streamer_fen'), '-', models.F('streamer_fee_fen'))), ('first_leader_fee_fen__range', (0, models.F('first_leader_fen'))), ('provider_fee_fen__range', (0, models.F('provider_fen'))), ('second_leader_fee_fen__range', (0, models.F('second_leader_fen'))), ('streamer_fee_fen__range', (0, models.F('streamer_fen')))), _connector='OR'), name='settlement_no_negative_part'),
        ),
        change_readers(
            "commissions_orderline",
            before=owned_by("source_id", *PARTIES),
            after=owned_by("source_id", *PARTIES, "agency_id"),
        ),
        change_readers(
            "commissions_settlement", before=owned_by(*PARTIES), after=owned_by(*PARTIES, "agency_id")
        ),
    ]
