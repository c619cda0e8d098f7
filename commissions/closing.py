"""Closing a night: what its settlement rows add up to becomes postings, daily balances and a report, all at once.

Money of a night (each arrow nets one party, day and kind)::

    external ──withheld──▶ merchant funding ──cost──▶ clearing ──commission, fees──▶ available ──tech fee──▶ revenue
    available ──clawback──▶ clearing ──reimbursed──▶ merchant funding,   revenue ──tech fee returned──▶ available

The clearing account is the run's own and ends at zero. Where a clawback exceeds what a party has, the rest is drawn
from its debt account, which the next earnings repay first (rulebook §9); the merchant is reimbursed at once.
"""

import hashlib
import json
from collections import defaultdict
from datetime import date
from typing import Any

from django.db import connection, transaction

from commissions.models import OrderLine, Run, Shard
from commissions.split import ROLES
from haowu import days
from haowu.errors import Refused
from haowu.ledger.books import Transfer, close_day, open_accounts, platform, post
from haowu.ledger.models import Account, Posting

EARNING = {
    "streamer": Posting.Kind.COMMISSION,
    "first_leader": Posting.Kind.SERVICE_FEE,
    "second_leader": Posting.Kind.SECOND_FEE,
    "provider": Posting.Kind.PROVIDER_FEE,
}


class ProofFailed(Refused):
    """A closing proof does not hold: nothing was closed, and the run waits for a person."""

    code = "PROOF_FAILED"
    text = "{proof}"


@transaction.atomic
def close_run(run_id: int) -> None:
    """Close a run whose shards are all done. Closing one that is closed, or not ready, changes nothing."""
    run = Run.objects.select_for_update().get(pk=run_id)
    if run.status == Run.Status.CLOSED or run.shards.exclude(status=Shard.Status.DONE).exists():
        return
    postings = _Night(run).transfers()
    post(postings, day=run.day)
    close_day(run.day, after=run.covers_after)
    run.report = _report(run, len(postings))
    run.checksum = hashlib.sha256(json.dumps(run.report, sort_keys=True).encode()).hexdigest()
    run.status, run.closed_at = Run.Status.CLOSED, days.now()
    run.save(update_fields=["report", "checksum", "status", "closed_at"])


