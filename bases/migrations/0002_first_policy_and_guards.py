"""The first national plan; who may read and write what; movements are never changed."""

from datetime import UTC, datetime

from django.db import migrations

from haowu.tenants.policies import TENANT_ID, append_only, owned_by, protect

OWN_APPLICATIONS = f"application_id IN (SELECT id FROM bases_application WHERE applicant_id = {TENANT_ID})"
OWN_FEEDS = f"feed_id IN (SELECT id FROM bases_feed WHERE base_id = {TENANT_ID})"
PLATFORM_ONLY = "false"


def begin(apps, schema_editor):
    policies = apps.get_model("bases", "BasePolicy").objects.using(schema_editor.connection.alias)
    policies.create(effective_from=datetime(1970, 1, 1, tzinfo=UTC), note="初版：10 金 50 银，1800 个品牌")


class Migration(migrations.Migration):
    dependencies = [("bases", "0001_initial"), ("tenants", "0002_platform_and_guards")]

    operations = [
        migrations.RunPython(begin, migrations.RunPython.noop),
        protect("bases_basepolicy", read="true", write=PLATFORM_ONLY),
        protect("bases_application", read=owned_by("applicant_id")),
        protect("bases_document", read=OWN_APPLICATIONS),
        protect("bases_base", read="true", write=PLATFORM_ONLY),
        protect("bases_quotaperiod", read=owned_by("base_id"), write=PLATFORM_ONLY),
        protect("bases_brand", read="true", write=PLATFORM_ONLY),
        # Who brought a brand to the alliance is public; what waits or was refused is between the base and the platform.
        protect("bases_introduction", read=f"status = 'accepted' OR {owned_by('base_id')}", write=owned_by("base_id")),
        protect("bases_feeder", read="true", write=owned_by("base_id")),
        protect("bases_feed", read=owned_by("base_id")),
        protect("bases_feedpart", read=OWN_FEEDS),
        protect("bases_stock", read="true", write=owned_by("base_id")),
        protect("bases_quarantinedrow", read=owned_by("base_id")),
        protect("bases_reservation", read=owned_by("base_id"), write=PLATFORM_ONLY),
        protect("bases_movement", read=owned_by("base_id"), write=PLATFORM_ONLY),
        append_only("bases_movement"),
        protect("bases_pullsource", read=owned_by("base_id")),
        protect("bases_room", read="true", write=owned_by("base_id")),
        protect("bases_booking", read=owned_by("base_id", "streamer_id")),
    ]
