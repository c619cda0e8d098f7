"""A category's code holds its whole path: three names of 64 characters. PostgreSQL widens a column without a rewrite."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('merchants', '0002_guards')]

    operations = [
        migrations.AlterField(
            model_name='category',
            name='code',
            field=models.CharField(max_length=255, unique=True, verbose_name='编号'),
        ),
    ]
