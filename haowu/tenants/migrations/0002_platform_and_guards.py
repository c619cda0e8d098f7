"""The platform's own tenant, the function that append-only tables call, and the lock on buyer identities."""

from django.db import migrations

from haowu.tenants.policies import owned_by, protect


def create_platform(apps, schema_editor):
    Tenant = apps.get_model("tenants", "Tenant")
    Tenant.objects.using(schema_editor.connection.alias).create(kind="platform", code="platform", name="好物联盟")


class Migration(migrations.Migration):
    dependencies = [("tenants", "0001_initial")]

    operations = [
        migrations.RunPython(create_platform, migrations.RunPython.noop),
        migrations.RunSQL(
            """
            CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
            END $$;
            """,
            "DROP FUNCTION refuse_change();",
        ),
        protect("tenants_buyeridentity", read=owned_by("tenant_id")),
    ]
