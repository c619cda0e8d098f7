"""The page indexes of a night are made by one worker while another adds the night up.

``index_settlements`` keeps others from making the same; asked not to wait for them, it answers false.
"""

import importlib

from django.db import migrations

BEFORE = importlib.import_module("commissions.migrations.0018_settlements_by_night").FUNCTIONS
BEFORE = BEFORE[BEFORE.index("CREATE FUNCTION index_settlements") : BEFORE.index("REVOKE ALL")]
RIGHTS = """
REVOKE ALL ON FUNCTION index_settlements FROM PUBLIC;
GRANT EXECUTE ON FUNCTION index_settlements TO haowu_app;
"""
AFTER = """
CREATE FUNCTION index_settlements(night date, waits boolean) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    part record; party text; mine int := hashtext('index_settlements');
BEGIN
    SELECT * INTO STRICT part FROM settlement_partitions WHERE night >= from_day AND night < to_day;
    IF NOT waits AND NOT pg_try_advisory_xact_lock(mine, part.from_day - date '2000-01-01') THEN
        RETURN false;
    END IF;
    PERFORM pg_advisory_xact_lock(mine, part.from_day - date '2000-01-01');
    IF EXISTS (SELECT 1 FROM pg_indexes WHERE tablename = part.name AND indexname = part.name || '_merchant') THEN
        RETURN true;
    END IF;
    FOREACH party IN ARRAY ARRAY['merchant', 'streamer', 'first_leader', 'second_leader', 'provider', 'agency'] LOOP
        EXECUTE format('CREATE INDEX %I ON %I (%I%s) WHERE %I IS NOT NULL', part.name || '_' || party, part.name,
            party || '_id', CASE WHEN part.to_day - part.from_day > 1 THEN ', day' ELSE '' END, party || '_id');
    END LOOP;
    EXECUTE format('ANALYZE %I', part.name);
    RETURN true;
END $$;
"""
CALL, CALLED = "index_settlements(night)", "index_settlements(night, true)"
change = importlib.import_module("commissions.migrations.0021_a_large_night_cuts_its_month").change


class Migration(migrations.Migration):
    dependencies = [("commissions", "0022_night_bounds_by_sample")]

    operations = [
        migrations.RunSQL(
            "DROP FUNCTION index_settlements;" + AFTER + RIGHTS, "DROP FUNCTION index_settlements;" + BEFORE + RIGHTS
        ),
        migrations.RunSQL(change(CALL, CALLED), change(CALLED, CALL)),
    ]
