"""Compares an upstream file with the books: writes the differences, and clears earlier ones that are none any more.

Ours is what a line has come to with everything known of it: what is booked, or, where the next night has still to book
a change, what it will be then.

Worked example, in yuan: 9 June has settled, o1 to o3 at a commission of 12.50 each; a file says::

    order   theirs: paid  refunded  commission  settled    ours: commission  settled    kind
    o1            100.00      0.00       12.50  06-09                 12.50  06-09      matched
    o2            100.00      0.00       12.00  06-09                 12.50  06-09      amount_differs
    o2            100.00      0.00       12.00  06-09                   the same line   duplicate
    o3            100.00      0.00       12.50  06-11                 12.50  06-09      timing
    o9            100.00      0.00       12.50  06-09                     –      –      missing_here
    o4                 –         –           –      –                 12.50  06-09      missing_there

``fingerprint`` is the difference as a whole: the same one in a later file is the same item.
"""

from datetime import date

from django.db import connection

from commissions.models import ReconciliationItem, UpstreamFile

TIMING_DAYS = 3
"""The same amounts that settled at most so many days apart are a matter of timing."""

_FIGURES = ("paid_fen", "refunded_fen", "commission_fen", "settled_on")
_BOTH = ", ".join(f"their_{name}, our_{name}" for name in _FIGURES)
_SIDE_BY_SIDE = ", ".join(f"theirs.{name} AS their_{name}, ours.{name} AS our_{name}" for name in _FIGURES)
_PRINTED = ", ".join(f"coalesce({side}_{name}::text, '-')" for side in ("their", "our") for name in _FIGURES)
_REOPENED, _CLEARED = ReconciliationItem.MOVES["reopen"], ReconciliationItem.MOVES["clear"]

_COMPARED = f"""
CREATE TEMP TABLE file_compared ON COMMIT DROP AS
WITH theirs AS (
    SELECT *, row_number() OVER (PARTITION BY order_no, line_no ORDER BY row_no) AS copy
    FROM commissions_upstreamrow WHERE file_id = %(file)s
), wanted AS (
    SELECT line.id, line.merchant_id FROM theirs
    JOIN commissions_orderline AS line ON line.order_no = theirs.order_no AND line.line_no = theirs.line_no
    UNION
    SELECT line_id, merchant_id FROM commissions_settlement WHERE phase = 0 AND day BETWEEN %(first)s AND %(last)s
), ours AS (
    SELECT line.id, line.order_no, line.line_no, line.paid_fen, booked.day IS NOT NULL AS is_settled,
           coalesce(
               line.paid_fen
               - round(known.base_fen::numeric * line.paid_fen / nullif(line.paid_fen + line.subsidy_fen, 0)),
               line.refunded_fen)::bigint AS refunded_fen,
           CASE WHEN known.day > (SELECT max(day) FROM commissions_run WHERE status = 'closed') THEN known.streamer_fen
                WHEN booked.day IS NOT NULL THEN booked.commission_fen WHEN line.status = 'invalid' THEN 0
                ELSE line.due_streamer_fen END AS commission_fen,
           coalesce(booked.day, line.settles_on) AS settled_on
    FROM wanted JOIN commissions_orderline AS line USING (id, merchant_id)
    CROSS JOIN LATERAL (
        SELECT min(day) AS day, sum(streamer_fen)::bigint AS commission_fen
        FROM commissions_settlement WHERE line_id = line.id AND merchant_id = line.merchant_id
    ) AS booked
    LEFT JOIN LATERAL (
        SELECT day, base_fen, streamer_fen FROM commissions_adjustment
        WHERE line_id = line.id AND merchant_id = line.merchant_id ORDER BY day DESC LIMIT 1
    ) AS known ON true
    WHERE %(source)s::bigint IS NULL OR line.source_id = %(source)s
), compared AS (
    SELECT coalesce(theirs.order_no, ours.order_no) AS order_no, coalesce(theirs.line_no, ours.line_no) AS line_no,
           theirs.row_no, theirs.copy, ours.id AS line_id, {_SIDE_BY_SIDE},
           CASE WHEN theirs.copy > 1 THEN 'duplicate'
                WHEN ours.id IS NULL THEN 'missing_here'
                WHEN theirs.row_no IS NULL THEN 'missing_there'
                WHEN (theirs.paid_fen, theirs.refunded_fen, theirs.commission_fen)
                     <> (ours.paid_fen, ours.refunded_fen, ours.commission_fen) THEN 'amount_differs'
                WHEN theirs.settled_on = ours.settled_on OR (theirs.settled_on IS NULL AND NOT is_settled)
                THEN 'matched'
                WHEN theirs.settled_on IS NULL OR abs(theirs.settled_on - ours.settled_on) <= {TIMING_DAYS}
                THEN 'timing'
                ELSE 'amount_differs' END AS kind
    FROM theirs FULL JOIN ours ON theirs.order_no = ours.order_no AND theirs.line_no = ours.line_no
)
SELECT *, md5(concat_ws('|', kind, %(source)s, order_no, line_no, copy, {_PRINTED})) AS fingerprint FROM compared
"""
"""One row for each line of the file or of its days, on both sides, and what kind of difference it is.

``theirs``: the file's rows, numbered where a line is named twice. ``wanted``: the lines that it names, and what settled
on its days. ``ours``: what these have come to.
"""

_WRITE_DIFFERENCES = f"""
INSERT INTO commissions_reconciliationitem AS item (
    file_id, row_no, kind, order_no, line_no, line_id, fingerprint, found_on, {_BOTH})
SELECT %(file)s, row_no, kind, order_no, line_no, line_id, fingerprint, %(found_on)s, {_BOTH}
FROM file_compared WHERE kind <> 'matched'
ON CONFLICT (fingerprint) DO UPDATE SET status = '{_REOPENED[1]}', closed_on = NULL
    WHERE item.status = ANY(%(reopened_from)s)
"""

_CLEAR = f"""
UPDATE commissions_reconciliationitem AS item SET status = '{_CLEARED[1]}', closed_on = %(found_on)s
FROM commissions_upstreamfile AS file
WHERE item.status = ANY(%(cleared_from)s)
  AND file.id = item.file_id AND file.source_id IS NOT DISTINCT FROM %(source)s::bigint
  AND EXISTS (SELECT FROM file_compared AS row WHERE row.order_no = item.order_no AND row.line_no = item.line_no)
  AND NOT EXISTS (SELECT FROM file_compared AS row WHERE row.fingerprint = item.fingerprint)
RETURNING item.id
"""
"""Items of lines that the file speaks of, without saying the same again."""


def compare(file: UpstreamFile, *, found_on: date) -> tuple[dict[str, int], list[int]]:
    """``({kind: lines}, ids of the items cleared)`` for the rows of ``file``. Within a transaction."""
    facts = {
        "file": file.pk,
        "source": file.source_id,
        "first": file.first_on,
        "last": file.last_on,
        "found_on": found_on,
        "reopened_from": [str(status) for status in _REOPENED[0]],
        "cleared_from": [str(status) for status in _CLEARED[0]],
    }
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.file_compared")
        cursor.execute(_COMPARED, facts)
        cursor.execute("CREATE INDEX ON file_compared (order_no, line_no); ANALYZE file_compared")
        cursor.execute(_WRITE_DIFFERENCES, facts)
        cursor.execute(_CLEAR, facts)
        cleared = sorted(pk for (pk,) in cursor.fetchall())
        cursor.execute("SELECT kind, count(*) FROM file_compared GROUP BY kind")
        return dict(cursor.fetchall()), cleared
