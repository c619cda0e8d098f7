"""One market, twice: the project on PostgreSQL and the model. Acts go to both; ``differences()`` names what differs."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from itertools import count

from django.db import connection, transaction

from commissions.cases import holds
from commissions.models import LineHold, OrderLine, TenantHold, Withdrawal
from commissions.nights import night
from commissions.payments import payouts, withdrawals
from commissions.payments.payout_file import results_file
from commissions.postings import funding
from commissions.statements.daily import statement
from commissions.stories import explain
from haowu.audit.invariants import run_audit
from haowu.ground import days
from haowu.ground.errors import Refused
from haowu.ledger.models import Account, DailyBalance
from merchants import plans, providers
from merchants.models import Plan, Shop
from tests import build
from tests.model import Model, roles

SWITCHES = ("tech_bps", "hold_days", "return_tech_fee", "front_clawbacks")
FREE = {"min_withdrawal_fen": 0, "daily_withdrawal_fen": 10**15, "checked_above_fen": 10**15}
FAR = datetime(9000, 1, 1, tzinfo=days.SHANGHAI)
_numbers = count(1)


class World:
    def __init__(self, market: dict) -> None:
        self.market = market
        self.model = Model(market)
        self._build()

    def fresh(self) -> None:
        """Forget what the model saw. The project's rows are the caller's to roll back."""
        self.model = Model(self.market)

    def act(self, kind: str, *details) -> None:
        getattr(self, f"_{kind}")(*details)

    def _build(self) -> None:
        market = self.market
        self.sources = {code: build.source(code) for code in ("shop-1", "shop-2")}
        buyers = {code: buyer for buyer, code in market["buyers"].items()}
        merchants = {code: build.merchant(code, buyer_ref=buyers[code]) for code in market["merchants"]}
        self.streamers = {code: build.streamer(code, buyer_ref=buyers[code]) for code in market["streamers"]}
        providing = {code: build.tenant("provider", code) for code in market["providers"]}
        self.parties = merchants | self.streamers | providing
        for party in (self.streamers | providing).values():
            build.bank_account(party)
        Shop.objects.filter(merchant__code__in=market["prepaid"]).update(funding=Shop.Funding.PREPAID)
        for client, terms in market["engaged"].items():
            provider = self.parties[terms["provider"]]
            window = {"at": terms["at"], "until": terms["until"]}
            providers.engage(self.parties[client], provider, services="all", bps=terms["bps"], **window)
        for merchant, hold_days in market["holds"].items():
            Shop.objects.filter(merchant=merchants[merchant]).update(hold_days=hold_days)
        for policy in market["policies"]:
            build.policy(effective_from=policy["at"], **FREE, **{name: policy[name] for name in SWITCHES})
        products = {place: build.product(merchants[place[0]], place[1]) for place in market["products"]}
        for pid, pick in market["picks"].items():
            build.pick(self.streamers[pick["streamer"]], products[pick["product"]], pid, at=pick["at"])
        self.staff = build.staff()
        self.plans: dict[str, Plan] = {}
        for key, plan in market["plans"].items():
            terms = {"product": products.get(plan["product"])}
            if plan["type"] == "normal":
                terms["commission_bps"] = plan["rates"][None]
            else:
                terms["streamers"] = {self.streamers[who]: bps for who, bps in plan["rates"].items()}
            self.plans[key] = plans.open_plan(merchants[plan["merchant"]], plan["type"], at=plan["at"], **terms)

    def _events(self, source: str, events: list[dict]) -> None:
        build.push(self.sources[source], events)
        self.model.known.receive(source, events)

    def _rate(self, plan: str, streamer: str | None, bps: int | None, at: datetime) -> None:
        with _refusals():
            plans.set_rate(self.plans[plan], bps, at=at, streamer=self.streamers.get(streamer))
        self.model.offers.set_rate(plan, streamer, bps, at)

    def _end(self, plan: str, at: datetime) -> None:
        with _refusals():
            plans.end_plan(self.plans[plan], at=at)
        self.model.offers.end_plan(plan, at)

    def _settle(self, day) -> None:
        with _refusals():
            night.settle(day, now=days.now())
        self.model.settle(day)

    def _top_up(self, merchant: str, amount_fen: int) -> None:
        number = f"top-up {next(_numbers)}"
        funding.top_up(self.parties[merchant], number=number, amount_fen=amount_fen, at=days.BEGINNING)
        self.model.top_up(merchant, amount_fen)

    def _withdraw(self, party: str, number: str, tenths: int) -> None:
        """Money is withdrawn, so that later clawbacks find too little."""
        fen = self.model.balances[party, "available"] * tenths // 10
        with _refusals():
            withdrawals.request(self.parties[party], number, fen, None, days.BEGINNING)
        self.model.withdraw(party, number, fen)

    def _end_withdrawal(self, party: str, number: str, is_paid: bool) -> None:
        """Through the bank's files. A number that was never granted, or that has ended, is not there to end."""
        for asked in Withdrawal.objects.filter(tenant=self.parties[party], number=number):
            with _refusals():
                payouts.make_batch(None, days.BEGINNING, only=[asked.pk], who="tests")
            answer = results_file([(asked.reference, asked.amount_fen, is_paid, "")])
            payouts.read_results(answer, None, days.BEGINNING)
        self.model.end_withdrawal(party, number, is_paid)

    def _hold(self, source: str, order_no: str, line_no: int, at: datetime) -> None:
        line = OrderLine.objects.filter(source__code=source, order_no=order_no, line_no=line_no).first()
        if line is not None:
            with _refusals():
                holds.hold_line(line, "核实", by=self.staff, at=at, until=FAR)
        self.model.hold((source, order_no, line_no), at)

    def _release(self, source: str, order_no: str, line_no: int, at: datetime) -> None:
        staffs = LineHold.objects.open().filter(kind="STAFF_HOLD", order__source__code=source)
        for hold in staffs.filter(order__order_no=order_no, line_no=line_no):
            holds.release_line(hold, "已核实", by=self.staff, at=at)
        self.model.known.release((source, order_no, line_no), at)

    def _freeze(self, party: str, is_frozen: bool) -> None:
        with _refusals():
            if is_frozen:
                holds.freeze_tenant(self.parties[party], "核实", by=self.staff, at=days.BEGINNING, until=FAR)
            for hold in TenantHold.objects.open().filter(tenant=self.parties[party]) if not is_frozen else ():
                holds.release_tenant(hold, "已核实", by=self.staff, at=days.BEGINNING)
        if is_frozen != (party in self.model.frozen):
            self.model.freeze(party, is_frozen)

    def differences(self, *, statements: bool = True, by_account: bool = True) -> list[str]:
        """Everything in which the project and the model differ, or which the audit finds.

        Without ``by_account`` only the sum of each party's accounts is compared, and no statement.
        """
        found = [*_compared("line", self._stories(), self._expected())]
        ours, theirs = self._balances(), self.model.balances
        if by_account:
            found += _compared("account", ours, {key: fen for key, fen in theirs.items() if fen})
        else:
            found += _compared("party", _by_party(ours), _by_party(theirs))
        if by_account and statements:
            found += _compared("statement", self._statements(), self._expected_statements())
        return found + [f"audit {one.code}: {one.examples}" for one in run_audit() if not one.holds]

    def sums(self) -> dict:
        """``{(line, role): (gross, fee)}`` over all phases, from the project's rows; without what comes to nothing."""
        sums = {}
        for key, story in self._stories().items():
            for role in story["estimate"]:
                amounts = [phase[role] for _day, _kind, phase in story["phases"]]
                gross, fee = (sum(pair[index] for pair in amounts) for index in (0, 1))
                sums |= {(key, role): (gross, fee)} if gross or fee else {}
        return sums

    def _stories(self) -> dict:
        lines = OrderLine.objects.select_related("source")
        sources = dict(lines.values_list("pk", "source__code"))
        return {
            (sources[line.pk], line.order_no, line.line_no): _read(explain.fixed_points(line), bool(line.offer_kind))
            for line in explain.with_fixed_points(lines)
        }

    def _expected(self) -> dict:
        return {key: self._line(key, line, terms) for key, line, terms in self.model.known.lines()}

    def _line(self, key, line, terms) -> dict:
        phases, due = self.model.phases[key], self.model.known.due(key, line, terms)[0]
        known = self.model.known
        waits = [(since, "STAFF_HOLD") for since, until in known.holds[key] if until is None]
        waits += [(since, "DISPUTE") for since, until in known.disputes[key] if until is None]
        waits += [(since, "AFTER_SALE_OPEN") for since, closed in line.cases.values() if closed is None]
        uncovered = [(FAR, "INSUFFICIENT_DEPOSIT")] if key in self.model.uncovered else []
        held = min(waits, default=None, key=lambda wait: wait[0]) or next(iter(uncovered), (None, None))
        parts = {role: amounts for role, amounts in roles(line.paid, terms).items() if terms.get(role)}
        return {
            "status": "settled" if phases else line.status,
            "base_fen": line.base(),
            "terms": (terms["kind"], terms["commission_bps"], terms["tech_bps"]),
            "estimate": {role: (terms[role], *amounts) for role, amounts in parts.items()},
            "phases": [
                (str(phase["day"]), _kind(number, phase), {role: phase["shares"][role] for role in parts})
                for number, phase in enumerate(phases)
            ],
            "due_at": due if not phases else None,
            "held": held[1] if not phases and line.status != "invalid" else None,
        }

    def _balances(self) -> dict:
        accounts = Account.objects.exclude(kind="clearing").filter(balance_fen__lt=0)
        accounts |= Account.objects.filter(balance_fen__gt=0)
        return {(code, kind): fen for code, kind, fen in accounts.values_list("owner__code", "kind", "balance_fen")}

    def _statements(self) -> dict:
        balances = DailyBalance.objects.exclude(account__kind="clearing").select_related("account__owner")
        return {
            (balance.account.owner.code, balance.account.kind, str(balance.day)): (
                balance.opening_fen,
                {entry.kind: entry.amount_fen for entry in statement(balance).entries if entry.amount_fen},
                balance.closing_fen,
            )
            for balance in balances
        }

    def _expected_statements(self) -> dict:
        expected, running = {}, {}
        for (account, day), entries in sorted(self.model.statements.items(), key=lambda item: item[0][1]):
            opening = running.get(account, 0)
            running[account] = opening + sum(entries.values())
            expected[*account, str(day)] = (
                opening,
                {kind: fen for kind, fen in entries.items() if fen},
                running[account],
            )
        return expected


