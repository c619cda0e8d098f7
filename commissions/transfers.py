"""The money of a night, netted per party and kind from its settlement rows::

    external ──withheld──▶ merchant funding ──cost──▶ clearing ──commission, fees──▶ available ──tech fee──▶ revenue
    available ──clawback──▶ clearing ──reimbursed──▶ merchant funding,   revenue ──tech fee returned──▶ available

The clearing account is the run's own and ends at zero. Where a clawback exceeds what a party has, the rest is drawn
from its debt account, which the next earnings repay first (rulebook §9). What is owed to a merchant meanwhile waits
in its receivable account, unless the policy lets the platform front it.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.db import connection
from django.db.models import F

from commissions.models import Claim, Policy, Run
from commissions.split import FROM_MERCHANT, ROLES
from haowu import days
from haowu.ledger.books import Transfer, open_accounts, platform
from haowu.ledger.models import Account, Posting
from haowu.money import divide
from merchants.models import Shop

EARNING = {
    "streamer": Posting.Kind.COMMISSION,
    "first_leader": Posting.Kind.SERVICE_FEE,
    "second_leader": Posting.Kind.SECOND_FEE,
    "provider": Posting.Kind.PROVIDER_FEE,
}
KEPT_NET = {role: f"{role}_fen - {role}_fee_fen" for role in ROLES} | {
    "streamer": "streamer_fen - streamer_fee_fen - agency_fen"
}
"""What a row leaves with each role, in SQL."""
Amounts = dict[int, int]


class NightTransfers:
    """``made()`` once: the transfers that book one run. The balances of all its parties are locked from then on."""

    def __init__(self, run: Run) -> None:
        self.run = run
        house = platform().pk
        clearing = open_accounts([(house, Account.Kind.CLEARING)], code=str(run.day))
        fixed = open_accounts([(house, Account.Kind.REVENUE), (house, Account.Kind.EXTERNAL)])
        self.clearing = clearing[house, Account.Kind.CLEARING]
        self.revenue = fixed[house, Account.Kind.REVENUE]
        self.external = fixed[house, Account.Kind.EXTERNAL]
        self.is_fronted = Policy.objects.in_force(days.start_of(run.day)).front_clawbacks
        self.booked: list[Transfer] = []

    def made(self) -> list[Transfer]:
        nets = self._parties()
        owed, repaid = self._debts(nets)
        self._merchants(owed, repaid)
        return self.booked

    def _book(self, kind: str, source: int, target: int, amount_fen: int) -> None:
        if amount_fen:
            reference = night_reference(self.run.day, kind, source, target)
            self.booked.append(Transfer(source, target, amount_fen, kind, reference, f"run:{self.run.day}"))

    def _parties(self) -> Amounts:
        """Book what every role earns and gives back; ``{party: net}`` of the night."""
        nets: Amounts = defaultdict(int)
        others: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
        sums = {role: signed_sums(self.run.day, f"{role}_id", f"{role}_fen", f"{role}_fee_fen") for role in ROLES}
        accounts = _accounts(set().union(*sums.values()), Account.Kind.AVAILABLE)
        for role in FROM_MERCHANT:
            for party, (gross, clawed, fee, fee_returned) in sorted(sums[role].items()):
                self._book(EARNING[role], self.clearing, accounts[party], gross)
                for index, amount in enumerate((fee, clawed, fee_returned)):
                    others[party][index] += amount
                nets[party] += gross - clawed - fee + fee_returned
        for party, (gross, clawed, fee, fee_returned) in sorted(sums["agency"].items()):
            others[party][0] += fee
            others[party][2] += fee_returned
            nets[party] += gross - clawed - fee + fee_returned
        self._agencies(nets, accounts)
        for party, (fee, clawed, fee_returned) in sorted(others.items()):
            self._book(Posting.Kind.TECH_FEE, accounts[party], self.revenue, fee)
            self._book(Posting.Kind.CLAWBACK, accounts[party], self.clearing, clawed)
            self._book(Posting.Kind.TECH_FEE_RETURNED, self.revenue, accounts[party], fee_returned)
        return nets

    def _agencies(self, nets: Amounts, accounts: Amounts) -> None:
        """An agency is paid by its streamer, and pays back to him; neither passes the clearing account."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT streamer_id, agency_id,"
                " sum(greatest(agency_fen, 0))::bigint, sum(greatest(-agency_fen, 0))::bigint"
                " FROM commissions_settlement WHERE day = %s AND agency_id IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2",
                [self.run.day],
            )
            for streamer, agency, paid, returned in cursor.fetchall():
                self._book(Posting.Kind.AGENCY_FEE, accounts[streamer], accounts[agency], paid)
                self._book(Posting.Kind.CLAWBACK, accounts[agency], accounts[streamer], returned)
                nets[streamer] += returned - paid

    def _debts(self, nets: Amounts) -> tuple[Amounts, Amounts]:
        """Draw what parties cannot pay from their debt accounts, repay debts from what they earned.

        Returns what merchants do not get yet of tonight's clawbacks, and what they get of earlier ones.
        """
        available, debt = _accounts(nets, Account.Kind.AVAILABLE), _accounts(nets, Account.Kind.DEBT)
        wanted = {*available.values(), *debt.values()}
        locked = Account.objects.select_for_update().filter(pk__in=wanted).order_by("pk")
        balances = {account.pk: account.balance_fen for account in locked}
        short: Amounts = {}
        paying: Amounts = {}
        for party, net in sorted(nets.items()):
            after = balances[available[party]] + net
            if after < 0:
                short[party] = -after
                self._book(Posting.Kind.DEBT_DRAWN, debt[party], available[party], -after)
            elif repaid := min(after, -balances[debt[party]]):
                paying[party] = repaid
                self._book(Posting.Kind.DEBT_REPAID, available[party], debt[party], repaid)
        return self._claim(short), _repay(paying)

    def _claim(self, short: Amounts) -> Amounts:
        """Divide each shortfall over the merchants it was clawed back for; ``{merchant: fen}`` owed to them.

        What a party lacks for a corrected tech fee is the platform's to wait for.
        """
        owed: Amounts = defaultdict(int)
        if self.is_fronted or not short:
            return owed
        returned = {merchant: back for merchant, (_paid, back) in self._costs().items()}
        for debtor, clawed in _clawed_by_merchant(self.run.day, short).items():
            merchants = sorted(clawed)
            shared = min(short[debtor], sum(clawed.values()))
            parts = divide(shared, [clawed[merchant] for merchant in merchants])
            for merchant, part in zip(merchants, parts, strict=True):
                part = min(part, returned[merchant] - owed[merchant])
                if part:
                    owed[merchant] += part
                    Claim.objects.create(debtor_id=debtor, merchant_id=merchant, day=self.run.day, amount_fen=part)
        return owed

    def _merchants(self, owed: Amounts, repaid: Amounts) -> None:
        costs = self._costs()
        funding = _accounts({*costs, *repaid}, Account.Kind.FUNDING)
        receivable = _accounts({*owed, *repaid}, Account.Kind.RECEIVABLE)
        deposits = _deposits(funding)
        for merchant, (paid, returned) in sorted(costs.items()):
            self._book(
                Posting.Kind.WITHHELD, self.external, funding[merchant], max(0, paid - deposits.get(merchant, 0))
            )
            self._book(Posting.Kind.COST, funding[merchant], self.clearing, paid)
            self._book(Posting.Kind.REIMBURSED, self.clearing, funding[merchant], returned - owed.get(merchant, 0))
        for merchant, amount in sorted(owed.items()):
            self._book(Posting.Kind.OWED, self.clearing, receivable[merchant], amount)
        for merchant, amount in sorted(repaid.items()):
            self._book(Posting.Kind.REIMBURSED, receivable[merchant], funding[merchant], amount)

    def _costs(self) -> dict[int, tuple[int, ...]]:
        """``{merchant: (paid, returned)}`` of the night."""
        return signed_sums(self.run.day, "merchant_id", "cost_fen")


