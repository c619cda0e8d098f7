"""The one statement that compares a file with the books, writes its differences and clears what is none any more.

Ours is what a line has come to with everything known of it: booked, or, where the next night has still to book it, as
it will be.
"""

from datetime import date

from django.db import connection

from commissions.models import UpstreamFile

TIMING_DAYS = 3
"""The same amounts that settled at most so many days apart are a matter of timing."""

_FIGURES = ("paid_fen", "refunded_fen", "commission_fen", "settled_on")

_COMPARE = f"""
WITH theirs AS (
    SELECT *, row_number() OVER (PARTITION BY order_no, line_no ORDER BY row_no) AS copy
    FROM commissions_upstreamrow WHERE file_id = %(file)s
), wanted AS (
    SELECT line.id FROM theirs
    JOIN commissions_orderline AS line ON line.order_no = theirs.order_no AND line.line_no = theirs.line_no
    UNION
    SELECT line_id FROM commissions_settlement WHERE phase = 0 AND day BETWEEN %(first)s AND %(last)s
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
    FROM wanted JOIN commissions_orderline AS line USING (id)
    CROSS JOIN LATERAL (
        SELECT min(day) AS day, sum(streamer_fen)::bigint AS commission_fen
        FROM commissions_settlement WHERE line_id = line.id
    ) AS booked
    LEFT JOIN LATERAL (
        SELECT day, base_fen, streamer_fen FROM commissions_adjustment WHERE line_id = line.id ORDER BY day DESC LIMIT 1
    ) AS known ON true
    WHERE %(source)s::bigint IS NULL OR line.source_id = %(source)s
), compared AS (
    SELECT coalesce(theirs.order_no, ours.order_no) AS order_no, coalesce(theirs.line_no, ours.line_no) AS line_no,
           theirs.row_no, theirs.copy, ours.id AS line_id,
           {", ".join(f"theirs.{name} AS their_{name}, ours.{name} AS our_{name}" for name in _FIGURES)},
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
), marked AS (
    SELECT *, md5(concat_ws('|', kind, %(source)s, order_no, line_no, copy,
                  {", ".join(f"coalesce({side}_{name}::text, '-')" for side in ("their", "our") for name in _FIGURES)}
              )) AS fingerprint
    FROM compared
), found AS (
    INSERT INTO commissions_reconciliationitem (
        file_id, row_no, kind, order_no, line_no, line_id, fingerprint, found_on,
        {", ".join(f"their_{name}, our_{name}" for name in _FIGURES)})
    SELECT %(file)s, row_no, kind, order_no, line_no, line_id, fingerprint, %(found_on)s,
        {", ".join(f"their_{name}, our_{name}" for name in _FIGURES)}
    FROM marked WHERE kind <> 'matched'
    ON CONFLICT (fingerprint) DO UPDATE SET status = 'open', closed_on = NULL
        WHERE commissions_reconciliationitem.status = 'cleared'
), cleared AS (
    UPDATE commissions_reconciliationitem AS item SET status = 'cleared', closed_on = %(found_on)s
    FROM commissions_upstreamfile AS file
    WHERE item.status = 'open' AND file.id = item.file_id AND file.source_id IS NOT DISTINCT FROM %(source)s::bigint
      AND EXISTS (SELECT 1 FROM marked WHERE marked.order_no = item.order_no AND marked.line_no = item.line_no)
      AND NOT EXISTS (SELECT 1 FROM marked WHERE marked.fingerprint = item.fingerprint)
    RETURNING item.id
)
SELECT kind, count(*), NULL FROM marked GROUP BY kind
UNION ALL SELECT 'cleared', count(*), array_agg(id ORDER BY id) FROM cleared
"""


def compare(file: UpstreamFile, *, found_on: date) -> tuple[dict[str, int], list[int]]:
    """``({kind: lines}, ids of the items cleared)`` for the rows of ``file``."""
    facts = {
        "file": file.pk,
        "source": file.source_id,
        "first": file.first_on,
        "last": file.last_on,
        "found_on": found_on,
    }
    with connection.cursor() as cursor:
        cursor.execute(_COMPARE, facts)
        rows = {kind: (count, ids) for kind, count, ids in cursor.fetchall()}
    _count, cleared = rows.pop("cleared")
    return {kind: count for kind, (count, _none) in rows.items()}, cleared or []
