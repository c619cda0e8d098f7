"""Who may read and write what."""

from django.db import migrations

from haowu.tenants.policies import TENANT_ID, owned_by, protect

OWN_PRODUCTS = f"product_id IN (SELECT id FROM merchants_product WHERE merchant_id = {TENANT_ID})"
PLATFORM_ONLY = "false"


class Migration(migrations.Migration):
    dependencies = [("merchants", "0001_initial"), ("tenants", "0002_platform_and_guards")]

    operations = [
        protect("merchants_category", read="true", write=PLATFORM_ONLY),
        protect("merchants_brand", read="true", write=PLATFORM_ONLY),
        protect("merchants_shop", read="true", write=PLATFORM_ONLY),
        protect("merchants_product", read="true", write=owned_by("merchant_id")),
        protect("merchants_sku", read="true", write=OWN_PRODUCTS),
        protect("merchants_productimage", read="true", write=OWN_PRODUCTS),
        # A rate that names a streamer is between the merchant and that streamer.
        protect(
            "merchants_planrate",
            read=f"streamer_id IS NULL OR {owned_by('merchant_id', 'streamer_id')}",
            write=owned_by("merchant_id"),
        ),
        # That a product is exclusive is public, so that others know why they cannot pick it; the list is not.
        protect(
            "merchants_plan",
            read=f"type IN ('normal', 'exclusive') OR {owned_by('merchant_id')}"
            " OR EXISTS (SELECT 1 FROM merchants_planrate AS rate"
            f" WHERE rate.plan_id = merchants_plan.id AND rate.streamer_id = {TENANT_ID})",
            write=owned_by("merchant_id"),
        ),
    ]
