"""From one settlement row to the postings that it went into: what ``postings.transfers`` nets, seen from a single row.

The postings of a night are one for each kind and pair of accounts; a row's share of them is known to the fen, except
where the merchant's side depends on the whole night: what a deposit paid, and what a debtor could not.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from commissions.models import Settlement
from commissions.postings.netting import EARNING
from commissions.postings.transfers import night_reference
from commissions.split import FROM_MERCHANT, ROLES
from haowu.ledger.books import platform
from haowu.ledger.models import Account, Posting

Kind = Posting.Kind
AVAILABLE, FUNDING = Account.Kind.AVAILABLE, Account.Kind.FUNDING
OF_THE_WHOLE_NIGHT = (Kind.WITHHELD, Kind.REIMBURSED, Kind.OWED)
Bucket = tuple[int, str, str]
"""Owner, kind and code of an account."""


@dataclass(frozen=True)
class Flow:
    """``amount_fen`` > 0 of ``kind`` from one account to another on ``day``."""

    day: date
    kind: str
    source: Bucket
    target: Bucket
    amount_fen: int


@dataclass(frozen=True)
class LinePosting:
    """The posting that a flow went into. ``share_fen`` is the row's own; None where only the whole night knows it."""

    flow: Flow
    reference: str
    netted_fen: int
    share_fen: int | None


class NightBook:
    """The accounts and postings behind many settlement rows, read at once. Platform scope."""

    def __init__(self, rows: Iterable[Settlement]) -> None:
        self.flows = {(row.line_id, row.phase): list(self._flows(row)) for row in rows}
        self._posted = self._postings()

    def booked(self, row: Settlement) -> list[LinePosting]:
        """The postings that hold ``row``, in the order of their kinds; nothing while its night is not closed."""
        found = []
        for flow in self.flows[row.line_id, row.phase]:
            reference = self._reference(flow)
            if reference in self._posted:
                found.append(LinePosting(flow, reference, self._posted[reference], self._share(flow)))
        return found

    @cached_property
    def house(self) -> int:
        return platform().pk

    @cached_property
    def _accounts(self) -> dict[Bucket, int]:
        ends = {bucket for flows in self.flows.values() for flow in flows for bucket in (flow.source, flow.target)}
        rows = Account.objects.filter(
            owner__in={owner for owner, _kind, _code in ends},
            kind__in={kind for _owner, kind, _code in ends},
            code__in={code for _owner, _kind, code in ends},
        )
        return {(owner, kind, code): pk for owner, kind, code, pk in rows.values_list("owner", "kind", "code", "pk")}

    def _postings(self) -> dict[str, int]:
        references = {self._reference(flow) for flows in self.flows.values() for flow in flows}
        rows = Posting.objects.filter(reference__in=references)
        return dict(rows.values_list("reference", "amount_fen"))

    def _reference(self, flow: Flow) -> str:
        source, target = self._accounts.get(flow.source, 0), self._accounts.get(flow.target, 0)
        return night_reference(flow.day, flow.kind, source, target)

    def _share(self, flow: Flow) -> int | None:
        """A merchant's proceeds and reimbursements are each row's own only where nothing else is in them."""
        if flow.kind == Kind.WITHHELD:
            cost = Flow(flow.day, Kind.COST, flow.target, self._clearing(flow.day), flow.amount_fen)
            same = self._posted[self._reference(flow)] == self._posted.get(self._reference(cost))
            return flow.amount_fen if same else None
        if flow.kind in (Kind.REIMBURSED, Kind.OWED):
            other = Kind.OWED if flow.kind == Kind.REIMBURSED else Kind.REIMBURSED
            twin = Flow(flow.day, other, flow.source, _reimbursed(flow.target[0], other), flow.amount_fen)
            return flow.amount_fen if self._reference(twin) not in self._posted else None
        return flow.amount_fen

    def _clearing(self, day: date) -> Bucket:
        return self.house, Account.Kind.CLEARING, str(day)

    def _flows(self, row: Settlement) -> Iterator[Flow]:
        clearing, revenue = self._clearing(row.day), (self.house, Account.Kind.REVENUE, "")
        funding = (row.merchant_id, FUNDING, "")
        if row.cost_fen > 0:
            outside = (self.house, Account.Kind.EXTERNAL, "")
            yield Flow(row.day, Kind.WITHHELD, outside, funding, row.cost_fen)
            yield Flow(row.day, Kind.COST, funding, clearing, row.cost_fen)
        for role in ROLES:
            party, gross, fee = (getattr(row, f"{role}_{name}") for name in ("id", "fen", "fee_fen"))
            own = (party, AVAILABLE, "")
            if gross:
                payer = clearing
                if role not in FROM_MERCHANT:
                    assert row.streamer_id is not None, "an agency has its share from a streamer"
                    payer = (row.streamer_id, AVAILABLE, "")
                earning = EARNING.get(role, Kind.AGENCY_FEE)
                yield _to_and_fro(row.day, (earning, payer, own), (Kind.CLAWBACK, own, payer), gross)
            if fee:
                yield _to_and_fro(row.day, (Kind.TECH_FEE, own, revenue), (Kind.TECH_FEE_RETURNED, revenue, own), fee)
        if row.cost_fen < 0:
            for kind in (Kind.REIMBURSED, Kind.OWED):
                yield Flow(row.day, kind, clearing, _reimbursed(row.merchant_id, kind), -row.cost_fen)


def _reimbursed(merchant: int, kind: str) -> Bucket:
    return merchant, FUNDING if kind == Kind.REIMBURSED else Account.Kind.RECEIVABLE, ""


def _to_and_fro(day: date, forth: tuple[str, Bucket, Bucket], back: tuple[str, Bucket, Bucket], fen: int) -> Flow:
    return Flow(day, *(forth if fen > 0 else back), abs(fen))
