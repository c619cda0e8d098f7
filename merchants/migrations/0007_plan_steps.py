"""Stepped commission: set when a plan opens, and the database refuses a change of it."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('merchants', '0006_deposits'),
        ('tenants', '0003_personal_data'),
    ]

    operations = [
        migrations.AddField(
            model_name='plan',
            name='step_bps',
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name='阶梯佣金率（万分之一）'),
        ),
        migrations.AddField(
            model_name='plan',
            name='step_comparator',
            field=models.CharField(blank=True, choices=[('>', '超过门槛'), ('>=', '达到门槛')], max_length=2, verbose_name='达标条件'),
        ),
        migrations.AddField(
            model_name='plan',
            name='step_mode',
            field=models.CharField(blank=True, choices=[('incremental', '增量：超过门槛的订单'), ('retroactive', '追溯：达标后全部订单')], max_length=11, verbose_name='阶梯方式'),
        ),
        migrations.AddField(
            model_name='plan',
            name='step_threshold',
            field=models.PositiveIntegerField(blank=True, help_text='每位达人在本计划下已结算的有效订单数', null=True, verbose_name='阶梯门槛（单）'),
        ),
        migrations.AddConstraint(
            model_name='plan',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('step_bps__isnull', True), ('step_comparator', ''), ('step_mode', ''), ('step_threshold__isnull', True)), models.Q(('step_bps__lte', 9000), ('step_comparator__in', ['>', '>=']), ('step_mode__in', ['incremental', 'retroactive']), ('step_threshold__gte', 1)), _connector='OR'), name='plan_step_whole_or_absent'),
        ),
        migrations.RunSQL(
            """
            CREATE TRIGGER step_stays BEFORE UPDATE ON merchants_plan FOR EACH ROW
            WHEN ((OLD.step_threshold, OLD.step_bps, OLD.step_mode, OLD.step_comparator)
                  IS DISTINCT FROM (NEW.step_threshold, NEW.step_bps, NEW.step_mode, NEW.step_comparator))
            EXECUTE FUNCTION refuse_change();
            """,
            "DROP TRIGGER step_stays ON merchants_plan;",
        ),
    ]
