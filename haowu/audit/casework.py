"""The audit's searches over holds, disputes, corrections, resettlements and reconciliation."""

SEARCHES: list[tuple[str, str, str]] = [
    (
        "I3.3",
        "冻结中的订单行没有结算夜，也没有结算",
        """
        SELECT line.order_no, line.line_no FROM commissions_linehold AS hold
        JOIN commissions_orderline AS line ON line.order_id = hold.order_id AND line.line_no = hold.line_no
        WHERE hold.closed_at IS NULL AND (line.settles_on IS NOT NULL OR EXISTS (
            SELECT 1 FROM commissions_settlement WHERE line_id = line.id))
        """,
    ),
    (
        "I3.4",
        "每个冻结与争议的记账都有对应事项",
        """
        SELECT reference FROM ledger_posting WHERE kind IN ('frozen', 'released') AND (
            (cause LIKE 'tenant-hold:%' AND NOT EXISTS (
                SELECT 1 FROM commissions_tenanthold WHERE 'tenant-hold:' || id = cause))
            OR (cause LIKE 'dispute:%' AND NOT EXISTS (
                SELECT 1 FROM commissions_dispute WHERE 'dispute:' || id = cause))
            OR (cause LIKE 'reserve:%' AND NOT EXISTS (
                SELECT 1 FROM commissions_reserve WHERE 'reserve:' || id = cause)))
        """,
    ),
    (
        "I6.4",
        "冻结金额等于其记账之和",
        """
        WITH moved AS (
            SELECT cause, sum(CASE WHEN target.kind = 'frozen' THEN amount_fen
                                   WHEN source.kind = 'frozen' THEN -amount_fen ELSE 0 END) AS fen
            FROM ledger_posting
            JOIN ledger_account AS source ON source.id = from_account_id
            JOIN ledger_account AS target ON target.id = to_account_id
            WHERE cause LIKE 'tenant-hold:%' OR cause LIKE 'dispute:%' OR cause LIKE 'reserve:%'
            GROUP BY cause
        ), cases AS (
            SELECT 'tenant-hold:' || id AS cause, frozen_fen FROM commissions_tenanthold
            UNION ALL SELECT 'dispute:' || id, frozen_fen FROM commissions_dispute
            UNION ALL SELECT 'reserve:' || id, frozen_fen FROM commissions_reserve
        )
        SELECT cause, frozen_fen, coalesce(fen, 0) FROM cases LEFT JOIN moved USING (cause)
        WHERE frozen_fen <> coalesce(fen, 0)
        """,
    ),
    (
        "I6.5",
        "裁定扣回的金额等于其记账之和",
        """
        SELECT dispute.id, taken_fen, coalesce(sum(posting.amount_fen), 0) FROM commissions_dispute AS dispute
        LEFT JOIN ledger_posting AS posting
            ON posting.cause = 'dispute:' || dispute.id AND posting.kind = 'correction'
        GROUP BY dispute.id HAVING taken_fen <> coalesce(sum(posting.amount_fen), 0)
        """,
    ),
    (
        "I6.6",
        "冲正与调整经两人，且恰好记账一次",
        """
        SELECT correction.reference FROM commissions_correction AS correction
        LEFT JOIN ledger_posting AS posting ON posting.cause = 'correction:' || correction.id
        GROUP BY correction.id
        HAVING count(posting.id) <> (correction.status = 'posted')::int
            OR (correction.status = 'posted' AND (correction.checked_by_id IS NULL
                OR correction.checked_by_id = correction.made_by_id
                OR (min(posting.reference), min(posting.amount_fen), min(posting.from_account_id),
                    min(posting.to_account_id))
                   <> (correction.reference, correction.amount_fen, correction.from_account_id,
                       correction.to_account_id)))
        """,
    ),
    (
        "I10.1",
        "更正的费率都出自已生效的重新结算",
        """
        SELECT adjustment.line_id, adjustment.day, adjustment.tech_bps FROM commissions_adjustment AS adjustment
        WHERE adjustment.tech_bps IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM commissions_resettledline AS resettled
            JOIN commissions_resettlement AS made ON made.id = resettled.resettlement_id
            WHERE resettled.line_id = adjustment.line_id AND made.status = 'applied'
              AND made.books_on <= adjustment.day AND made.tech_bps = adjustment.tech_bps)
        """,
    ),
    (
        "I15.1",
        "每个事项都有操作记录",
        """
        SELECT kind, reference FROM (
            SELECT 'line-hold' AS kind, id::text AS reference FROM commissions_linehold
            UNION ALL SELECT 'tenant-hold', id::text FROM commissions_tenanthold
            UNION ALL SELECT 'dispute', public_id FROM commissions_dispute
            UNION ALL SELECT 'correction', reference FROM commissions_correction
            UNION ALL SELECT 'resettlement', id::text FROM commissions_resettlement
            UNION ALL SELECT 'rebate', id::text FROM commissions_rebatebatch
        ) AS cases
        WHERE NOT EXISTS (SELECT 1 FROM approvals_trail WHERE subject_kind = kind AND subject = reference)
        """,
    ),
]
