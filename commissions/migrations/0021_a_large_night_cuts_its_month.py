"""A large night gets a partition of its own also in a month whose small nights share one already.

The month's partition then ends the day before: nights go in their order, so it holds nothing later. Cutting it locks the
table for an instant; where somebody reads it for longer than two seconds, the night goes into the month as it is.
"""

from django.db import migrations

CUT = """
CREATE FUNCTION cut_settlements(night date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
    part record;
BEGIN
    SELECT * INTO STRICT part FROM settlement_partitions WHERE night > from_day AND night < to_day;
    LOCK TABLE commissions_settlement IN ACCESS EXCLUSIVE MODE;
    EXECUTE format('ALTER TABLE commissions_settlement DETACH PARTITION %I', part.name);
    EXECUTE format('ALTER TABLE commissions_settlement ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
        part.name, part.from_day, night);
    RETURN true;
EXCEPTION WHEN lock_not_available THEN
    RETURN false;
END $$;
REVOKE ALL ON FUNCTION cut_settlements FROM PUBLIC;
"""

BEFORE = "IF FOUND THEN RETURN part.name; END IF;"
AFTER = """IF FOUND AND NOT (is_large AND night > part.from_day AND part.to_day - part.from_day > 1
        AND cut_settlements(night)) THEN
        RETURN part.name;
    END IF;"""


def change(before: str, after: str) -> str:
    """Replace ``before`` by ``after`` in the function that opens partitions (migration 0018); fails where it is not."""
    return f"""
    DO $change$
    DECLARE
        source text := pg_get_functiondef('settlement_partition'::regproc);
    BEGIN
        IF position($before${before}$before$ IN source) = 0 THEN
            RAISE EXCEPTION 'settlement_partition is not as migration 0018 left it';
        END IF;
        EXECUTE replace(source, $before${before}$before$, $after${after}$after$);
    END $change$
    """


class Migration(migrations.Migration):
    dependencies = [("commissions", "0020_night_counts")]

    operations = [
        migrations.RunSQL(CUT, "DROP FUNCTION cut_settlements"),
        migrations.RunSQL(change(BEFORE, AFTER), change(AFTER, BEFORE)),
    ]
