"""What postings by month need, made beside the running house: nothing here locks postings for longer than an instant.

References that name their row's own day (``night:<day>:…``) cannot be booked on another one: a CHECK. All others stand
in ``ledger_reference`` too, once for ever, written by a trigger in the posting's own statement. Keys with the day are
built beside the others; 0009 only exchanges them. Each step can be repeated where an earlier attempt was broken off.
"""

from django.db import migrations

from haowu.tenants.policies import append_only, protect

REFERENCES = """
CREATE TABLE ledger_reference (reference varchar(80) CONSTRAINT ledger_reference_pkey PRIMARY KEY);
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

# Whoever posted before the trigger is committed by now, since making a trigger waits for writers.
FILL = """
INSERT INTO ledger_reference SELECT reference FROM ledger_posting WHERE NOT starts_with(reference, 'night:')
ON CONFLICT DO NOTHING
"""

OWN_DAY = """
ALTER TABLE ledger_posting ADD CONSTRAINT posting_night_of_its_day CHECK (
    CASE WHEN NOT starts_with(reference, 'night:') THEN true
         WHEN reference ~ '^night:[0-9]{4}-[0-9]{2}-[0-9]{2}:' THEN day = make_date(
             substr(reference, 7, 4)::int, substr(reference, 12, 2)::int, substr(reference, 15, 2)::int)
         ELSE false END
) NOT VALID
"""

# At least a month away, so that nobody posts beyond it before 0009.
BOUND = """
DO $bound$
BEGIN
    EXECUTE format('ALTER TABLE ledger_posting ADD CONSTRAINT posting_before CHECK (day < %L) NOT VALID',
        (SELECT (date_trunc('month', greatest(max(day), current_date)::timestamp) + interval '2 months')::date
         FROM ledger_posting));
END $bound$
"""

KEYS = (
    "DROP INDEX CONCURRENTLY IF EXISTS {name}",
    "CREATE UNIQUE INDEX CONCURRENTLY {name} ON ledger_posting ({columns})",
)


def added(name: str, statement: str) -> list[migrations.RunSQL]:
    """A constraint, in two steps: the second weighs the rows there are, and lets others write meanwhile."""
    drop = f"ALTER TABLE ledger_posting DROP CONSTRAINT IF EXISTS {name}"
    return [
        migrations.RunSQL(drop, migrations.RunSQL.noop),
        migrations.RunSQL(statement, drop),
        migrations.RunSQL(f"ALTER TABLE ledger_posting VALIDATE CONSTRAINT {name}", migrations.RunSQL.noop),
    ]


def key(name: str, columns: str) -> list[migrations.RunSQL]:
    return [
        migrations.RunSQL(KEYS[0].format(name=name), migrations.RunSQL.noop),
        migrations.RunSQL(KEYS[1].format(name=name, columns=columns), KEYS[0].format(name=name)),
    ]


UNDO = """
DROP TRIGGER IF EXISTS book_references ON ledger_posting; DROP FUNCTION IF EXISTS book_references();
DROP TABLE IF EXISTS ledger_reference;
"""


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("ledger", "0007_fen_sum"), ("tenants", "0003_personal_data")]

    operations = [
        migrations.RunSQL(UNDO, UNDO),
        migrations.RunSQL(REFERENCES, migrations.RunSQL.noop),
        protect("ledger_reference", read="false", write="true"),
        append_only("ledger_reference"),
        migrations.RunSQL(BOOK_REFERENCES, migrations.RunSQL.noop),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        *added("posting_night_of_its_day", OWN_DAY),
        *added("posting_before", BOUND),
        *key("posting_before_row", "id, day"),
        *key("posting_before_once_a_day", "reference, day"),
    ]
