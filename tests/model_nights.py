"""The second opinion, continued: which offer speaks, what each night books, where every account stands.

A market is ``{"policies": [{"at", "tech_bps", "hold_days", "return_tech_fee", "front_clawbacks"}],
"holds": {merchant: days}, "prepaid": [merchant], "merchants": [code], "products": [(merchant, code)],
"buyers": {buyer_ref: tenant}, "picks": {pid: {"streamer", "product", "at"}},
"plans": {key: {"merchant", "type", "product", "at", "rates": {streamer or None: bps}}},
"engaged": {merchant or streamer: {"provider", "bps", "at", "until"}}}``.
"""

from collections import Counter, defaultdict
from datetime import datetime, time, timedelta

from tests.model import CHINA, PAID_BY_MERCHANT, bases, divide, fold, roles

EARNED = {
    "streamer": "commission",
    "first_leader": "service_fee",
    "second_leader": "second_fee",
    "provider": "provider_fee",
}
REVENUE, EXTERNAL = ("platform", "revenue"), ("platform", "external")


def midnight_after(at):
    return datetime.combine(at.astimezone(CHINA).date() + timedelta(days=1), time(), CHINA)


def rate_at(asked, at):
    """What was asked of one rate, ``[(when, bps or None)]`` in order of time → the rate at ``at``."""
    rate, waiting = None, None
    for when, wanted in [*(one for one in asked if one[0] <= at), (at, ...)]:
        if waiting and waiting[0] <= when:
            rate, waiting = waiting[1], None
        if wanted == rate:
            waiting = None
        elif wanted is not ... and (rate is None or (wanted is not None and wanted > rate)):
            rate, waiting = wanted, None
        elif wanted is not ... and when.astimezone(CHINA).time() < time(23, 50):
            waiting = (midnight_after(when), wanted)
    return rate


