"""Why an address could not be read is an explanation."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("bases", "0004_authorisations_end_early"),
    ]

    operations = [
        migrations.RenameField(model_name="pullsource", old_name="told", new_name="explanation"),
    ]
