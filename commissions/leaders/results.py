"""What leaders brought in a quarter or a month, for all of them in one statement each, or for one (rulebook §12).

A quarter is counted from the nights' settlement rows, so a refund lowers the quarter of the night that takes it back.
A month is counted from its orders as they are known. The GMV of an order is credited to one leader.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from commissions.models import OrderLine
from commissions.orders.service import SHIP_WITHIN
from haowu.tenants.models import Tenant
from tuanzhang import levels, periods
from tuanzhang.models import LevelPolicy

CREDITED = {
    LevelPolicy.Credit.FIRST: "{row}.first_leader_id",
    LevelPolicy.Credit.SECOND: "coalesce({row}.second_leader_id, {row}.first_leader_id)",
}


def credited(line: OrderLine, policy: LevelPolicy) -> Tenant | None:
    """The leader whose GMV ``line`` is, by the same rule as ``CREDITED``; None where it came through none."""
    if policy.credited_to == LevelPolicy.Credit.SECOND and line.second_leader:
        return line.second_leader
    return line.first_leader


@dataclass(frozen=True)
class Brought:
    """A leader's quarter so far. ``settled_fen`` less ``refunded_fen``, what later nights took back, is the GMV."""

    leader_id: int
    lines: int = 0
    settled_fen: int = 0
    refunded_fen: int = 0
    brands: int = 0
    promoters: int = 0

    @property
    def quarter(self) -> levels.Quarter:
        return levels.Quarter(self.settled_fen - self.refunded_fen, self.brands, self.promoters)


def of_quarter(quarter: date, policy: LevelPolicy) -> list[Brought]:
    """Every leader that was one by the end of ``quarter``, by id; those who brought nothing too. Platform scope."""
    sql = _LEADERS.format(sums=_quarter_sql(policy, ""))
    return [Brought(*row) for row in _rows(sql, _days(quarter) | {"end": periods.next_quarter(quarter)})]


def of_leader(leader_id: int, quarter: date, policy: LevelPolicy) -> Brought:
    """One leader's quarter as far as its nights have settled; readable in its own scope."""
    mine = "AND %(leader)s IN (settled.first_leader_id, settled.second_leader_id)"
    sql = _quarter_sql(policy, mine) + " HAVING leader_id = %(leader)s"
    found = list(_rows(sql, _days(quarter) | {"leader": leader_id}))
    return Brought(*found[0]) if found else Brought(leader_id)


def by_month(leader_id: int, quarter: date, policy: LevelPolicy) -> list[tuple[date, int, int]]:
    """``[(first of the month, settled fen, taken back fen)]`` of one leader's quarter: what its GMV is made of."""
    return _by("date_trunc('month', settled.day)::date", leader_id, quarter, policy)


def by_night(leader_id: int, quarter: date, policy: LevelPolicy) -> list[tuple[date, int, int]]:
    """``[(night, settled fen, taken back fen)]`` of one leader's quarter."""
    return _by("settled.day", leader_id, quarter, policy)


def _by(period: str, leader_id: int, quarter: date, policy: LevelPolicy) -> list[tuple[date, int, int]]:
    sql = _BY_PERIOD.format(period=period, leader=_credited(policy, "settled"))
    return list(_rows(sql, _days(quarter) | {"leader": leader_id}))


def _days(quarter: date) -> dict[str, Any]:
    return {"first": quarter, "last": periods.last_day(quarter)}


def _quarter_sql(policy: LevelPolicy, only: str) -> str:
    return _QUARTER.format(leader=_credited(policy, "settled"), only=only)


def _credited(policy: LevelPolicy, row: str) -> str:
    return CREDITED[LevelPolicy.Credit(policy.credited_to)].format(row=row)


@dataclass(frozen=True)
class MonthOf:
    """A leader's month, with what its failed months add up to: ``failures`` before it, ``revoked`` in all."""

    leader_id: int
    since: date
    failures: int
    revoked: int
    is_announced: bool
    figures: levels.Month


def of_month(month: date, policy: LevelPolicy) -> list[MonthOf]:
    """Every leader who held its permission when ``month`` was over. Platform scope; ``know_partners`` comes first."""
    begin, end = periods.window_of_month(month)
    times = {"begin": begin, "end": end, "month": month, "ship_within": SHIP_WITHIN, "after": periods.next_month(month)}
    rows = _rows(_MONTH.format(leader=_credited(policy, "line")), times)
    return [
        MonthOf(leader_id, since, failures, revoked, is_announced, levels.Month(*figures))
        for leader_id, since, failures, revoked, is_announced, *figures in rows
    ]


def month_of_leader(leader_id: int, month: date, policy: LevelPolicy, at: datetime) -> levels.Month:
    """One leader's ``month`` as far as it is known at ``at``: shipments that are due by then; its own scope will do."""
    begin, end = periods.window_of_month(month)
    times = {"begin": begin, "end": end, "month": month, "ship_within": SHIP_WITHIN, "at": min(at, end)}
    sql = _SO_FAR.format(leader=_credited(policy, "line"))
    return levels.Month(*next(_rows(sql, times | {"leader": leader_id})))


