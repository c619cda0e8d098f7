"""Who may read and write what; movements are never changed; the first national plan."""

from datetime import UTC, datetime

from django.db import migrations

from haowu.tenants.migrations._guards import TENANT_ID, append_only, owned_by, protect, sql

OWN_APPLICATIONS = f"application_id IN (SELECT id FROM bases_application WHERE applicant_id = {TENANT_ID})"
OWN_FEEDS = f"feed_id IN (SELECT id FROM bases_feed WHERE base_id = {TENANT_ID})"
PLATFORM_ONLY = "false"


def create_first_policy(apps, schema_editor):
    policies = apps.get_model("bases", "BasePolicy").objects.using(schema_editor.connection.alias)
    policies.get_or_create(
        effective_from=datetime(1970, 1, 1, tzinfo=UTC), defaults={"note": "初版：10 金 50 银，1800 个品牌"}
    )


class Migration(migrations.Migration):
    dependencies = [("bases", "0001_initial"), ("tenants", "0002_platform_and_guards")]

    operations = [
        sql(
            protect("bases_basepolicy", read="true", write=PLATFORM_ONLY),
            protect("bases_application", read=owned_by("applicant_id")),
            protect("bases_document", read=OWN_APPLICATIONS),
            protect("bases_base", read="true", write=PLATFORM_ONLY),
            protect("bases_quotaperiod", read=owned_by("base_id"), write=PLATFORM_ONLY),
            protect("bases_brand", read="true", write=PLATFORM_ONLY),
            # Who brought a brand to the alliance is public; what waits or was refused is the base's and the platform's.
            protect(
                "bases_introduction",
                read=f"status = 'accepted' OR {owned_by('base_id')}",
                write=owned_by("base_id"),
            ),
            protect("bases_feeder", read="true", write=owned_by("base_id")),
            protect("bases_feed", read=owned_by("base_id")),
            protect("bases_feedpart", read=OWN_FEEDS),
            protect("bases_stock", read="true", write=owned_by("base_id")),
            protect("bases_quarantinedrow", read=owned_by("base_id")),
            protect("bases_reservation", read=owned_by("base_id"), write=PLATFORM_ONLY),
            protect("bases_movement", read=owned_by("base_id"), write=PLATFORM_ONLY),
            append_only("bases_movement"),
            protect("bases_shortage", read=owned_by("merchant_id"), write=PLATFORM_ONLY),
            protect("bases_pullsource", read=owned_by("base_id")),
            protect("bases_room", read="true", write=owned_by("base_id")),
            protect("bases_booking", read=owned_by("base_id", "streamer_id")),
        ),
        migrations.RunPython(create_first_policy, migrations.RunPython.noop),
    ]
