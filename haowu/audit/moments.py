"""The audit's questions to the past: what an account held at random moments, from its statements and from its postings.

A moment is a closed day, as statements are kept by day. Other days, other accounts each time it is asked.
"""

MOMENTS = 50
ACCOUNTS = 200

SEARCHES: list[tuple[str, str, str]] = [
    (
        "I2.2",
        "过去 50 个随机时点：抽样账户的余额等于截至当时的记账之和",
        f"""
        WITH accounts AS MATERIALIZED (
            SELECT id FROM ledger_account ORDER BY random() LIMIT {ACCOUNTS}
        ), moments AS MATERIALIZED (
            SELECT day FROM commissions_run WHERE status = 'closed' ORDER BY random() LIMIT {MOMENTS}
        ), posted AS MATERIALIZED (
            SELECT id, day, sum(fen) AS fen FROM (
                SELECT accounts.id, day, amount_fen AS fen
                FROM accounts JOIN ledger_posting ON to_account_id = accounts.id
                UNION ALL SELECT accounts.id, day, -amount_fen
                FROM accounts JOIN ledger_posting ON from_account_id = accounts.id
            ) AS ends GROUP BY id, day
        ), moved AS (
            SELECT accounts.id, moments.day, coalesce(sum(posted.fen), 0) AS fen FROM accounts CROSS JOIN moments
            LEFT JOIN posted ON posted.id = accounts.id AND posted.day <= moments.day
            GROUP BY accounts.id, moments.day
        )
        SELECT moved.id, moved.day, coalesce(stated.fen, 0), moved.fen FROM moved LEFT JOIN LATERAL (
            SELECT closing_fen AS fen FROM ledger_dailybalance
            WHERE account_id = moved.id AND day <= moved.day ORDER BY day DESC LIMIT 1
        ) AS stated ON true
        WHERE coalesce(stated.fen, 0) <> moved.fen
        """,
    ),
]
