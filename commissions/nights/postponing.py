"""What a skipped shard would have settled, left to the next night that is not sealed yet. Nothing is lost.

A line that no night has settled becomes open again: it stands where its events and holds leave it now, so that what
came in since the seal counts. What waited to be adjusted on a settled line is worked out again for
that night. Each gets a ``PostponedLine``.
"""

from datetime import date
from itertools import islice

from django.db import connection

from commissions.models import Order, Run, Shard
from commissions.nights import sql
from commissions.orders.recomputing import recompute_lines
from haowu.ground import days

BATCH = 1_000

_POSTPONE = """
WITH lines AS (
    UPDATE commissions_orderline SET settles_on = %(to_day)s, updated_at = now()
    WHERE settles_on > %(after)s AND settles_on <= %(day)s AND id >= %(first)s AND id < %(end)s
    RETURNING id, merchant_id, order_id, line_no
), superseded AS (
    DELETE FROM commissions_adjustment AS later USING lines
    WHERE later.line_id = lines.id AND later.merchant_id = lines.merchant_id
), waiting AS (
    DELETE FROM commissions_adjustment
    WHERE day > %(after)s AND day <= %(day)s AND line_id >= %(first)s AND line_id < %(end)s
    RETURNING line_id, merchant_id
), moved AS (
    SELECT order_id, line_no, %(to_day)s::date AS to_day FROM lines
    UNION
    SELECT line.order_id, line.line_no, coalesce(
        (SELECT min(later.day) FROM commissions_adjustment AS later
         WHERE later.line_id = line.id AND later.merchant_id = line.merchant_id
           AND later.day > %(day)s AND later.day < %(to_day)s), %(to_day)s)
    FROM waiting JOIN commissions_orderline AS line
        ON line.id = waiting.line_id AND line.merchant_id = waiting.merchant_id
)
INSERT INTO commissions_postponedline (shard_id, order_id, line_no, since, day, to_day)
SELECT %(shard)s, order_id, line_no, coalesce((
    SELECT min(since) FROM commissions_postponedline AS before
    WHERE before.order_id = moved.order_id AND before.line_no = moved.line_no
      AND before.to_day > %(after)s AND before.to_day <= %(day)s
), %(first_day)s), %(day)s, to_day
FROM moved
RETURNING order_id
"""
"""A sealed night between may hold a later target of a settled line, which speaks for the earlier one too."""


def postpone(run: Run, shard: Shard, frontier: date) -> int:
    """Leave what ``shard`` holds to the night after ``frontier``, which the caller has taken; how many lines."""
    first_day = run.covers_after + days.ONE_DAY if run.covers_after else days.BEGINNING.date()
    with connection.cursor() as cursor:
        cursor.execute(
            _POSTPONE,
            sql.window(run)
            | {"first": shard.first_id, "end": shard.end_id, "shard": shard.pk}
            | {"to_day": frontier + days.ONE_DAY, "first_day": first_day},
        )
        orders = [row[0] for row in cursor.fetchall()]
    touched = iter(sorted(set(orders)))
    while some := list(islice(touched, BATCH)):
        rows = Order.objects.select_for_update(no_key=True, of=("self",)).select_related("source")
        recompute_lines(rows.filter(pk__in=some).order_by("pk"))
    return len(orders)
