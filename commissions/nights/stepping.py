"""Steps of plans at the end of a night: lines whose rate the number of orders has moved (rulebook §11).

Orders are counted for each plan and streamer, in the order in which they settled; one refunded whole does not count.
The night settles lines at their frozen rates. Before it closes, the groups that it touched are looked at again, and
what the step changes is booked as a further phase of each line. A line keeps the moved rate until the step moves it
back.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from itertools import groupby, islice

from django.db import connection

from commissions.models import OrderLine, Run, SteppedLine
from commissions.nights import sql
from commissions.orders.adjusting import corrections_of, rates_on
from commissions.split import split
from haowu.bulk import insert_rows
from merchants.steps import Comparator, Mode, Step, step_applies

BATCH = 5_000

_TOUCHED = """
WITH touched AS (
    SELECT offer_id, streamer_id FROM commissions_orderline
    WHERE step_bps IS NOT NULL AND settles_on > %(after)s AND settles_on <= %(day)s
    UNION
    SELECT line.offer_id, line.streamer_id FROM commissions_adjustment AS adjustment
    JOIN commissions_orderline AS line ON line.id = adjustment.line_id AND line.step_bps IS NOT NULL
    WHERE adjustment.day > %(after)s AND adjustment.day <= %(day)s
)
SELECT line.offer_id, line.streamer_id, plan.step_threshold, plan.step_bps, plan.step_mode, plan.step_comparator,
       line.id, line.order_id, line.commission_bps, settled.base_fen,
       coalesce(moved.commission_bps, line.commission_bps), moved.commission_bps IS NOT NULL,
       EXISTS (SELECT 1 FROM commissions_adjustment
               WHERE line_id = line.id AND day > %(after)s AND day <= %(day)s)
FROM touched
JOIN merchants_plan AS plan ON plan.id = touched.offer_id
JOIN commissions_orderline AS line USING (offer_id, streamer_id)
CROSS JOIN LATERAL (
    SELECT sum(base_fen)::bigint AS base_fen FROM commissions_settlement WHERE line_id = line.id
) AS settled
LEFT JOIN LATERAL (
    SELECT commission_bps FROM commissions_steppedline WHERE line_id = line.id ORDER BY day DESC LIMIT 1
) AS moved ON true
WHERE line.step_bps IS NOT NULL AND settled.base_fen IS NOT NULL
ORDER BY line.offer_id, line.streamer_id, line.settles_on, line.due_at, line.id
"""


@dataclass(frozen=True)
class _Settled:
    """A settled line of a plan with a step, as its phases and its moved rate leave it."""

    offer_id: int
    streamer_id: int
    threshold: int
    step_bps: int
    mode: str
    comparator: str
    line_id: int
    order_id: int
    frozen_bps: int
    base_fen: int
    commission_bps: int
    was_moved: bool
    was_adjusted: bool

    @property
    def step(self) -> Step:
        return Step(self.threshold, self.step_bps, Mode(self.mode), Comparator(self.comparator))


@dataclass(frozen=True)
class _Moved:
    line_id: int
    base_fen: int
    commission_bps: int


def apply_steps(run: Run) -> int:
    """Book what steps change after the shards of ``run`` are done. Returns how many settlement rows that took.

    Holds one plan's and streamer's settled lines in memory at a time.
    """
    written = 0
    moved = _moved_lines(run)
    while batch := list(islice(moved, BATCH)):
        written += _book(run, batch)
    return written


def _moved_lines(run: Run) -> Iterator[_Moved]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(_TOUCHED, sql.window(run))
        for _group, lines in groupby(
            (_Settled(*row) for row in cursor), key=lambda line: (line.offer_id, line.streamer_id)
        ):
            yield from _moved_in(list(lines))


def _moved_in(lines: list[_Settled]) -> Iterator[_Moved]:
    """Those of one plan and streamer that have another rate now, or an adjustment that may not have known theirs."""
    step = lines[0].step
    worth: dict[int, bool] = {}
    for line in lines:
        worth[line.order_id] = worth.get(line.order_id, False) or line.base_fen > 0
    applies = dict(zip(worth, step_applies(step, list(worth.values())), strict=True))
    for line in lines:
        bps = step.rate(applies[line.order_id], line.frozen_bps)
        is_stale = line.was_adjusted and (line.was_moved or bps != line.frozen_bps)
        if line.base_fen and (bps != line.commission_bps or is_stale):
            yield _Moved(line.line_id, line.base_fen, bps)


def _book(run: Run, moved: list[_Moved]) -> int:
    ids = [each.line_id for each in moved]
    lines, corrections = OrderLine.objects.in_bulk(ids), corrections_of(ids)
    rows = []
    for each in moved:
        line = lines[each.line_id]
        rates = replace(rates_on(run.day, line.rates, corrections[line.pk]), commission_bps=each.commission_bps)
        rows.append(
            {"line_id": line.pk, "day": run.day, "commission_bps": each.commission_bps}
            | asdict(split(each.base_fen, rates))
        )
    insert_rows(SteppedLine, rows)
    return sql.book_steps(run, ids)
