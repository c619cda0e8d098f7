"""Which recommendation a pick was made from."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('streamers', '0003_channels'),
        ('tenants', '0003_personal_data'),
        ('tuanzhang', '0007_recommendations'),
    ]

    operations = [
        migrations.AddField(
            model_name='channel',
            name='recommendation',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='channels', to='tuanzhang.recommendation', verbose_name='团长推荐'),
        ),
        migrations.AddIndex(
            model_name='channel',
            index=models.Index(condition=models.Q(('recommendation__isnull', False)), fields=['recommendation'], name='channel_of_recommendation'),
        ),
    ]
