"""The table of clicks, cut by business day. A day's partition is made by the first set that is stored of it.

Dropping a day is instant, where deleting its rows would take as long as storing them took. The functions are the
owner's, since the application makes and drops no tables; they answer the platform's scope alone.
"""

TABLE = """
CREATE TABLE streamers_click (
    day date NOT NULL,
    link_id bigint NOT NULL,
    visitor bigint NOT NULL,
    clicked_at timestamptz NOT NULL,
    merchant_id bigint NOT NULL,
    is_counted boolean NOT NULL,
    PRIMARY KEY (day, link_id, visitor, clicked_at, merchant_id)
) PARTITION BY RANGE (day);
"""

MAKES = """
CREATE FUNCTION click_partition(asked date) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    name text := 'streamers_click_' || to_char(asked, 'YYYYMMDD');
BEGIN
    IF current_setting('app.tenant', true) IS DISTINCT FROM 'platform' THEN
        RAISE EXCEPTION 'clicks are the platform''s' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF to_regclass(name) IS NOT NULL THEN RETURN name; END IF;
    PERFORM pg_advisory_xact_lock(hashtext('click_partition'));
    IF to_regclass(name) IS NOT NULL THEN RETURN name; END IF;
    EXECUTE format('CREATE TABLE %I (LIKE streamers_click INCLUDING ALL)', name);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY readers ON %I FOR SELECT USING (%s)', name,
        (SELECT qual FROM pg_policies WHERE tablename = 'streamers_click' AND policyname = 'readers'));
    EXECUTE format('GRANT SELECT ON %I TO haowu_app', name);
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'haowu_backup') THEN
        EXECUTE format('GRANT SELECT ON %I TO haowu_backup', name);
    END IF;
    EXECUTE format('ALTER TABLE streamers_click ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
        name, asked, asked + 1);
    RETURN name;
END $$;
REVOKE ALL ON FUNCTION click_partition FROM PUBLIC;
GRANT EXECUTE ON FUNCTION click_partition TO haowu_app;
"""

DROPS = """
CREATE FUNCTION drop_click_partitions(before date) RETURNS SETOF text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
    name text;
BEGIN
    IF current_setting('app.tenant', true) IS DISTINCT FROM 'platform' THEN
        RAISE EXCEPTION 'clicks are the platform''s' USING ERRCODE = 'insufficient_privilege';
    END IF;
    FOR name IN
        SELECT child.relname::text FROM pg_inherits JOIN pg_class AS child ON child.oid = inhrelid
        WHERE inhparent = 'streamers_click'::regclass
          AND right(child.relname, 8) < to_char(before, 'YYYYMMDD') ORDER BY 1
    LOOP
        EXECUTE format('DROP TABLE %I', name);
        RETURN NEXT name;
    END LOOP;
END $$;
REVOKE ALL ON FUNCTION drop_click_partitions FROM PUBLIC;
GRANT EXECUTE ON FUNCTION drop_click_partitions TO haowu_app;
"""

PARTITIONED = (
    (TABLE, "DROP TABLE streamers_click;"),
    (MAKES, "DROP FUNCTION click_partition;"),
    (DROPS, "DROP FUNCTION drop_click_partitions;"),
)
"""``(forward, backward)``, as ``_guards.sql`` has them."""
