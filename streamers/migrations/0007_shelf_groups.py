"""Groups and an order of one's own on a shelf; how orders of a product were served."""

import django.db.models.deletion
from django.db import migrations, models

import haowu.tenants.models
from haowu.tenants.migrations._guards import owned_by, protect, sql

NEWEST_FIRST = (
    """
    UPDATE streamers_pick SET place = (extract(epoch FROM picked_at) * 1000000)::bigint WHERE unpicked_at IS NULL;
    """,
    "",
)


class Migration(migrations.Migration):

    dependencies = [
        ('merchants', '0005_sku_prices'),
        ('streamers', '0006_links_clicks_and_sessions'),
        ('tenants', '0004_staff_rights'),
    ]

    operations = [
        migrations.CreateModel(
            name='ProductService',
            fields=[
                ('product', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='merchants.product', verbose_name='商品')),
                ('to_ship', models.PositiveIntegerField(default=0, verbose_name='应发货')),
                ('late', models.PositiveIntegerField(default=0, verbose_name='晚发')),
                ('shipped', models.PositiveIntegerField(default=0, verbose_name='已发货')),
                ('after_sales', models.PositiveIntegerField(default=0, verbose_name='有售后')),
                ('counted_on', models.DateField(verbose_name='统计日')),
            ],
            options={
                'verbose_name': '商品服务数据',
                'verbose_name_plural': '商品服务数据',
            },
        ),
        migrations.AddField(
            model_name='pick',
            name='place',
            field=models.BigIntegerField(db_default=0, default=0, help_text='大的在前', verbose_name='位置'),
        ),
        migrations.CreateModel(
            name='ShelfGroup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=haowu.tenants.models.public_id, editable=False, max_length=16, unique=True, verbose_name='公开编号')),
                ('name', models.CharField(max_length=12, verbose_name='组名')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='顺序')),
                ('created_at', models.DateTimeField(verbose_name='创建时间')),
                ('streamer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenants.tenant', verbose_name='达人')),
            ],
            options={
                'verbose_name': '货架分组',
                'verbose_name_plural': '货架分组',
            },
        ),
        migrations.AddField(
            model_name='pick',
            name='group',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='picks', to='streamers.shelfgroup', verbose_name='分组'),
        ),
        migrations.AddConstraint(
            model_name='shelfgroup',
            constraint=models.UniqueConstraint(fields=('streamer', 'name'), name='shelf_group_name_once'),
        ),
        sql(
            protect("streamers_productservice", read="true", write="false"),
            protect("streamers_shelfgroup", read=owned_by("streamer_id")),
            NEWEST_FIRST,
        ),
    ]
