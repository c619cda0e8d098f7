"""Every listing weighed for a day, in a few statements whatever their number (rulebook §17).

What a listing stands beside: goods of the same leaf category and brand; where these are fewer than three, goods of the
same leaf category with the same *head word*: of the Chinese words of a title (two characters or more), the one that
most titles of the category hold; of several the longer. With fewer than three of either its price stands beside none.
Commissions stand beside all of the leaf category; so does conversion, and beside all goods where the category has no
clicks yet. A median is a value that is there: of an even number the lower.
"""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from haowu.ground import days
from haowu.tenants.scope import platform_scope
from streamers.exposure import parts
from streamers.models import Exposure

KEPT = timedelta(days=35)
MOST_VALUE = 1_000_000

_GATHERED = """
CREATE TEMPORARY TABLE weighed ON COMMIT DROP AS
SELECT listing.product_id, listing.merchant_id, listing.leaf_id, listing.brand_id, listing.price_fen, listing.bps,
       listing.words, listing.letters,
       coalesce(figures.promoted_30d, 0) AS orders, coalesce(figures.clicks_30d, 0) AS clicks
FROM streamers_listing AS listing LEFT JOIN streamers_listingfigures AS figures USING (product_id)
WHERE listing.valid_from <= %(at)s AND listing.valid_until > %(at)s
"""
_HEADS = """
CREATE TEMPORARY TABLE heads ON COMMIT DROP AS
WITH titled AS (
    SELECT product_id, leaf_id, word FROM weighed, unnest(words) AS word
    WHERE left(word, 1) BETWEEN '一' AND '鿿' AND char_length(word) >= 2 AND strpos(letters, word) > 0
), shared AS (
    SELECT leaf_id, word, count(*) AS titles FROM titled GROUP BY leaf_id, word HAVING count(*) >= %(comparables)s
)
SELECT DISTINCT ON (product_id) product_id, word
FROM titled JOIN shared USING (leaf_id, word) ORDER BY product_id, titles DESC, char_length(word) DESC, word COLLATE "C"
"""
_COMPARED = """
CREATE TEMPORARY TABLE compared ON COMMIT DROP AS
WITH named AS (
    SELECT weighed.*, coalesce(heads.word, '') AS word FROM weighed LEFT JOIN heads USING (product_id)
), brands AS (
    SELECT leaf_id, brand_id, count(*) AS goods, percentile_disc(0.5) WITHIN GROUP (ORDER BY price_fen) AS median_fen
    FROM weighed WHERE brand_id IS NOT NULL GROUP BY leaf_id, brand_id HAVING count(*) >= %(comparables)s
), words AS (
    SELECT leaf_id, word, count(*) AS goods, percentile_disc(0.5) WITHIN GROUP (ORDER BY price_fen) AS median_fen
    FROM named WHERE word <> '' GROUP BY leaf_id, word HAVING count(*) >= %(comparables)s
), placed AS (
    SELECT product_id,
           rank() OVER (PARTITION BY leaf_id, brand_id ORDER BY price_fen) AS in_brand,
           rank() OVER (PARTITION BY leaf_id, word ORDER BY price_fen) AS in_word,
           rank() OVER (PARTITION BY leaf_id ORDER BY bps DESC NULLS LAST) AS in_leaf
    FROM named
), leaves AS (
    SELECT leaf_id, count(bps) AS rated, percentile_disc(0.5) WITHIN GROUP (ORDER BY bps) AS median_bps,
           sum(orders) AS orders, sum(clicks) AS clicks
    FROM weighed GROUP BY leaf_id
), whole AS (
    SELECT sum(orders) AS orders, sum(clicks) AS clicks FROM weighed
)
SELECT named.product_id, named.merchant_id, named.price_fen, named.bps, named.orders, named.clicks,
       CASE WHEN brands.goods > 0 THEN 'brand' WHEN words.goods > 0 THEN 'word' ELSE '' END AS compared_by,
       CASE WHEN brands.goods IS NULL AND words.goods > 0 THEN named.word ELSE '' END AS word,
       coalesce(brands.goods, words.goods, 0) AS comparables,
       coalesce(brands.median_fen, words.median_fen) AS median_price_fen,
       CASE WHEN brands.goods > 0 THEN placed.in_brand WHEN words.goods > 0 THEN placed.in_word END AS price_place,
       leaves.median_bps, leaves.rated, CASE WHEN named.bps IS NOT NULL THEN placed.in_leaf END AS commission_place,
       CASE WHEN leaves.clicks > 0 THEN leaves.orders ELSE whole.orders END AS all_orders,
       CASE WHEN leaves.clicks > 0 THEN leaves.clicks ELSE whole.clicks END AS all_clicks
FROM named JOIN placed USING (product_id)
CROSS JOIN whole
JOIN leaves ON leaves.leaf_id IS NOT DISTINCT FROM named.leaf_id
LEFT JOIN brands ON brands.leaf_id = named.leaf_id AND brands.brand_id = named.brand_id
LEFT JOIN words ON words.leaf_id = named.leaf_id AND words.word = named.word
"""
_WEIGHED = """
INSERT INTO streamers_exposure (product_id, merchant_id, day, compared_by, word, comparables, price_fen,
    median_price_fen, price_place, bps, median_bps, rated, commission_place, orders, clicks, all_orders, all_clicks,
    price_part, commission_part, conversion_part, weight)
SELECT product_id, merchant_id, %(day)s, compared_by, word, comparables, price_fen, median_price_fen, price_place, bps,
       median_bps, rated, commission_place, orders, clicks, all_orders, all_clicks, price, commission, conversion,
       (2 * (%(floor)s * 3 * %(whole)s + (%(full)s - %(floor)s) * (price + commission + conversion)) + 3 * %(whole)s)
           / (6 * %(whole)s)
FROM compared
CROSS JOIN LATERAL (
    SELECT least(%(whole)s, coalesce(%(whole)s * median_price_fen / price_fen, %(whole)s)) AS price,
           CASE WHEN bps IS NOT NULL AND median_bps > 0 THEN least(%(whole)s, %(whole)s * bps::bigint / median_bps)
                ELSE %(whole)s END AS commission,
           CASE WHEN all_orders > 0 AND all_clicks > 0
                THEN least(%(whole)s, div(%(whole)s * (orders::numeric * all_clicks + %(smoothing)s * all_orders),
                                          (clicks + %(smoothing)s)::numeric * all_orders))::bigint
                ELSE %(whole)s END AS conversion
) AS part
ON CONFLICT (product_id, day) DO NOTHING
"""
_FOUND = """
CREATE TEMPORARY TABLE found ON COMMIT DROP AS
SELECT product_id, weight AS exposure,
       CASE WHEN all_clicks > 0
            THEN least(%(whole)s, div(%(whole)s * (orders::numeric * all_clicks + %(smoothing)s * all_orders),
                                      (clicks + %(smoothing)s)::numeric * all_clicks))::integer
            ELSE 0 END AS conversion_bps,
       CASE WHEN bps > 0 THEN least(%(most_value)s, coalesce(bps::bigint * median_price_fen / price_fen, 0))::integer
            ELSE 0 END AS value
FROM streamers_exposure WHERE day = %(day)s
"""
_KNOWN = """
INSERT INTO streamers_listingfigures AS known (product_id, sales_30d, exposure, conversion_bps, value, counted_on)
SELECT product_id, 0, exposure, conversion_bps, value, %(day)s FROM found
ON CONFLICT (product_id) DO UPDATE
SET exposure = excluded.exposure, conversion_bps = excluded.conversion_bps, value = excluded.value
WHERE (known.exposure, known.conversion_bps, known.value)
    IS DISTINCT FROM (excluded.exposure, excluded.conversion_bps, excluded.value)
"""
_LISTED = """
UPDATE streamers_listing AS listing
SET exposure = found.exposure, conversion_bps = found.conversion_bps, value = found.value
FROM found
WHERE found.product_id = listing.product_id
  AND (listing.exposure, listing.conversion_bps, listing.value)
      IS DISTINCT FROM (found.exposure, found.conversion_bps, found.value)
"""