def _by_party(balances: Mapping[tuple[str, str], int]) -> dict[str, int]:
    sums: Counter[str] = Counter()
    for (party, _kind), fen in balances.items():
        sums[party] += fen
    return {party: fen for party, fen in sums.items() if fen}


@contextmanager
def undone() -> Iterator[None]:
    """A savepoint that is rolled back, after constraints deferred to its end have been checked."""
    with transaction.atomic():
        yield
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        transaction.set_rollback(True)


@contextmanager
def _refusals() -> Iterator[None]:
    """The project may refuse the act; then the model must have found nothing in it either."""
    try:
        with transaction.atomic():
            yield
    except Refused:
        pass


def _kind(number: int, phase: dict) -> str:
    """The word for a phase: by what the merchant pays, else by the base."""
    cost = sum(gross for role, (gross, _fee) in phase["shares"].items() if role != "agency")
    return "clawback" if number and (cost or phase["base"]) < 0 else "settlement"


def _read(story: dict, has_offer: bool) -> dict:
    terms, phases = story["terms"], story["phases"]
    kind = terms["offer"]["kind"] if has_offer else terms["trace"][-1]
    parts = [role for role in story["estimate"] if role != "merchant"]
    return {
        "status": story["status"],
        "base_fen": story["base_fen"],
        "terms": (kind, terms["commission_bps"], terms["tech_bps"]),
        "estimate": {role: (story["estimate"][role]["party"], *_amounts(story["estimate"][role])) for role in parts},
        "phases": [(one["day"], one["kind"], {role: _amounts(one[role]) for role in parts}) for one in phases],
        "due_at": datetime.fromisoformat(story["due_at"]) if story["due_at"] and not phases else None,
        "held": story["held"]["reason"] if story["held"] else None,
    }


def _amounts(part: dict) -> tuple[int, int]:
    return part["gross_fen"], part["tech_fee_fen"]


def _compared(what: str, ours: dict, theirs: dict) -> Iterator[str]:
    for key in sorted({*ours, *theirs}, key=str):
        if ours.get(key) != theirs.get(key):
            yield f"{what} {key}: the project says {ours.get(key)}, the model {theirs.get(key)}"
