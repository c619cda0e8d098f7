"""The trail and its chain are append-only; a row is read by its two parties, the chain by the platform alone.

Lanes give whoever records the next numbers; they hold counts alone, and only grow.
"""

from django.db import migrations

from haowu.tenants.migrations._guards import append_only, owned_by, protect, sql


LANES = (
    """
    ALTER TABLE approvals_traillane SET (fillfactor = 10);
    INSERT INTO approvals_traillane (lane, rows) SELECT lane, 0 FROM generate_series(0, 127) AS lane;
    CREATE FUNCTION trail_lanes_only_grow() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' AND (NEW.lane, NEW.rows) >= (OLD.lane, OLD.rows) AND NEW.lane = OLD.lane THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'lanes of the trail only grow';
    END $$;
    CREATE TRIGGER only_grow BEFORE UPDATE OR DELETE ON approvals_traillane
    FOR EACH ROW EXECUTE FUNCTION trail_lanes_only_grow();
    """,
    "DROP TRIGGER only_grow ON approvals_traillane; DROP FUNCTION trail_lanes_only_grow();",
)


class Migration(migrations.Migration):
    dependencies = [("approvals", "0001_initial"), ("tenants", "0002_platform_and_guards")]

    operations = [
        sql(
            protect("approvals_trail", read=owned_by("tenant_id", "counterparty_id")),
            append_only("approvals_trail"),
            protect("approvals_traillink", read="false"),
            append_only("approvals_traillink"),
            LANES,
            protect("approvals_traillane", read="true"),
        )
    ]
