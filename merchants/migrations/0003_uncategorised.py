"""The leaf category of goods that have none yet."""

from django.db import migrations


def create_uncategorised(apps, schema_editor):
    categories = apps.get_model("merchants", "Category").objects.using(schema_editor.connection.alias)
    parent = None
    for level, code in ((1, "other"), (2, "other-goods"), (3, "uncategorised")):
        parent = categories.create(code=code, name="未分类", level=level, parent=parent)


class Migration(migrations.Migration):
    dependencies = [("merchants", "0002_tenants")]

    operations = [migrations.RunPython(create_uncategorised, migrations.RunPython.noop)]
