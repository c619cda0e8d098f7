"""Which goods a base may sell: permits, merchants' consents, and of which brand products are (rulebook §19).

Introductions that were accepted before get their permits. Stock that was fed before has none, and counts for nothing
until it is fed afresh by a right.
"""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import django.contrib.postgres.constraints
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import haowu.tenants.models
from haowu.tenants.migrations._guards import owned_by, protect, sql

SHANGHAI = ZoneInfo("Asia/Shanghai")


def start_of(day):
    return datetime.combine(day, time.min, tzinfo=SHANGHAI)


def permit_accepted(apps, schema_editor):
    alias = schema_editor.connection.alias
    permits = apps.get_model("bases", "Permit").objects.using(alias)
    accepted = apps.get_model("bases", "Introduction").objects.using(alias).filter(status="accepted")
    for each in accepted.order_by("pk"):
        first, last = start_of(each.authorised_from), start_of(each.authorised_to + timedelta(days=1))
        each.permit = permits.create(base_id=each.base_id, since=first, until=last)
        each.save(update_fields=["permit"])


def forget_authorised(apps, schema_editor):
    """The status of before knew none that is authorised beside another's."""
    introductions = apps.get_model("bases", "Introduction").objects.using(schema_editor.connection.alias)
    introductions.filter(status="authorised").update(status="duplicate", permit=None)


class Migration(migrations.Migration):

    dependencies = [
        ('bases', '0002_first_policy_and_guards'),
        ('tenants', '0002_platform_and_guards'),
    ]

    operations = [
        migrations.CreateModel(
            name='Permit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateTimeField(verbose_name='生效时间')),
                ('until', models.DateTimeField(verbose_name='失效时间')),
                ('base', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='permits', to='tenants.tenant', verbose_name='基地')),
            ],
            options={
                'verbose_name': '供货许可',
                'verbose_name_plural': '供货许可',
                'constraints': [models.CheckConstraint(condition=models.Q(('until__gte', models.F('since'))), name='permit_window_forward')],
            },
        ),
        sql(protect("bases_permit", read="true", write="false")),
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=haowu.tenants.models.public_id, editable=False, max_length=16, unique=True, verbose_name='公开编号')),
                ('begins_at', models.DateTimeField(verbose_name='开始时间')),
                ('ends_at', models.DateTimeField(blank=True, null=True, verbose_name='结束时间')),
                ('given_at', models.DateTimeField(verbose_name='同意时间')),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True, verbose_name='撤回时间')),
                ('base', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='基地')),
                ('given_by', models.ForeignKey(blank=True, help_text='为空的经接口办理', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='同意人')),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='consents', to='tenants.tenant', verbose_name='商家')),
                ('permit', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='consent', to='bases.permit', verbose_name='供货许可')),
                ('withdrawn_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='撤回人')),
            ],
            options={
                'verbose_name': '基地合作',
                'verbose_name_plural': '基地合作',
                'indexes': [models.Index(fields=['merchant', '-given_at'], name='consent_of_merchant')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_at__isnull', True), ('ends_at__gt', models.F('begins_at')), _connector='OR'), name='consent_window_forward'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('withdrawn_at__isnull', True)), expressions=[(models.Func(models.F('merchant_id'), models.F('merchant_id'), models.Value('[]'), function='int8range'), '&&'), (models.Func(models.F('base_id'), models.F('base_id'), models.Value('[]'), function='int8range'), '&&'), (models.Func(models.F('begins_at'), models.F('ends_at'), function='tstzrange'), '&&')], name='consent_once_at_a_time')],
            },
        ),
        sql(protect("bases_consent", read=owned_by("merchant_id", "base_id"), write=owned_by("merchant_id"))),
        migrations.CreateModel(
            name='BrandedProduct',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('product_code', models.CharField(max_length=64, verbose_name='商品编号')),
                ('brand', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='goods', to='bases.brand', verbose_name='品牌')),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='商家')),
            ],
            options={
                'verbose_name': '品牌商品',
                'verbose_name_plural': '品牌商品',
                'constraints': [models.UniqueConstraint(fields=('merchant', 'product_code'), name='branded_product_once')],
            },
        ),
        sql(protect("bases_brandedproduct", read="true", write=owned_by("merchant_id"))),
        migrations.AddField('introduction', 'permit', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='introduction', to='bases.permit', verbose_name='供货许可')),
        migrations.AlterField('introduction', 'status', models.CharField(choices=[('submitted', '审核中'), ('accepted', '已通过'), ('refused', '未通过'), ('duplicate', '已有基地引进'), ('authorised', '已授权供货')], default='submitted', editable=False, max_length=10, verbose_name='状态')),
        migrations.RunPython(permit_accepted, migrations.RunPython.noop),
        # What was changed waits for its checks of foreign keys; the table cannot be altered before them.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", "SET CONSTRAINTS ALL IMMEDIATE"),
        migrations.RemoveConstraint('introduction', 'introduction_status_known'),
        migrations.AddConstraint('introduction', models.CheckConstraint(condition=models.Q(('status__in', ['submitted', 'accepted', 'refused', 'duplicate', 'authorised'])), name='introduction_status_known')),
        migrations.AddConstraint('introduction', models.CheckConstraint(condition=models.Q(models.Q(('permit__isnull', False), ('status__in', ['accepted', 'authorised'])), models.Q(('permit__isnull', True), ('status__in', ['submitted', 'refused', 'duplicate'])), _connector='OR'), name='introduction_permit_when_accepted')),
        migrations.RunSQL(migrations.RunSQL.noop, "SET CONSTRAINTS ALL IMMEDIATE"),
        migrations.RunPython(migrations.RunPython.noop, forget_authorised),
        migrations.AddField('stock', 'permit', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='bases.permit', verbose_name='供货许可')),
        migrations.AlterField('quarantinedrow', 'reason', models.CharField(choices=[('ROW_UNREADABLE', '内容不完整或不是数字'), ('SKU_REPEATED', '同一份上报里规格重复，只取第一行'), ('MERCHANT_UNKNOWN', '平台没有这个商家'), ('NOT_YOUR_GOODS', '不是你引进或获授权的品牌，商家也没有同意你存放'), ('PRICE_OUT_OF_BAND', '价格变动过大，暂用原来的价格和库存'), ('STOCK_OUT_OF_BAND', '库存数异常，暂用原来的价格和库存'), ('BELOW_RESERVED', '库存少于已预留的订单，已停止接单')], max_length=20, verbose_name='原因')),
    ]
