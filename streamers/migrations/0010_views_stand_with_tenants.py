"""Saved views of all lists stand with tenants; no page had kept one here. And a function that counts how many picked a
product, for those who may not see who did."""

from django.db import migrations

COUNT_PICKERS = """
CREATE FUNCTION count_pickers(products bigint[]) RETURNS TABLE (product_id bigint, pickers bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT pick.product_id, count(DISTINCT pick.streamer_id) FROM streamers_pick AS pick
    WHERE pick.unpicked_at IS NULL AND pick.product_id = ANY (products) GROUP BY pick.product_id
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("streamers", "0009_matching")]

    operations = [
        migrations.DeleteModel(name="SavedView"),
        migrations.RunSQL(COUNT_PICKERS, "DROP FUNCTION count_pickers(bigint[]);"),
    ]
