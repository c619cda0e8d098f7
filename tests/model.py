"""A second opinion on all of the money: who gets what of each line, when, and where every account stands.

Plain Python; nothing of the project is imported. ``model_events.py`` has the lines, ``model_offers.py`` their terms.
"""

from collections import Counter, defaultdict
from datetime import datetime, time
from decimal import ROUND_HALF_UP, Decimal

from tests.model_events import CHINA, Known, divide
from tests.model_offers import Offers, midnight_after

EARNED = {
    "streamer": "commission",
    "first_leader": "service_fee",
    "second_leader": "second_fee",
    "provider": "provider_fee",
}
REVENUE, EXTERNAL = ("platform", "revenue"), ("platform", "external")


def share(fen, bps):
    return int((Decimal(fen) * bps / 10_000).quantize(Decimal(1), ROUND_HALF_UP))


def roles(base, terms):
    """``{role: (gross, tech fee)}`` of a line worth ``base``. The agency lives off the streamer's net."""
    second = share(base, terms["second_bps"])
    grosses = {
        "streamer": share(base, terms["commission_bps"]),
        "first_leader": share(base, terms["service_fee_bps"]) - second,
        "second_leader": second,
        "provider": share(base, terms["provider_bps"]),
    }
    net = grosses["streamer"] - share(grosses["streamer"], terms["tech_bps"])
    grosses["agency"] = share(net, terms["agency_bps"])
    return {role: (gross, share(gross, terms["tech_bps"])) for role, gross in grosses.items()}