class Model:
    def __init__(self, market):
        self.market = market
        self.plans = {key: plan | {"ends": None} for key, plan in market["plans"].items()}
        self.asked = defaultdict(list)
        for key, plan in market["plans"].items():
            for streamer, bps in plan["rates"].items():
                self.asked[key, streamer].append((plan["at"], bps))
        self.events = defaultdict(dict)
        self.terms = {}
        self.phases = defaultdict(list)
        self.through = {}
        self.settled_payments = set()
        self.nights = []
        self.balances = Counter()
        self.unclosed = defaultdict(Counter)
        self.statements = {}
        self.claims = []
        self.uncovered = set()

    def set_rate(self, key, streamer, bps, at):
        self.asked[key, streamer].append((at, bps))

    def end_plan(self, key, at):
        if at.astimezone(CHINA).time() < time(23, 50) and self.plans[key]["ends"] is None:
            self.plans[key]["ends"] = midnight_after(at)

    def receive(self, source, events):
        known = {event_id for (by, _no), each in self.events.items() if by == source for event_id in each}
        sound = [event for event in events if self.is_sound(event)]
        for order_no in sorted({event["order_no"] for event in sound}):
            self.events[source, order_no] |= {}
        for event in sound:
            if event["event_id"] not in known:
                known.add(event["event_id"])
                self.events[source, event["order_no"]][event["event_id"]] = event
        for key in [key for key in self.events if key[0] == source and key[1] in {one["order_no"] for one in sound}]:
            for number, line in self.order(key).items():
                self.terms.setdefault((*key, number, line.payment), self.terms_of(line.facts))

    def is_sound(self, event):
        if event["type"] != "paid":
            return True
        named = {(line["product"]["merchant"], line["product"]["code"]) for line in event["lines"]}
        return named <= set(self.market["products"]) and bases(event) is not None

    def order(self, key):
        kept = {payment for (*order, _number), payment in self.settled_payments if tuple(order) == key}
        return fold(self.events[key].values(), kept)

    def lines(self):
        for key in sorted(self.events):
            for number, line in sorted(self.order(key).items()):
                yield (*key, number), line, self.terms[*key, number, line.payment]

    def terms_of(self, facts):
        at, product = facts["at"], (facts["product"]["merchant"], facts["product"]["code"])
        policy = max((one for one in self.market["policies"] if one["at"] <= at), key=lambda one: one["at"])
        kind, streamer, bps = self.speaking(facts, product, at)
        provider = self.engaged(product[0], at) if streamer else {}
        agency = self.engaged(streamer, at)
        return policy | {
            "kind": kind,
            "merchant": product[0],
            "streamer": streamer,
            "provider": provider.get("provider"),
            "agency": agency.get("provider"),
            "commission_bps": bps,
            "service_fee_bps": 0,
            "second_bps": 0,
            "provider_bps": provider.get("bps", 0),
            "agency_bps": agency.get("bps", 0),
            "hold_days": self.market["holds"].get(product[0], policy["hold_days"]),
        }

    def engaged(self, client, at):
        engagement = self.market["engaged"].get(client)
        return engagement if engagement and engagement["at"] <= at < engagement["until"] else {}

    def speaking(self, facts, product, at):
        """(kind of the offer or why there is none, who is paid, rate)."""
        pick = self.market["picks"].get(facts.get("pid"))
        buyer = self.market["buyers"].get(facts["buyer"])
        for holds, why in (
            (not facts.get("pid"), "NO_PID"),
            (pick is None, "UNKNOWN_PID"),
            (pick and pick["product"] != product, "PID_PRODUCT_MISMATCH"),
            (pick and pick["at"] > at, "PICKED_LATER"),
            (pick and buyer in (pick["streamer"], product[0]), "SELF_PURCHASE"),
        ):
            if holds:
                return why, None, 0
        for kind in ("exclusive", "item_targeted", "shop_targeted", "normal"):
            for key, plan in self.plans.items():
                ends = plan["ends"]
                if plan["type"] == kind and plan["merchant"] == product[0] and plan["product"] in (None, product):
                    bps = rate_at(self.asked[key, None if kind == "normal" else pick["streamer"]], at)
                    is_live = plan["at"] <= at and (ends is None or at < ends)
                    if is_live and bps is not None:
                        return kind, pick["streamer"], bps
                    if is_live and kind == "exclusive":
                        return "EXCLUSIVE_NOT_LISTED", None, 0
        return "NORMAL_NONE", None, 0

    def due(self, line, terms):
        """When it falls due, and the moment from which a night may take it (None: none may)."""
        due = line.received and line.received + timedelta(days=terms["hold_days"])
        closings = [closed for _since, closed in line.cases.values()]
        is_ready = due and line.status != "invalid" and None not in closings
        return due, max([due, *closings]) if is_ready else None

    def settle(self, day):
        """Book everything that is due on the days up to ``day``. Settled before, or covered: nothing."""
        if self.nights and day <= self.nights[-1]:
            return
        self.nights.append(day)
        lines = list(self.lines())
        self.uncovered = self.beyond_deposits(lines, day)
        moved = [
            moved
            for key, line, terms in lines
            if key not in self.uncovered and (moved := self.phase(key, line, terms, day))
        ]
        self.book(day, moved)
        self.statements |= {(account, day): entries for account, entries in self.unclosed.items()}
        self.unclosed = defaultdict(Counter)

    def is_due(self, key, line, terms, day):
        ready = self.due(line, terms)[1]
        return not self.phases[key] and ready is not None and midnight_after(ready).date() <= day

    def beyond_deposits(self, lines, day):
        """The due lines that their prepaid merchant's deposit does not cover: first due, then first known, first."""
        places = {key: number for number, key in enumerate(self.terms)}
        queue = sorted(
            (line.received + timedelta(days=terms["hold_days"]), places[*key, line.payment], key, line, terms)
            for key, line, terms in lines
            if terms["merchant"] in self.market["prepaid"] and self.is_due(key, line, terms, day)
        )
        left = {merchant: self.balances[merchant, "funding"] for merchant in self.market["prepaid"]}
        beyond = set()
        for _due, _place, key, line, terms in queue:
            cost = sum(gross for role, (gross, _fee) in roles(line.base(), terms).items() if role != "agency")
            left[terms["merchant"]] -= cost
            if cost and left[terms["merchant"]] < 0:
                beyond.add(key)
        return beyond

    def phase(self, key, line, terms, day):
        """The line's part of a night: ``(terms, {role: (gross, fee)})``, or None."""
        so_far = self.through.get(key)
        if self.is_due(key, line, terms, day):
            self.settled_payments.add((key, line.payment))
            taken = [at for at, _amount in line.steps]
        elif self.phases[key]:
            taken = [at for at, _amount in line.steps if midnight_after(at).date() <= day]
        else:
            return None
        self.through[key] = max([*taken, *([so_far] if so_far else [])], default=None)
        base = line.base(self.through[key]) if self.through[key] else line.paid
        booked = sum(phase["base"] for phase in self.phases[key])
        if self.phases[key] and base == booked:
            return None
        shares = {role: self.owed(key, role, amounts, terms) for role, amounts in roles(base, terms).items()}
        self.phases[key].append({"day": day, "base": base - booked, "shares": shares})
        return terms, shares

    def owed(self, key, role, target, terms):
        gross, fee = (sum(phase["shares"][role][index] for phase in self.phases[key]) for index in (0, 1))
        if self.phases[key] and not terms["return_tech_fee"]:
            return (target[0] - target[1]) - (gross - fee), 0
        return target[0] - gross, target[1] - fee

    def book(self, day, moved):
        paid, reimbursed, clawed = Counter(), Counter(), defaultdict(Counter)
        for terms, shares in moved:
            merchant, cost = terms["merchant"], sum(shares[role][0] for role in PAID_BY_MERCHANT)
            paid[merchant] += max(cost, 0)
            reimbursed[merchant] += max(-cost, 0)
            for role, (gross, fee) in shares.items():
                if terms.get(role) is not None:
                    self.earn(terms, role, gross, fee)
                    kept = gross - fee - (shares["agency"][0] if role == "streamer" else 0)
                    clawed[terms[role]][merchant] += max(-kept, 0)
        for party in clawed:
            short = -self.balances[party, "available"]
            self.enter((party, "available"), {"debt_drawn": max(short, 0)})
            self.enter((party, "debt"), {"debt_drawn": -max(short, 0)})
            if short > 0:
                self.claim(party, short, clawed[party], reimbursed, day)
        self.pay(paid)
        for party in clawed:
            self.repay(party, min(self.balances[party, "available"], -self.balances[party, "debt"]))
        for merchant, fen in reimbursed.items():
            self.enter((merchant, "funding"), {"reimbursed": fen})

    def earn(self, terms, role, gross, fee):
        mine = (terms[role], "available")
        if role == "agency":
            self.enter(mine, {"agency_fee": max(gross, 0), "clawback": min(gross, 0)})
            self.enter((terms["streamer"], "available"), {"agency_fee": min(-gross, 0), "clawback": max(-gross, 0)})
        else:
            self.enter(mine, {EARNED[role]: max(gross, 0), "clawback": min(gross, 0)})
        returned = {"tech_fee": -max(fee, 0), "tech_fee_returned": max(-fee, 0)}
        self.enter(mine, returned)
        self.enter(REVENUE, {kind: -fen for kind, fen in returned.items()})

    def pay(self, paid):
        """Merchants' costs: out of their orders' proceeds, or out of the deposit."""
        for merchant, fen in paid.items():
            is_prepaid = merchant in self.market["prepaid"]
            withheld = max(0, fen - self.balances[merchant, "funding"]) if is_prepaid else fen
            self.enter((merchant, "funding"), {"withheld": withheld, "cost": -fen})
            self.enter(EXTERNAL, {"withheld": -withheld})

    def claim(self, debtor, short, clawed, reimbursed, day):
        """What ``debtor`` lacks the merchants wait for, each by what was taken back for it."""
        policies = [one for one in self.market["policies"] if one["at"] <= datetime.combine(day, time(), CHINA)]
        if max(policies, key=lambda one: one["at"])["front_clawbacks"]:
            return
        merchants = [merchant for merchant in self.market["merchants"] if clawed[merchant]]
        for merchant, part in zip(merchants, divide(short, [clawed[one] for one in merchants]), strict=True):
            reimbursed[merchant] -= part
            self.claims.append([debtor, merchant, part])
            self.enter((merchant, "receivable"), {"owed": part})

    def repay(self, debtor, fen):
        self.enter((debtor, "available"), {"debt_repaid": -fen})
        self.enter((debtor, "debt"), {"debt_repaid": fen})
        for claim in self.claims:
            part = min(fen, claim[2]) if claim[0] == debtor else 0
            fen, claim[2] = fen - part, claim[2] - part
            self.enter((claim[1], "receivable"), {"reimbursed": -part})
            self.enter((claim[1], "funding"), {"reimbursed": part})

    def spend(self, party, fen):
        self.enter((party, "available"), {"withdrawal": -fen})
        self.enter((party, "withdrawing"), {"withdrawal": fen})

    def top_up(self, merchant, fen):
        self.enter((merchant, "funding"), {"top_up": fen})
        self.enter(EXTERNAL, {"top_up": -fen})

    def enter(self, account, entries):
        for kind, fen in entries.items():
            if fen:
                self.unclosed[account][kind] += fen
                self.balances[account] += fen
