"""What the nights did, as the audit asks it: queries for rows that must not exist. Shares are computed again in SQL."""

_SHARE = "(({base}) * line.{bps} + 5000) / 10000"
_COMMISSION = "(booked.base_fen * coalesce(stepped.commission_bps, line.commission_bps) + 5000) / 10000"
_SECOND = _SHARE.format(base="booked.base_fen", bps="second_bps")
_FIRST = f"{_SHARE.format(base='booked.base_fen', bps='service_fee_bps')} - {_SECOND}"

_TECH_FEE = "({gross} * coalesce(corrected.tech_bps, line.tech_bps) + 5000)::bigint / 10000"

SEARCHES: list[tuple[str, str, str]] = [
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
        "I3.5",
        "预存佣金商家尚未结算的订单行都带预存标记",
        """
        SELECT line.order_no, line.line_no FROM merchants_shop AS shop
        JOIN commissions_orderline AS line ON line.merchant_id = shop.merchant_id AND NOT line.is_prepaid
        WHERE shop.funding = 'prepaid' AND (line.settles_on IS NULL OR line.settles_on > coalesce(
            (SELECT max(day) FROM commissions_run WHERE status = 'closed'), '-infinity'))
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
            WHERE made.status = 'applied' AND booked.last_day >= coalesce((
                SELECT max(to_day) FROM commissions_postponedline AS postponed
                JOIN commissions_orderline AS line USING (order_id, line_no)
                WHERE line.id = resettled.line_id AND since <= made.books_on AND postponed.day >= made.books_on
            ), made.books_on)
            ORDER BY line_id, made.checked_at DESC, resettled.id DESC
        ), stepped AS (
            SELECT DISTINCT ON (line_id) line_id, commission_bps FROM commissions_steppedline
            ORDER BY line_id, day DESC
        )
        SELECT line.order_no, line.line_no FROM commissions_orderline AS line
        JOIN commissions_policy AS policy ON policy.id = line.policy_id AND policy.return_tech_fee
        JOIN booked ON booked.line_id = line.id
        LEFT JOIN corrected ON corrected.line_id = line.id
        LEFT JOIN stepped ON stepped.line_id = line.id
        WHERE booked.base_fen < 0 OR booked.base_fen > line.paid_fen + line.subsidy_fen
           OR line.refunded_fen > line.paid_fen
           OR booked.streamer_fen <> {_COMMISSION}
           OR booked.first_fen <> {_FIRST} OR booked.second_fen <> {_SECOND}
           OR booked.provider_fen <> {_SHARE.format(base="booked.base_fen", bps="provider_bps")}
           OR booked.agency_fen <> ((booked.streamer_fen - booked.fee_fen) * line.agency_bps + 5000)::bigint / 10000
           OR booked.fee_fen <> {_TECH_FEE.format(gross="booked.streamer_fen")}
           OR booked.first_fee_fen <> {_TECH_FEE.format(gross="booked.first_fen")}
           OR booked.second_fee_fen <> {_TECH_FEE.format(gross="booked.second_fen")}
           OR booked.provider_fee_fen <> {_TECH_FEE.format(gross="booked.provider_fen")}
           OR booked.agency_fee_fen <> {_TECH_FEE.format(gross="booked.agency_fen")}
        """,
    ),
    (
        "I10.2",
        "阶梯佣金的订单行都按达标与否的佣金率结算",
        """
        WITH settled AS (
            SELECT line.id, line.order_id, line.offer_id, line.streamer_id, line.commission_bps, line.step_bps,
                   booked.base_fen, row_number() OVER (PARTITION BY line.offer_id, line.streamer_id
                                                       ORDER BY line.settles_on, line.due_at, line.id) AS no
            FROM commissions_orderline AS line
            CROSS JOIN LATERAL (SELECT sum(base_fen) AS base_fen FROM commissions_settlement
                                WHERE line_id = line.id) AS booked
            WHERE line.step_bps IS NOT NULL AND booked.base_fen IS NOT NULL
              AND NOT EXISTS (SELECT 1 FROM commissions_run WHERE status <> 'closed')
        ), orders AS (
            SELECT *, (no = min(no) OVER each AND bool_or(base_fen > 0) OVER each)::int AS counts
            FROM settled WINDOW each AS (PARTITION BY offer_id, streamer_id, order_id)
        ), running AS (
            SELECT *, sum(counts) OVER (each ORDER BY no) AS so_far, sum(counts) OVER each AS valid
            FROM orders WINDOW each AS (PARTITION BY offer_id, streamer_id)
        ), counted AS (
            SELECT *, min(so_far) OVER (PARTITION BY offer_id, streamer_id, order_id) AS seen FROM running
        )
        SELECT counted.id FROM counted
        JOIN merchants_plan AS plan ON plan.id = counted.offer_id
        LEFT JOIN LATERAL (SELECT commission_bps FROM commissions_steppedline WHERE line_id = counted.id
                           ORDER BY day DESC LIMIT 1) AS moved ON true
        WHERE counted.base_fen > 0
          AND coalesce(moved.commission_bps, counted.commission_bps) <> CASE
            WHEN (plan.step_mode = 'incremental' AND counted.seen > plan.step_threshold)
              OR (plan.step_mode = 'retroactive' AND (counted.valid > plan.step_threshold
                  OR (plan.step_comparator = '>=' AND counted.valid = plan.step_threshold)))
            THEN greatest(counted.step_bps, counted.commission_bps) ELSE counted.commission_bps END
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
            OR shard.lines + coalesce((run.report->>'stepped')::bigint, 0) <> settled.rows
            OR posted.postings <> (run.report->>'postings')::bigint OR posted.cost <> settled.cost)
        """,
    ),
]
