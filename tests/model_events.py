"""The second opinion, first part: what everything that was told of an order makes of its lines.

Plain Python; nothing of the project is imported. A line's shipping, receipt, cancellation and cases are declared of
the whole set of its events and not replayed. Who is paid what stands in ``model_offers.py``, when in ``model.py``.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from fractions import Fraction
from functools import lru_cache

CHINA = timezone(timedelta(hours=8))
NEVER = datetime(9999, 1, 1, tzinfo=CHINA)


def divide(total, weights):
    """One fen at a time to whoever lacks most, the first of equals."""
    ideal = [Fraction(total * weight, sum(weights) or 1) for weight in weights]
    parts = [int(part) for part in ideal]
    for _ in range(total - sum(parts)):
        neediest = max(range(len(parts)), key=lambda index: (ideal[index] - parts[index], -index))
        parts[neediest] += 1
    return parts


@dataclass
class Line:
    """What all known events make of one line. ``steps``: when how much was taken off (negative: given back).

    ``cases``: since when each was open, and when it was closed. ``is_gone``: cancelled by the moment in hand.
    """

    payment: str
    facts: dict
    paid: int
    cancelled: bool = False
    shipped: datetime | None = None
    received: datetime | None = None
    is_gone: bool = False
    cases: dict = field(default_factory=dict)
    steps: list = field(default_factory=list)

    def base(self, through=NEVER):
        return self.paid - sum(amount for at, amount in self.steps if at <= through)

    @property
    def status(self):
        if self.cancelled or (self.paid and not self.base()):
            return "invalid"
        return "received" if self.received else "shipped" if self.shipped else "paid"


def fold(events, settled_payments=()):
    """``{line number: Line}`` of the set of an order's events; a payment that a night has settled stays."""
    ordered = sorted(events, key=place)
    lines, freight = {}, 0
    for event in sorted(kinds(ordered, "paid"), key=lambda event: event["event_id"] not in settled_payments):
        numbers = [line["line_no"] for line in event["lines"]]
        if not lines.keys() & set(numbers):
            facts = [line | {"buyer": event["buyer_ref"], "at": moment(event["ordered_at"])} for line in event["lines"]]
            fresh = zip(numbers, facts, bases(event), strict=True)
            lines |= {number: Line(event["event_id"], fact, base) for number, fact, base in fresh}
            freight += event.get("freight_fen", 0)
    for number, line in lines.items():
        first = {kind: next(kinds(ordered, kind, number=number), None) for kind in ("cancelled", "shipped", "received")}
        moved = [place(event) for kind, event in first.items() if event and kind != "cancelled"]
        line.cancelled = first["cancelled"] is not None and place(first["cancelled"]) < min(moved, default=(NEVER,))
        if not line.cancelled:
            line.shipped, line.received = (when(first[kind]) for kind in ("shipped", "received"))
        for event in kinds(ordered, "after_sale_opened", number=number):
            line.cases.setdefault(event["case_no"], [when(event), None])
        for event in kinds(ordered, "after_sale_closed"):
            case = line.cases.get(event["case_no"])
            if case and not case[1] and event.get("line_no") in (None, *lines):
                case[1] = when(event)
    take_refunds(ordered, lines, freight)
    return lines


def take_refunds(ordered, lines, freight):
    """Refunds, what was called off of them, and cancellations, one after the other: each depends on what was left."""
    taken, called_off = {}, set()

    def give_back(key, at):
        """Call off the refund ``key``, but for lines cancelled since; returns its freight."""
        back = [(line, part) for line, part in taken[key][0] if not line.is_gone]
        for line, part in back:
            line.steps += [(at, -part)] if part else []
        freed = taken[key][1] if back else 0
        taken[key] = ([], 0) if back else taken[key]
        return freed

    for event in kinds(ordered, "refunded", "refund_reversed", "cancelled"):
        meant = [line for number, line in sorted(lines.items()) if touches(event, number)]
        left, at = [line.base() for line in meant], when(event)
        key = (event.get("refund_no"), event.get("line_no"))
        if event["type"] == "cancelled":
            for line, rest in zip(meant, left, strict=True):
                line.is_gone = line.cancelled
                line.steps += [(at, rest)] if line.cancelled and rest else []
            freight = 0 if all(line.is_gone for line in lines.values()) else freight
        elif event["type"] == "refund_reversed" and meant:
            called_off.add(key)
            freight += give_back(key, at) if key in taken else 0
        elif event["type"] == "refunded" and meant and key not in taken:
            goods = min(event["amount_fen"], sum(left)) if "amount_fen" in event else event.get("goods_fen", 0)
            shipping = event["amount_fen"] - goods if "amount_fen" in event else event.get("freight_fen", 0)
            if goods <= sum(left) and shipping <= freight:
                taken[key] = list(zip(meant, divide(goods, left), strict=True)), shipping
                for line, part in taken[key][0]:
                    line.steps += [(at, part)] if part else []
                freight -= shipping
                freight += give_back(key, at) if key in called_off else 0


