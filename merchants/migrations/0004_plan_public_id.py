"""Plans get an id that can stand in an address: rows there are get theirs before the column turns unique."""

from django.db import migrations, models

import haowu.tenants.models


def give_ids(apps, schema_editor):
    plans = apps.get_model("merchants", "Plan").objects.using(schema_editor.connection.alias)
    for plan in plans.filter(public_id="").iterator():
        plan.public_id = haowu.tenants.models.public_id()
        plan.save(update_fields=["public_id"])


def field(**options):
    return models.CharField(editable=False, max_length=16, verbose_name="公开编号", **options)


class Migration(migrations.Migration):
    dependencies = [("merchants", "0003_uncategorised")]

    operations = [
        migrations.AddField("plan", "public_id", field(default="")),
        migrations.RunPython(give_ids, migrations.RunPython.noop),
        migrations.AlterField("plan", "public_id", field(default=haowu.tenants.models.public_id, unique=True)),
    ]
