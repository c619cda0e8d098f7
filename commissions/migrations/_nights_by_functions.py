"""What the application may not do itself, functions of the owner do: make partitions, count in an index alone.

Under row-level security every row must be fetched to see whose it is: for 10 million lines, some 10 GB read twice. The
functions that count answer the platform's scope alone, with ids and sums.
"""

LOCK = 7_301_845_512  # commissions.orders.calendar

PARTITIONS_THERE_ARE = """
CREATE VIEW settlement_partitions WITH (security_invoker = true) AS
SELECT child.relname::text AS name, split_part(bounds, '''', 2)::date AS from_day,
       split_part(bounds, '''', 4)::date AS to_day
FROM pg_inherits JOIN pg_class AS child ON child.oid = inhrelid
CROSS JOIN LATERAL (SELECT pg_get_expr(child.relpartbound, child.oid) AS bounds) AS described
WHERE inhparent = 'commissions_settlement'::regclass;
"""

# A large night gets a partition of its own also in a month whose small nights share one already. The month's partition
# then ends the day before: nights go in their order, so it holds nothing later. Cutting it locks the table for an
# instant; where somebody reads it for longer than two seconds, the night goes into the month as it is.
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

# A night's page indexes are made by one worker while another adds the night up. Who must not wait for others that make
# the same gets false.
INDEXES = """
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
    EXECUTE format('ALTER TABLE %I RESET (autovacuum_enabled)', part.name);
    RETURN true;
END $$;
REVOKE ALL ON FUNCTION index_settlements FROM PUBLIC;
GRANT EXECUTE ON FUNCTION index_settlements TO haowu_app;
"""

# A night's own partition is vacuumed from its close on: until then it only grows, and a vacuum would read it all beside
# the workers.
PARTITION = """
CREATE FUNCTION settlement_partition(night date, is_large boolean) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    part record; begins date; ends date; name text;
BEGIN
    SELECT * INTO part FROM settlement_partitions WHERE night >= from_day AND night < to_day;
    IF FOUND AND NOT (is_large AND night > part.from_day AND part.to_day - part.from_day > 1
        AND cut_settlements(night)) THEN
        RETURN part.name;
    END IF;
    SELECT * INTO part FROM settlement_partitions WHERE to_day <= night ORDER BY to_day DESC LIMIT 1;
    begins := night;
    IF is_large OR part.to_day - part.from_day = 1 THEN
        ends := night + 1;
    ELSE
        begins := greatest(part.to_day, date_trunc('month', night)::date);
        SELECT least(min(from_day), (date_trunc('month', night) + interval '1 month')::date) INTO ends
            FROM settlement_partitions WHERE from_day > night;
    END IF;
    name := 'commissions_settlement_' || to_char(begins, 'YYYYMMDD');
    EXECUTE format('CREATE TABLE %I (LIKE commissions_settlement INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', name);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
    IF ends - begins = 1 THEN EXECUTE format('ALTER TABLE %I SET (autovacuum_enabled = off)', name); END IF;
    EXECUTE format('CREATE POLICY readers ON %I FOR SELECT USING (%s)', name,
        (SELECT qual FROM pg_policies WHERE tablename = 'commissions_settlement' AND policyname = 'readers'));
    EXECUTE format('CREATE POLICY inserts ON %I FOR INSERT WITH CHECK (%s)', name,
        (SELECT with_check FROM pg_policies WHERE tablename = 'commissions_settlement' AND policyname = 'inserts'));
    EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I'
        ' FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', name);
    EXECUTE format('GRANT SELECT, INSERT ON %I TO haowu_app', name);
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'haowu_backup') THEN
        EXECUTE format('GRANT SELECT ON %I TO haowu_backup', name);
    END IF;
    EXECUTE format('ALTER TABLE commissions_settlement ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
        name, begins, ends);
    IF ends - begins > 1 THEN PERFORM index_settlements(night, true); END IF;
    RETURN name;
END $$;
REVOKE ALL ON FUNCTION settlement_partition FROM PUBLIC;
GRANT EXECUTE ON FUNCTION settlement_partition TO haowu_app;
"""

KEEPS_ITS_NIGHT = """
CREATE FUNCTION settled_line_keeps_its_night() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM commissions_settlement
        WHERE line_id = OLD.id AND merchant_id = OLD.merchant_id AND day >= OLD.settles_on
    ) THEN
        RAISE EXCEPTION 'order line % has settled: its night stays', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER settled_line_keeps_its_night AFTER UPDATE ON commissions_orderline FOR EACH ROW
WHEN (OLD.settles_on IS NOT NULL AND OLD.settles_on IS DISTINCT FROM NEW.settles_on)
EXECUTE FUNCTION settled_line_keeps_its_night();
"""
DOES_NOT_KEEP_IT = """
DROP TRIGGER settled_line_keeps_its_night ON commissions_orderline; DROP FUNCTION settled_line_keeps_its_night();
"""

# A large night's shards are cut by a sample of its lines, drawn by both processors, rather than by walking all of them.
# One id in ``step`` is drawn by its hash, some thousand for each shard, so that a shard is off its size by a few in a
# hundred. A night with shards of less than two thousand lines is cut exactly.
COUNTS = """
CREATE FUNCTION night_due_lines(after date, until date) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF current_setting('app.tenant', true) IS DISTINCT FROM 'platform' THEN
        RAISE EXCEPTION 'nights are the platform''s' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN (SELECT count(*) FROM commissions_orderline WHERE settles_on > after AND settles_on <= until);
END $$;

CREATE FUNCTION night_bounds(after date, until date, size bigint) RETURNS SETOF bigint
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
REVOKE ALL ON FUNCTION night_bounds, night_due_lines FROM PUBLIC;
GRANT EXECUTE ON FUNCTION night_bounds, night_due_lines TO haowu_app;
"""

