"""Who may read and write what; a plan's step stays as it was opened; the leaf category of goods that have none yet."""

from django.db import migrations

from haowu.tenants.migrations._guards import TENANT_ID, owned_by, protect, sql

OWN_PRODUCTS = f"product_id IN (SELECT id FROM merchants_product WHERE merchant_id = {TENANT_ID})"
PLATFORM_ONLY = "false"

STEP_STAYS = """
CREATE TRIGGER step_stays BEFORE UPDATE ON merchants_plan FOR EACH ROW
WHEN ((OLD.step_threshold, OLD.step_bps, OLD.step_mode, OLD.step_comparator)
      IS DISTINCT FROM (NEW.step_threshold, NEW.step_bps, NEW.step_mode, NEW.step_comparator))
EXECUTE FUNCTION refuse_change();
"""


def create_uncategorised(apps, schema_editor):
    categories = apps.get_model("merchants", "Category").objects.using(schema_editor.connection.alias)
    parent = None
    for level, code in ((1, "other"), (2, "other-goods"), (3, "uncategorised")):
        values = {"name": "未分类", "level": level, "parent": parent}
        parent, _ = categories.get_or_create(code=code, defaults=values)


class Migration(migrations.Migration):
    dependencies = [("merchants", "0001_initial"), ("tenants", "0002_platform_and_guards")]

    operations = [
        sql(
            protect("merchants_category", read="true", write=PLATFORM_ONLY),
            protect("merchants_shop", read="true", write=PLATFORM_ONLY),
            protect("merchants_product", read="true", write=owned_by("merchant_id")),
            protect("merchants_sku", read="true", write=OWN_PRODUCTS),
            protect("merchants_productimage", read="true", write=OWN_PRODUCTS),
            protect("merchants_delisting", read="true", write=owned_by("merchant_id")),
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
            (STEP_STAYS, "DROP TRIGGER step_stays ON merchants_plan;"),
            protect(
                "merchants_engagement", read=owned_by("client_id", "provider_id"), write=owned_by("client_id")
            ),
        ),
        migrations.RunPython(create_uncategorised, migrations.RunPython.noop),
    ]
