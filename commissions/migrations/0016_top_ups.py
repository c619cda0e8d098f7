"""Top-ups as staff see them: corrections of that kind."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('commissions', '0015_reserves'),
    ]

    operations = [
        migrations.CreateModel(
            name='TopUp',
            fields=[
            ],
            options={
                'verbose_name': '佣金充值',
                'verbose_name_plural': '佣金充值',
                'proxy': True,
                'indexes': [],
                'constraints': [],
            },
            bases=('commissions.correction',),
        ),
    ]
