"""``bench night --with reserves,prepaid,steps``: a night in which a policy keeps reserves, deposits pay, plans step."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta

from commissions.models import Policy
from commissions.split import FROM_MERCHANT
from haowu.bench.house import superuser
from haowu.ground import days

RESERVES, PREPAID, STEPS = "reserves", "prepaid", "steps"
EXTRAS = (RESERVES, PREPAID, STEPS)
PREPAID_EVERY, TIGHT_EVERY = 5, 50
"""One merchant in five is prepaid, the largest among them; one in ten of these has a deposit for half of a night."""
STEPPED_EVERY = 3
STEP_BPS = 3_500
"""Above every rate that the bench's lines have."""


def arrange(extras: Collection[str], first_night: date) -> None:
    """Before any line is written: the policies, the prepaid shops, the plans with a step.

    What ``first_night`` keeps is not due yet when the second night's clawbacks reach into it; what the second keeps
    is released by the third.
    """
    if RESERVES in extras:
        for night, length in ((first_night, 2), (first_night + timedelta(days=1), 1)):
            start = datetime.combine(night, time(), days.SHANGHAI)
            Policy.objects.create(effective_from=start, reserve_bps=1_000, reserve_days=length)
    with superuser() as cursor:
        if PREPAID in extras:
            cursor.execute(_PREPAID, {"every": PREPAID_EVERY})
        if STEPS in extras:
            cursor.execute(_PLANS, {"every": STEPPED_EVERY, "bps": STEP_BPS})


def pay_in(extras: Collection[str], night: date, *, share: float) -> None:
    """Give every prepaid merchant a deposit before ``night``: ample, or ``share`` of what the night asks of it."""
    if PREPAID not in extras:
        return
    with superuser() as cursor:
        cursor.execute(_ACCOUNTS)
        cursor.execute(_TOP_UPS, {"night": night, "share": share, "every": TIGHT_EVERY})
        cursor.execute("ANALYZE ledger_account")


def of_lines(extras: Collection[str]) -> dict[str, bool | int]:
    """What ``lines`` needs to know of them, as parameters of its statements."""
    return {
        "prepaid": PREPAID in extras,
        "prepaid_every": PREPAID_EVERY,
        "steps": STEPS in extras,
        "stepped_every": STEPPED_EVERY,
        "step_bps": STEP_BPS,
    }


_PREPAID = """
UPDATE merchants_shop SET funding = 'prepaid' FROM (
    SELECT id, row_number() OVER (ORDER BY id) - 1 AS i FROM tenants_tenant WHERE kind = 'merchant'
) AS merchant WHERE merchant.id = merchant_id AND i %% %(every)s = 0
"""

_PLANS = """
INSERT INTO merchants_plan (id, merchant_id, product_id, type, public_id, starts_at, created_at,
    step_threshold, step_bps, step_mode, step_comparator)
SELECT i, id, id, 'normal', 'b' || i, '2020-01-01', now(),
    CASE WHEN i = 0 THEN 1000 ELSE 3 END, %(bps)s, CASE WHEN i %% 2 = 0 THEN 'incremental' ELSE 'retroactive' END, '>'
FROM (SELECT id, row_number() OVER (ORDER BY id) - 1 AS i FROM tenants_tenant WHERE kind = 'merchant') AS merchant
WHERE i %% %(every)s = 0;
ANALYZE merchants_plan
"""

_ACCOUNTS = """
INSERT INTO ledger_account (owner_id, kind, code, may_go_negative, balance_fen)
SELECT merchant_id, 'funding', '', false, 0 FROM merchants_shop WHERE funding = 'prepaid' UNION ALL
SELECT id, 'external', '', true, 0 FROM tenants_tenant WHERE kind = 'platform' AND code = 'platform'
ON CONFLICT DO NOTHING
"""

_TOP_UPS = f"""
INSERT INTO ledger_posting (kind, from_account_id, to_account_id, amount_fen, reference, day, cause)
SELECT 'top_up', (SELECT id FROM ledger_account WHERE kind = 'external'), account.id, wanted.fen,
    'top-up:' || account.owner_id || ':' || %(night)s, %(night)s, 'top-up'
FROM (
    SELECT merchant_id, CASE WHEN i %% %(every)s = 5 THEN floor(coalesce(due.fen, 0) * %(share)s)::bigint
                             ELSE 100000000000 END AS fen
    FROM (SELECT merchant_id, row_number() OVER (ORDER BY merchant_id) - 1 AS i, funding FROM merchants_shop) AS shop
    LEFT JOIN (
        SELECT merchant_id, sum({" + ".join(f"due_{role}_fen" for role in FROM_MERCHANT)}) AS fen
        FROM commissions_orderline WHERE settles_on = %(night)s GROUP BY merchant_id
    ) AS due USING (merchant_id)
    WHERE funding = 'prepaid'
) AS wanted JOIN ledger_account AS account ON account.owner_id = wanted.merchant_id AND account.kind = 'funding'
WHERE wanted.fen > 0
"""