def know_partners(month: date, since: date | None, policy: LevelPolicy) -> None:
    """Note the streamers and merchants whose first order through a leader came by the end of ``month``.

    ``since``: the first month that was not looked at yet; None for the beginning.
    """
    window = {"begin": periods.window_of_month(since)[0] if since else None, "end": periods.window_of_month(month)[1]}
    with connection.cursor() as cursor:
        cursor.execute(_KNOW.format(leader=_credited(policy, "line")), window)


def _rows(sql: str, parameters: dict[str, Any]) -> Iterator[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        yield from cursor.fetchall()


_QUARTER = """
WITH sold AS MATERIALIZED (
    SELECT {leader} AS leader_id, settled.streamer_id, settled.merchant_id, line.product_id,
           count(*) FILTER (WHERE settled.phase = 0) AS lines,
           sum(greatest(settled.base_fen, 0))::bigint AS settled_fen,
           sum(greatest(-settled.base_fen, 0))::bigint AS refunded_fen
    FROM commissions_settlement AS settled
    JOIN commissions_orderline AS line ON line.id = settled.line_id AND line.merchant_id = settled.merchant_id
    WHERE settled.day >= %(first)s AND settled.day <= %(last)s AND settled.first_leader_id IS NOT NULL {only}
    GROUP BY 1, 2, 3, 4
)
SELECT leader_id, sum(lines)::bigint AS lines, sum(settled_fen)::bigint AS settled_fen,
       sum(refunded_fen)::bigint AS refunded_fen, sum(brands) AS brands, sum(promoters) AS promoters
FROM (
    SELECT leader_id, lines, settled_fen, refunded_fen, 0 AS brands, 0 AS promoters FROM sold
    UNION ALL
    SELECT leader_id, 0, 0, 0, 0, 1 FROM sold
    GROUP BY leader_id, streamer_id HAVING sum(settled_fen - refunded_fen) > 0
    UNION ALL
    SELECT leader_id, 0, 0, 0, 1, 0 FROM sold JOIN merchants_product AS product ON product.id = sold.product_id
    GROUP BY leader_id, product.brand_id, CASE WHEN product.brand_id IS NULL THEN sold.merchant_id END
    HAVING sum(settled_fen - refunded_fen) > 0
) AS figures GROUP BY leader_id
"""
"""Goods without a brand count as their shop's own. Promoters and brands of whose sales nothing is left do not count.

Added up, not joined: behind row-level security the planner expects a single row of ``sold`` and joins sums of it in
nested loops, six minutes for 50,000 leaders.
"""

_SINCE = """
SELECT leader.id AS leader_id, (least(leader.created_at, (
    SELECT min(published_at) FROM tuanzhang_activity AS activity WHERE activity.leader_id = leader.id
)) AT TIME ZONE 'Asia/Shanghai')::date AS since
FROM tenants_tenant AS leader WHERE leader.kind = 'tuanzhang'
"""
"""A leader is one from its registration on, or from its first activity where that was dated earlier."""

_LEADERS = f"""
SELECT leader_id, sum(lines)::bigint, sum(settled_fen)::bigint, sum(refunded_fen)::bigint,
       sum(brands)::bigint, sum(promoters)::bigint
FROM (
    SELECT leader_id, 0 AS lines, 0 AS settled_fen, 0 AS refunded_fen, 0 AS brands, 0 AS promoters
    FROM ({_SINCE}) AS leader WHERE since < %(end)s
    UNION ALL
    ({{sums}})
) AS leaders GROUP BY leader_id ORDER BY leader_id
"""

_BY_PERIOD = """
SELECT {period}, sum(greatest(settled.base_fen, 0))::bigint,
       sum(greatest(-settled.base_fen, 0))::bigint
FROM commissions_settlement AS settled
WHERE settled.day >= %(first)s AND settled.day <= %(last)s AND settled.first_leader_id IS NOT NULL
  AND {leader} = %(leader)s
GROUP BY 1 ORDER BY 1
"""

_MONTH = f"""
WITH sold AS (
    SELECT {{leader}} AS leader_id,
           count(DISTINCT line.order_id) FILTER (WHERE line.ordered_at >= %(begin)s AND line.status <> 'invalid')
               AS orders,
           sum(line.paid_fen - line.refunded_fen) FILTER (WHERE line.ordered_at >= %(begin)s)::bigint AS gmv_fen,
           count(*) FILTER (WHERE to_ship) AS shipments,
           count(*) FILTER (WHERE to_ship AND coalesce(line.shipped_at, line.received_at, 'infinity')
                            > line.ordered_at + %(ship_within)s) AS late
    FROM commissions_orderline AS line
    CROSS JOIN LATERAL (SELECT line.ordered_at < %(end)s - %(ship_within)s
        AND line.ordered_at >= %(begin)s - %(ship_within)s
        AND (line.status <> 'invalid' OR line.shipped_at IS NOT NULL) AS to_ship) AS due
    WHERE line.ordered_at >= %(begin)s - %(ship_within)s AND line.ordered_at < %(end)s
      AND line.first_leader_id IS NOT NULL
    GROUP BY 1
), fresh AS (
    SELECT leader_id, count(*) FILTER (WHERE is_streamer) AS promoters,
           count(*) FILTER (WHERE NOT is_streamer) AS merchants
    FROM tuanzhang_knownpartner WHERE first_month = %(month)s GROUP BY leader_id
), revoked AS (
    SELECT leader_id, count(*) AS times, max(lifted_at) AS lifted_at,
           bool_or(status = 'noticed') AS announced, bool_or(status = 'effected') AS gone
    FROM tuanzhang_revocation WHERE status <> 'cancelled' GROUP BY leader_id
), failed AS (
    SELECT past.leader_id, count(*) AS months FROM tuanzhang_monthlyassessment AS past
    LEFT JOIN revoked USING (leader_id)
    WHERE past.outcome = 'failed' AND past.month < %(month)s
      AND (revoked.lifted_at IS NULL OR past.assessed_at > revoked.lifted_at)
      AND NOT EXISTS (SELECT 1 FROM tuanzhang_appeal WHERE assessment_id = past.id AND status = 'upheld')
    GROUP BY past.leader_id
)
SELECT leader.leader_id, greatest(leader.since, (revoked.lifted_at AT TIME ZONE 'Asia/Shanghai')::date),
       coalesce(failed.months, 0), coalesce(revoked.times, 0), coalesce(revoked.announced, false),
       coalesce(sold.orders, 0), coalesce(sold.gmv_fen, 0), coalesce(sold.shipments, 0), coalesce(sold.late, 0),
       coalesce(fresh.promoters, 0), coalesce(fresh.merchants, 0)
FROM ({_SINCE}) AS leader LEFT JOIN sold USING (leader_id) LEFT JOIN fresh USING (leader_id)
LEFT JOIN revoked USING (leader_id) LEFT JOIN failed USING (leader_id)
WHERE leader.since < %(after)s AND NOT coalesce(revoked.gone, false)
ORDER BY leader.leader_id
"""

_SO_FAR = """
WITH mine AS (
    SELECT line.*, line.ordered_at < %(at)s - %(ship_within)s AND line.ordered_at >= %(begin)s - %(ship_within)s
        AND (line.status <> 'invalid' OR line.shipped_at IS NOT NULL) AS to_ship,
        line.ordered_at >= %(begin)s AND line.status <> 'invalid' AS is_sale
    FROM commissions_orderline AS line
    WHERE %(leader)s IN (line.first_leader_id, line.second_leader_id) AND {leader} = %(leader)s
      AND line.ordered_at >= %(begin)s - %(ship_within)s AND line.ordered_at < %(end)s
), partners AS (
    SELECT DISTINCT partner_id, is_streamer FROM mine
    CROSS JOIN LATERAL (VALUES (streamer_id, true), (merchant_id, false)) AS partner (partner_id, is_streamer)
    WHERE is_sale AND partner_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM tuanzhang_knownpartner AS known WHERE known.leader_id = %(leader)s
          AND known.partner_id = partner.partner_id AND known.first_month < %(month)s)
)
SELECT count(DISTINCT order_id) FILTER (WHERE is_sale),
       coalesce(sum(paid_fen - refunded_fen) FILTER (WHERE ordered_at >= %(begin)s), 0)::bigint,
       count(*) FILTER (WHERE to_ship),
       count(*) FILTER (WHERE to_ship AND coalesce(shipped_at, received_at, 'infinity') > ordered_at + %(ship_within)s),
       (SELECT count(*) FROM partners WHERE is_streamer), (SELECT count(*) FROM partners WHERE NOT is_streamer)
FROM mine
"""

_KNOW = """
INSERT INTO tuanzhang_knownpartner (leader_id, partner_id, first_month, is_streamer)
SELECT leader_id, partner_id, min(month), bool_or(is_streamer) FROM (
    SELECT {leader} AS leader_id, date_trunc('month', line.ordered_at AT TIME ZONE 'Asia/Shanghai')::date AS month,
           partner_id, is_streamer
    FROM commissions_orderline AS line
    CROSS JOIN LATERAL (VALUES (line.streamer_id, true), (line.merchant_id, false)) AS partner (partner_id, is_streamer)
    WHERE line.first_leader_id IS NOT NULL AND line.status <> 'invalid' AND line.ordered_at < %(end)s
      AND (%(begin)s::timestamptz IS NULL OR line.ordered_at >= %(begin)s) AND partner_id IS NOT NULL
) AS orders GROUP BY leader_id, partner_id
ON CONFLICT (leader_id, partner_id) DO NOTHING
"""
