"""Whoever may read an order line may read what waits to be adjusted on it, so that its base is the same to all.

The line is looked up under its own policy.
"""

from django.db import migrations

from haowu.tenants.policies import IS_PLATFORM, owned_by

FOLLOWS_LINE = "EXISTS (SELECT 1 FROM commissions_orderline AS line WHERE line.id = line_id)"


class Migration(migrations.Migration):
    dependencies = [("commissions", "0005_line_updated_at")]

    operations = [
        migrations.RunSQL(
            f"ALTER POLICY readers ON commissions_adjustment USING ({IS_PLATFORM} OR {FOLLOWS_LINE})",
            f"ALTER POLICY readers ON commissions_adjustment USING ({IS_PLATFORM} OR {owned_by('merchant_id')})",
        )
    ]
