"""Postings in parts by month: the table so far becomes the part of all days so far, without a row being read or copied.

One transaction that locks postings for some milliseconds: 0008 has built the keys and weighed the bounds. Months are
made ahead by a function of the owner (``haowu.ledger.parts``); what finds none goes into ``ledger_posting_default``, so
no posting fails for want of a part. Nobody writes into a part but through ``ledger_posting``, not even the owner. Going
back copies what stands in months into the old table and builds its old key, locking postings meanwhile.
"""

import importlib

from django.db import migrations, models

from haowu.tenants.policies import TENANT_ID, append_only, protect

OWN_ACCOUNTS = f"(SELECT id FROM ledger_account WHERE owner_id = {TENANT_ID})"
BOUND = importlib.import_module("haowu.ledger.migrations.0008_references").BOUND
VALIDATED = "; ALTER TABLE ledger_posting VALIDATE CONSTRAINT posting_before"

ASIDE = """
ALTER TABLE ledger_posting RENAME TO ledger_posting_before;
DROP TRIGGER append_only ON ledger_posting_before;
DROP TRIGGER carry_balances ON ledger_posting_before;
DROP TRIGGER book_references ON ledger_posting_before;
ALTER TABLE ledger_posting_before DROP CONSTRAINT posting_happens_once, DROP CONSTRAINT ledger_posting_pkey;
ALTER TABLE ledger_posting_before
    ADD CONSTRAINT ledger_posting_before_pkey PRIMARY KEY USING INDEX posting_before_row,
    ADD CONSTRAINT ledger_posting_before_once_a_day UNIQUE USING INDEX posting_before_once_a_day;
ALTER TABLE ledger_reference RENAME CONSTRAINT ledger_reference_pkey TO posting_happens_once;
ALTER INDEX posting_day RENAME TO ledger_posting_before_day;
ALTER INDEX posting_from_day RENAME TO ledger_posting_before_from_day;
ALTER INDEX posting_to_day RENAME TO ledger_posting_before_to_day;
CREATE SEQUENCE ledger_posting_row AS bigint;
SELECT setval('ledger_posting_row', nextval(pg_get_serial_sequence('ledger_posting_before', 'id')), false);
ALTER TABLE ledger_posting_before ALTER id DROP IDENTITY;
"""

PARENT = """
CREATE TABLE ledger_posting (
    LIKE ledger_posting_before INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE
) PARTITION BY RANGE (day);
ALTER TABLE ledger_posting DROP CONSTRAINT posting_before;
ALTER TABLE ledger_posting ALTER id SET DEFAULT nextval('ledger_posting_row');
ALTER TABLE ledger_posting ADD CONSTRAINT ledger_posting_pkey PRIMARY KEY (id, day),
    ADD CONSTRAINT posting_once_a_day UNIQUE (reference, day);
CREATE INDEX posting_day ON ledger_posting (day);
CREATE INDEX posting_from_day ON ledger_posting (from_account_id, day);
CREATE INDEX posting_to_day ON ledger_posting (to_account_id, day);
ALTER SEQUENCE ledger_posting_row OWNED BY ledger_posting.id;
GRANT USAGE, SELECT ON SEQUENCE ledger_posting_row TO haowu_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ledger_posting TO haowu_app;
CREATE TRIGGER book_references AFTER INSERT ON ledger_posting REFERENCING NEW TABLE AS fresh
FOR EACH STATEMENT EXECUTE FUNCTION book_references();
CREATE TRIGGER carry_balances AFTER INSERT ON ledger_posting REFERENCING NEW TABLE AS fresh
FOR EACH STATEMENT EXECUTE FUNCTION carry_balances();
"""

PARTS = """
CREATE VIEW posting_partitions WITH (security_invoker = true) AS
SELECT child.relname::text AS name,
       coalesce(substring(bounds FROM 'FROM \\(''([^'']+)''\\)')::date, '-infinity'::date) AS from_day,
       substring(bounds FROM 'TO \\(''([^'']+)''\\)')::date AS to_day
FROM pg_inherits JOIN pg_class AS child ON child.oid = inhrelid
CROSS JOIN LATERAL (SELECT pg_get_expr(child.relpartbound, child.oid) AS bounds) AS told
WHERE inhparent = 'ledger_posting'::regclass AND bounds <> 'DEFAULT';
GRANT SELECT ON posting_partitions TO haowu_app;

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

-- The part of a day, made where there is none. NULL where others use the default part for longer than half a second:
-- days without a part go there until the next call, which takes them out of it.
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
    PERFORM set_config('app.tenant', 'platform', true); -- policies bind the owner too
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
    PERFORM set_config('app.tenant', scope, true);
    RETURN 'ledger_posting_' || to_char(asked, 'YYYYMM');
EXCEPTION WHEN lock_not_available OR deadlock_detected OR object_in_use THEN
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION posting_part_guarded, posting_default, posting_partition FROM PUBLIC;
GRANT EXECUTE ON FUNCTION posting_partition TO haowu_app;
"""

