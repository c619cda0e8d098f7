"""The invariants of the house, behind ``manage.py audit``, the tests and the health page.

Each check is a query for rows that must not exist, or a recomputation by the pure modules. What it finds it names.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

from django.db import connection

from commissions.models import Order, OrderLine, Run
from commissions.nights.report import rows_are_as_sealed
from commissions.orders.life import OrderLife
from commissions.orders.line_state import LineState
from commissions.orders.rulings import Event
from haowu.approvals import chain
from haowu.audit import bases as audit_bases
from haowu.audit import casework as audit_casework
from haowu.audit import exposure as audit_exposure
from haowu.audit import keys as audit_keys
from haowu.audit import levels as audit_levels
from haowu.audit import matching as audit_matching
from haowu.audit import moments as audit_moments
from haowu.audit import nights as audit_nights
from haowu.audit import payouts as audit_payouts
from haowu.audit import selection as audit_selection
from haowu.audit import sharing as audit_sharing
from haowu.audit import shop_scores as audit_shop_scores
from haowu.audit import trail as audit_trail
from haowu.ground import days

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
    """Every invariant, in order. Platform scope. Links new rows of the trail, and otherwise only reads."""
    chain.link_rows()
    subjects = (
        audit_nights,
        audit_moments,
        audit_payouts,
        audit_casework,
        audit_bases,
        audit_keys,
        audit_levels,
        audit_selection,
        audit_shop_scores,
        audit_exposure,
        audit_sharing,
        audit_matching,
        audit_trail,
    )
    searches = [*_SEARCHES, *(search for subject in subjects for search in subject.SEARCHES)]
    findings = [_searched(code, title, sql) for code, title, sql in searches]
    findings += [_finding(code, title, broken_rows()) for code, title, broken_rows in _RECOMPUTED]
    return sorted(findings, key=lambda finding: int(finding.code[1:].split(".")[0]))


def _searched(code: str, title: str, sql: str) -> Finding:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        rows = cursor.fetchall()
    return Finding(code, title, len(rows), [" ".join(map(str, row)) for row in rows[:EXAMPLES]])


def _finding(code: str, title: str, broken: Iterator[str]) -> Finding:
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
        events = [Event(row.event_id, row.type, "", row.occurred_at, row.line_no, row.facts) for row in rows]
        folded = OrderLife(events, stay[order.pk])
        for row in rows:
            ruling = folded.rulings[row.event_id]
            if (row.verdict, row.code) != (ruling.verdict, ruling.code):
                yield f"{order.order_no} {row.event_id}"
        lines = {line.line_no: line for line in order.lines.all()}
        if lines.keys() != folded.lines.keys():
            yield f"{order.order_no}"
        for line_no, state in folded.lines.items():
            if not _agrees(lines.get(line_no), state, frontier):
                yield f"{order.order_no}/{line_no}"


def _agrees(line: OrderLine | None, state: LineState, frontier: date | None) -> bool:
    """A sealed line keeps what its night took; an open one stands where its events leave it."""
    if line is None or line.paid_fen != state.paid_fen:
        return False
    state.subsidy_fen = line.subsidy_fen
    is_sealed = line.settles_on is not None and frontier is not None and line.settles_on <= frontier
    return is_sealed or (line.status, line.due_base_fen) == (state.status, state.base_fen)


def _changed_days() -> Iterator[str]:
    for run in Run.objects.closed():
        if not rows_are_as_sealed(run.day, run.report["rows_checksum"]):
            yield str(run.day)


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
        "I3.2",
        "每笔记账都有来由",
        """
        SELECT reference FROM ledger_posting AS posting WHERE cause LIKE 'run:%'
          AND NOT EXISTS (SELECT 1 FROM commissions_run WHERE 'run:' || day = posting.cause)
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
    ("I15", "操作记录的哈希链完整，没有改动或删去的行", chain.broken_links),
    ("I15.2", "操作记录都已入链", lambda: chain.overdue_rows(at=days.now())),
    ("I20.2", "选品中心的行与其来源一致（抽样重做）", lambda: audit_selection.rows_out_of_step(at=days.now())),
    ("I16.2", "接口答复为已接收的事件都在（最近 500 个答复）", audit_keys.broken_promises),
]
