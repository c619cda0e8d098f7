"""The first policy version; who may read what; settlement rows and closed runs that cannot be changed."""

from datetime import UTC, datetime

from django.db import migrations

from haowu.tenants.policies import append_only, owned_by, protect

PARTIES = ("merchant_id", "streamer_id", "first_leader_id", "second_leader_id", "provider_id")
PLATFORM_ONLY = "false"


def create_first_policy(apps, schema_editor):
    apps.get_model("commissions", "Policy").objects.using(schema_editor.connection.alias).create(
        effective_from=datetime(1970, 1, 1, tzinfo=UTC), note="默认政策：技术服务费 10%，超售后期 7 天"
    )


class Migration(migrations.Migration):
    dependencies = [("commissions", "0001_initial"), ("tenants", "0002_platform_and_guards")]

    operations = [
        migrations.RunPython(create_first_policy, migrations.RunPython.noop),
        protect("commissions_policy", read="true", write=PLATFORM_ONLY),
        protect("commissions_order", read=owned_by("source_id"), write=PLATFORM_ONLY),
        protect("commissions_orderevent", read=owned_by("source_id"), write=PLATFORM_ONLY),
        protect("commissions_orderline", read=owned_by("source_id", *PARTIES), write=PLATFORM_ONLY),
        protect("commissions_settlement", read=owned_by(*PARTIES), write=PLATFORM_ONLY),
        protect("commissions_adjustment", read=owned_by("merchant_id"), write=PLATFORM_ONLY),
        protect("commissions_run", read=PLATFORM_ONLY, write=PLATFORM_ONLY),
        protect("commissions_shard", read=PLATFORM_ONLY, write=PLATFORM_ONLY),
        append_only("commissions_settlement"),
        migrations.RunSQL(
            """
            CREATE TRIGGER closed_runs_stay BEFORE UPDATE OR DELETE ON commissions_run
            FOR EACH ROW WHEN (OLD.status = 'closed') EXECUTE FUNCTION refuse_change();
            """,
            "DROP TRIGGER closed_runs_stay ON commissions_run;",
        ),
    ]