def weigh_listings(*, at: datetime) -> int:
    """Weigh what is listed at ``at``, once for its day; how many were weighed. A day that was stays as it is."""
    day = days.day_of(at)
    with transaction.atomic(), platform_scope():
        written = _weigh(day, at)
        Exposure.objects.before(day - KEPT).delete()
    return written


def _weigh(day: date, at: datetime) -> int:
    asked: dict[str, Any] = {
        "at": at, "day": day, "comparables": parts.COMPARABLES, "whole": parts.WHOLE, "floor": parts.FLOOR,
        "full": parts.FULL, "smoothing": parts.SMOOTHING_CLICKS, "most_value": MOST_VALUE,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '128MB'")
        for table in ("weighed", "heads", "compared", "found"):
            cursor.execute(f"DROP TABLE IF EXISTS {table}")
        cursor.execute(_GATHERED, asked)
        cursor.execute("ANALYZE weighed")
        cursor.execute(_HEADS, asked)
        cursor.execute("ANALYZE heads")
        cursor.execute(_COMPARED, asked)
        cursor.execute(_WEIGHED, asked)
        written = cursor.rowcount
        cursor.execute(_FOUND, asked)
        cursor.execute("ANALYZE found")
        cursor.execute(_KNOWN, asked)
        cursor.execute(_LISTED)
    return written
