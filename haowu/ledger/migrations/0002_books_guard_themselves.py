"""The database keeps the books: balances follow postings, rows are never changed, tenants see their own.

Postings lie in parts by month, all days before the first of them in one part. Months are made ahead by a function of
the owner (``haowu.ledger.parts``); what finds none goes into ``ledger_posting_default``, so no posting fails for want
of a part. Nobody writes into a part but through ``ledger_posting``, not even the owner.
"""

from django.db import migrations

from haowu.tenants.migrations._guards import TENANT_ID, append_only, owned_by, protect, sql

OWN_ACCOUNTS = f"(SELECT id FROM ledger_account WHERE owner_id = {TENANT_ID})"

# A key with the day: a partitioned table can have no other. References that name their row's own day
# (``night:<day>:…``) cannot be booked on another one: a CHECK.
POSTINGS = """
CREATE SEQUENCE ledger_posting_row AS bigint;
CREATE TABLE ledger_posting (
    id bigint NOT NULL DEFAULT nextval('ledger_posting_row'),
    day date NOT NULL,
    amount_fen bigint NOT NULL,
    kind varchar(20) NOT NULL,
    reference varchar(80) NOT NULL,
    cause varchar(80) NOT NULL,
    created_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    from_account_id bigint NOT NULL,
    to_account_id bigint NOT NULL,
    CONSTRAINT ledger_posting_pkey PRIMARY KEY (id, day),
    CONSTRAINT posting_once_a_day UNIQUE (reference, day),
    CONSTRAINT posting_amount_positive CHECK (amount_fen > 0),
    CONSTRAINT posting_has_two_ends CHECK (NOT (from_account_id = to_account_id)),
    CONSTRAINT posting_night_of_its_day CHECK (
        CASE WHEN NOT starts_with(reference, 'night:') THEN true
             WHEN reference ~ '^night:[0-9]{4}-[0-9]{2}-[0-9]{2}:' THEN day = make_date(
                 substr(reference, 7, 4)::int, substr(reference, 12, 2)::int, substr(reference, 15, 2)::int)
             ELSE false END
    )
) PARTITION BY RANGE (day);
ALTER SEQUENCE ledger_posting_row OWNED BY ledger_posting.id;
CREATE INDEX posting_day ON ledger_posting (day);
CREATE INDEX posting_from_day ON ledger_posting (from_account_id, day);
CREATE INDEX posting_to_day ON ledger_posting (to_account_id, day);
"""

# All references that name no night stand here too, once for ever.
REFERENCES = """
CREATE TABLE ledger_reference (reference varchar(80) CONSTRAINT posting_happens_once PRIMARY KEY);
REVOKE ALL ON ledger_reference FROM haowu_app;
GRANT SELECT ON ledger_reference TO haowu_app;
"""

# Named to fire before carry_balances: who repeats a reference waits before any account is locked.
BOOK_REFERENCES = """
CREATE FUNCTION book_references() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO ledger_reference SELECT reference FROM fresh WHERE NOT starts_with(reference, 'night:');
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION book_references FROM PUBLIC;
CREATE TRIGGER book_references AFTER INSERT ON ledger_posting REFERENCING NEW TABLE AS fresh
FOR EACH STATEMENT EXECUTE FUNCTION book_references();
"""

# Sums of fen without a detour over numerics: ``sum`` of bigints makes one for each group, ``fen_sum`` adds them as
# they are. It refuses what leaves the range of a bigint, as ``sum`` does when its result is stored.
FEN_SUM = "CREATE AGGREGATE fen_sum(bigint) (sfunc = int8pl, stype = bigint, combinefunc = int8pl, parallel = safe);"

