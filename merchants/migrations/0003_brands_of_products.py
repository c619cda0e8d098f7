"""Of which brand products are is said to bases, who know them by merchant and code (``bases.branding``)."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("bases", "0003_permits"), ("merchants", "0002_guards")]

    operations = [
        migrations.RunSQL(
            """
            INSERT INTO bases_brandedproduct (merchant_id, product_code, brand_id)
            SELECT merchant_id, code, brand_id FROM merchants_product WHERE brand_id IS NOT NULL
            """,
            "DELETE FROM bases_brandedproduct",
        ),
    ]
