"""What SKUs cost over time; it begins with what is listed now, from its listing on."""

import django.db.models.deletion
from django.db import migrations, models

from haowu.tenants.migrations._guards import append_only, owned_by, protect, sql

AS_LISTED = (
    """
    INSERT INTO merchants_skuprice (merchant_id, product_id, sku_code, price_fen, effective_from)
    SELECT product.merchant_id, product.id, sku.code, sku.price_fen, product.listed_at
    FROM merchants_product AS product JOIN merchants_sku AS sku ON sku.product_id = product.id
    WHERE product.status = 'listed' AND product.listed_at IS NOT NULL;
    """,
    "",
)


class Migration(migrations.Migration):

    dependencies = [
        ('merchants', '0004_small_pictures'),
        ('tenants', '0004_staff_rights'),
    ]

    operations = [
        migrations.CreateModel(
            name='SkuPrice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sku_code', models.CharField(max_length=64, verbose_name='规格编号')),
                ('price_fen', models.BigIntegerField(null=True, verbose_name='价格（分）')),
                ('effective_from', models.DateTimeField(verbose_name='生效时间')),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='商家')),
                ('product', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='prices', to='merchants.product', verbose_name='商品')),
            ],
            options={
                'verbose_name': '价格记录',
                'verbose_name_plural': '价格记录',
                'indexes': [models.Index(fields=['product', 'sku_code', 'effective_from'], name='sku_price_of_product')],
                'constraints': [models.CheckConstraint(condition=models.Q(('price_fen__gt', 0)), name='sku_price_row_positive')],
            },
        ),
        sql(
            protect("merchants_skuprice", read="true", write=owned_by("merchant_id")),
            AS_LISTED,
            append_only("merchants_skuprice"),
        ),
    ]