def night_reference(day: date, kind: str, source: int, target: int) -> str:
    """The reference of the one posting that the night of ``day`` makes of a kind between two accounts."""
    return f"night:{day}:{kind}:{source}:{target}"


def signed_sums(day: date, party: str, *amounts: str) -> dict[int, tuple[int, ...]]:
    """``{party: (sum of positive, minus sum of negative, …)}`` for each of ``amounts`` over the rows of ``day``."""
    columns = ", ".join(f"sum(greatest({name}, 0))::bigint, sum(greatest(-{name}, 0))::bigint" for name in amounts)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {party}, {columns} FROM commissions_settlement"
            f" WHERE day = %s AND {party} IS NOT NULL GROUP BY {party}",
            [day],
        )
        return {row[0]: tuple(row[1:]) for row in cursor.fetchall()}


def _accounts(owners: Iterable[int], kind: str) -> Amounts:
    """``{owner: account id}`` of that kind, opened where new."""
    opened = open_accounts((owner, kind) for owner in owners)
    return {owner: account for (owner, _kind), account in opened.items()}


def _deposits(funding: Amounts) -> Amounts:
    """What is in the deposits of prepaid merchants, locked; the others' costs are withheld from their proceeds."""
    prepaid = Shop.objects.filter(merchant__in=funding, funding=Shop.Funding.PREPAID).values_list("merchant", flat=True)
    locked = Account.objects.select_for_update().filter(pk__in=[funding[merchant] for merchant in prepaid])
    return {account.owner_id: account.balance_fen for account in locked.order_by("pk")}


def _clawed_by_merchant(day: date, debtors: Iterable[int]) -> dict[int, Amounts]:
    """``{debtor: {merchant: net clawed back on day}}`` over all roles of each debtor."""
    clawed: dict[int, Amounts] = defaultdict(lambda: defaultdict(int))
    with connection.cursor() as cursor:
        for role in ROLES:
            cursor.execute(
                f"SELECT {role}_id, merchant_id, -sum({KEPT_NET[role]})::bigint FROM commissions_settlement"
                f" WHERE day = %s AND {role}_id = ANY(%s) AND {KEPT_NET[role]} < 0 AND cost_fen < 0"
                " GROUP BY 1, 2",
                [day, list(debtors)],
            )
            for debtor, merchant, amount in cursor.fetchall():
                clawed[debtor][merchant] += amount
    return clawed


def _repay(paying: Amounts) -> Amounts:
    """Use what debtors repay for the oldest claims on them; ``{merchant: fen}``. What remains is the platform's."""
    repaid: Amounts = defaultdict(int)
    claims = Claim.objects.select_for_update().filter(debtor__in=paying, repaid_fen__lt=F("amount_fen"))
    for claim in claims.order_by("day", "merchant", "pk"):
        part = min(claim.open_fen, paying[claim.debtor_id])
        if part:
            paying[claim.debtor_id] -= part
            repaid[claim.merchant_id] += part
            claim.repaid_fen += part
            claim.save(update_fields=["repaid_fen"])
    return repaid
