"""All scopes that there are have more than 400 characters."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('partners', '0002_guards'),
    ]

    operations = [
        migrations.AlterField(
            model_name='apiclient',
            name='allowed_scopes',
            field=models.CharField(blank=True, max_length=2000, verbose_name='允许的权限'),
        ),
    ]
