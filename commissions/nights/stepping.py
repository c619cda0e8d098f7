"""Steps of plans at the end of a night: lines whose rate the number of orders has moved (rulebook §11).

Orders are counted for each plan and streamer, in the order in which they settled; one refunded whole does not count.
The night settles lines at their frozen rates. Before it closes, the groups that it touched are looked at again, and
what the step changes is booked as a further phase of each line. A line keeps the moved rate until the step moves it
back.

The counting is the database's. Here come only the lines whose rate moves, ``BATCH`` at a time, whatever a streamer has
sold: their shares are computed where all shares are.
"""

from dataclasses import asdict, fields, replace
from itertools import islice
from typing import NamedTuple

from django.db import connection

from commissions.models import Run, SteppedLine
from commissions.nights import sql
from commissions.orders.adjusting import corrections_of, rates_on
from commissions.split import Rates, split
from haowu.ground.bulk import insert_rows
from merchants.steps import Comparator, Mode

BATCH = 5_000

_GROUP = "PARTITION BY offer_id, streamer_id"
_ORDER = f"{_GROUP}, order_id"
_SETTLED = "settles_on, due_at, id"

_TOUCHED = """
    SELECT offer_id, streamer_id FROM commissions_orderline
    WHERE step_bps IS NOT NULL AND settles_on > %(after)s AND settles_on <= %(day)s
    UNION
    SELECT line.offer_id, line.streamer_id FROM commissions_adjustment AS adjustment
    JOIN commissions_orderline AS line ON line.id = adjustment.line_id AND line.step_bps IS NOT NULL
    WHERE adjustment.day > %(after)s AND adjustment.day <= %(day)s
"""

_LINES = f"""
    SELECT line.offer_id, line.streamer_id, line.order_id, line.id, line.settles_on, line.due_at,
           plan.step_threshold, plan.step_bps, plan.step_mode, plan.step_comparator, line.commission_bps AS frozen_bps,
           coalesce(told.base_fen, line.due_base_fen) AS base_fen, coalesce(told.day > %(after)s, false) AS is_adjusted,
           moved.commission_bps AS moved_bps
    FROM ({_TOUCHED}) AS touched
    JOIN merchants_plan AS plan ON plan.id = touched.offer_id
    JOIN commissions_orderline AS line USING (offer_id, streamer_id)
    LEFT JOIN LATERAL (
        SELECT base_fen, day FROM commissions_adjustment WHERE line_id = line.id AND day <= %(day)s
        ORDER BY day DESC LIMIT 1
    ) AS told ON true
    LEFT JOIN LATERAL (
        SELECT commission_bps FROM commissions_steppedline WHERE line_id = line.id ORDER BY day DESC LIMIT 1
    ) AS moved ON true
    WHERE line.step_bps IS NOT NULL AND line.settles_on <= %(day)s
"""
"""Settled lines of the plans and streamers that the night touched. What is booked of a line is what its nights were
told: its last adjustment, else the line itself, so that the rows of earlier nights need not be added up again."""

_COUNTED = f"""
    SELECT *, min(seen_here) OVER ({_ORDER}) AS seen FROM (
        SELECT *, sum(counts) OVER ({_GROUP} ORDER BY {_SETTLED}) AS seen_here, sum(counts) OVER ({_GROUP}) AS valid
        FROM (
            SELECT *, (bool_or(base_fen > 0) OVER ({_ORDER})
                       AND row_number() OVER ({_ORDER} ORDER BY {_SETTLED}) = 1)::int AS counts
            FROM ({_LINES}) AS lines
        ) AS firsts
    ) AS running
"""
"""``valid`` orders of the group, and those ``seen`` up to the line's own, at its first line. Windows, not joins: the
planner takes row-level security to leave next to nothing, and would join thousands of lines with each other."""

_APPLIES = f"""
    CASE WHEN step_mode = '{Mode.RETROACTIVE}'
         THEN valid > step_threshold OR (step_comparator = '{Comparator.REACHED}' AND valid = step_threshold)
         ELSE seen > step_threshold END
"""
"""``merchants.steps.step_applies`` as the database says it."""

_MOVED = f"""
CREATE TEMP TABLE night_moved ON COMMIT DROP AS
SELECT id, base_fen, bps FROM (
    SELECT *, CASE WHEN {_APPLIES} THEN greatest(step_bps, frozen_bps) ELSE frozen_bps END AS bps
    FROM ({_COUNTED}) AS counted
) AS rated
WHERE base_fen <> 0
  AND (bps <> coalesce(moved_bps, frozen_bps) OR (is_adjusted AND (moved_bps IS NOT NULL OR bps <> frozen_bps)))
"""
"""Those that have another rate now, or an adjustment that may not have known theirs."""

_RATES = [each.name for each in fields(Rates)]
_READ = f"""
SELECT moved.id, line.merchant_id, moved.base_fen, moved.bps, {", ".join(f"line.{name}" for name in _RATES)}
FROM night_moved AS moved JOIN commissions_orderline AS line ON line.id = moved.id
"""


class _Moved(NamedTuple):
    line_id: int
    merchant_id: int
    base_fen: int
    commission_bps: int
    frozen: Rates


def apply_steps(run: Run) -> int:
    """Book what steps change after the shards of ``run`` are done. Returns how many settlement rows that took."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.night_moved")
        cursor.execute(_MOVED, sql.window(run))
        if not cursor.rowcount:
            return 0
        cursor.execute("ANALYZE night_moved")
    with connection.chunked_cursor() as cursor:
        cursor.execute(_READ)
        moved = (_Moved(*row[:4], Rates(*row[4:])) for row in cursor)
        return sum(_book(run, batch) for batch in iter(lambda: list(islice(moved, BATCH)), []))


def _book(run: Run, moved: list[_Moved]) -> int:
    ids = [each.line_id for each in moved]
    corrections = corrections_of(ids)
    rows = []
    for each in moved:
        rates = replace(rates_on(run.day, each.frozen, corrections[each.line_id]), commission_bps=each.commission_bps)
        rows.append(
            {"line_id": each.line_id, "merchant_id": each.merchant_id, "day": run.day}
            | {"commission_bps": each.commission_bps}
            | asdict(split(each.base_fen, rates))
        )
    insert_rows(SteppedLine, rows)
    return sql.book_steps(run, ids)
