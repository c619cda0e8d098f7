"""One feed into the stock of its base: COPY into a temporary table, then a handful of set-based statements.

The temporary table has no row-level security, into whose tables PostgreSQL refuses COPY; what leaves it for
``bases_stock`` passes the policies like any other write. The caller holds the base's Feeder.

A row of goods that the base may not sell when its feed is applied is put up for review and changes nothing.
A row is taken from the feed with the highest sequence that speaks of it; a snapshot speaks of every row of its base,
also of those it leaves out. So the stock is a function of the set of feeds, whatever order they came in.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from gzip import GzipFile
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from haowu.ground import inputs

EMPTY_BAND_FROM_ROWS = 100
"""A base with fewer SKUs in stock may empty them all in one snapshot without being asked."""


@dataclass(frozen=True)
class Merge:
    """``is_checked`` is off for what people have looked at: bands and the empty band are not asked again."""

    base_id: int
    feed_id: int
    sequence: int
    counted_at: datetime
    is_snapshot: bool
    price_band_bps: int
    stock_limit: int
    empty_band_bps: int
    at: datetime
    is_checked: bool = True


@dataclass(frozen=True)
class MergeResult:
    changed: int
    emptied: int
    quarantined: int


class WouldEmpty(Exception):
    """The snapshot leaves out more of what is in stock than the policy lets pass unasked."""


def merge(about: Merge, content: GzipFile) -> MergeResult:
    """Apply the rows of ``content`` (COPY text: line, merchant, product, sku, price, quantity). Within a transaction.

    WouldEmpty is raised before anything is written.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '256MB'")
        cursor.execute(STAGE)
        cursor.copy_expert("COPY fed FROM STDIN", content)
        cursor.execute("ANALYZE fed")
        facts = about.__dict__
        quarantined = _run(cursor, REPEATED, facts)
        _run(cursor, JUDGE, facts)
        if about.is_snapshot:
            _run(cursor, FIND_ABSENT, facts)
            if about.is_checked and _empties_too_much(cursor, about):
                raise WouldEmpty
        cursor.execute(LOCK)
        changed = _run(cursor, UPDATE, facts) + _run(cursor, INSERT, facts)
        emptied = _run(cursor, EMPTY, facts) if about.is_snapshot else 0
        _run(cursor, CLOSE_OLDER, facts)
        quarantined += _run(cursor, QUARANTINE, facts) + _run(cursor, QUARANTINE_SHORT, facts)
        cursor.execute("DROP TABLE fed, judged, absent")
    return MergeResult(changed, emptied, quarantined)


def _run(cursor: CursorWrapper, sql: str, facts: dict[str, Any]) -> int:
    cursor.execute(sql, facts)
    return cursor.rowcount


def _empties_too_much(cursor: CursorWrapper, about: Merge) -> bool:
    """Of what the base may sell: the rest is out of sale already."""
    cursor.execute("SELECT count(*) FROM absent WHERE has AND counts")
    (absent,) = cursor.fetchone()
    if not absent:
        return False
    cursor.execute(COUNT_STOCKED, about.__dict__)
    (stocked,) = cursor.fetchone()
    return stocked >= EMPTY_BAND_FROM_ROWS and absent * 10_000 > stocked * about.empty_band_bps


def open_rows(base_id: int, feed_id: int, rows: Iterable[tuple[int, Sequence[str]]]) -> int:
    """Keep rows that could not be read, as they came; what no database keeps is shown by its name."""
    values: list[tuple[Any, ...]] = []
    for line_no, cells in rows:
        columns = [
            inputs.printable(cell[:size])[:size]
            for cell, size in zip([*cells, *[""] * 5][:5], (200, 200, 200, 40, 40), strict=True)
        ]
        values.append((base_id, feed_id, line_no, *columns))
    with connection.cursor() as cursor:
        cursor.executemany(QUARANTINE_UNREADABLE, values)
    return len(values)


STAGE = """
    DROP TABLE IF EXISTS fed, judged, absent;
    CREATE TEMP TABLE fed (
        line_no integer, merchant_code text, product_code text, sku_code text, price_fen bigint, quantity bigint
    ) ON COMMIT DROP;
    CREATE TEMP TABLE absent (stock_id bigint, has boolean, counts boolean) ON COMMIT DROP;
"""

