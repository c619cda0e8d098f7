"""Steps of plans at the end of a night: lines whose rate the number of orders has moved (rulebook §11).

Orders are counted for each plan and streamer, in the order in which they settled; one refunded whole does not count.
The night settles lines at their frozen rates. Before it closes, the plans and streamers that it touched are counted
again, and what the step changes is booked as a further phase of each line. A line keeps the moved rate until the step
moves it back.

The database counts. Only lines whose rate moves come to Python, ``BATCH`` at a time however much a streamer has sold:
their shares are computed where all shares are.

Worked example: 10 % of the base, and 20 % for all orders once there are two (``>=``, retroactive). Order o2 was
refunded whole; this night settles o3::

    line   settles_on   base_fen   counts   orders_so_far   order_position   valid_orders   bps
    o1/1   06-08          10 000        1               1                1              2   2000   moves
    o1/2   06-08           5 000        0               1                1              2   2000   moves
    o2/1   06-09               0        0               1                1              2   2000   nothing to pay for
    o3/1   06-10           8 000        1               2                2              2   2000   moves

Incremental, after one order, o3 alone would move: its position, 2, is over the threshold.
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

_APPLIES = f"""
    CASE WHEN step_mode = '{Mode.RETROACTIVE}'
         THEN valid_orders > step_threshold
              OR (step_comparator = '{Comparator.REACHED}' AND valid_orders = step_threshold)
         ELSE order_position > step_threshold END
"""
"""``merchants.steps.step_applies`` as the database says it."""

_MOVED = f"""
CREATE TEMP TABLE night_moved ON COMMIT DROP AS
WITH touched AS (
    SELECT merchant_id, offer_id, streamer_id FROM commissions_orderline
    WHERE step_bps IS NOT NULL AND settles_on > %(after)s AND settles_on <= %(day)s
    UNION
    SELECT line.merchant_id, line.offer_id, line.streamer_id FROM commissions_adjustment AS adjustment
    JOIN commissions_orderline AS line
        ON line.id = adjustment.line_id AND line.merchant_id = adjustment.merchant_id AND line.step_bps IS NOT NULL
    WHERE adjustment.day > %(after)s AND adjustment.day <= %(day)s
), settled AS (
    SELECT line.merchant_id, line.offer_id, line.streamer_id, line.order_id, line.id, line.settles_on, line.due_at,
           plan.step_threshold, plan.step_bps, plan.step_mode, plan.step_comparator, line.commission_bps AS frozen_bps,
           coalesce(adjusted.base_fen, line.due_base_fen) AS base_fen,
           coalesce(adjusted.day > %(after)s, false) AS is_adjusted, moved.commission_bps AS moved_bps
    FROM touched
    JOIN merchants_plan AS plan ON plan.id = touched.offer_id AND plan.merchant_id = touched.merchant_id
    JOIN commissions_orderline AS line
        ON (line.offer_id, line.streamer_id, line.merchant_id)
           = (touched.offer_id, touched.streamer_id, touched.merchant_id)
    LEFT JOIN LATERAL (
        SELECT base_fen, day FROM commissions_adjustment
        WHERE line_id = line.id AND merchant_id = line.merchant_id AND day <= %(day)s
        ORDER BY day DESC LIMIT 1
    ) AS adjusted ON true
    LEFT JOIN LATERAL (
        SELECT commission_bps FROM commissions_steppedline
        WHERE line_id = line.id AND merchant_id = line.merchant_id ORDER BY day DESC LIMIT 1
    ) AS moved ON true
    WHERE line.step_bps IS NOT NULL AND line.settles_on <= %(day)s
), first_lines AS (
    SELECT *, (bool_or(base_fen > 0) OVER of_order
               AND row_number() OVER (of_order ORDER BY settles_on, due_at, id) = 1)::int AS counts
    FROM settled WINDOW of_order AS (PARTITION BY offer_id, streamer_id, order_id)
), running AS (
    SELECT *, sum(counts) OVER (of_group ORDER BY settles_on, due_at, id) AS orders_so_far,
           sum(counts) OVER of_group AS valid_orders
    FROM first_lines WINDOW of_group AS (PARTITION BY offer_id, streamer_id)
), counted AS (
    SELECT *, min(orders_so_far) OVER (PARTITION BY offer_id, streamer_id, order_id) AS order_position FROM running
), rated AS (
    SELECT *, CASE WHEN {_APPLIES} THEN greatest(step_bps, frozen_bps) ELSE frozen_bps END AS bps FROM counted
)
SELECT id, merchant_id, base_fen, bps FROM rated
WHERE base_fen <> 0
  AND (bps <> coalesce(moved_bps, frozen_bps) OR (is_adjusted AND (moved_bps IS NOT NULL OR bps <> frozen_bps)))
"""
"""The lines whose rate moves in this night, with what is left of them to pay for and their rate from now on.

* ``touched``: the plans and streamers that the night settled or adjusted a line of;
* ``settled``: all their settled lines. What is booked of one is what its last adjustment says, else the line itself, so
  that the rows of earlier nights need not be added up again;
* ``first_lines``: an order with something left counts once, at its first line;
* ``running``, ``counted``: the valid orders of the group, and the position among them of each line's order;
* last, those that have another rate now, or an adjustment that may have been computed at their old rate.

Windows, not joins: the planner expects row-level security to leave next to nothing, and would join thousands of lines
with each other.
"""

_RATES = [each.name for each in fields(Rates)]
_READ = f"""
SELECT moved.id, moved.merchant_id, moved.base_fen, moved.bps, {", ".join(f"line.{name}" for name in _RATES)}
FROM night_moved AS moved
JOIN commissions_orderline AS line ON line.id = moved.id AND line.merchant_id = moved.merchant_id
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
        moved = (
            _Moved(line_id, merchant_id, base_fen, commission_bps, Rates(*frozen))
            for line_id, merchant_id, base_fen, commission_bps, *frozen in cursor
        )
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