def bases(event):
    """Of each line of a ``paid`` event; None where the coupons of a line are more than its price."""
    parts = divide(event.get("order_coupon_fen", 0), [line["price_fen"] for line in event["lines"]])
    coupons = [line.get("merchant_coupon_fen", 0) + line.get("platform_coupon_fen", 0) for line in event["lines"]]
    paid = [line["price_fen"] - own - part for line, own, part in zip(event["lines"], coupons, parts, strict=True)]
    return paid if min(paid) >= 0 else None


@lru_cache(100_000)
def moment(text):
    return datetime.fromisoformat(text)


def when(event):
    return event and moment(event["occurred_at"])


def place(event):
    return when(event), event["event_id"]


def touches(event, number):
    return event.get("line_no") in (None, number)


def kinds(ordered, *types, number=None):
    return (event for event in ordered if event["type"] in types and (number is None or touches(event, number)))


class Known:
    """All that was told of orders, and the holds that staff laid on lines; ``terms(facts)`` freezes what is new."""

    def __init__(self, products, terms):
        self.products, self.freeze = set(products), terms
        self.events = defaultdict(dict)
        self.terms = {}
        self.settled_payments = set()
        self.holds, self.disputes = defaultdict(list), defaultdict(list)

    def receive(self, source, events):
        seen = {event_id for (by, _order_no), each in self.events.items() if by == source for event_id in each}
        sound = [event for event in events if event["type"] != "paid" or self.is_sound(event)]
        for order_no in sorted({event["order_no"] for event in sound}):
            self.events[source, order_no] |= {}
        for event in sound:
            if event["event_id"] not in seen:
                seen.add(event["event_id"])
                self.events[source, event["order_no"]][event["event_id"]] = event
        for key in [key for key in self.events if key[0] == source and key[1] in {one["order_no"] for one in sound}]:
            for number, line in self.order(key).items():
                if (*key, number, line.payment) not in self.terms:
                    self.terms[*key, number, line.payment] = self.freeze(line.facts)

    def is_sound(self, payment):
        named = {(line["product"]["merchant"], line["product"]["code"]) for line in payment["lines"]}
        return named <= self.products and bases(payment) is not None

    def order(self, key):
        kept = {payment for (*order, _number), payment in self.settled_payments if tuple(order) == key}
        return fold(self.events[key].values(), kept)

    def lines(self):
        """``(key, line, terms)`` of every line; a key is (source, order number, line number)."""
        for key in sorted(self.events):
            for number, line in sorted(self.order(key).items()):
                yield (*key, number), line, self.terms[*key, number, line.payment]

    def hold(self, key, at):
        """Keep ``key`` where it is known and not held yet."""
        if None not in [until for _since, until in self.holds[key]] and key in [one[0] for one in self.lines()]:
            self.holds[key].append([at, None])

    def release(self, key, at):
        for hold in self.holds[key]:
            hold[1] = hold[1] or at

    def due(self, key, line, terms):
        """When it falls due, and the moment from which a night may take it (None: none may)."""
        due = line.received and line.received + timedelta(days=terms["hold_days"])
        ends = [ended for _since, ended in (*line.cases.values(), *self.holds[key], *self.disputes[key])]
        return due, max([due, *ends]) if due and line.status != "invalid" and None not in ends else None
