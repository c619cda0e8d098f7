"""A large night's shards are cut by a sample of its lines, drawn by both processors, rather than by walking all of them.

One id in ``step`` is drawn by its hash, some thousand for each shard, so that a shard is off its size by a few in a
hundred. A night with shards of less than two thousand lines is cut exactly.
"""

import importlib

from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION night_bounds(after date, until date, size bigint) RETURNS SETOF bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
SET enable_bitmapscan = off AS $$
DECLARE
    step bigint := greatest(1, size / 1024);
BEGIN
    IF current_setting('app.tenant', true) IS DISTINCT FROM 'platform' THEN
        RAISE EXCEPTION 'nights are the platform''s' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF step > 1 AND night_due_lines(after, until) + (
        SELECT count(*) FROM commissions_adjustment WHERE day > after AND day <= until
    ) <= size THEN
        step := 1;
    END IF;
    RETURN QUERY SELECT CASE no WHEN 1 THEN 0 ELSE drawn.id END FROM (
        SELECT due.id, row_number() OVER (ORDER BY due.id) AS no FROM (
            SELECT line.id FROM commissions_orderline AS line
            WHERE settles_on > after AND settles_on <= until AND hashint8(line.id) % step = 0
            UNION ALL
            SELECT line_id FROM commissions_adjustment
            WHERE day > after AND day <= until AND hashint8(line_id) % step = 0
        ) AS due
    ) AS drawn WHERE (no - 1) % greatest(1, size / step) = 0 ORDER BY no;
END $$;
"""

BEFORE = importlib.import_module("commissions.migrations.0020_night_counts").FUNCTIONS


class Migration(migrations.Migration):
    dependencies = [("commissions", "0021_a_large_night_cuts_its_month")]

    operations = [
        migrations.RunSQL(
            FUNCTION, BEFORE.partition("CREATE FUNCTION night_due_lines")[0].replace("CREATE F", "CREATE OR REPLACE F")
        )
    ]
