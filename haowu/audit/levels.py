"""I21: leaders' levels, assessments, revocations and rebates follow from their inputs. A second opinion in SQL."""

_GMV = """
SELECT CASE policy.credited_to WHEN 'second' THEN coalesce(settled.second_leader_id, settled.first_leader_id)
       ELSE settled.first_leader_id END AS leader_id, closed.quarter,
       sum(greatest(settled.base_fen, 0)) AS settled_fen, -sum(least(settled.base_fen, 0)) AS refunded_fen
FROM (SELECT DISTINCT quarter, policy_id FROM tuanzhang_quarterlevel) AS closed
JOIN tuanzhang_levelpolicy AS policy ON policy.id = closed.policy_id
JOIN commissions_settlement AS settled
    ON settled.day >= closed.quarter AND settled.day < closed.quarter + interval '3 months'
WHERE settled.first_leader_id IS NOT NULL GROUP BY 1, 2
"""

_LEVEL = """
CASE WHEN gmv_fen >= gold_gmv_fen AND brands >= gold_brands AND promoters >= gold_promoters THEN 'gold'
     WHEN gmv_fen >= silver_gmv_fen AND brands >= silver_brands AND promoters >= silver_promoters THEN 'silver'
     WHEN gmv_fen >= bronze_gmv_fen AND brands >= bronze_brands AND promoters >= bronze_promoters THEN 'bronze'
     ELSE 'potential' END
"""
_SCORE = """
floor((30 * least(1, brands::numeric / target_brands)
     + 50 * greatest(0, least(1, gmv_fen::numeric / target_gmv_fen))
     + 20 * least(1, promoters::numeric / target_promoters)) * 100 + 0.5)
"""
_WEIGHTED = """
CASE WHEN rebate.mode = 'whole' THEN rebate.gmv_fen::numeric * CASE rebate.level WHEN 'gold' THEN gold_rebate_bps
         WHEN 'silver' THEN silver_rebate_bps WHEN 'bronze' THEN bronze_rebate_bps ELSE 0 END
     ELSE greatest(0, least(rebate.gmv_fen, CASE rebate.level WHEN 'bronze' THEN rebate.gmv_fen
              WHEN 'potential' THEN 0 ELSE silver_gmv_fen END) - bronze_gmv_fen)::numeric * bronze_rebate_bps
        + CASE WHEN rebate.level IN ('silver', 'gold') THEN greatest(0, least(rebate.gmv_fen, CASE rebate.level
              WHEN 'silver' THEN rebate.gmv_fen ELSE gold_gmv_fen END) - silver_gmv_fen)::numeric * silver_rebate_bps
          ELSE 0 END
        + CASE WHEN rebate.level = 'gold' THEN greatest(0, rebate.gmv_fen - gold_gmv_fen)::numeric * gold_rebate_bps
          ELSE 0 END END
"""

