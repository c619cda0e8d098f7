"""The only door to money: opening accounts, posting transfers, closing days."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction

from haowu.ground.bulk import insert_rows
from haowu.ledger.models import Account, Posting
from haowu.tenants.models import Tenant


@dataclass(frozen=True)
class Transfer:
    """``amount_fen`` > 0 from one account to another. ``reference`` is unique for ever: it happens once."""

    from_account: int
    to_account: int
    amount_fen: int
    kind: str
    reference: str
    cause: str


def platform() -> Tenant:
    return Tenant.objects.get(kind=Tenant.Kind.PLATFORM, code="platform")


def open_accounts(wanted: Iterable[tuple[int, str]], code: str = "") -> dict[tuple[int, str], int]:
    """``{(owner id, kind): account id}``, opening what does not exist yet."""
    wanted = sorted(set(wanted))
    rows = [
        {
            "owner_id": owner,
            "kind": kind,
            "code": code,
            "may_go_negative": kind in Account.MAY_GO_NEGATIVE,
            "balance_fen": 0,
        }
        for owner, kind in wanted
    ]
    insert_rows(Account, rows, conflict=["owner_id", "kind", "code"])
    owners = {owner for owner, _kind in wanted}
    found = Account.objects.filter(owner__in=owners, code=code).values_list("owner_id", "kind", "pk")
    return {(owner, kind): pk for owner, kind, pk in found if (owner, kind) in set(wanted)}


def balances(tenant: Tenant) -> dict[str, int]:
    """``{account kind: balance in fen}`` of the accounts of ``tenant`` as they stand now."""
    return dict(Account.objects.visible_to(tenant).values_list("kind", "balance_fen"))


@transaction.atomic
def post(transfers: Sequence[Transfer], *, day: date) -> None:
    """Book ``transfers`` on ``day`` in one statement: all or none.

    The database refuses (IntegrityError) a reference used before, an amount of 0 or less, and what would take an
    account below zero that must not go there.
    """
    insert_rows(
        Posting,
        [
            {
                "day": day,
                "from_account_id": transfer.from_account,
                "to_account_id": transfer.to_account,
                "amount_fen": transfer.amount_fen,
                "kind": transfer.kind,
                "reference": transfer.reference,
                "cause": transfer.cause,
                "created_at": "now",
            }
            for transfer in transfers
        ],
    )


def open_accounts_of(query: str) -> None:
    """Open the accounts that ``query`` gives as (owner id, kind) and that are not there yet, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_OPEN.format(query=query), {"negative": sorted(Account.MAY_GO_NEGATIVE)})


def post_all(query: str, parameters: dict[str, Any], *, day: date, cause: str) -> int:
    """Book what ``query`` gives as (kind, from account, to account, fen, reference): all or none, as ``post`` does.

    Rows of nothing are passed over. Returns how many were booked.
    """
    with connection.cursor() as cursor:
        cursor.execute(_POST.format(query=query), parameters | {"day": day, "cause": cause})
        return cursor.rowcount


def post_caused(query: str, *, day: date) -> int:
    """As ``post_all``, with a cause of its own for each: what ``query`` gives has it as its last column."""
    with connection.cursor() as cursor:
        cursor.execute(_POST_CAUSED.format(query=query), {"day": day})
        return cursor.rowcount


_OPEN = """
INSERT INTO ledger_account (owner_id, kind, code, may_go_negative, balance_fen)
SELECT owner_id, kind, '', kind = ANY(%(negative)s), 0 FROM ({query}) AS wanted (owner_id, kind)
WHERE NOT EXISTS (SELECT 1 FROM ledger_account AS there
                  WHERE there.owner_id = wanted.owner_id AND there.kind = wanted.kind AND there.code = '')
ORDER BY owner_id, kind ON CONFLICT DO NOTHING
"""

_POST = """
INSERT INTO ledger_posting (kind, from_account_id, to_account_id, amount_fen, reference, day, cause)
SELECT kind, source, target, fen, reference, %(day)s, %(cause)s
FROM ({query}) AS wanted (kind, source, target, fen, reference) WHERE fen > 0
"""

_POST_CAUSED = """
INSERT INTO ledger_posting (kind, from_account_id, to_account_id, amount_fen, reference, cause, day)
SELECT kind, source, target, fen, reference, cause, %(day)s
FROM ({query}) AS wanted (kind, source, target, fen, reference, cause) WHERE fen > 0
"""

_CLOSE_DAY = """
INSERT INTO ledger_dailybalance (account_id, day, opening_fen, inflow_fen, outflow_fen, closing_fen)
SELECT moved.account_id, %(day)s, coalesce(before.closing_fen, 0), moved.inflow, moved.outflow,
       coalesce(before.closing_fen, 0) + moved.inflow - moved.outflow
FROM (
    SELECT account_id, fen_sum(inflow) AS inflow, fen_sum(outflow) AS outflow FROM (
        SELECT to_account_id AS account_id, amount_fen AS inflow, 0::bigint AS outflow
        FROM ledger_posting WHERE day > %(after)s AND day <= %(day)s
        UNION ALL
        SELECT from_account_id, 0::bigint, amount_fen FROM ledger_posting WHERE day > %(after)s AND day <= %(day)s
    ) AS ends GROUP BY account_id
) AS moved
LEFT JOIN LATERAL (
    SELECT closing_fen FROM ledger_dailybalance AS earlier
    WHERE earlier.account_id = moved.account_id AND earlier.day < %(day)s ORDER BY earlier.day DESC LIMIT 1
) AS before ON true
"""


def close_day(day: date, *, after: date | None) -> None:
    """Write opening and closing of every account that moved on the days after ``after`` up to ``day``."""
    with connection.cursor() as cursor:
        cursor.execute(_CLOSE_DAY, {"day": day, "after": after or date.min})
