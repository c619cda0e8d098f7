"""Reserves: released when their time has come, there for clawbacks before, and kept of what each night brought.

A clawback reaches into a party's reserves before it becomes a debt: the night releases them, books, and keeps what is
left again. What the policy in force at the beginning of the run's day keeps is a share of each party's positive net.

All of it is sets in SQL: so many statements whatever the number of parties, none of which passes through Python. The
temporary table ``night_freed`` (reserve, party, what it held, whether its time had not come) lasts while a run closes;
accounts are locked by the postings, in the order of their ids.
"""

from datetime import date, timedelta

from django.db import connection
from django.db.backends.utils import CursorWrapper

from commissions.models import Policy, Reserve
from commissions.postings.freezing import LOSING
from haowu.ground import days
from haowu.ledger.books import open_accounts_of, post_caused
from haowu.ledger.models import Account, Posting

_AVAILABLE, _FROZEN = Account.Kind.AVAILABLE, Account.Kind.FROZEN

_FREED = f"""
CREATE TEMP TABLE night_freed ON COMMIT DROP AS
SELECT id, tenant_id AS party, frozen_fen AS held, moves, release_on, release_on > %(day)s AS is_early
FROM commissions_reserve WHERE id IN (
    SELECT id FROM commissions_reserve WHERE frozen_fen > 0 AND release_on <= %(day)s
    UNION ALL
    SELECT reserve.id FROM ({LOSING}) AS losing
    JOIN commissions_reserve AS reserve ON reserve.tenant_id = losing.party
    WHERE reserve.frozen_fen > 0 AND reserve.release_on > %(day)s
) ORDER BY id FOR UPDATE
"""

_ACCOUNTS = f"""
    JOIN ledger_account AS available ON available.owner_id = {{table}}.party
        AND available.kind = '{_AVAILABLE}' AND available.code = ''
    JOIN ledger_account AS frozen ON frozen.owner_id = {{table}}.party
        AND frozen.kind = '{_FROZEN}' AND frozen.code = ''
"""

_REFROZEN = f"""
CREATE TEMP TABLE night_refrozen ON COMMIT DROP AS
SELECT id, party, moves, fen FROM (
    SELECT night_freed.id, night_freed.party, night_freed.moves + 1 AS moves,
           least(held, available.balance_fen - (sum(held) OVER before - held)) AS fen
    FROM night_freed {_ACCOUNTS.format(table="night_freed")} WHERE is_early
    WINDOW before AS (PARTITION BY night_freed.party ORDER BY release_on, night_freed.id)
) AS amounts WHERE fen > 0
"""
"""What is left of each party's money, first to the reserve that is released first, to none more than it held."""

_NETS = f"""
    SELECT account.owner_id AS party, sum(moved.fen) AS fen FROM ledger_posting AS posting
    CROSS JOIN LATERAL (VALUES (to_account_id, amount_fen), (from_account_id, -amount_fen)) AS moved (account_id, fen)
    JOIN ledger_account AS account ON account.id = moved.account_id AND account.kind = '{_AVAILABLE}'
    WHERE posting.day = %(day)s AND posting.cause = %(cause)s
    GROUP BY account.owner_id HAVING sum(moved.fen) > 0
"""
_KEPT = f"""
CREATE TEMP TABLE night_kept ON COMMIT DROP AS
SELECT nextval(pg_get_serial_sequence('commissions_reserve', 'id')) AS id, party, fen, 0 AS moves FROM (
    SELECT party, div(fen * %(bps)s + 5000, 10000)::bigint AS fen FROM ({_NETS}) AS nets ORDER BY party
) AS amounts WHERE fen > 0
"""
"""``share`` of each party's net: half up, in whole fen."""


def release_for_night(day: date) -> None:
    """Before the night of ``day`` books: give back what is due, and all of those whom a clawback reaches."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.night_freed, pg_temp.night_refrozen, pg_temp.night_kept")
        cursor.execute((_FREED if Reserve.objects.kept().exists() else _FREED + " LIMIT 0"), {"day": day})
        if not cursor.rowcount:
            return
        cursor.execute("ANALYZE night_freed")
        _post("night_freed", "held", Posting.Kind.RELEASED, day)
        cursor.execute(
            "UPDATE commissions_reserve AS reserve SET frozen_fen = 0, moves = reserve.moves + 1"
            " FROM night_freed WHERE night_freed.id = reserve.id"
        )


def keep(day: date) -> None:
    """After the night of ``day`` has booked: freeze again what clawbacks left of what was released early, then the
    night's share.

    A reserve never holds more than it held before: what a clawback took of it does not come back into it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM night_freed WHERE is_early)")
        if cursor.fetchone()[0]:
            _freeze_again(cursor, day)
        policy = Policy.objects.in_force(days.start_of(day))
        if policy.reserve_bps and policy.reserve_days:
            _keep_of_the_night(cursor, day, policy)


def _freeze_again(cursor: CursorWrapper, day: date) -> None:
    cursor.execute(_REFROZEN)
    cursor.execute("ANALYZE night_refrozen")
    _post("night_refrozen", "fen", Posting.Kind.FROZEN, day)
    cursor.execute(
        "UPDATE commissions_reserve AS reserve SET frozen_fen = fen, moves = reserve.moves + 1"
        " FROM night_refrozen WHERE night_refrozen.id = reserve.id"
    )


def _keep_of_the_night(cursor: CursorWrapper, day: date, policy: Policy) -> None:
    cursor.execute(_KEPT, {"day": day, "cause": f"run:{day}", "bps": policy.reserve_bps})
    cursor.execute("ANALYZE night_kept")
    open_accounts_of(f"SELECT party, '{_FROZEN}' FROM night_kept")
    cursor.execute(
        "INSERT INTO commissions_reserve (id, tenant_id, day, amount_fen, release_on, frozen_fen, moves)"
        " SELECT id, party, %s, fen, %s, fen, 1 FROM night_kept",
        [day, day + timedelta(days=policy.reserve_days)],
    )
    _post("night_kept", "fen", Posting.Kind.FROZEN, day)


def _post(table: str, amount: str, kind: str, day: date) -> None:
    """Move ``amount`` of each reserve in ``table`` into, or out of, what is frozen of its party."""
    ends = ("frozen", "available") if kind == Posting.Kind.RELEASED else ("available", "frozen")
    post_caused(
        f"SELECT '{kind}', {ends[0]}.id, {ends[1]}.id, {amount},"
        f" 'reserve:' || {table}.id || ':{kind}:' || {table}.moves + 1, 'reserve:' || {table}.id"
        f" FROM {table} {_ACCOUNTS.format(table=table)}",
        day=day,
    )
