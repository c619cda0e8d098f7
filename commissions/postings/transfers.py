"""The money of a night, netted per party and kind from its settlement rows::

    external ──withheld──▶ merchant funding ──cost──▶ clearing ──commission, fees──▶ available ──tech fee──▶ revenue
    available ──clawback──▶ clearing ──reimbursed──▶ merchant funding,   revenue ──tech fee returned──▶ available

The clearing account is the run's own and ends at zero. Where a clawback exceeds what a party has, the rest is drawn
from its debt account, which the next earnings repay first (rulebook §9). What is owed to a merchant meanwhile waits
in its receivable account, unless the policy lets the platform front it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

from django.db import connection
from django.db.models import F

from commissions.models import Claim, Policy, Run
from commissions.postings import netting
from commissions.split import ROLES
from haowu.ground import days
from haowu.ground.money import divide
from haowu.ledger.books import open_accounts, open_accounts_of, platform, post_all
from haowu.ledger.models import Account, Posting

KEPT_NET = {role: f"{role}_fen - {role}_fee_fen" for role in ROLES} | {
    "streamer": "streamer_fen - streamer_fee_fen - agency_fen"
}
"""What a row leaves with each role, in SQL."""
Amounts = dict[int, int]
Movement = tuple[str, int, int, int]
"""``(kind, source account, target account, fen)``"""


class NightTransfers:
    """``post()`` once: makes the postings of one run, all or none.

    The movements that almost every party has are added up and posted as a set (``netting``); parties that fall into
    debt, or repay one, are looked at one by one.
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        house = platform().pk
        clearing = open_accounts([(house, Account.Kind.CLEARING)], code=str(run.day))
        fixed = open_accounts([(house, Account.Kind.REVENUE), (house, Account.Kind.EXTERNAL)])
        self.clearing = clearing[house, Account.Kind.CLEARING]
        self.revenue = fixed[house, Account.Kind.REVENUE]
        self.external = fixed[house, Account.Kind.EXTERNAL]
        self.is_fronted = Policy.objects.in_force(days.start_of(run.day)).front_clawbacks

    def post(self) -> int:
        """Returns how many postings there are. The balances of all the night's parties are locked from then on."""
        day = self.run.day
        netting.sum_up(day)
        open_accounts_of(netting.ACCOUNTS)
        netting.lock_parties()
        short, repaying = _debts()
        owed, repaid = self._claim(short), _repay(repaying)
        movements = [*_debt_movements(short, repaying), *self._claim_movements(owed, repaid)]
        return post_all(
            f"SELECT kind, source, target, fen, 'night:{day}:' || kind || ':' || source || ':' || target"
            f" FROM ({netting.MOVEMENTS} UNION ALL SELECT * FROM unnest(%(kinds)s::text[], %(sources)s::bigint[],"
            " %(targets)s::bigint[], %(amounts)s::bigint[])) AS movements",
            {"clearing": self.clearing, "revenue": self.revenue, "external": self.external}
            | {"owed_to": list(owed), "owed_fen": list(owed.values())}
            | {
                name: [movement[column] for movement in movements]
                for column, name in enumerate(("kinds", "sources", "targets", "amounts"))
            },
            day=day,
            cause=f"run:{day}",
        )

    def _claim(self, short: Amounts) -> Amounts:
        """Divide each party's shortfall over the merchants it was clawed back for; ``{merchant: fen}`` owed to them.

        What a party lacks for a corrected tech fee is the platform's to wait for.
        """
        owed: Amounts = defaultdict(int)
        if self.is_fronted or not short:
            return owed
        clawed_back = _clawed_by_merchant(self.run.day, short)
        clawed_in_all = netting.clawed_back_for(sorted(set().union(*clawed_back.values())))
        for debtor, clawed in clawed_back.items():
            merchants = sorted(clawed)
            shared = min(short[debtor], sum(clawed.values()))
            shares = divide(shared, [clawed[merchant] for merchant in merchants])
            for merchant, share in zip(merchants, shares, strict=True):
                fen = min(share, clawed_in_all[merchant] - owed[merchant])
                if fen:
                    owed[merchant] += fen
                    Claim.objects.create(debtor_id=debtor, merchant_id=merchant, day=self.run.day, amount_fen=fen)
        return owed

    def _claim_movements(self, owed: Amounts, repaid: Amounts) -> Iterator[Movement]:
        """What waits for merchants until debtors pay, and what comes in of it."""
        receivable = _accounts({*owed, *repaid}, Account.Kind.RECEIVABLE)
        funding = _accounts(repaid, Account.Kind.FUNDING)
        for merchant, fen in owed.items():
            yield Posting.Kind.OWED, self.clearing, receivable[merchant], fen
        for merchant, fen in repaid.items():
            yield Posting.Kind.REIMBURSED, receivable[merchant], funding[merchant], fen


def _debts() -> tuple[Amounts, Amounts]:
    """``({party: fen that it cannot pay tonight}, {party: fen of its debt that it repays from what it earned})``."""
    short: Amounts = {}
    repaying: Amounts = {}
    for party, after, debt in netting.parties_with_debts():
        if after < 0:
            short[party] = -after
        else:
            repaying[party] = min(after, -debt)
    return short, repaying


def _debt_movements(short: Amounts, repaying: Amounts) -> Iterator[Movement]:
    parties = [*short, *repaying]
    available, debt = _accounts(parties, Account.Kind.AVAILABLE), _accounts(parties, Account.Kind.DEBT)
    for party, fen in short.items():
        yield Posting.Kind.DEBT_DRAWN, debt[party], available[party], fen
    for party, fen in repaying.items():
        yield Posting.Kind.DEBT_REPAID, available[party], debt[party], fen


def night_reference(day: date, kind: str, source: int, target: int) -> str:
    """The reference of the one posting that the night of ``day`` makes of a kind between two accounts."""
    return f"night:{day}:{kind}:{source}:{target}"


def _accounts(owners: Iterable[int], kind: str) -> Amounts:
    """``{owner: account id}`` of that kind, opened where new."""
    opened = open_accounts((owner, kind) for owner in owners)
    return {owner: account for (owner, _kind), account in opened.items()}


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


def _repay(repaying: Amounts) -> Amounts:
    """Use what debtors repay for the oldest claims on them; ``{merchant: fen}``. What remains is the platform's."""
    left = dict(repaying)
    repaid: Amounts = defaultdict(int)
    claims = Claim.objects.select_for_update().filter(debtor__in=left, repaid_fen__lt=F("amount_fen"))
    for claim in claims.order_by("day", "merchant", "pk"):
        fen = min(claim.open_fen, left[claim.debtor_id])
        if fen:
            left[claim.debtor_id] -= fen
            repaid[claim.merchant_id] += fen
            claim.repaid_fen += fen
            claim.save(update_fields=["repaid_fen"])
    return repaid