# What deposits cover is found in the index of prepaid merchants' lines (``line_night_prepaid``), while the day is being
# sealed and intake waits.
COST = "line.due_streamer_fen + line.due_first_leader_fen + line.due_second_leader_fen + line.due_provider_fen"
DEPOSITS = f"""
CREATE FUNCTION night_deposits(after date, until date, reason text)
RETURNS TABLE (line_id bigint, is_covered boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF current_setting('app.tenant', true) IS DISTINCT FROM 'platform' THEN
        RAISE EXCEPTION 'nights are the platform''s' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN QUERY
    WITH deposits AS MATERIALIZED (  -- of merchants with more due than they have, or with lines held before
        SELECT asked.merchant_id, coalesce(account.balance_fen, 0) AS fen
        FROM (
            SELECT each.merchant_id, sum(each.fen) AS fen, bool_or(each.is_held) AS waits FROM (
                SELECT line.merchant_id, {COST} AS fen, false AS is_held FROM commissions_orderline AS line
                WHERE line.is_prepaid AND line.settles_on > after AND line.settles_on <= until
                UNION ALL
                SELECT line.merchant_id, {COST}, true FROM commissions_orderline AS line
                WHERE line.held_reason = reason AND line.held_reason <> ''
            ) AS each GROUP BY each.merchant_id
        ) AS asked
        JOIN merchants_shop AS shop ON shop.merchant_id = asked.merchant_id AND shop.funding = 'prepaid'
        LEFT JOIN ledger_account AS account
            ON account.owner_id = asked.merchant_id AND account.kind = 'funding' AND account.code = ''
        WHERE asked.waits OR asked.fen > coalesce(account.balance_fen, 0)
    )
    SELECT parted.id, parted.covered FROM (
        SELECT each.id, each.is_held, each.fen = 0 OR deposits.fen >= sum(each.fen) OVER (
            PARTITION BY each.merchant_id ORDER BY each.due_at, each.id
        ) AS covered
        FROM (
            SELECT line.id, line.merchant_id, line.due_at, {COST} AS fen, false AS is_held
            FROM commissions_orderline AS line
            WHERE line.is_prepaid AND line.settles_on > after AND line.settles_on <= until
              AND line.merchant_id IN (SELECT merchant_id FROM deposits)
            UNION ALL
            SELECT line.id, line.merchant_id, line.due_at, {COST}, true FROM commissions_orderline AS line
            WHERE line.held_reason = reason AND line.held_reason <> ''
        ) AS each JOIN deposits ON deposits.merchant_id = each.merchant_id
    ) AS parted WHERE parted.is_held OR NOT parted.covered;
END $$;
REVOKE ALL ON FUNCTION night_deposits FROM PUBLIC;
GRANT EXECUTE ON FUNCTION night_deposits TO haowu_app;
"""

# A line carries ``is_prepaid``. Intake writes it with a new line; when a shop turns to prepaid (the platform alone
# writes shops), a trigger marks what no closed night has taken (what an open one skips comes again). The trigger takes
# the frontier first, as a night does: no batch of intake that read the shop as it was before is under way then.
MARKS = f"""
CREATE FUNCTION take_frontier() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock({LOCK});
    RETURN NULL;
END $$;
CREATE FUNCTION mark_prepaid_lines() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock({LOCK});
    UPDATE commissions_orderline SET is_prepaid = true
    WHERE merchant_id = NEW.merchant_id AND NOT is_prepaid
      AND (settles_on IS NULL OR settles_on > coalesce((SELECT max(day) FROM commissions_run WHERE status = 'closed'), '-infinity'));
    RETURN NULL;
END $$;
CREATE TRIGGER funding_turns BEFORE UPDATE OF funding ON merchants_shop
FOR EACH STATEMENT EXECUTE FUNCTION take_frontier();
CREATE TRIGGER turned_prepaid AFTER UPDATE OF funding ON merchants_shop FOR EACH ROW
WHEN (NEW.funding = 'prepaid' AND OLD.funding <> 'prepaid') EXECUTE FUNCTION mark_prepaid_lines();
CREATE TRIGGER opened_prepaid AFTER INSERT ON merchants_shop FOR EACH ROW
WHEN (NEW.funding = 'prepaid') EXECUTE FUNCTION mark_prepaid_lines();
"""
UNMARKED = """
DROP TRIGGER opened_prepaid ON merchants_shop; DROP TRIGGER turned_prepaid ON merchants_shop;
DROP TRIGGER funding_turns ON merchants_shop;
DROP FUNCTION mark_prepaid_lines; DROP FUNCTION take_frontier;
"""


NIGHTS_BY_FUNCTIONS = (
    (PARTITIONS_THERE_ARE, "DROP VIEW settlement_partitions;"),
    (CUT, "DROP FUNCTION cut_settlements;"),
    (INDEXES, "DROP FUNCTION index_settlements;"),
    (PARTITION, "DROP FUNCTION settlement_partition;"),
    (KEEPS_ITS_NIGHT, DOES_NOT_KEEP_IT),
    (COUNTS, "DROP FUNCTION night_bounds; DROP FUNCTION night_due_lines;"),
    (DEPOSITS, "DROP FUNCTION night_deposits;"),
    (MARKS, UNMARKED),
)
"""``(forward, backward)``, as ``_guards.sql`` has them."""