class Model:
    def __init__(self, market):
        self.market, self.offers = market, Offers(market)
        self.known = Known(market["products"], self.offers.terms)
        self.nights, self.phases, self.through = [], defaultdict(list), {}
        self.balances, self.unclosed, self.statements = Counter(), defaultdict(Counter), {}
        self.uncovered, self.frozen = set(), set()
        self.claims, self.withdrawals = [], {}

    def settle(self, day):
        """Book everything that is due on the days up to ``day``. Settled before, or covered: nothing."""
        if self.nights and day <= self.nights[-1]:
            return
        self.nights.append(day)
        lines = list(self.known.lines())
        self.uncovered = self.beyond_deposits(lines, day)
        moved = [(terms, self.phase(key, line, terms, day)) for key, line, terms in lines if key not in self.uncovered]
        self.book(day, [(terms, shares) for terms, shares in moved if shares])
        self.statements |= {(account, day): entries for account, entries in self.unclosed.items()}
        self.unclosed = defaultdict(Counter)

    def is_due(self, key, line, terms, day):
        ready = self.known.due(key, line, terms)[1]
        return not self.phases[key] and ready is not None and midnight_after(ready).date() <= day

    def beyond_deposits(self, lines, day):
        """The due lines that their prepaid merchant's deposit does not cover: first due, then first known, first."""
        places = {key: number for number, key in enumerate(self.known.terms)}
        queue = [one for one in lines if one[2]["merchant"] in self.market["prepaid"] and self.is_due(*one, day)]
        queue.sort(key=lambda one: (self.known.due(*one)[0], places[*one[0], one[1].payment]))
        left, beyond = {merchant: self.balances[merchant, "funding"] for merchant in self.market["prepaid"]}, set()
        for key, line, terms in queue:
            cost = sum(gross for role, (gross, _fee) in roles(line.base(), terms).items() if role in EARNED)
            left[terms["merchant"]] -= cost
            if cost and left[terms["merchant"]] < 0:
                beyond.add(key)
        return beyond

    def phase(self, key, line, terms, day):
        """The line's part of a night, ``{role: (gross, fee)}``; None when there is none."""
        if self.is_due(key, line, terms, day):
            self.known.settled_payments.add((key, line.payment))
            taken = [at for at, _amount in line.steps]
        elif self.phases[key]:
            taken = [at for at, _amount in line.steps if midnight_after(at).date() <= day]
            taken += [self.through[key]] if self.through[key] else []
        else:
            return None
        self.through[key] = max(taken, default=None)
        base = line.base(self.through[key]) if self.through[key] else line.paid
        booked = sum(phase["base"] for phase in self.phases[key])
        if self.phases[key] and base == booked:
            return None
        shares = {role: self.owed(key, role, amounts, terms) for role, amounts in roles(base, terms).items()}
        self.phases[key].append({"day": day, "base": base - booked, "shares": shares})
        return shares

    def owed(self, key, role, target, terms):
        """What is still to be booked, or taken back, so that ``role`` comes to ``target``."""
        gross, fee = (sum(phase["shares"][role][index] for phase in self.phases[key]) for index in (0, 1))
        if self.phases[key] and not terms["return_tech_fee"]:
            net, late = target[0] - target[1] - gross + fee, max(target[1] - fee, 0)
            return (net + late, late) if net > 0 else (net, 0)
        return target[0] - gross, target[1] - fee

    def book(self, day, moved):
        paid, reimbursed, clawed = Counter(), Counter(), defaultdict(Counter)
        for terms, shares in moved:
            merchant, cost = terms["merchant"], sum(shares[role][0] for role in EARNED)
            paid[merchant] += max(cost, 0)
            reimbursed[merchant] += max(-cost, 0)
            for role, (gross, fee) in shares.items():
                if terms.get(role) is not None:
                    self.earn(terms, role, gross, fee)
                    kept = gross - fee - (shares["agency"][0] if role == "streamer" else 0)
                    clawed[terms[role]][merchant] += max(-kept, 0)
        for party in self.frozen & {party for party, by in clawed.items() if any(by.values())}:
            self.move(party, "frozen", "available", "released", self.balances[party, "frozen"])
        for party, by_merchant in clawed.items():
            if (short := -self.balances[party, "available"]) > 0:
                self.move(party, "debt", "available", "debt_drawn", short)
                self.claim(party, short, by_merchant, reimbursed, day)
        self.pay(paid)
        for party in clawed:
            self.repay(party, min(self.balances[party, "available"], -self.balances[party, "debt"]))
        for merchant, fen in reimbursed.items():
            self.enter((merchant, "funding"), {"reimbursed": fen})
        for party in self.frozen:
            self.move(party, "available", "frozen", "frozen", self.balances[party, "available"])

    def earn(self, terms, role, gross, fee):
        mine, paying = (terms[role], "available"), (terms["streamer"], "available")
        self.enter(mine, {EARNED.get(role, "agency_fee"): max(gross, 0), "clawback": min(gross, 0)})
        if role == "agency":
            self.enter(paying, {"agency_fee": min(-gross, 0), "clawback": max(-gross, 0)})
        returned = {"tech_fee": -max(fee, 0), "tech_fee_returned": max(-fee, 0)}
        self.enter(mine, returned)
        self.enter(REVENUE, {kind: -fen for kind, fen in returned.items()})

    def pay(self, paid):
        """Merchants' costs: out of their orders' proceeds, or out of the deposit."""
        for merchant, fen in paid.items():
            deposit = self.balances[merchant, "funding"] if merchant in self.market["prepaid"] else 0
            withheld = max(0, fen - deposit)
            self.enter((merchant, "funding"), {"withheld": withheld, "cost": -fen})
            self.enter(EXTERNAL, {"withheld": -withheld})

    def claim(self, debtor, short, clawed, reimbursed, day):
        """What ``debtor`` lacks the merchants wait for, each by what was taken back for it."""
        if self.offers.policy(datetime.combine(day, time(), CHINA))["front_clawbacks"]:
            return
        merchants = [merchant for merchant in self.market["merchants"] if clawed[merchant]]
        for merchant, part in zip(merchants, divide(short, [clawed[one] for one in merchants]), strict=True):
            reimbursed[merchant] -= part
            self.claims.append([debtor, merchant, part])
            self.enter((merchant, "receivable"), {"owed": part})

    def repay(self, debtor, fen):
        self.move(debtor, "available", "debt", "debt_repaid", fen)
        for claim in self.claims:
            part = min(fen, claim[2]) if claim[0] == debtor else 0
            fen, claim[2] = fen - part, claim[2] - part
            self.move(claim[1], "receivable", "funding", "reimbursed", part)

    def top_up(self, merchant, fen):
        self.enter((merchant, "funding"), {"top_up": fen})
        self.enter(EXTERNAL, {"top_up": -fen})

    def withdraw(self, party, number, fen):
        is_refused = self.balances[party, "debt"] or party in self.frozen or (party, number) in self.withdrawals
        if 0 < fen <= self.balances[party, "available"] and not is_refused:
            self.withdrawals[party, number] = fen
            self.move(party, "available", "withdrawing", "withdrawal", fen)

    def end_withdrawal(self, party, number, is_paid):
        if party not in self.frozen and (fen := self.withdrawals.get((party, number))):
            self.withdrawals[party, number] = 0
            way = ("paid", "paid_out") if is_paid else ("available", "withdrawal_returned")
            self.move(party, "withdrawing", *way, fen)

    def hold(self, key, at):
        """Staff keep a line from settling; one that has settled they cannot."""
        if not self.phases[key]:
            self.known.hold(key, at)
            self.uncovered.discard(key)

    def freeze(self, party, is_frozen):
        """Keep still what a party has and what each night brings; its clawbacks still come out of it."""
        self.frozen = self.frozen | {party} if is_frozen else self.frozen - {party}
        source, target, kind = ("available", "frozen", "frozen") if is_frozen else ("frozen", "available", "released")
        self.move(party, source, target, kind, self.balances[party, source])

    def move(self, party, source, target, kind, fen):
        self.enter((party, source), {kind: -fen})
        self.enter((party, target), {kind: fen})

    def enter(self, account, entries):
        for kind, fen in entries.items():
            if fen:
                self.unclosed[account][kind] += fen
                self.balances[account] += fen
