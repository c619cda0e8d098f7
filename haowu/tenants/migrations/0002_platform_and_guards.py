"""The function that append-only tables call, the locks on personal data, and the platform's own tenant."""

from django.db import migrations

from haowu.tenants.migrations._guards import append_only, owned_by, protect, sql

REFUSE_CHANGE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
"""


def create_platform(apps, schema_editor):
    tenants = apps.get_model("tenants", "Tenant").objects.using(schema_editor.connection.alias)
    tenants.get_or_create(kind="platform", code="platform", defaults={"name": "好物联盟"})


class Migration(migrations.Migration):
    dependencies = [("tenants", "0001_initial")]

    operations = [
        sql(
            (REFUSE_CHANGE, "DROP FUNCTION refuse_change();"),
            protect("tenants_buyeridentity", read=owned_by("tenant_id")),
            protect("tenants_personalrecord", read=owned_by("tenant_id")),
            protect("tenants_personaldataaccess", read=owned_by("tenant_id"), write="false"),
            append_only("tenants_personaldataaccess"),
        ),
        migrations.RunPython(create_platform, migrations.RunPython.noop),
    ]