INTO_QUARANTINE = """
    INSERT INTO bases_quarantinedrow (base_id, feed_id, line_no, merchant_code, product_code, sku_code, price,
                                      quantity, reason, status)
"""

QUARANTINE_UNREADABLE = INTO_QUARANTINE + "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 'ROW_UNREADABLE', 'open')"

REPEATED = f"""
    WITH repeated AS (
        SELECT merchant_code, product_code, sku_code, min(ctid) AS first FROM fed GROUP BY 1, 2, 3 HAVING count(*) > 1
    ), gone AS (
        DELETE FROM fed USING repeated
        WHERE (fed.merchant_code, fed.product_code, fed.sku_code)
              = (repeated.merchant_code, repeated.product_code, repeated.sku_code) AND fed.ctid <> repeated.first
        RETURNING fed.*
    )
    {INTO_QUARANTINE}
    SELECT %(base_id)s, %(feed_id)s, line_no, merchant_code, product_code, sku_code, price_fen, quantity,
           'SKU_REPEATED', 'open' FROM gone
"""

# Goods that left the base after it counted are in the count and no longer there. A known row stays under its permit
# while that holds, so that a snapshot asks nothing about rows that it confirms. Others are fed under their brand's
# permit, else under their merchant's consent: a brand's document outlives what a merchant may take back.
JUDGE = """
    CREATE TEMP TABLE judged ON COMMIT DROP AS
    WITH live AS MATERIALIZED (
        SELECT id, until FROM bases_permit WHERE base_id = %(base_id)s AND since <= %(at)s AND until > %(at)s
    ), agreed AS MATERIALIZED (
        SELECT DISTINCT ON (merchant_id) merchant_id, permit_id
        FROM bases_consent JOIN live ON live.id = permit_id
        WHERE base_id = %(base_id)s ORDER BY merchant_id, until DESC
    ), branded AS MATERIALIZED (
        SELECT DISTINCT ON (brand_id) brand_id, permit_id
        FROM bases_introduction JOIN live ON live.id = permit_id
        WHERE base_id = %(base_id)s ORDER BY brand_id, until DESC
    ), gone AS (
        SELECT stock_id, sum(quantity)::bigint AS quantity FROM bases_movement
        WHERE base_id = %(base_id)s AND kind = 'dispatched' AND at > %(counted_at)s GROUP BY stock_id
    ), counted AS (
        SELECT fed.line_no, fed.merchant_code, fed.product_code, fed.sku_code, fed.price_fen,
               fed.quantity AS said, greatest(fed.quantity - coalesce(gone.quantity, 0), 0) AS quantity,
               merchant.id AS merchant_id, stock.id AS stock_id, stock.price_fen AS price_before,
               stock.quantity - stock.short AS quantity_before, live.id AS permit_before
        FROM fed
        LEFT JOIN tenants_tenant AS merchant ON merchant.kind = 'merchant' AND merchant.code = fed.merchant_code
        LEFT JOIN bases_stock AS stock
            ON stock.base_id = %(base_id)s AND stock.merchant_id = merchant.id
            AND stock.product_code = fed.product_code AND stock.sku_code = fed.sku_code
        LEFT JOIN gone ON gone.stock_id = stock.id
        LEFT JOIN live ON live.id = stock.permit_id
        WHERE stock.id IS NULL OR stock.sequence < %(sequence)s
    ), permitted AS (
        SELECT counted.*, coalesce(permit_before, branded.permit_id, agreed.permit_id) AS permit_id
        FROM counted
        LEFT JOIN bases_brandedproduct AS goods
            ON permit_before IS NULL AND goods.merchant_id = counted.merchant_id
            AND goods.product_code = counted.product_code
        LEFT JOIN branded ON branded.brand_id = goods.brand_id
        LEFT JOIN agreed ON agreed.merchant_id = counted.merchant_id
        WHERE NOT %(is_snapshot)s OR permit_before IS NULL OR price_fen <> price_before OR quantity <> quantity_before
    )
    SELECT *, CASE
        WHEN merchant_id IS NULL THEN 'MERCHANT_UNKNOWN'
        WHEN permit_id IS NULL THEN 'NOT_YOUR_GOODS'
        WHEN %(is_checked)s AND said > %(stock_limit)s THEN 'STOCK_OUT_OF_BAND'
        WHEN %(is_checked)s AND abs(price_fen - price_before) * 10000 > price_before * %(price_band_bps)s
            THEN 'PRICE_OUT_OF_BAND'
    END AS reason
    FROM permitted
"""

