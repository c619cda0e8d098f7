"""The database keeps the books: balances follow postings, rows are never changed, tenants see their own."""

from django.db import migrations

from haowu.tenants.policies import TENANT_ID, append_only, owned_by, protect

OWN_ACCOUNTS = f"(SELECT id FROM ledger_account WHERE owner_id = {TENANT_ID})"

CARRY_BALANCES = """
CREATE FUNCTION carry_balances() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Accounts are locked in the order of their ids, so that transfers in any direction cannot deadlock.
    PERFORM 1 FROM ledger_account
        WHERE id IN (SELECT from_account_id FROM fresh UNION SELECT to_account_id FROM fresh)
        ORDER BY id FOR UPDATE;
    UPDATE ledger_account AS account SET balance_fen = account.balance_fen + net.fen
    FROM (
        SELECT account_id, sum(fen) AS fen FROM (
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


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial"), ("tenants", "0002_platform_and_guards")]

    operations = [
        migrations.RunSQL(CARRY_BALANCES, "DROP TRIGGER carry_balances ON ledger_posting; DROP FUNCTION carry_balances();"),
        migrations.RunSQL(
            ONLY_POSTINGS_MOVE_BALANCES,
            "DROP TRIGGER only_postings_move_balances ON ledger_account;"
            "DROP TRIGGER open_at_zero ON ledger_account; DROP FUNCTION open_at_zero();",
        ),
        append_only("ledger_posting"),
        append_only("ledger_dailybalance"),
        protect("ledger_account", read=owned_by("owner_id")),
        protect("ledger_posting", read=f"from_account_id IN {OWN_ACCOUNTS} OR to_account_id IN {OWN_ACCOUNTS}"),
        protect("ledger_dailybalance", read=f"account_id IN {OWN_ACCOUNTS}", write="false"),
    ]
