"""I15.3 to I15.6: what stands in the books without a row of the trail. Searches for ``haowu.audit.invariants``.

The platform's own tenant and the first version of each policy come with the migrations and have no row.
"""

_OWN_ROW = """
    SELECT 'tenant' AS kind, kind || ':' || code AS reference, id AS party FROM tenants_tenant WHERE kind <> 'platform'
    UNION ALL SELECT 'shop', merchant.code, merchant.id
        FROM merchants_shop JOIN tenants_tenant AS merchant ON merchant.id = merchant_id
    UNION ALL SELECT 'product', code, merchant_id FROM merchants_product WHERE status <> 'draft'
    UNION ALL SELECT 'plan', public_id, merchant_id FROM merchants_plan
    UNION ALL SELECT 'engagement', id::text, client_id FROM merchants_engagement
    UNION ALL SELECT 'activity', code, leader_id FROM tuanzhang_activity WHERE status = 'published'
    UNION ALL SELECT 'enrolment', public_id, merchant_id FROM tuanzhang_enrolment
    UNION ALL SELECT 'change-request', public_id, merchant_id FROM tuanzhang_changerequest
    UNION ALL SELECT 'second-level', public_id, second_leader_id FROM tuanzhang_secondlevel
    UNION ALL SELECT 'level', leader.code || '/' || to_char(quarter, 'YYYY-MM'), leader.id
        FROM tuanzhang_quarterlevel JOIN tenants_tenant AS leader ON leader.id = leader_id
    UNION ALL SELECT 'assessment', leader.code || '/' || to_char(month, 'YYYY-MM'), leader.id
        FROM tuanzhang_monthlyassessment JOIN tenants_tenant AS leader ON leader.id = leader_id
        WHERE outcome = 'failed'
    UNION ALL SELECT 'permission', leader.code, leader.id
        FROM tuanzhang_revocation JOIN tenants_tenant AS leader ON leader.id = leader_id
    UNION ALL SELECT 'appeal', public_id, leader_id FROM tuanzhang_appeal
    UNION ALL SELECT 'readmission', public_id, leader_id FROM tuanzhang_readmission
    UNION ALL SELECT 'base-application', public_id, applicant_id FROM bases_application
    UNION ALL SELECT 'base', base.code, base.id FROM bases_base JOIN tenants_tenant AS base ON base.id = base_id
    UNION ALL SELECT 'introduction', public_id, base_id FROM bases_introduction
    UNION ALL SELECT 'consent', public_id, merchant_id FROM bases_consent
    UNION ALL SELECT 'withdrawal', public_id, tenant_id FROM commissions_withdrawal
    UNION ALL SELECT 'payout-batch', number, NULL FROM commissions_payoutbatch
    UNION ALL SELECT 'night', day::text, NULL FROM commissions_run
    UNION ALL SELECT 'upstream-file', id::text, source_id FROM commissions_upstreamfile
    UNION ALL SELECT 'api-client', client_id, tenant_id FROM partners_apiclient
    UNION ALL SELECT 'policy', id::text, NULL FROM commissions_policy
        WHERE id > (SELECT min(id) FROM commissions_policy)
    UNION ALL SELECT 'level-policy', id::text, NULL FROM tuanzhang_levelpolicy
        WHERE id > (SELECT min(id) FROM tuanzhang_levelpolicy)
    UNION ALL SELECT 'base-policy', id::text, NULL FROM bases_basepolicy
        WHERE id > (SELECT min(id) FROM bases_basepolicy)
"""
"""Everything that an act brought about, as (kind in the trail, name there, who may read it)."""

SEARCHES: list[tuple[str, str, str]] = [
    (
        "I15.6",
        "操作记录按道连号，从写入那一刻起没有缺号",
        """
        WITH numbered AS (
            SELECT lane, number, lag(number, 1, 0::bigint) OVER (PARTITION BY lane ORDER BY number) AS previous
            FROM approvals_trail
            UNION ALL
            SELECT lane, rows + 1, coalesce(last, 0) FROM approvals_traillane
            LEFT JOIN (SELECT lane, max(number) AS last FROM approvals_trail GROUP BY 1) AS held USING (lane)
        )
        SELECT 'lane ' || lane, 'numbers ' || previous + 1 || ' to ' || number - 1
        FROM numbered WHERE number <> previous + 1 ORDER BY lane, number
        """,
    ),
    (
        "I15.3",
        "租户、条款、等级、权限、政策、资质与钱款的每一行都有操作记录",
        f"""
        SELECT made.kind, reference FROM ({_OWN_ROW}) AS made WHERE NOT EXISTS (
            SELECT 1 FROM approvals_trail AS written WHERE written.subject_kind = made.kind
              AND written.subject = reference AND (party IS NULL OR written.tenant_id = party)
        )
        """,
    ),
    (
        "I15.4",
        "每个成员都有操作记录",
        """
        SELECT tenant.kind || ':' || tenant.code, member.user_id FROM tenants_membership AS member
        JOIN tenants_tenant AS tenant ON tenant.id = member.tenant_id
        WHERE NOT EXISTS (
            SELECT 1 FROM approvals_trail AS written WHERE written.subject_kind = 'membership'
              AND written.tenant_id = member.tenant_id AND (written.after ->> 'user_id')::bigint = member.user_id
        )
        """,
    ),
    (
        "I15.5",
        "每个佣金率、收款账户与证件恰有一条操作记录",
        """
        WITH rates AS (
            SELECT plan.public_id AS reference, count(*) AS rows
            FROM merchants_planrate AS rate JOIN merchants_plan AS plan ON plan.id = rate.plan_id GROUP BY 1
        ), rates_written AS (
            SELECT subject AS reference, sum(CASE
                WHEN act = 'created' THEN (SELECT count(*) FROM jsonb_object_keys(after -> 'rates'))
                WHEN act = 'rate_changed' AND after ? 'effective_from' THEN 1 ELSE 0 END) AS rows
            FROM approvals_trail WHERE subject_kind = 'plan' GROUP BY 1
        ), records AS (
            SELECT tenant_id, kind, count(*) AS rows FROM tenants_personalrecord GROUP BY 1, 2
        ), records_written AS (
            SELECT tenant_id, subject AS kind, count(*) AS rows FROM approvals_trail
            WHERE subject_kind = 'personal-record' AND act = 'recorded' GROUP BY 1, 2
        )
        SELECT 'plan', reference, rates.rows, coalesce(rates_written.rows, 0) FROM rates
        LEFT JOIN rates_written USING (reference) WHERE rates.rows IS DISTINCT FROM rates_written.rows
        UNION ALL
        SELECT kind, tenant_id::text, records.rows, coalesce(records_written.rows, 0) FROM records
        LEFT JOIN records_written USING (tenant_id, kind) WHERE records.rows IS DISTINCT FROM records_written.rows
        """,
    ),
]
