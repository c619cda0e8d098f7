"""``bench levels``: a month, a quarter and the rebates of 50,000 leaders, beside the bare server and a loop."""

import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Sum

from commissions.leaders import levelling, rebates
from commissions.models import OrderLine, Rebate, Settlement
from haowu.audit.invariants import run_audit
from haowu.bench import crowd, lines, workers
from haowu.bench.house import superuser
from haowu.bench.report import Figures
from haowu.ground import days
from haowu.ledger.models import Posting
from haowu.tenants.models import User
from tuanzhang import levels, periods
from tuanzhang.models import LevelPolicy, MonthlyAssessment, QuarterLevel

LEADERS = 50_000
LOOP_LEADERS = 300
NIGHT, LAST_NIGHT = date(2026, 6, 9), date(2026, 6, 30)
MONTH, QUARTER = date(2026, 5, 1), date(2026, 4, 1)


def measure(figures: Figures, size: int) -> None:
    """``size`` settled lines of one quarter, two thirds of them through 50,000 leaders who are all rebated."""
    made = crowd.Crowd(max(100, size // 50), max(50, size // 100), LEADERS)
    with superuser() as cursor:
        crowd.settle_in(cursor, made)
        cursor.execute("UPDATE tenants_tenant SET created_at = '2025-01-01'")
    LevelPolicy.objects.create(
        effective_from=QUARTER, bronze_gmv_fen=1, silver_gmv_fen=100_00, gold_gmv_fen=10_000_00,
        target_gmv_fen=1_000_00, target_brands=10, target_promoters=10,
    )  # fmt: skip
    lines.write_lines(made, 1, size, NIGHT)
    workers.settle_with(2, NIGHT)
    workers.settle_with(1, LAST_NIGHT)
    with superuser() as cursor:
        cursor.execute("VACUUM ANALYZE commissions_orderline, commissions_settlement")
    at = days.start_of(periods.next_quarter(QUARTER)) + timedelta(hours=4)
    _measured(figures, "month of every leader", _MONTH_FLOOR, lambda: levelling.assess_month(MONTH, at=at), _month_of)
    close = lambda: levelling.close_quarter(QUARTER, at=at)  # noqa: E731
    _measured(figures, "quarter of every leader", _QUARTER_FLOOR, close, _quarter_of)
    maker, checker = (User.objects.create(username=name, is_staff=True) for name in ("maker", "checker"))
    later = at + timedelta(days=15)
    started = time.monotonic()
    batch = rebates.propose(QUARTER, by=maker, at=later)
    figures.add("rebates proposed", batch.count, time.monotonic() - started)
    floor_seconds = _bare(_REBATE_FLOOR)
    started = time.monotonic()
    rebates.approve(batch, by=checker, at=later)
    figures.add("rebates posted", batch.count, time.monotonic() - started, floor_seconds=floor_seconds)
    _prove(figures)


def _measured(figures: Figures, case: str, floor: str, act: Callable[[], int], of_one: Callable[[int], Any]) -> None:
    floor_seconds = _bare(floor)
    leaders = [crowd.LEADER_ID + number for number in range(0, LEADERS, LEADERS // LOOP_LEADERS)]
    started = time.monotonic()
    for leader in leaders:
        of_one(leader)
    rate = len(leaders) / (time.monotonic() - started)
    started = time.monotonic()
    done = act()
    peer = {"peer": "a loop over leaders", "peer_per_s": rate}
    figures.add(case, done, time.monotonic() - started, floor_seconds=floor_seconds, **peer)


def _bare(statements: str) -> float:
    """Seconds that the bare server takes for the same sums written as rows, without checks, policies or indexes."""
    with superuser() as cursor:
        cursor.execute("DROP SCHEMA IF EXISTS floor CASCADE; CREATE SCHEMA floor")
        cursor.execute("SET max_parallel_workers_per_gather = 0; CHECKPOINT")
        started = time.monotonic()
        cursor.execute(statements)
        seconds = time.monotonic() - started
        cursor.execute("DROP SCHEMA floor CASCADE")
    return seconds


def _quarter_of(leader: int) -> levels.LeaderLevel:
    """What a loop asks for each leader."""
    mine = Settlement.objects.filter(first_leader=leader, day__range=(QUARTER, LAST_NIGHT))
    gmv = mine.aggregate(fen=Sum("base_fen"))["fen"] or 0
    brands = mine.aggregate(n=Count("merchant", distinct=True))["n"]
    promoters = mine.aggregate(n=Count("streamer", distinct=True))["n"]
    return levels.level_of(levels.Quarter(int(gmv), brands, promoters))


def _month_of(leader: int) -> list[str]:
    begin, end = periods.window_of_month(MONTH)
    mine = OrderLine.objects.filter(first_leader=leader, ordered_at__gte=begin, ordered_at__lt=end)
    orders = mine.aggregate(n=Count("order", distinct=True), fen=Sum("paid_fen"))
    partners = [mine.aggregate(n=Count(role, distinct=True))["n"] for role in ("streamer", "merchant")]
    return levels.shortfalls(levels.Month(orders["n"], int(orders["fen"] or 0), 0, 0, *partners))


def _prove(figures: Figures) -> None:
    left_out = ["I8", *crowd.WITHOUT_ACTS]
    broken = [finding for finding in run_audit() if not finding.holds and finding.code not in left_out]
    for finding in broken:
        figures.add(f"AUDIT {finding.code} {finding.title} {finding.examples}", finding.broken)
    if not broken:
        figures.add(f"audit: invariants broken ({', '.join(left_out)} left out)", 0)
    rows = (MonthlyAssessment, QuarterLevel, Rebate, Posting.objects.filter(kind="rebate"))
    counts = [each.count() if hasattr(each, "count") else each.objects.count() for each in rows]
    figures.progress(f"assessments, levels, rebates, postings: {counts}")


_QUARTER_FLOOR = f"""
CREATE TABLE floor.sold AS
SELECT first_leader_id, streamer_id, merchant_id, count(*) AS lines, sum(base_fen) AS fen
FROM commissions_settlement WHERE day BETWEEN '{QUARTER}' AND '{LAST_NIGHT}' AND first_leader_id IS NOT NULL
GROUP BY 1, 2, 3;
CREATE TABLE floor.result AS
SELECT first_leader_id, sum(lines) AS lines, sum(fen) AS fen, count(DISTINCT streamer_id) AS promoters,
       count(DISTINCT merchant_id) AS brands
FROM floor.sold GROUP BY 1;
"""
_MONTH_FLOOR = """
CREATE TABLE floor.partner AS
SELECT first_leader_id, partner FROM (
    SELECT first_leader_id, streamer_id AS partner FROM commissions_orderline WHERE first_leader_id IS NOT NULL
    UNION ALL SELECT first_leader_id, merchant_id FROM commissions_orderline WHERE first_leader_id IS NOT NULL
) AS pairs GROUP BY 1, 2;
ALTER TABLE floor.partner ADD PRIMARY KEY (first_leader_id, partner);
CREATE TABLE floor.result AS
SELECT first_leader_id, count(DISTINCT order_id) AS orders, sum(paid_fen) AS fen
FROM commissions_orderline WHERE first_leader_id IS NOT NULL GROUP BY 1;
"""
"""The partners with their key too: what is known once need not be looked for again."""
_REBATE_FLOOR = """
CREATE TABLE floor.balance (party bigint PRIMARY KEY, fen bigint NOT NULL);
CREATE TABLE floor.posting (party bigint, fen bigint, reference text PRIMARY KEY);
INSERT INTO floor.balance SELECT id, 0 FROM tenants_tenant WHERE kind = 'tuanzhang';
INSERT INTO floor.posting SELECT leader_id, amount_fen, 'rebate:' || leader_id FROM commissions_rebate;
UPDATE floor.balance SET fen = balance.fen + posting.fen FROM floor.posting WHERE posting.party = balance.party;
"""
