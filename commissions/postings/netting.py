"""What a night's settlement rows come to for each party, and the movements of money that follow, as sets in SQL.

Temporary tables hold the sums while a run closes, so that none of ten million lines (some 300,000 sums) passes through
Python:

* ``night_sums``: role, party, gross, clawed back, fee, fee returned. The merchants' have their costs as gross;
* ``night_agencies``: what each streamer pays to its agency, and what the agency returns;
* ``night_accounts``: what the parties had before, locked.

Worked example: merchant m1 sold through s1 for a commission of 10.00 and clawed 2.00 back of an earlier line; the
platform's fee is a tenth. ``MOVEMENTS`` gives::

    night_sums      gross   clawed    fee   returned          kind               from           to           fen
    s1 streamer      1000      200    100         20          commission         clearing       s1          1000
    m1 merchant      1000      200      0          0          tech_fee           s1             revenue      100
                                                              clawback           s1             clearing     200
                                                              tech_fee_returned  revenue        s1            20
                                                              withheld           external       m1          1000
                                                              cost               m1             clearing    1000
                                                              reimbursed         clearing       m1           200
"""

from datetime import date

from django.db import connection

from commissions.split import FROM_MERCHANT, ROLES
from haowu.ledger.models import Account, Posting

Kind = Posting.Kind
EARNING = {
    "streamer": Kind.COMMISSION,
    "first_leader": Kind.SERVICE_FEE,
    "second_leader": Kind.SECOND_FEE,
    "provider": Kind.PROVIDER_FEE,
}


def sum_up(day: date) -> None:
    """Make the tables of sums from the settlement rows of ``day``. They last until the next night of this session."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.night_sums, pg_temp.night_agencies")
        cursor.execute(f"CREATE TEMP TABLE night_sums ON COMMIT DROP AS {_SUMS}", {"day": day})
        cursor.execute(f"CREATE TEMP TABLE night_agencies ON COMMIT DROP AS {_AGENCY_SUMS}", {"day": day})
        cursor.execute("ANALYZE night_sums, night_agencies")


def lock_parties() -> None:
    """Lock what the night's parties have, in the order in which postings lock."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.night_accounts")
        cursor.execute(f"CREATE TEMP TABLE night_accounts ON COMMIT DROP AS {_LOCKED}")
        cursor.execute("ANALYZE night_accounts")


def parties_with_debts() -> list[tuple[int, int, int]]:
    """``[(party, available after the night, debt)]`` of those that come out below zero, or earn and are in debt."""
    with connection.cursor() as cursor:
        cursor.execute(_WITH_DEBTS)
        return cursor.fetchall()


def clawed_back_for(merchants: list[int]) -> dict[int, int]:
    """``{merchant: fen clawed back for it}`` of the night."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT party, clawed FROM night_sums WHERE role = 'merchant' AND party = ANY(%s)", [list(merchants)]
        )
        return dict(cursor.fetchall())


def _sums_of(role: str, party: str, gross: str, fee: str) -> str:
    amounts = (("gross", gross), ("clawed", f"-{gross}"), ("fee", fee), ("returned", f"-{fee}"))
    sums = ", ".join(f"fen_sum(greatest({amount}, 0)) AS {name}" for name, amount in amounts)
    return (
        f"SELECT '{role}' AS role, {party} AS party, {sums} FROM commissions_settlement"
        f" WHERE day = %(day)s AND {party} IS NOT NULL GROUP BY {party}"
    )


_SUMS = " UNION ALL ".join(
    [
        _sums_of("merchant", "merchant_id", "cost_fen", "0::bigint"),
        *(_sums_of(role, f"{role}_id", f"{role}_fen", f"{role}_fee_fen") for role in ROLES),
    ]
)
"""A pass over the rows for each role: in a single one (``GROUPING SETS``) each set adds up all amounts: slower."""

_AGENCY_SUMS = """
    SELECT streamer_id AS streamer, agency_id AS agency,
           fen_sum(greatest(agency_fen, 0)) AS paid, fen_sum(greatest(-agency_fen, 0)) AS returned
    FROM commissions_settlement WHERE day = %(day)s AND agency_id IS NOT NULL GROUP BY 1, 2
"""

ACCOUNTS = f"""
    SELECT DISTINCT party, CASE WHEN role = 'merchant' THEN '{Account.Kind.FUNDING}'
        ELSE '{Account.Kind.AVAILABLE}' END FROM night_sums
