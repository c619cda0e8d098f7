"""The trail and its chain are append-only; a row is read by its two parties, the chain by the platform alone."""

from django.db import migrations

from haowu.tenants.migrations._guards import append_only, owned_by, protect, sql


class Migration(migrations.Migration):
    dependencies = [("approvals", "0001_initial"), ("tenants", "0002_platform_and_guards")]

    operations = [
        sql(
            protect("approvals_trail", read=owned_by("tenant_id", "counterparty_id")),
            append_only("approvals_trail"),
            protect("approvals_traillink", read="false"),
            append_only("approvals_traillink"),
        )
    ]
