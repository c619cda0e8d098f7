"""What a system was answered is its tenant's to read."""

from django.db import migrations

from haowu.tenants.migrations._guards import owned_by, protect, sql


class Migration(migrations.Migration):
    dependencies = [("partners", "0001_initial"), ("tenants", "0002_platform_and_guards")]

    operations = [sql(protect("partners_idempotentanswer", read=owned_by("tenant_id")))]