"""
"""The accounts that the postings need, as (owner, kind)."""

_LOCKED = """
    SELECT id, owner_id, kind, balance_fen FROM ledger_account
    WHERE code = '' AND kind IN ('available', 'debt', 'funding') AND owner_id IN (SELECT party FROM night_sums)
    ORDER BY id FOR UPDATE
"""

_WITH_DEBTS = """
WITH changes AS (
    SELECT party, gross - clawed - fee + returned AS fen FROM night_sums WHERE role <> 'merchant'
    UNION ALL SELECT streamer, returned - paid FROM night_agencies
), nets AS (
    SELECT party, sum(fen)::bigint AS fen FROM changes GROUP BY party
)
SELECT nets.party, available.balance_fen + nets.fen, coalesce(debt.balance_fen, 0)
FROM nets
JOIN night_accounts AS available ON available.owner_id = nets.party AND available.kind = 'available'
LEFT JOIN night_accounts AS debt ON debt.owner_id = nets.party AND debt.kind = 'debt'
WHERE available.balance_fen + nets.fen < 0 OR (debt.balance_fen < 0 AND available.balance_fen + nets.fen > 0)
ORDER BY nets.party
"""

_EARNED = "CASE role " + " ".join(f"WHEN '{role}' THEN '{EARNING[role]}'" for role in FROM_MERCHANT) + " END"

MOVEMENTS = f"""
WITH earnings AS (
    SELECT {_EARNED} AS kind, %(clearing)s AS source, account.id AS target, gross AS fen
    FROM night_sums JOIN night_accounts AS account ON account.owner_id = party AND account.kind = 'available'
    WHERE role IN ({", ".join(f"'{role}'" for role in FROM_MERCHANT)})
), agencies AS (
    SELECT moved.kind, moved.source, moved.target, moved.fen
    FROM night_agencies
    JOIN night_accounts AS streamer ON streamer.owner_id = night_agencies.streamer AND streamer.kind = 'available'
    JOIN night_accounts AS agency ON agency.owner_id = night_agencies.agency AND agency.kind = 'available'
    CROSS JOIN LATERAL (VALUES
        ('{Kind.AGENCY_FEE}', streamer.id, agency.id, paid),
        ('{Kind.CLAWBACK}', agency.id, streamer.id, returned)
    ) AS moved (kind, source, target, fen)
), parties AS (
    SELECT party, sum(fee)::bigint AS fee, sum(returned)::bigint AS returned,
           coalesce(sum(clawed) FILTER (WHERE role <> 'agency'), 0)::bigint AS clawed
    FROM night_sums WHERE role <> 'merchant' GROUP BY party
), fees_and_clawbacks AS (
    SELECT moved.kind, moved.source, moved.target, moved.fen
    FROM parties
    JOIN night_accounts AS account ON account.owner_id = party AND account.kind = 'available'
    CROSS JOIN LATERAL (VALUES
        ('{Kind.TECH_FEE}', account.id, %(revenue)s, fee),
        ('{Kind.CLAWBACK}', account.id, %(clearing)s, clawed),
        ('{Kind.TECH_FEE_RETURNED}', %(revenue)s, account.id, returned)
    ) AS moved (kind, source, target, fen)
), merchants AS (
    SELECT moved.kind, moved.source, moved.target, moved.fen
    FROM night_sums
    JOIN night_accounts AS funding ON funding.owner_id = party AND funding.kind = 'funding'
    LEFT JOIN merchants_shop AS shop ON shop.merchant_id = party AND shop.funding = 'prepaid'
    LEFT JOIN unnest(%(owed_to)s::bigint[], %(owed_fen)s::bigint[]) AS owed (merchant, fen) ON owed.merchant = party
    CROSS JOIN LATERAL (VALUES
        ('{Kind.WITHHELD}', %(external)s, funding.id,
         gross - CASE WHEN shop.merchant_id IS NULL THEN 0 ELSE funding.balance_fen END),
        ('{Kind.COST}', funding.id, %(clearing)s, gross),
        ('{Kind.REIMBURSED}', %(clearing)s, funding.id, clawed - coalesce(owed.fen, 0))
    ) AS moved (kind, source, target, fen)
    WHERE role = 'merchant'
)
SELECT * FROM earnings
UNION ALL SELECT * FROM agencies
UNION ALL SELECT * FROM fees_and_clawbacks
UNION ALL SELECT * FROM merchants
"""
"""Every movement of the night as (kind, source, target, fen), also those of nothing. An agency is paid by its streamer
and pays back to him; neither passes the clearing account. A deposit pays first, the rest is withheld."""
