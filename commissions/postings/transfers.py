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
Few = list[tuple[str, int, int, int]]
"""``[(kind, source account, target account, fen)]``"""


class NightTransfers:
    """``post()`` once: books one run, all or nothing. What almost everybody has is added up and posted as a set
    (``netting``); who falls into debt, or repays one, is looked at one by one."""

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
        """How many postings it took. The balances of all its parties are locked from then on."""
        netting.add_up(self.run.day)
        open_accounts_of(netting.ACCOUNTS)
        netting.lock_parties()
        few, owed, repaid = self._debts()
        few += self._owed_and_repaid(owed, repaid)
        day = self.run.day
        return post_all(
            f"SELECT kind, source, target, fen, 'night:{day}:' || kind || ':' || source || ':' || target"
            f" FROM ({netting.MOVES} UNION ALL SELECT * FROM unnest(%(kinds)s::text[], %(sources)s::bigint[],"
            " %(targets)s::bigint[], %(amounts)s::bigint[])) AS moves",
            {"clearing": self.clearing, "revenue": self.revenue, "external": self.external}
            | {"owed_to": list(owed), "owed_fen": list(owed.values())}
            | {
                name: [each[index] for each in few]
                for index, name in enumerate(("kinds", "sources", "targets", "amounts"))
            },
            day=day,
            cause=f"run:{day}",
        )

    def _debts(self) -> tuple[Few, Amounts, Amounts]:
        """Draw what parties cannot pay from their debt accounts, repay debts from what they earned.

        Also returns what merchants do not get yet of tonight's clawbacks, and what they get of earlier ones.
        """
        concerned = netting.in_need_of_debt()
        parties = [party for party, _after, _debt in concerned]
        available, debt = _accounts(parties, Account.Kind.AVAILABLE), _accounts(parties, Account.Kind.DEBT)
        short: Amounts = {}
        paying: Amounts = {}
        few: Few = []
        for party, after, owes in concerned:
            if after < 0:
                short[party] = -after
                few.append((Posting.Kind.DEBT_DRAWN, debt[party], available[party], -after))
            else:
                paying[party] = min(after, -owes)
                few.append((Posting.Kind.DEBT_REPAID, available[party], debt[party], paying[party]))
        return few, self._claim(short), _repay(paying)

    def _claim(self, short: Amounts) -> Amounts:
        """Divide each shortfall over the merchants it was clawed back for; ``{merchant: fen}`` owed to them.

        What a party lacks for a corrected tech fee is the platform's to wait for.
        """
        owed: Amounts = defaultdict(int)
        if self.is_fronted or not short:
            return owed
        clawed_back = _clawed_by_merchant(self.run.day, short)
        returned = netting.returned_to(sorted(set().union(*clawed_back.values())))
        for debtor, clawed in clawed_back.items():
            merchants = sorted(clawed)
            shared = min(short[debtor], sum(clawed.values()))
            parts = divide(shared, [clawed[merchant] for merchant in merchants])
            for merchant, part in zip(merchants, parts, strict=True):
                part = min(part, returned[merchant] - owed[merchant])
                if part:
                    owed[merchant] += part
                    Claim.objects.create(debtor_id=debtor, merchant_id=merchant, day=self.run.day, amount_fen=part)
        return owed

    def _owed_and_repaid(self, owed: Amounts, repaid: Amounts) -> Few:
        """What waits for merchants until debtors pay, and what comes in of it."""
        receivable = _accounts({*owed, *repaid}, Account.Kind.RECEIVABLE)
        funding = _accounts(repaid, Account.Kind.FUNDING)
        few: Few = [(Posting.Kind.OWED, self.clearing, receivable[merchant], fen) for merchant, fen in owed.items()]
        for merchant, fen in repaid.items():
            few.append((Posting.Kind.REIMBURSED, receivable[merchant], funding[merchant], fen))
        return few


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
