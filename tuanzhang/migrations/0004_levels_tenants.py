"""What levels take is public; results, withdrawals, applications and appeals are their leader's. Results are for good."""

from datetime import date

from django.db import migrations

from haowu.tenants.policies import append_only, owned_by, protect

OF_LEADER = ("quarterlevel", "monthlyassessment", "knownpartner", "revocation", "readmission", "appeal")


def first_version(apps, editor):
    """The rulebook's own figures, from the beginning of time."""
    apps.get_model("tuanzhang", "LevelPolicy").objects.using(editor.connection.alias).create(
        effective_from=date(1970, 1, 1), note="平台规则第一版"
    )


class Migration(migrations.Migration):
    dependencies = [("tuanzhang", "0003_levels"), ("tenants", "0002_platform_and_guards")]

    operations = [
        migrations.RunPython(first_version, migrations.RunPython.noop, elidable=False),
        protect("tuanzhang_levelpolicy", read="true", write="false"),
        *(protect(f"tuanzhang_{table}", read=owned_by("leader_id"), write="false") for table in OF_LEADER),
        append_only("tuanzhang_quarterlevel"),
        append_only("tuanzhang_monthlyassessment"),
    ]
