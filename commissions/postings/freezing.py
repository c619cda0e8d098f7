"""The money that disputes and tenant holds keep still: available ⇄ frozen; a posting's cause names its case.

::

    available ──frozen──▶ frozen ──released──▶ available          frozen, then available ──correction──▶ claimant

Disputes freeze before tenant holds, the oldest first; a hold freezes what is left. A night first releases what its
clawbacks need and makes its postings, so that a clawback is paid out of frozen money before it becomes a debt. Then it
collects what disputes were decided to take, and freezes again. Each function works on all cases at once; a night
without cases pays for three reads.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Exists, OuterRef

from commissions.models import Dispute, Settlement, TenantHold
from commissions.postings.transfers import KEPT_NET
from commissions.split import ROLES
from haowu.ground.bulk import update_rows
from haowu.ledger.books import Transfer, open_accounts, post
from haowu.ledger.models import Account, Posting
from haowu.tenants.models import Tenant

AVAILABLE, FROZEN = Account.Kind.AVAILABLE, Account.Kind.FROZEN
Bucket = tuple[int, str]
"""Whose, and which kind of account."""
Case = Dispute | TenantHold

LOSING = f"""
    SELECT DISTINCT role.party FROM commissions_settlement
    CROSS JOIN LATERAL (VALUES {", ".join(f"({role}_id, {KEPT_NET[role]})" for role in ROLES)}) AS role (party, fen)
    WHERE day = %(day)s AND phase > 0 AND role.fen < 0
"""
"""Who gives something back on a day: the rows are read once, and a first phase takes nothing from anybody."""


@dataclass(frozen=True)
class Move:
    """One posting to make for a case."""

    case: Case
    source: Bucket
    target: Bucket
    amount_fen: int
    kind: str


def freeze(case: Case, owner: int, amount_fen: int) -> Move:
    return Move(case, (owner, AVAILABLE), (owner, FROZEN), amount_fen, Posting.Kind.FROZEN)


def release(case: Case, owner: int, amount_fen: int) -> Move:
    return Move(case, (owner, FROZEN), (owner, AVAILABLE), amount_fen, Posting.Kind.RELEASED)


def pay_claimant(dispute: Dispute, source: str, amount_fen: int) -> Move:
    """From the respondent's ``source`` to the claimant: a merchant's funding, anybody else's available money."""
    target = Account.Kind.FUNDING if dispute.claimant.kind == Tenant.Kind.MERCHANT else AVAILABLE
    bucket = (dispute.respondent_id, source)
    return Move(dispute, bucket, (dispute.claimant_id, target), amount_fen, Posting.Kind.CORRECTION)


def book(moves: Iterable[Move], *, day: date) -> None:
    """Post ``moves`` and keep count on their cases, which the caller has locked. Moves of nothing are left out."""
    moves = [move for move in moves if move.amount_fen]
    accounts = open_accounts({bucket for move in moves for bucket in (move.source, move.target)})
    transfers = []
    for move in moves:
        case = move.case
        case.moves += 1
        case.frozen_fen += move.amount_fen * ((move.target[1] == FROZEN) - (move.source[1] == FROZEN))
        reference = f"{case.cause}:{move.kind}:{case.moves}"
        source, target = accounts[move.source], accounts[move.target]
        transfers.append(Transfer(source, target, move.amount_fen, move.kind, reference, case.cause))
    post(transfers, day=day)
    for model in (Dispute, TenantHold):
        cases = {move.case.pk: move.case for move in moves if isinstance(move.case, model)}
        rows = [{"id": pk, "frozen_fen": case.frozen_fen, "moves": case.moves} for pk, case in cases.items()]
        update_rows(model, rows, key="id")


def lock_party(owner: int) -> None:
    """Keep everybody else from changing what is frozen of ``owner``: the party, its holds, its disputes, in this order.

    Acts call it before they touch a case; a night locks holds before disputes too, so that neither waits in a circle.
    """
    Tenant.objects.select_for_update(no_key=True).get(pk=owner)
    list(TenantHold.objects.open().filter(tenant=owner).select_for_update(of=("self",)).order_by("pk"))
    list(Dispute.objects.filter(respondent=owner).unfinished().select_for_update(of=("self",)).order_by("pk"))


def freeze_missing(day: date, *, owners: Sequence[int] | None = None) -> None:
    """Freeze what open cases ask for and have not got yet, out of what their parties (or all) have available.

    Cases that somebody else is deciding at this moment are left out: they are about to be released.
    """
    short = Dispute.objects.short().select_for_update(skip_locked=True, of=("self",)).order_by("pk")
    open_holds = TenantHold.objects.open().select_for_update(skip_locked=True, of=("self",)).order_by("pk")
    if owners is not None:
        short, open_holds = short.filter(respondent__in=owners), open_holds.filter(tenant__in=owners)
    disputes, holds = list(short), list(open_holds)
    parties = {case.respondent_id for case in disputes} | {case.tenant_id for case in holds}
    left = locked_balances((owner, kind) for owner in parties for kind in (AVAILABLE, FROZEN))
    moves = []
    for dispute in disputes:
        bucket = (dispute.respondent_id, AVAILABLE)
        amount_fen = min(dispute.amount_fen - dispute.frozen_fen, left[bucket])
        left[bucket] -= amount_fen
        moves.append(freeze(dispute, dispute.respondent_id, amount_fen))
    moves += [freeze(hold, hold.tenant_id, left[hold.tenant_id, AVAILABLE]) for hold in holds]
    book(moves, day=day)