# The validated CHECK spares ATTACH the reading of rows; the keys are there, so none is built.
ATTACH = """
DO $attach$
BEGIN
    EXECUTE format('ALTER TABLE ledger_posting ATTACH PARTITION ledger_posting_before FOR VALUES FROM (MINVALUE) TO (%L)',
        (SELECT substring(pg_get_constraintdef(oid) FROM '''([^'']+)''')::date FROM pg_constraint
         WHERE conrelid = 'ledger_posting_before'::regclass AND conname = 'posting_before'));
END $attach$;
ALTER TABLE ledger_posting_before DROP CONSTRAINT posting_before;
REVOKE ALL ON ledger_posting_before FROM haowu_app;
CREATE TRIGGER only_by_routing BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON ledger_posting_before
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
SELECT posting_default();
SELECT posting_partition((to_day + interval '1 month' * ahead)::date)
FROM posting_partitions CROSS JOIN generate_series(0, 1) AS ahead WHERE name = 'ledger_posting_before';
"""

BACK = """
ALTER TABLE ledger_posting RENAME TO ledger_posting_by_month;
ALTER TABLE ledger_posting_by_month DETACH PARTITION ledger_posting_before;
DROP TRIGGER only_by_routing ON ledger_posting_before;
INSERT INTO ledger_posting_before SELECT * FROM ledger_posting_by_month;
ALTER TABLE ledger_posting_before ALTER id DROP DEFAULT;
ALTER TABLE ledger_posting_before ALTER id ADD GENERATED BY DEFAULT AS IDENTITY;
SELECT setval(pg_get_serial_sequence('ledger_posting_before', 'id'), nextval('ledger_posting_row'), false);
DROP VIEW posting_partitions;
DROP FUNCTION posting_partition; DROP FUNCTION posting_default; DROP FUNCTION posting_part_guarded;
DROP TABLE ledger_posting_by_month;
ALTER TABLE ledger_posting_before RENAME TO ledger_posting;
ALTER TABLE ledger_posting DROP CONSTRAINT ledger_posting_before_pkey,
    DROP CONSTRAINT ledger_posting_before_once_a_day;
ALTER TABLE ledger_reference RENAME CONSTRAINT posting_happens_once TO ledger_reference_pkey;
ALTER TABLE ledger_posting ADD CONSTRAINT ledger_posting_pkey PRIMARY KEY (id),
    ADD CONSTRAINT posting_happens_once UNIQUE (reference);
CREATE UNIQUE INDEX posting_before_row ON ledger_posting (id, day);
CREATE UNIQUE INDEX posting_before_once_a_day ON ledger_posting (reference, day);
ALTER INDEX ledger_posting_before_day RENAME TO posting_day;
ALTER INDEX ledger_posting_before_from_day RENAME TO posting_from_day;
ALTER INDEX ledger_posting_before_to_day RENAME TO posting_to_day;
GRANT SELECT, INSERT, UPDATE, DELETE ON ledger_posting TO haowu_app;
CREATE TRIGGER book_references AFTER INSERT ON ledger_posting REFERENCING NEW TABLE AS fresh
FOR EACH STATEMENT EXECUTE FUNCTION book_references();
CREATE TRIGGER carry_balances AFTER INSERT ON ledger_posting REFERENCING NEW TABLE AS fresh
FOR EACH STATEMENT EXECUTE FUNCTION carry_balances();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_posting
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0008_references")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL("SET LOCAL lock_timeout = '5s'", BACK + BOUND + VALIDATED),
                migrations.RunSQL(ASIDE + PARENT, migrations.RunSQL.noop),
                protect(
                    "ledger_posting", read=f"from_account_id IN {OWN_ACCOUNTS} OR to_account_id IN {OWN_ACCOUNTS}"
                ),
                append_only("ledger_posting"),
                migrations.RunSQL(PARTS, migrations.RunSQL.noop),
                migrations.RunSQL(ATTACH, migrations.RunSQL.noop),
            ],
            state_operations=[
                migrations.RemoveConstraint("posting", "posting_happens_once"),
                migrations.AddConstraint(
                    "posting", models.UniqueConstraint(fields=["reference", "day"], name="posting_once_a_day")
                ),
            ],
        ),
    ]