SEARCHES: list[tuple[str, str, str]] = [
    (
        "I21",
        "季度成交额等于该季结算明细之和，每笔只计给一位团长",
        f"""
        WITH gmv AS ({_GMV})
        SELECT coalesce(result.leader_id, gmv.leader_id), coalesce(result.quarter, gmv.quarter)
        FROM tuanzhang_quarterlevel AS result FULL JOIN gmv USING (leader_id, quarter)
        WHERE (coalesce(result.settled_fen, 0), coalesce(result.refunded_fen, 0))
           <> (coalesce(gmv.settled_fen, 0), coalesce(gmv.refunded_fen, 0))
        """,
    ),
    (
        "I21.1",
        "等级与评分由当季的数据和政策得出",
        f"""
        SELECT leader_id, quarter, revision FROM tuanzhang_quarterlevel AS result
        JOIN tuanzhang_levelpolicy AS policy ON policy.id = result.policy_id
        WHERE level <> {_LEVEL} OR score_bps <> {_SCORE}
        """,
    ),
    (
        "I21.2",
        "月度考核的结论由当月数据得出，第三次不合格都有收回通知",
        """
        SELECT leader_id, month FROM tuanzhang_monthlyassessment AS past
        WHERE outcome <> CASE WHEN days_as_leader < 30 THEN 'exempt'
            WHEN orders >= 200 AND gmv_fen >= 1000000 AND late * 10 <= shipments
                 AND (new_promoters >= 3 OR new_merchants >= 3) THEN 'passed' ELSE 'failed' END
           OR (failed_months >= 3 AND NOT EXISTS (
               SELECT 1 FROM tuanzhang_revocation WHERE leader_id = past.leader_id
                 AND noticed_at <= past.assessed_at AND (lifted_at IS NULL OR lifted_at > past.assessed_at)))
        """,
    ),
    (
        "I21.3",
        "被收回权限的团长没有进行中的活动、待审核的报名和二级合作",
        """
        WITH gone AS (SELECT leader_id, effected_at FROM tuanzhang_revocation WHERE status = 'effected')
        SELECT 'activity', activity.code FROM tuanzhang_activity AS activity JOIN gone USING (leader_id)
        WHERE activity.status = 'published' AND least(activity.ends_at, activity.closed_at, 'infinity') > effected_at
        UNION ALL
        SELECT 'enrolment', item.public_id FROM tuanzhang_enrolment AS item JOIN gone USING (leader_id)
        WHERE item.status = 'pending'
        UNION ALL
        SELECT 'second', second.public_id FROM tuanzhang_secondlevel AS second
        JOIN gone ON gone.leader_id IN (second.first_leader_id, second.second_leader_id)
        WHERE second.status = 'pending' OR second.status = 'passed'
          AND least(second.ends_at, second.ended_at, 'infinity') > effected_at
        """,
    ),
    (
        "I21.4",
        "返点等于成交额、等级、评分按政策计算之数",
        f"""
        SELECT rebate.leader_id, rebate.quarter FROM commissions_rebate AS rebate
        JOIN tuanzhang_quarterlevel AS result ON result.id = rebate.result_id
        JOIN tuanzhang_levelpolicy AS policy ON policy.id = result.policy_id
        WHERE (rebate.leader_id, rebate.quarter, rebate.gmv_fen, rebate.level, rebate.score_bps, rebate.mode)
           <> (result.leader_id, result.quarter, result.gmv_fen, result.level, result.score_bps, policy.mode)
           OR rebate.amount_fen <> floor({_WEIGHTED} * rebate.score_bps / 100000000 + 0.5)
        """,
    ),
    (
        "I21.5",
        "每笔已入账的返点恰有一笔记账，批次等于其返点之和，没有无来由的返点记账",
        """
        SELECT 'rebate', rebate.id::text FROM commissions_rebate AS rebate
        JOIN commissions_rebatebatch AS batch ON batch.id = rebate.batch_id
        LEFT JOIN ledger_posting AS posting ON posting.cause = 'rebate:' || rebate.id AND posting.kind = 'rebate'
        LEFT JOIN ledger_account AS source ON source.id = posting.from_account_id
        LEFT JOIN ledger_account AS target ON target.id = posting.to_account_id
        GROUP BY rebate.id, batch.status, batch.day
        HAVING count(posting.id) <> CASE WHEN batch.status = 'posted' THEN 1 ELSE 0 END
            OR (rebate.posted_on IS NOT NULL) <> (batch.status = 'posted')
            OR rebate.is_live <> (batch.status <> 'refused')
            OR bool_or(posting.amount_fen <> rebate.amount_fen OR posting.day <> batch.day
                       OR source.kind <> 'rebates' OR target.kind <> 'available' OR target.owner_id <> rebate.leader_id)
        UNION ALL
        SELECT 'batch', batch.id::text FROM commissions_rebatebatch AS batch
        LEFT JOIN commissions_rebate AS rebate ON rebate.batch_id = batch.id
        GROUP BY batch.id
        HAVING count(rebate.id) <> batch.count OR coalesce(sum(rebate.amount_fen), 0) <> batch.sum_fen
            OR coalesce(sum(rebate.gmv_fen), 0) <> batch.gmv_fen
        UNION ALL
        SELECT 'posting', posting.reference FROM ledger_posting AS posting WHERE posting.kind = 'rebate'
          AND NOT EXISTS (SELECT 1 FROM commissions_rebate WHERE 'rebate:' || id = posting.cause)
        """,
    ),
]
