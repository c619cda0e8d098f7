"""Staff end the authorisation of a brand before its last day."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('bases', '0003_permits'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='introduction',
            name='introduction_status_known',
        ),
        migrations.RemoveConstraint(
            model_name='introduction',
            name='introduction_permit_when_accepted',
        ),
        migrations.AddField(
            model_name='introduction',
            name='ended_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='提前终止时间'),
        ),
        migrations.AlterField(
            model_name='introduction',
            name='status',
            field=models.CharField(choices=[('submitted', '审核中'), ('accepted', '已通过'), ('refused', '未通过'), ('duplicate', '已有基地引进'), ('authorised', '已授权供货'), ('ended', '授权提前终止')], default='submitted', editable=False, max_length=10, verbose_name='状态'),
        ),
        migrations.AddConstraint(
            model_name='introduction',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['submitted', 'accepted', 'refused', 'duplicate', 'authorised', 'ended'])), name='introduction_status_known'),
        ),
        migrations.AddConstraint(
            model_name='introduction',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('permit__isnull', False), ('status__in', ['accepted', 'authorised', 'ended'])), models.Q(('permit__isnull', True), ('status__in', ['submitted', 'refused', 'duplicate'])), _connector='OR'), name='introduction_permit_when_accepted'),
        ),
        migrations.AddConstraint(
            model_name='introduction',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', False), ('status', 'ended')), models.Q(models.Q(('status', 'ended'), _negated=True), ('ended_at__isnull', True)), _connector='OR'), name='introduction_ended_at_when_ended'),
        ),
    ]
