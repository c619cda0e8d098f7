"""The night's statements over lines. No share is computed here: shares were frozen as columns by ``split``."""

from datetime import date
from itertools import pairwise
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from commissions.models import Run, Shard
from commissions.split import COLUMNS, FROM_MERCHANT, ROLES

PARTIES = ("merchant_id", *(f"{role}_id" for role in ROLES))
_COST = " + ".join(f"{role}_fen" for role in FROM_MERCHANT)

_DUE_DAYS = """
WITH RECURSIVE found AS (
    SELECT min(settles_on) AS day FROM commissions_orderline WHERE settles_on > %(after)s AND settles_on <= %(day)s
    UNION ALL
    SELECT (SELECT min(settles_on) FROM commissions_orderline WHERE settles_on > found.day AND settles_on <= %(day)s)
    FROM found WHERE found.day IS NOT NULL
)
SELECT day FROM found WHERE day IS NOT NULL
"""

_DUE = """
    SELECT id FROM commissions_orderline WHERE settles_on > %(after)s AND settles_on <= %(day)s
    UNION
    SELECT line_id FROM commissions_adjustment WHERE day > %(after)s AND day <= %(day)s
"""
_MIDDLE = f"""
WITH shard AS (SELECT id FROM ({_DUE}) AS due WHERE id >= %(first)s AND id < %(end)s)
SELECT id, (SELECT count(*) FROM shard) FROM shard ORDER BY id OFFSET (SELECT count(*) / 2 FROM shard) LIMIT 1
"""

_SETTLE = f"""
INSERT INTO commissions_settlement (line_id, phase, day, {", ".join(PARTIES)}, cost_fen, {", ".join(COLUMNS)})
SELECT id, 0, %(day)s, {", ".join(PARTIES)},
       {" + ".join(f"due_{role}_fen" for role in FROM_MERCHANT)},
       {", ".join(f"due_{column}" for column in COLUMNS)}
FROM commissions_orderline
WHERE settles_on = ANY(%(days)s) AND id >= %(first)s AND id < %(end)s
"""
"""The days by name: an index on (day, id) then finds a shard's lines, where a range of days would be read whole."""


def _difference(role: str) -> str:
    """Gross and fee of ``role`` still to be booked.

    Where the policy keeps the platform's fee, a clawback moves nets alone; what is given is charged what was not yet.
    """
    gross, fee = f"{role}_fen", f"{role}_fee_fen"
    net = f"((target.{gross} - target.{fee}) - (booked.{gross} - booked.{fee}))"
    charged = f"CASE WHEN {net} > 0 THEN greatest(0, target.{fee} - booked.{fee}) ELSE 0 END"
    return f"""
    CASE WHEN policy.return_tech_fee THEN target.{gross} - booked.{gross} ELSE {net} + {charged} END AS {gross},
    CASE WHEN policy.return_tech_fee THEN target.{fee} - booked.{fee} ELSE {charged} END AS {fee}"""


_BOOK_DIFFERENCES = f"""
INSERT INTO commissions_settlement (line_id, phase, day, {", ".join(PARTIES)}, cost_fen, {", ".join(COLUMNS)})
SELECT line_id, phases, %(day)s, {", ".join(PARTIES)},
       {_COST}, {", ".join(COLUMNS)}
FROM (
    SELECT target.line_id, booked.phases, {", ".join(f"line.{party}" for party in PARTIES)},
           target.base_fen - booked.base_fen AS base_fen,
           {", ".join(_difference(role) for role in ROLES)}
    FROM ({{targets}}) AS target
    JOIN commissions_orderline AS line ON line.id = target.line_id AND line.merchant_id = target.merchant_id
    JOIN commissions_policy AS policy ON policy.id = line.policy_id
    CROSS JOIN LATERAL (
        SELECT count(*) AS phases, {", ".join(f"coalesce(sum({column}), 0)::bigint AS {column}" for column in COLUMNS)}
        FROM commissions_settlement
        WHERE line_id = target.line_id AND merchant_id = line.merchant_id AND day >= line.settles_on
    ) AS booked
) AS differences
WHERE ({", ".join(COLUMNS)}) <> ({", ".join("0" for _ in COLUMNS)})
"""
_ADJUST = _BOOK_DIFFERENCES.format(
    targets="""
        SELECT DISTINCT ON (line_id, merchant_id) * FROM commissions_adjustment
        WHERE day > %(after)s AND day <= %(day)s AND line_id >= %(first)s AND line_id < %(end)s
        ORDER BY line_id, merchant_id, day DESC"""
)
_STEP = _BOOK_DIFFERENCES.format(
    targets="SELECT * FROM commissions_steppedline WHERE day = %(day)s AND line_id = ANY(%(lines)s)"
)


def shard_bounds(run: Run, size: int) -> list[tuple[int, int]]:
    """``[(first id, end id)]`` that cut the night's lines into shards of ``size``; empty for an empty night."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT night_bounds(%(after)s, %(day)s, %(size)s)", window(run) | {"size": size})
        firsts = [row[0] for row in cursor.fetchall()]
    return list(pairwise([*firsts, 2**63 - 1]))


def due_lines(run: Run) -> int:
    """How many lines are due in the night."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT night_due_lines(%(after)s, %(day)s)", window(run))
        return cursor.fetchone()[0]


def middle(run: Run, shard: Shard) -> tuple[int, int] | None:
    """``(id, lines)``: where to cut ``shard`` into halves and how many lines it has; None where it has but one."""
    with connection.cursor() as cursor:
        cursor.execute(_MIDDLE, window(run) | {"first": shard.first_id, "end": shard.end_id})
        found = cursor.fetchone()
    return found if found and found[1] > 1 else None


def settle_lines(run: Run, shard: Shard) -> int:
    """Write the settlement rows of ``shard``: first phases, then differences. Returns how many."""
    bounds = window(run) | {"first": shard.first_id, "end": shard.end_id}
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE, bounds | {"days": _due_days(cursor, run)})
        settled = cursor.rowcount
        cursor.execute(_ADJUST, bounds)
        return settled + cursor.rowcount


def book_steps(run: Run, lines: list[int]) -> int:
    """Write what the night's stepped rates change on ``lines``, as further phases. Returns how many rows."""
    with connection.cursor() as cursor:
        cursor.execute(_STEP, {"day": run.day, "lines": lines})
        return cursor.rowcount


def _due_days(cursor: CursorWrapper, run: Run) -> list[date]:
    """The days of ``run`` on which lines are due: one, unless nights were skipped."""
    cursor.execute(_DUE_DAYS, window(run))
    return [row[0] for row in cursor.fetchall()]


def window(run: Run) -> dict[str, Any]:
    """The days that ``run`` takes, as parameters ``after`` (exclusive) and ``day``."""
    return {"day": run.day, "after": run.covers_after or "-infinity"}