CARRY_BALANCES = """
CREATE FUNCTION carry_balances() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Accounts are locked in the order of their ids, so that transfers in any direction cannot deadlock.
    PERFORM 1 FROM ledger_account
        WHERE id IN (SELECT from_account_id FROM fresh UNION SELECT to_account_id FROM fresh)
        ORDER BY id FOR UPDATE;
    UPDATE ledger_account AS account SET balance_fen = account.balance_fen + net.fen
    FROM (
        SELECT account_id, fen_sum(fen) AS fen FROM (
            SELECT from_account_id AS account_id, -amount_fen AS fen FROM fresh
            UNION ALL SELECT to_account_id, amount_fen FROM fresh
        ) AS ends GROUP BY account_id
    ) AS net
    WHERE account.id = net.account_id AND net.fen <> 0;
    RETURN NULL;
END $$;
CREATE TRIGGER carry_balances AFTER INSERT ON ledger_posting REFERENCING NEW TABLE AS fresh
FOR EACH STATEMENT EXECUTE FUNCTION carry_balances();
"""

ONLY_POSTINGS_MOVE_BALANCES = """
CREATE TRIGGER only_postings_move_balances BEFORE UPDATE ON ledger_account
FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_change();
CREATE FUNCTION open_at_zero() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.balance_fen <> 0 THEN
        RAISE EXCEPTION 'an account opens at zero' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER open_at_zero BEFORE INSERT ON ledger_account FOR EACH ROW EXECUTE FUNCTION open_at_zero();
"""

PARTS_THERE_ARE = """
CREATE VIEW posting_partitions WITH (security_invoker = true) AS
SELECT child.relname::text AS name,
       coalesce(substring(bounds FROM 'FROM \\(''([^'']+)''\\)')::date, '-infinity'::date) AS from_day,
       substring(bounds FROM 'TO \\(''([^'']+)''\\)')::date AS to_day
FROM pg_inherits JOIN pg_class AS child ON child.oid = inhrelid
CROSS JOIN LATERAL (SELECT pg_get_expr(child.relpartbound, child.oid) AS bounds) AS described
WHERE inhparent = 'ledger_posting'::regclass AND bounds <> 'DEFAULT';
"""

GUARDED = """
CREATE FUNCTION posting_part_guarded(name text) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY readers ON %I FOR SELECT USING (%s)', name,
        (SELECT qual FROM pg_policies WHERE tablename = 'ledger_posting' AND policyname = 'readers'));
    EXECUTE format('CREATE TRIGGER only_by_routing BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON %I'
        ' FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', name);
    EXECUTE format('REVOKE ALL ON %I FROM haowu_app', name);
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'haowu_backup') THEN
        EXECUTE format('GRANT SELECT ON %I TO haowu_backup', name);
    END IF;
END $$;

CREATE FUNCTION posting_default() RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    CREATE TABLE ledger_posting_default PARTITION OF ledger_posting DEFAULT;
    PERFORM posting_part_guarded('ledger_posting_default');
END $$;
REVOKE ALL ON FUNCTION posting_part_guarded, posting_default FROM PUBLIC;
"""

