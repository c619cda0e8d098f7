"""I6: what withdrawals say is what the ledger says. Searches for ``haowu.audit.invariants``."""

SEARCHES: list[tuple[str, str, str]] = [
    (
        "I6",
        "提现的状态与其记账一致：一进，至多一出，账户与金额相符",
        """
        WITH moves AS (
            SELECT withdrawal.id, withdrawal.status, withdrawal.amount_fen,
                   CASE posting.kind WHEN 'withdrawal' THEN 'in' WHEN 'paid_out' THEN 'paid'
                        WHEN 'withdrawal_returned' THEN 'returned' END AS way,
                   posting.amount_fen = withdrawal.amount_fen
                   AND source.owner_id = withdrawal.tenant_id AND target.owner_id = withdrawal.tenant_id
                   AND (posting.kind, source.kind, target.kind) IN (
                       ('withdrawal', 'available', 'withdrawing'), ('paid_out', 'withdrawing', 'paid'),
                       ('withdrawal_returned', 'withdrawing', 'available')) AS fits
            FROM commissions_withdrawal AS withdrawal
            LEFT JOIN ledger_posting AS posting ON posting.cause = 'withdrawal:' || withdrawal.id
                AND posting.kind IN ('withdrawal', 'paid_out', 'withdrawal_returned')
            LEFT JOIN ledger_account AS source ON source.id = posting.from_account_id
            LEFT JOIN ledger_account AS target ON target.id = posting.to_account_id
        )
        SELECT id, status FROM moves GROUP BY id, status
        HAVING count(*) FILTER (WHERE way = 'in') <> 1 OR bool_or(fits IS NOT true)
            OR count(*) FILTER (WHERE way = 'paid') <> CASE status WHEN 'paid' THEN 1 ELSE 0 END
            OR count(*) FILTER (WHERE way = 'returned')
               <> CASE WHEN status IN ('refused', 'cancelled', 'failed') THEN 1 ELSE 0 END
        """,
    ),
    (
        "I6.1",
        "每笔提现记账都属于一笔提现",
        """
        SELECT reference FROM ledger_posting AS posting
        WHERE kind IN ('withdrawal', 'paid_out', 'withdrawal_returned') AND NOT EXISTS (
            SELECT 1 FROM commissions_withdrawal AS withdrawal WHERE 'withdrawal:' || withdrawal.id = posting.cause
              AND posting.reference IN (posting.cause || ':in', posting.cause || ':out'))
        """,
    ),
    (
        "I6.2",
        "提现中、已提现账户等于该状态的提现之和",
        """
        WITH wanted AS (
            SELECT tenant_id AS owner_id, CASE status WHEN 'paid' THEN 'paid' ELSE 'withdrawing' END AS kind,
                   sum(amount_fen) AS fen
            FROM commissions_withdrawal WHERE status IN ('requested', 'approved', 'sent', 'paid') GROUP BY 1, 2
        )
        SELECT coalesce(account.owner_id, wanted.owner_id), coalesce(account.kind, wanted.kind)
        FROM (SELECT owner_id, kind, balance_fen FROM ledger_account WHERE kind IN ('withdrawing', 'paid')) AS account
        FULL JOIN wanted ON wanted.owner_id = account.owner_id AND wanted.kind = account.kind
        WHERE coalesce(account.balance_fen, 0) <> coalesce(wanted.fen, 0)
        """,
    ),
    (
        "I6.3",
        "打款批次的笔数与合计等于其提现，每个状态都有一条步骤",
        """
        SELECT batch.number, batch.count FROM commissions_payoutbatch AS batch
        LEFT JOIN commissions_withdrawal AS withdrawal ON withdrawal.batch_id = batch.id
        GROUP BY batch.id HAVING count(withdrawal.id) <> batch.count
            OR coalesce(sum(withdrawal.amount_fen), 0) <> batch.sum_fen
        UNION ALL
        SELECT withdrawal.number, withdrawal.id FROM commissions_withdrawal AS withdrawal
        WHERE NOT EXISTS (SELECT 1 FROM commissions_withdrawalstep AS step
                          WHERE step.withdrawal_id = withdrawal.id AND step.status = withdrawal.status)
        """,
    ),
]
