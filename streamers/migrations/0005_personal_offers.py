"""What is decided for one streamer alone, as a function: its plan is kept by each session.

Written out in every look it cost the server 2 ms to plan and 0.3 to run. It reads as whoever calls it: the streamer's
own rows, in his own scope. ``streamers.centre.overlay`` is its one caller and says what the rule is.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION streamers_personal_offers(asked_for bigint, asked_at timestamptz, next_midnight timestamptz)
RETURNS TABLE (is_product boolean, id bigint, place integer, kind text, bps integer, is_kept boolean)
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
RETURN QUERY
WITH moment (place, at) AS (VALUES (0, asked_at), (1, next_midnight)),
plan_offer AS (
    SELECT DISTINCT ON (moment.place, plan.id)
        moment.place, plan.product_id, plan.merchant_id, plan.type AS kind, rate.commission_bps AS bps
    FROM merchants_planrate AS rate
    JOIN merchants_plan AS plan ON plan.id = rate.plan_id
    JOIN moment ON plan.starts_at <= moment.at AND (plan.ends_at IS NULL OR plan.ends_at > moment.at)
    WHERE rate.streamer_id = asked_for AND rate.cancelled_at IS NULL AND rate.effective_from <= moment.at
    ORDER BY moment.place, plan.id, rate.effective_from DESC, rate.id DESC
),
way AS (
    SELECT DISTINCT ON (pick.id) pick.product_id, channel.activity_id
    FROM streamers_pick AS pick
    JOIN streamers_channel AS channel ON channel.pick_id = pick.id
    WHERE pick.streamer_id = asked_for AND pick.unpicked_at IS NULL AND channel.effective_from <= asked_at
    ORDER BY pick.id, channel.effective_from DESC, channel.id DESC
),
item AS (
    SELECT moment.place, moment.at, enrolment.*
    FROM moment CROSS JOIN way
    JOIN tuanzhang_enrolment AS enrolment USING (product_id, activity_id)
    UNION ALL
    SELECT moment.place, moment.at, enrolment.*
    FROM tuanzhang_listedstreamer AS listed
    JOIN moment ON listed.listed_at <= moment.at AND (listed.unlisted_at IS NULL OR listed.unlisted_at > moment.at)
    JOIN tuanzhang_activity AS activity ON activity.id = listed.activity_id AND activity.type = 'exclusive'
    JOIN tuanzhang_enrolment AS enrolment ON enrolment.activity_id = activity.id
    WHERE listed.streamer_id = asked_for
),
item_offer AS (
    SELECT DISTINCT ON (item.place, item.id) item.place, item.product_id,
        CASE activity.type WHEN 'exclusive' THEN 'exclusive_activity' ELSE 'activity' END AS kind,
        rate.commission_bps AS bps, rate.commission_bps + rate.service_fee_bps AS cost_bps
    FROM item
    JOIN tuanzhang_activity AS activity ON activity.id = item.activity_id
    JOIN tuanzhang_enrolmentrate AS rate ON rate.enrolment_id = item.id
    WHERE item.status = 'passed'
        AND greatest(item.passed_at, item.starts_at, activity.begins_at, activity.published_at) <= item.at
        AND least(item.ends_at, item.ended_at, activity.ends_at, activity.closed_at, 'infinity') > item.at
        AND NOT EXISTS (
            SELECT FROM merchants_delisting AS gone
            WHERE gone.product_id = item.product_id AND gone.at BETWEEN item.passed_at AND item.at
        )
        AND rate.cancelled_at IS NULL AND rate.effective_from <= item.at
    ORDER BY item.place, item.id, rate.effective_from DESC, rate.id DESC
),
own AS (
    SELECT place, product_id, kind, bps, bps AS cost_bps FROM plan_offer
    WHERE product_id IS NOT NULL AND bps IS NOT NULL
    UNION ALL SELECT place, product_id, kind, bps, cost_bps FROM item_offer
),
shop AS (SELECT place, merchant_id, bps FROM plan_offer WHERE product_id IS NULL AND bps IS NOT NULL),
shown AS (
    SELECT moment.place, listing.product_id, listing.merchant_id, listing.is_exclusive, listing.offer, listing.bps
    FROM (SELECT DISTINCT product_id FROM own) AS decided
    JOIN streamers_listing AS listing USING (product_id)
    JOIN moment ON listing.valid_from <= moment.at AND listing.valid_until > moment.at
),
speaking (place, product_id, kind, bps, cost_bps, rank) AS (
    SELECT place, product_id, kind, bps, cost_bps,
        CASE WHEN kind IN ('exclusive', 'exclusive_activity') THEN 1 WHEN kind = 'item_targeted' THEN 2 ELSE 4 END
    FROM own
    UNION ALL
    SELECT place, product_id, 'shop_targeted', shop.bps, shop.bps, 3 FROM shown JOIN shop USING (place, merchant_id)
    UNION ALL
    SELECT place, product_id, 'normal', bps, bps, 5 FROM shown WHERE offer = 'normal'
),
best AS (
    SELECT DISTINCT ON (shown.product_id, shown.place)
        shown.product_id, shown.place, speaking.kind, speaking.bps, shown.is_exclusive
    FROM shown
    LEFT JOIN speaking ON speaking.product_id = shown.product_id AND speaking.place = shown.place
        AND (speaking.rank = 1 OR NOT shown.is_exclusive)
    ORDER BY shown.product_id, shown.place, speaking.rank, speaking.bps DESC, speaking.cost_bps, speaking.kind
)
SELECT true, product_id, place, kind::text, bps, is_exclusive AND kind IS NULL FROM best
UNION ALL SELECT false, merchant_id, place, 'shop_targeted'::text, bps, false FROM shop;
END
$$;
COMMENT ON FUNCTION streamers_personal_offers IS
    'The best offer on each product that is decided for one streamer alone, and the rate of each shop that lists him:
now (place 0) and from midnight on (1).';
"""
"""Ranks are those of ``offers.choose``; of exclusive offers the highest rate, then the cheaper one for the merchant.

A pick through activity 7 at 20 percent, his item-targeted plan at 15 that ends today, the normal plan at 10:
``(true, product, 0, item_targeted, 1500, false), (true, product, 1, activity, 2000, false)``.
"""
BACK = "DROP FUNCTION streamers_personal_offers"


class Migration(migrations.Migration):
    dependencies = [("streamers", "0004_listing"), ("merchants", "0004_small_pictures"), ("tuanzhang", "0002_guards")]

    operations = [migrations.RunSQL(FORWARD, BACK)]