def release_for_clawbacks(day: date) -> None:
    """Before the postings of the night of ``day``: lock every case that freezes, and release what clawbacks need.

    A hold releases all that it keeps of a party that gives something back; a dispute what its line no longer leaves
    with the respondent.
    """
    holds = list(TenantHold.objects.open().select_for_update(of=("self",)).order_by("pk"))
    disputes = list(Dispute.objects.open().select_for_update(of=("self",)).order_by("pk"))
    losing = losing_parties(day, [hold.tenant_id for hold in holds if hold.frozen_fen])
    moves = [release(hold, hold.tenant_id, hold.frozen_fen) for hold in holds if hold.tenant_id in losing]
    nets = nets_of(disputes)
    shrunk = [dispute for dispute in disputes if nets.get(dispute.pk, dispute.amount_fen) != dispute.amount_fen]
    for dispute in shrunk:
        dispute.amount_fen = max(0, nets[dispute.pk])
        moves.append(release(dispute, dispute.respondent_id, max(0, dispute.frozen_fen - dispute.amount_fen)))
    update_rows(Dispute, [{"id": each.pk, "amount_fen": each.amount_fen} for each in shrunk], key="id")
    book(moves, day=day)


def pay_from_frozen(dispute: Dispute, *, day: date) -> int:
    """Pay the claimant of ``dispute``, which is being upheld, from what is frozen for it, and release the rest.

    Returns what was paid; what is missing ``collect`` pays out of available money.
    """
    paid_fen = min(dispute.take_fen, dispute.frozen_fen)
    rest_fen = dispute.frozen_fen - paid_fen
    book([pay_claimant(dispute, FROZEN, paid_fen), release(dispute, dispute.respondent_id, rest_fen)], day=day)
    return paid_fen


def collect(day: date, *, only: Dispute | None = None) -> None:
    """Pay claimants of upheld disputes what ``pay_from_frozen`` left open, as far as respondents have it available.

    Never more than the line left with the respondent; a line that has not settled yet gives nothing yet. What a hold
    keeps of the respondent stays kept: the following nights pay, before the hold freezes again.
    """
    settled = Settlement.objects.filter(line__order=OuterRef("order"), line__line_no=OuterRef("line_no"), phase=0)
    waiting = Dispute.objects.to_collect().filter(Exists(settled)).select_related("claimant")
    if only is not None:
        waiting = waiting.filter(pk=only.pk)
    disputes = list(waiting.select_for_update(of=("self",)).order_by("pk"))
    nets = nets_of(disputes)
    largest = [pay_claimant(dispute, AVAILABLE, dispute.take_fen) for dispute in disputes]
    left = locked_balances(bucket for move in largest for bucket in (move.source, move.target))
    moves = []
    for dispute in disputes:
        bucket = (dispute.respondent_id, AVAILABLE)
        open_fen = max(0, min(dispute.take_fen, nets[dispute.pk]) - dispute.taken_fen)
        paid_fen = min(open_fen, left[bucket])
        left[bucket] -= paid_fen
        dispute.taken_fen += paid_fen
        moves.append(pay_claimant(dispute, AVAILABLE, paid_fen))
    update_rows(Dispute, [{"id": each.pk, "taken_fen": each.taken_fen} for each in disputes], key="id")
    book(moves, day=day)


def nets_of(disputes: Iterable[Dispute]) -> dict[int, int]:
    """``{dispute id: what the line's phases left with the respondent}``; lines without a phase are left out."""
    shares = " + ".join(
        f"CASE WHEN settled.{role}_id = dispute.respondent_id THEN {_of(role, 'settled')} ELSE 0 END" for role in ROLES
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT dispute.id, sum({shares})::bigint FROM commissions_dispute AS dispute"
            " JOIN commissions_orderline AS line ON line.order_id = dispute.order_id AND line.line_no = dispute.line_no"
            " JOIN commissions_settlement AS settled"
            " ON settled.line_id = line.id AND settled.merchant_id = line.merchant_id"
            " WHERE dispute.id = ANY(%s) GROUP BY dispute.id",
            [[dispute.pk for dispute in disputes]],
        )
        return dict(cursor.fetchall())


def _of(role: str, table: str) -> str:
    """What a row leaves with ``role``, its columns named with their table."""
    return " ".join(f"{table}.{word}" if word.endswith("_fen") else word for word in KEPT_NET[role].split())


def losing_parties(day: date, owners: list[int]) -> set[int]:
    """Those of ``owners`` who give something back on ``day``."""
    if not owners:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT party FROM ({LOSING}) AS losing WHERE party = ANY(%(owners)s)", {"day": day, "owners": owners}
        )
        return {owner for (owner,) in cursor.fetchall()}


def locked_balances(buckets: Iterable[Bucket]) -> dict[Bucket, int]:
    """What is in each bucket, opened where new and locked in the order in which postings lock."""
    accounts = open_accounts(buckets)
    locked = Account.objects.filter(pk__in=accounts.values()).select_for_update().order_by("pk")
    balances = {account.pk: account.balance_fen for account in locked}
    return {bucket: balances[pk] for bucket, pk in accounts.items()}
