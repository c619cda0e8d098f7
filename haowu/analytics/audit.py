"""The invariants of the house, behind ``manage.py audit``, the tests and the health page.

Each check is a query for rows that must not exist, or a recomputation by the pure modules. What it finds it names.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

from django.db import connection

from commissions import life
from commissions.models import Order, OrderLine, Run
from commissions.report import rows_checksum
from haowu.analytics import audit_casework, audit_keys, audit_payouts

EXAMPLES = 5
ORDERS_REPLAYED = 200


@dataclass(frozen=True)
class Finding:
    """One invariant: whether it holds, how many rows break it, and up to five of them by name."""

    code: str
    title: str
    broken: int = 0
    examples: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return self.broken == 0


def run_audit() -> list[Finding]:
    """Every invariant, in order. Platform scope; reads only."""
    searches = [*_SEARCHES, *audit_payouts.SEARCHES, *audit_casework.SEARCHES, *audit_keys.SEARCHES]
    findings = [_searched(code, title, sql) for code, title, sql in searches]
    findings += [_told(code, title, tell()) for code, title, tell in _RECOMPUTED]
    return sorted(findings, key=lambda finding: int(finding.code[1:].split(".")[0]))


def _searched(code: str, title: str, sql: str) -> Finding:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        rows = cursor.fetchall()
    return Finding(code, title, len(rows), [" ".join(map(str, row)) for row in rows[:EXAMPLES]])


def _told(code: str, title: str, broken: Iterator[str]) -> Finding:
    found = list(broken)
    return Finding(code, title, len(found), found[:EXAMPLES])


def _replayed_orders() -> Iterator[str]:
    """A sample of orders, their events shuffled, must fold to the rulings and lines that are stored."""
    orders = list(Order.objects.order_by("?").prefetch_related("events", "lines")[:ORDERS_REPLAYED])
    frontier = Run.objects.frontier()
    stay = OrderLine.objects.settled_payments([order.pk for order in orders], frontier)
    for order in orders:
        rows = list(order.events.all())
        random.shuffle(rows)
        events = [life.Event(row.event_id, row.type, "", row.occurred_at, row.line_no, row.facts) for row in rows]
        folded = life.OrderLife(events, stay[order.pk])
        for row in rows:
            ruling = folded.rulings[row.event_id]
            if (row.verdict, row.code) != (ruling.verdict, ruling.code):
                yield f"{order.order_no} {row.event_id}"
        lines = {line.line_no: line for line in order.lines.all()}
        if lines.keys() != folded.lines.keys():
            yield f"{order.order_no}"
        for line_no, state in folded.lines.items():
            if not _stands_as(lines.get(line_no), state, frontier):
                yield f"{order.order_no}/{line_no}"


def _stands_as(line: OrderLine | None, state: life.LineState, frontier: date | None) -> bool:
    """A sealed line keeps what its night took; an open one stands where its events leave it."""
    if line is None or line.paid_fen != state.paid_fen:
        return False
    is_sealed = line.settles_on is not None and frontier is not None and line.settles_on <= frontier
    return is_sealed or (line.status, line.due_base_fen) == (state.status, state.base_fen)


def _changed_days() -> Iterator[str]:
    for run in Run.objects.closed():
        if run.report["rows_checksum"] != rows_checksum(run.day):
            yield str(run.day)


_SHARE = "(({base}) * line.{bps} + 5000) / 10000"
_COMMISSION = _SHARE.format(base="booked.base_fen", bps="commission_bps")
_SECOND = _SHARE.format(base="booked.base_fen", bps="second_bps")
_FIRST = f"{_SHARE.format(base='booked.base_fen', bps='service_fee_bps')} - {_SECOND}"

_TECH_FEE = "({gross} * coalesce(corrected.tech_bps, line.tech_bps) + 5000)::bigint / 10000"

_SEARCHES: list[tuple[str, str, str]] = [
    ("I1", "账本合计为零", "SELECT sum(balance_fen) FROM ledger_account HAVING sum(balance_fen) <> 0"),
    (
        "I1.1",
        "每笔记账两端不同且金额为正",
        "SELECT reference FROM ledger_posting WHERE amount_fen <= 0 OR from_account_id = to_account_id",
    ),
    (
        "I2",
        "账户余额等于其记账之和",
        """
        SELECT account.id, account.balance_fen, coalesce(moved.fen, 0) FROM ledger_account AS account LEFT JOIN (
            SELECT account_id, sum(fen) AS fen FROM (
                SELECT to_account_id AS account_id, amount_fen AS fen FROM ledger_posting
                UNION ALL SELECT from_account_id, -amount_fen FROM ledger_posting
            ) AS ends GROUP BY account_id
        ) AS moved ON moved.account_id = account.id
        WHERE account.balance_fen <> coalesce(moved.fen, 0)
        """,
    ),
    (
        "I2.1",
        "每日期初等于上日期末，期末等于截至当日的记账之和",
        """
        WITH days AS (
            SELECT account_id, day, opening_fen, closing_fen,
                   lag(closing_fen, 1, 0::bigint) OVER each AS previous_fen,
                   sum(inflow_fen - outflow_fen) OVER each AS moved_fen,
                   lag(day) OVER each AS after
            FROM ledger_dailybalance WINDOW each AS (PARTITION BY account_id ORDER BY day)
        ), posted AS (
            SELECT account_id, day, sum(fen) AS fen FROM (
                SELECT to_account_id AS account_id, day, amount_fen AS fen FROM ledger_posting
                UNION ALL SELECT from_account_id, day, -amount_fen FROM ledger_posting
            ) AS ends GROUP BY account_id, day
        ), sums AS (
            SELECT days.account_id, days.day, sum(posted.fen) AS fen FROM days
            JOIN posted ON posted.account_id = days.account_id AND posted.day <= days.day
                AND (days.after IS NULL OR posted.day > days.after)
            GROUP BY days.account_id, days.day
        )
        SELECT days.account_id, days.day FROM days LEFT JOIN sums USING (account_id, day)
        WHERE opening_fen <> previous_fen OR closing_fen <> moved_fen
           OR closing_fen - opening_fen <> coalesce(sums.fen, 0)
        """,
    ),
    (
        "I3",
        "每条订单行每个阶段只结算一次，阶段连续",
        """
        SELECT line_id FROM commissions_settlement GROUP BY line_id
        HAVING count(*) <> max(phase) + 1 OR count(DISTINCT phase) <> count(*)
        """,
    ),
    (
        "I3.1",
        "已关账日到期的订单行都已结算",
        """
        SELECT line.order_no, line.line_no FROM commissions_orderline AS line
        WHERE line.settles_on <= (SELECT max(day) FROM commissions_run WHERE status = 'closed')
          AND NOT EXISTS (SELECT 1 FROM commissions_settlement WHERE line_id = line.id)
          AND NOT EXISTS (SELECT 1 FROM commissions_run WHERE status <> 'closed' AND day >= line.settles_on)
        """,
    ),
    (
        "I3.2",
        "每笔记账都有来由",
        """
        SELECT reference FROM ledger_posting AS posting WHERE cause LIKE 'run:%'
          AND NOT EXISTS (SELECT 1 FROM commissions_run WHERE 'run:' || day = posting.cause)
        """,
    ),
    (
        "I4",
        "商家支出等于各方毛额之和，首次结算无负数",
        """
        SELECT line_id, phase FROM commissions_settlement
        WHERE cost_fen <> streamer_fen + first_leader_fen + second_leader_fen + provider_fen
           OR (phase = 0 AND least(streamer_fen, first_leader_fen, second_leader_fen, provider_fen) < 0)
        """,
    ),
    (
        "I5",
        "不得为负的账户从未为负",
        """
        SELECT account.id FROM ledger_account AS account
        WHERE NOT may_go_negative AND (balance_fen < 0 OR EXISTS (
            SELECT 1 FROM ledger_dailybalance WHERE account_id = account.id AND closing_fen < 0))
        """,
    ),
    (
        "I7",
        "已关账日的过渡账户为零",
        """
        SELECT account.code, account.balance_fen FROM ledger_account AS account
        JOIN commissions_run AS run ON account.kind = 'clearing' AND account.code = run.day::text
        WHERE run.status = 'closed' AND account.balance_fen <> 0
        """,
    ),
    (
        "I10",
        "各阶段之和等于按最终基数计算的份额，退款不超过实付",
        f"""
        WITH booked AS (
            SELECT line_id, max(day) AS last_day, sum(base_fen)::bigint AS base_fen,
                   sum(streamer_fen) AS streamer_fen, sum(streamer_fee_fen) AS fee_fen,
                   sum(first_leader_fen) AS first_fen, sum(first_leader_fee_fen) AS first_fee_fen,
                   sum(second_leader_fen) AS second_fen, sum(second_leader_fee_fen) AS second_fee_fen,
                   sum(provider_fen) AS provider_fen, sum(provider_fee_fen) AS provider_fee_fen,
                   sum(agency_fen) AS agency_fen, sum(agency_fee_fen) AS agency_fee_fen
            FROM commissions_settlement GROUP BY line_id
        ), corrected AS (
            SELECT DISTINCT ON (line_id) line_id, made.tech_bps
            FROM commissions_resettledline AS resettled JOIN booked USING (line_id)
            JOIN commissions_resettlement AS made ON made.id = resettled.resettlement_id
            WHERE made.status = 'applied' AND made.books_on <= booked.last_day
            ORDER BY line_id, made.checked_at DESC, resettled.id DESC
        )
        SELECT line.order_no, line.line_no FROM commissions_orderline AS line
        JOIN commissions_policy AS policy ON policy.id = line.policy_id AND policy.return_tech_fee
        JOIN booked ON booked.line_id = line.id
        LEFT JOIN corrected ON corrected.line_id = line.id
        WHERE booked.base_fen < 0 OR booked.base_fen > line.paid_fen OR line.refunded_fen > line.paid_fen
           OR booked.streamer_fen <> {_COMMISSION}
           OR booked.first_fen <> {_FIRST} OR booked.second_fen <> {_SECOND}
           OR booked.agency_fen <> ((booked.streamer_fen - booked.fee_fen) * line.agency_bps + 5000)::bigint / 10000
           OR booked.fee_fen <> {_TECH_FEE.format(gross="booked.streamer_fen")}
           OR booked.first_fee_fen <> {_TECH_FEE.format(gross="booked.first_fen")}
           OR booked.second_fee_fen <> {_TECH_FEE.format(gross="booked.second_fen")}
           OR booked.provider_fee_fen <> {_TECH_FEE.format(gross="booked.provider_fen")}
           OR booked.agency_fee_fen <> {_TECH_FEE.format(gross="booked.agency_fen")}
        """,
    ),
    (
        "I11",
        "报告等于分片、明细与记账",
        """
        SELECT run.day FROM commissions_run AS run
        LEFT JOIN LATERAL (SELECT coalesce(sum(lines), 0) AS lines FROM commissions_shard WHERE run_id = run.id)
            AS shard ON true
        LEFT JOIN LATERAL (SELECT count(*) AS rows, coalesce(sum(cost_fen), 0) AS cost FROM commissions_settlement
            WHERE day = run.day) AS settled ON true
        LEFT JOIN LATERAL (SELECT count(*) AS postings,
                coalesce(sum(CASE WHEN posting.kind = 'cost' THEN amount_fen
                    WHEN posting.kind IN ('reimbursed', 'owed') AND source.kind = 'clearing' THEN -amount_fen END), 0)
                AS cost
            FROM ledger_posting AS posting JOIN ledger_account AS source ON source.id = from_account_id
            WHERE cause = 'run:' || run.day AND day = run.day) AS posted ON true
        WHERE run.status = 'closed' AND (
            (run.report->>'lines')::bigint + (run.report->>'adjustments')::bigint <> settled.rows
            OR shard.lines <> settled.rows
            OR posted.postings <> (run.report->>'postings')::bigint OR posted.cost <> settled.cost)
        """,
    ),
    (
        "I12",
        "已接收的事件都已入账，没有超期的租约",
        """
        SELECT event.event_id FROM commissions_orderevent AS event
        WHERE event.type = 'paid' AND event.verdict = 'accepted'
          AND NOT EXISTS (SELECT 1 FROM commissions_orderline WHERE paid_event_id = event.event_id
                          AND order_id = event.order_id)
        UNION ALL
        SELECT 'shard ' || run.day || ' #' || shard.no FROM commissions_shard AS shard
        JOIN commissions_run AS run ON run.id = shard.run_id
        WHERE shard.status = 'claimed' AND shard.lease_until < now() - interval '10 minutes'
        """,
    ),
    (
        "I14",
        "没有跨租户的行",
        """
        SELECT 'rate', rate.id FROM merchants_planrate AS rate JOIN merchants_plan AS plan ON plan.id = rate.plan_id
        WHERE plan.merchant_id <> rate.merchant_id
        UNION ALL
        SELECT 'plan', plan.id FROM merchants_plan AS plan JOIN merchants_product AS product
            ON product.id = plan.product_id WHERE plan.merchant_id <> product.merchant_id
        UNION ALL
        SELECT 'line', line.id FROM commissions_orderline AS line JOIN merchants_product AS product
            ON product.id = line.product_id WHERE product.merchant_id <> line.merchant_id
        UNION ALL
        SELECT 'settlement', settled.id FROM commissions_settlement AS settled JOIN commissions_orderline AS line
            ON line.id = settled.line_id
        WHERE (line.merchant_id, line.streamer_id) IS DISTINCT FROM (settled.merchant_id, settled.streamer_id)
        """,
    ),
]

_RECOMPUTED: list[tuple[str, str, Callable[[], Iterator[str]]]] = [
    ("I8", "同样的事件，任何次序，同样的状态（抽样重放）", _replayed_orders),
    ("I9", "已关账日的结算明细没有变动", _changed_days),
    ("I16.2", "接口答复为已接收的事件都在（最近 500 个答复）", audit_keys.broken_promises),
]
