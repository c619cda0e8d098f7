"""Sums of fen without a detour over numerics: ``sum`` of bigints makes one for each group, ``fen_sum`` adds them as they are.

It refuses what leaves the range of a bigint, as ``sum`` did when its result was stored.
"""

from django.db import migrations

FEN_SUM = "CREATE AGGREGATE fen_sum(bigint) (sfunc = int8pl, stype = bigint, combinefunc = int8pl, parallel = safe)"
BEFORE, AFTER = "SELECT account_id, sum(fen) AS fen FROM", "SELECT account_id, fen_sum(fen) AS fen FROM"


def change(function: str, before: str, after: str) -> str:
    """Replace ``before`` by ``after`` in ``function``; fails where it is not."""
    return f"""
    DO $change$
    DECLARE
        source text := pg_get_functiondef('{function}'::regproc);
    BEGIN
        IF position($before${before}$before$ IN source) = 0 THEN
            RAISE EXCEPTION '{function} is not as earlier migrations left it';
        END IF;
        EXECUTE replace(source, $before${before}$before$, $after${after}$after$);
    END $change$
    """


class Migration(migrations.Migration):
    dependencies = [("ledger", "0006_rebates_account")]

    operations = [
        migrations.RunSQL(FEN_SUM, "DROP AGGREGATE fen_sum(bigint)"),
        migrations.RunSQL(change("carry_balances", BEFORE, AFTER), change("carry_balances", AFTER, BEFORE)),
    ]