# The part of a day, made where there is none. NULL where others use the default part for longer than half a second:
# days without a part go there until the next call, which takes them out of it.
PART_OF_DAY = """
CREATE FUNCTION posting_partition(asked date) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
SET lock_timeout = '500ms' AS $$
DECLARE
    made text; begins date; late bigint; moved bigint; part bigint;
    scope text := coalesce(current_setting('app.tenant', true), '');
BEGIN
    SELECT name INTO made FROM posting_partitions WHERE asked >= from_day AND asked < to_day;
    IF FOUND THEN RETURN made; END IF;
    LOCK TABLE ONLY ledger_posting IN SHARE UPDATE EXCLUSIVE MODE;
    SELECT name INTO made FROM posting_partitions WHERE asked >= from_day AND asked < to_day;
    IF FOUND THEN RETURN made; END IF;
    SET LOCAL app.tenant = 'platform';  -- policies bind the owner too
    IF EXISTS (SELECT FROM ledger_posting_default) THEN
        LOCK TABLE ONLY ledger_posting IN ACCESS EXCLUSIVE MODE;
        ALTER TABLE ledger_posting DETACH PARTITION ledger_posting_default;
        SELECT count(*) INTO late FROM ledger_posting_default;
        moved := 0;
    END IF;
    FOR begins IN
        SELECT date_trunc('month', asked::timestamp)::date
        UNION SELECT date_trunc('month', day::timestamp)::date FROM ledger_posting_default ORDER BY 1
    LOOP
        made := 'ledger_posting_' || to_char(begins, 'YYYYMM');
        EXECUTE format('CREATE TABLE %I (LIKE ledger_posting INCLUDING DEFAULTS INCLUDING CONSTRAINTS'
            ' INCLUDING STORAGE)', made);
        IF late > 0 THEN
            EXECUTE format('INSERT INTO %I SELECT * FROM ledger_posting_default WHERE day >= %L AND day < %L',
                made, begins, (begins + interval '1 month')::date);
            GET DIAGNOSTICS part = ROW_COUNT;
            moved := moved + part;
        END IF;
        PERFORM posting_part_guarded(made);
        EXECUTE format('ALTER TABLE ledger_posting ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
            made, begins, (begins + interval '1 month')::date);
    END LOOP;
    IF late > 0 THEN
        IF moved <> late THEN RAISE EXCEPTION 'of % postings without a part % found one', late, moved; END IF;
        DROP TABLE ledger_posting_default;
        PERFORM posting_default();
    END IF;
    EXECUTE format('SET LOCAL app.tenant = %L', scope);
    RETURN 'ledger_posting_' || to_char(asked, 'YYYYMM');
EXCEPTION WHEN lock_not_available OR deadlock_detected OR object_in_use THEN
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION posting_partition FROM PUBLIC;
GRANT EXECUTE ON FUNCTION posting_partition TO haowu_app;
"""

# One part for all days before the month after next, the two months from there on, and the default.
FIRST_PARTS = """
DO $first$
DECLARE
    months date := (date_trunc('month', current_date::timestamp) + interval '2 months')::date;
BEGIN
    EXECUTE format('CREATE TABLE ledger_posting_before PARTITION OF ledger_posting FOR VALUES FROM (MINVALUE) TO (%L)',
        months);
    PERFORM posting_part_guarded('ledger_posting_before');
    PERFORM posting_default();
    PERFORM posting_partition(months), posting_partition((months + interval '1 month')::date);
END $first$;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial"), ("tenants", "0002_platform_and_guards")]

    operations = [
        sql(
            # Half of each page of accounts stays free, so that a balance is carried without touching an index.
            ("ALTER TABLE ledger_account SET (fillfactor = 50);", "ALTER TABLE ledger_account RESET (fillfactor);"),
            protect("ledger_account", read=owned_by("owner_id")),
            protect("ledger_dailybalance", read=f"account_id IN {OWN_ACCOUNTS}", write="false"),
            append_only("ledger_dailybalance"),
            (
                ONLY_POSTINGS_MOVE_BALANCES,
                "DROP TRIGGER only_postings_move_balances ON ledger_account;"
                "DROP TRIGGER open_at_zero ON ledger_account; DROP FUNCTION open_at_zero();",
            ),
            (POSTINGS, "DROP TABLE ledger_posting;"),
            protect("ledger_posting", read=f"from_account_id IN {OWN_ACCOUNTS} OR to_account_id IN {OWN_ACCOUNTS}"),
            append_only("ledger_posting"),
            (REFERENCES, "DROP TABLE ledger_reference;"),
            protect("ledger_reference", read="false", write="true"),
            append_only("ledger_reference"),
            (BOOK_REFERENCES, "DROP TRIGGER book_references ON ledger_posting; DROP FUNCTION book_references();"),
            (FEN_SUM, "DROP AGGREGATE fen_sum(bigint);"),
            (CARRY_BALANCES, "DROP TRIGGER carry_balances ON ledger_posting; DROP FUNCTION carry_balances();"),
            (PARTS_THERE_ARE, "DROP VIEW posting_partitions;"),
            (GUARDED, "DROP FUNCTION posting_default; DROP FUNCTION posting_part_guarded;"),
            (PART_OF_DAY, "DROP FUNCTION posting_partition;"),
            (FIRST_PARTS, ""),
        )
    ]
