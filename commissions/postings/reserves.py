"""Reserves: released when their time has come, there for clawbacks before, and kept of what each night brought.

A clawback reaches into a party's reserves before it becomes a debt: the night releases them, books, and keeps what is
left again. What the policy in force at the beginning of the run's day keeps is a part of each party's positive net.
"""

from datetime import date, timedelta

from django.db import connection

from commissions.models import Policy, Reserve
from commissions.postings.freezing import AVAILABLE, book, freeze, locked_balances, losing_parties, release
from haowu import days
from haowu.bulk import insert_rows
from haowu.money import share

_NETS = """
SELECT account.owner_id, sum(moved.fen)::bigint FROM (
    SELECT to_account_id AS account_id, amount_fen AS fen FROM ledger_posting WHERE cause = %(cause)s AND day = %(day)s
    UNION ALL
    SELECT from_account_id, -amount_fen FROM ledger_posting WHERE cause = %(cause)s AND day = %(day)s
) AS moved JOIN ledger_account AS account ON account.id = moved.account_id AND account.kind = 'available'
GROUP BY account.owner_id HAVING sum(moved.fen) > 0 ORDER BY account.owner_id
"""


Thawed = list[tuple[Reserve, int]]
"""Reserves that clawbacks reached into, and what each held."""


def release_for_night(day: date) -> Thawed:
    """Before the night of ``day`` books: give back what is due, and what clawbacks reach into, which is returned."""
    kept = list(Reserve.objects.kept().filter(tenant__in=_losing(day)).select_for_update(of=("self",)))
    due = list(Reserve.objects.due(day).select_for_update(of=("self",)))
    early = [(reserve, reserve.frozen_fen) for reserve in kept if reserve.release_on > day]
    freed = [*due, *(reserve for reserve, _held in early)]
    book([release(reserve, reserve.tenant_id, reserve.frozen_fen) for reserve in freed], day=day)
    return early


def keep(day: date, thawed: Thawed) -> None:
    """After the night of ``day`` has booked: freeze ``thawed`` again as far as it is there, then the night's part.

    A reserve never holds more than it held before: what a clawback took of it does not come back into it.
    """
    left = locked_balances((reserve.tenant_id, AVAILABLE) for reserve, _held in thawed)
    moves = []
    for reserve, held in thawed:
        bucket = (reserve.tenant_id, AVAILABLE)
        part = min(held, left[bucket])
        left[bucket] -= part
        moves.append(freeze(reserve, reserve.tenant_id, part))
    book(moves, day=day)
    policy = Policy.objects.in_force(days.start_of(day))
    if policy.reserve_bps and policy.reserve_days:
        _keep_of_the_night(day, policy)


def _keep_of_the_night(day: date, policy: Policy) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_NETS, {"cause": f"run:{day}", "day": day})
        parts = {owner: share(net, policy.reserve_bps) for owner, net in cursor.fetchall()}
    release_on = day + timedelta(days=policy.reserve_days)
    insert_rows(
        Reserve,
        [
            {"tenant_id": owner, "day": day, "amount_fen": part, "release_on": release_on, "frozen_fen": 0, "moves": 0}
            for owner, part in parts.items()
            if part
        ],
    )
    reserves = Reserve.objects.filter(day=day).order_by("pk")
    book([freeze(reserve, reserve.tenant_id, reserve.amount_fen) for reserve in reserves], day=day)


def _losing(day: date) -> set[int]:
    return losing_parties(day, list(Reserve.objects.kept().values_list("tenant", flat=True).distinct()))