FIND_ABSENT = """
    INSERT INTO absent
    SELECT stock.id, stock.quantity - stock.short > 0, permit.until > %(at)s
    FROM bases_stock AS stock LEFT JOIN bases_permit AS permit ON permit.id = stock.permit_id
    WHERE stock.base_id = %(base_id)s AND stock.sequence < %(sequence)s AND NOT EXISTS (
        SELECT FROM fed JOIN tenants_tenant AS merchant
            ON merchant.kind = 'merchant' AND merchant.code = fed.merchant_code
        WHERE merchant.id = stock.merchant_id AND fed.product_code = stock.product_code
            AND fed.sku_code = stock.sku_code
    )
"""

COUNT_STOCKED = """
    SELECT count(*) FROM bases_stock AS stock JOIN bases_permit AS permit ON permit.id = stock.permit_id
    WHERE stock.base_id = %(base_id)s AND stock.quantity > 0 AND permit.until > %(at)s
"""

# In the order of ids, as reservations lock, so that the two never wait for each other crosswise.
LOCK = """
    SELECT count(*) FROM (
        SELECT id FROM bases_stock WHERE id IN (
            SELECT stock_id FROM judged WHERE stock_id IS NOT NULL AND reason IS NULL UNION SELECT stock_id FROM absent
        ) ORDER BY id FOR NO KEY UPDATE
    ) AS locked
"""

UPDATE = """
    UPDATE bases_stock AS stock SET
        price_fen = judged.price_fen, quantity = greatest(judged.quantity, stock.reserved),
        short = greatest(stock.reserved - judged.quantity, 0), sequence = %(sequence)s, permit_id = judged.permit_id
    FROM judged WHERE stock.id = judged.stock_id AND judged.reason IS NULL
"""

INSERT = """
    INSERT INTO bases_stock (base_id, merchant_id, product_code, sku_code, price_fen, quantity, sequence, permit_id)
    SELECT %(base_id)s, merchant_id, product_code, sku_code, price_fen, quantity, %(sequence)s, permit_id
    FROM judged WHERE stock_id IS NULL AND reason IS NULL
"""

EMPTY = """
    UPDATE bases_stock AS stock SET quantity = reserved, short = reserved, sequence = %(sequence)s
    FROM absent WHERE stock.id = absent.stock_id AND absent.has
"""

# A newer feed that speaks of a row settles what an older one had left open.
CLOSE_OLDER = """
    UPDATE bases_quarantinedrow AS old SET status = 'dropped', decided_at = %(at)s
    FROM bases_feed AS feed
    WHERE old.base_id = %(base_id)s AND old.status = 'open' AND feed.id = old.feed_id
      AND feed.sequence < %(sequence)s AND (%(is_snapshot)s OR EXISTS (
        SELECT FROM fed WHERE (fed.merchant_code, fed.product_code, fed.sku_code)
                              = (old.merchant_code, old.product_code, old.sku_code)
      ))
"""

QUARANTINE = f"""
    {INTO_QUARANTINE}
    SELECT %(base_id)s, %(feed_id)s, line_no, merchant_code, product_code, sku_code, price_fen, said, reason, 'open'
    FROM judged WHERE reason IS NOT NULL
"""

QUARANTINE_SHORT = f"""
    {INTO_QUARANTINE}
    SELECT %(base_id)s, %(feed_id)s, touched.line_no, merchant.code, stock.product_code, stock.sku_code,
           stock.price_fen, touched.said, 'BELOW_RESERVED', 'open'
    FROM (
        SELECT stock_id, line_no, said FROM judged WHERE stock_id IS NOT NULL AND reason IS NULL
        UNION ALL SELECT stock_id, 0, 0 FROM absent
    ) AS touched
    JOIN bases_stock AS stock ON stock.id = touched.stock_id AND stock.short > 0
    JOIN tenants_tenant AS merchant ON merchant.id = stock.merchant_id
"""
