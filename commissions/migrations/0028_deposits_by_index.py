"""What deposits cover is found in an index of prepaid merchants' lines, while the day is being sealed and intake waits.

A line carries ``is_prepaid``, so that the index holds these lines alone. Intake writes it with a new line; when a shop
turns to prepaid (the platform alone writes shops), a trigger marks what no closed night has taken (what an open one
skips comes again). The trigger takes the frontier first, as a night does: no batch of intake that read the shop as it
was before is under way then.
"""

from django.db import migrations, models

LOCK = 7_301_845_512  # commissions.orders.calendar

COST = "line.due_streamer_fen + line.due_first_leader_fen + line.due_second_leader_fen + line.due_provider_fen"

FUNCTION = f"""
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

LINES_THERE_ARE = """
UPDATE commissions_orderline AS line SET is_prepaid = true FROM merchants_shop AS shop
WHERE shop.merchant_id = line.merchant_id AND shop.funding = 'prepaid'
  AND (settles_on IS NULL OR settles_on > coalesce((SELECT max(day) FROM commissions_run WHERE status = 'closed'), '-infinity'))
"""


class Migration(migrations.Migration):
    dependencies = [("commissions", "0027_no_vacuum_while_a_night_fills"), ("merchants", "0009_brands_move_down")]

    operations = [
        migrations.AddField(
            "orderline",
            "is_prepaid",
            models.BooleanField(
                db_default=False,
                default=False,
                help_text="商家为预存佣金；随店铺的佣金来源变化，直到结算夜封账",
                verbose_name="由预存佣金支付",
            ),
        ),
        migrations.RunSQL(MARKS, UNMARKED),
        migrations.RunSQL(LINES_THERE_ARE, migrations.RunSQL.noop),
        migrations.RunSQL(FUNCTION, "DROP FUNCTION night_deposits;"),
    ]