class _Night:
    """The transfers that book one run."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.platform = platform().pk
        self.clearing = open_accounts([(self.platform, Account.Kind.CLEARING)], code=str(run.day))[
            self.platform, Account.Kind.CLEARING
        ]
        fixed = open_accounts([(self.platform, Account.Kind.REVENUE), (self.platform, Account.Kind.EXTERNAL)])
        self.revenue = fixed[self.platform, Account.Kind.REVENUE]
        self.external = fixed[self.platform, Account.Kind.EXTERNAL]
        self.booked: list[Transfer] = []

    def transfers(self) -> list[Transfer]:
        self._merchants()
        self._parties()
        return self.booked

    def _book(self, kind: str, source: int, target: int, amount_fen: int) -> None:
        if amount_fen:
            reference = f"night:{self.run.day}:{kind}:{source}:{target}"
            self.booked.append(Transfer(source, target, amount_fen, kind, reference, f"run:{self.run.day}"))

    def _merchants(self) -> None:
        costs = _signed_sums(self.run.day, "merchant_id", "cost_fen")
        accounts = open_accounts((merchant, Account.Kind.FUNDING) for merchant in costs)
        for merchant, (paid, returned) in sorted(costs.items()):
            funding = accounts[merchant, Account.Kind.FUNDING]
            self._book(Posting.Kind.WITHHELD, self.external, funding, paid)
            self._book(Posting.Kind.COST, funding, self.clearing, paid)
            self._book(Posting.Kind.REIMBURSED, self.clearing, funding, returned)

    def _parties(self) -> None:
        nets: dict[int, int] = defaultdict(int)
        sums = {}
        for role in ROLES:
            sums[role] = _signed_sums(self.run.day, f"{role}_id", f"{role}_fen", f"{role}_fee_fen")
        parties = set().union(*sums.values())
        accounts = open_accounts(
            (party, kind) for party in parties for kind in (Account.Kind.AVAILABLE, Account.Kind.DEBT)
        )
        fees: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
        for role in ROLES:
            for party, (gross, clawed, fee, fee_returned) in sorted(sums[role].items()):
                self._book(EARNING[role], self.clearing, accounts[party, Account.Kind.AVAILABLE], gross)
                for index, amount in enumerate((fee, clawed, fee_returned)):
                    fees[party][index] += amount
                nets[party] += gross - clawed - fee + fee_returned
        for party, (fee, clawed, fee_returned) in sorted(fees.items()):
            available = accounts[party, Account.Kind.AVAILABLE]
            self._book(Posting.Kind.TECH_FEE, available, self.revenue, fee)
            self._book(Posting.Kind.CLAWBACK, available, self.clearing, clawed)
            self._book(Posting.Kind.TECH_FEE_RETURNED, self.revenue, available, fee_returned)
        self._debts(nets, accounts)

    def _debts(self, nets: dict[int, int], accounts: dict[tuple[int, str], int]) -> None:
        """Draw what a party cannot pay from its debt account; repay debt from what it earned."""
        locked = Account.objects.select_for_update().filter(pk__in=accounts.values()).order_by("pk")
        balances = {account.pk: account.balance_fen for account in locked}
        for party, net in sorted(nets.items()):
            available, debt = accounts[party, Account.Kind.AVAILABLE], accounts[party, Account.Kind.DEBT]
            after = balances[available] + net
            self._book(Posting.Kind.DEBT_DRAWN, debt, available, max(0, -after))
            self._book(Posting.Kind.DEBT_REPAID, available, debt, max(0, min(after, -balances[debt])))


def _signed_sums(day: date, party: str, *amounts: str) -> dict[int, tuple[int, ...]]:
    """``{party: (sum of positive, minus sum of negative, …)}`` for each of ``amounts`` over the rows of ``day``."""
    columns = ", ".join(f"sum(greatest({name}, 0))::bigint, sum(greatest(-{name}, 0))::bigint" for name in amounts)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {party}, {columns} FROM commissions_settlement"
            f" WHERE day = %s AND {party} IS NOT NULL GROUP BY {party}",
            [day],
        )
        return {row[0]: tuple(row[1:]) for row in cursor.fetchall()}


def _report(run: Run, postings: int) -> dict[str, Any]:
    """What the night did, from its rows; raises ProofFailed where they do not add up."""
    phases = {"settlement": _totals(run.day, "phase = 0"), "adjustment": _totals(run.day, "phase > 0")}
    held = OrderLine.objects.exclude(held_reason="").values_list("held_reason", flat=True)
    report = {
        "day": str(run.day),
        "covers_after": str(run.covers_after) if run.covers_after else None,
        "lines": phases["settlement"]["rows"],
        "adjustments": phases["adjustment"]["rows"],
        "totals": phases,
        "held": {reason: held.filter(held_reason=reason).count() for reason in sorted(set(held))},
        "postings": postings,
        "shards": run.shards.count(),
        "rows_checksum": rows_checksum(run.day),
    }
    report["proofs"] = _prove(run, phases)
    return report


def _totals(day: date, condition: str) -> dict[str, Any]:
    sums = [f"{role}{part}" for role in ROLES for part in ("_fen", "_fee_fen")]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), "
            + ", ".join(f"coalesce(sum({name}), 0)::bigint" for name in ["base_fen", "cost_fen", *sums])
            + f" FROM commissions_settlement WHERE day = %s AND {condition}",
            [day],
        )
        rows, base, cost, *amounts = cursor.fetchone()
    roles = {
        role: {"gross_fen": gross, "tech_fee_fen": fee, "net_fen": gross - fee}
        for role, gross, fee in zip(ROLES, amounts[::2], amounts[1::2], strict=True)
    }
    return {"rows": rows, "base_fen": base, "merchant_cost_fen": cost, "roles": roles}


def _prove(run: Run, phases: dict[str, Any]) -> dict[str, bool]:
    """The proofs of a night, by name; all True, or ProofFailed."""
    rows = sum(phase["rows"] for phase in phases.values())
    shards = sum(run.shards.values_list("lines", flat=True))
    paid = sum(role["net_fen"] + role["tech_fee_fen"] for phase in phases.values() for role in phase["roles"].values())
    cost = sum(phase["merchant_cost_fen"] for phase in phases.values())
    clearing = Account.objects.get(kind=Account.Kind.CLEARING, code=str(run.day)).balance_fen
    due = OrderLine.objects.due_in(run.covers_after, run.day).count()
    proofs = {
        "shards_equal_rows": shards == rows,
        "every_due_line_settled": due == phases["settlement"]["rows"],
        "merchants_pay_what_others_get": paid == cost,
        "clearing_ends_at_zero": clearing == 0,
    }
    for name, holds in proofs.items():
        if not holds:
            raise ProofFailed(proof=f"{run.day}: {name}")
    return proofs


def rows_checksum(day: date) -> str:
    """A seal over the day's settlement rows, whatever their order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(hashtextextended(row::text, 0)::numeric), 0)"
            " FROM commissions_settlement AS row WHERE day = %s",
            [day],
        )
        return f"{cursor.fetchone()[0]:f}"
