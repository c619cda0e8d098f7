"""The second opinion, first part: what all events of an order make of its lines.

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
    lines, freights = {}, []
    for event in sorted(kinds(ordered, "paid"), key=lambda event: event["event_id"] not in settled_payments):
        numbers = [line["line_no"] for line in event["lines"]]
        if not lines.keys() & set(numbers):
            ordered_at = moment(event["ordered_at"])
            facts = [line | {"buyer": event["buyer_ref"], "at": ordered_at} for line in event["lines"]]
            fresh = zip(numbers, facts, bases(event), strict=True)
            lines |= {number: Line(event["event_id"], fact, base) for number, fact, base in fresh}
            freights.append((ordered_at, event["event_id"], event.get("freight_fen", 0)))
    for line in lines.values():
        first = {kind: next(kinds(ordered, kind, about=line), None) for kind in ("cancelled", "shipped", "received")}
        moved = [place(event) for kind, event in first.items() if event and kind != "cancelled"]
        line.cancelled = first["cancelled"] is not None and place(first["cancelled"]) < min(moved, default=(NEVER,))
        if not line.cancelled:
            line.shipped, line.received = (when(first[kind]) for kind in ("shipped", "received"))
        for event in kinds(ordered, "after_sale_opened", about=line):
            line.cases.setdefault(event["case_no"], [when(event), None])
        for event in kinds(ordered, "after_sale_closed", about=line):
            case = line.cases.get(event["case_no"], [None, "never opened"])
            case[1] = case[1] or when(event)
    Refunds(lines, freights).replay(ordered)
    return lines


class Refunds:
    """Refunds, what was called off of them, and cancellations, one after the other: each depends on what was left."""

    def __init__(self, lines, freights):
        self.lines, self.freights, self.freight_gone = lines, freights, 0
        self.reports, self.called_off = defaultdict(list), defaultdict(list)

    def replay(self, ordered):
        for event in kinds(ordered, "refunded", "refund_reversed", "cancelled"):
            meant = [line for _number, line in sorted(self.lines.items()) if touches(event, line)]
            getattr(self, event["type"])(event, meant)
            if event["type"] != "cancelled":
                self.give_back(event["refund_no"], when(event))

    def cancelled(self, event, meant):
        for line in meant:
            line.is_gone = line.cancelled
            line.steps += [(when(event), line.base())] if line.cancelled and line.base() else []
        known = [line for line in self.lines.values() if line in meant or line.facts["at"] <= when(event)]
        if meant and all(line.is_gone for line in known):
            self.freight_gone = max(self.freight_gone, self.freight(event, meant))

    def refunded(self, event, meant):
        left, reports = [line.base() for line in meant], self.reports[event["refund_no"]]
        named = {line.facts["line_no"] for line in meant}
        if not meant or any(named & report["parts"].keys() for report in reports):
            return
        goods = min(event["amount_fen"], sum(left)) if "amount_fen" in event else event.get("goods_fen", 0)
        shipping = event["amount_fen"] - goods if "amount_fen" in event else event.get("freight_fen", 0)
        if goods > sum(left) or shipping > max(0, self.freight(event, meant) - self.freight_gone):
            return
        parts = {line.facts["line_no"]: part for line, part in zip(meant, divide(goods, left), strict=True)}
        for number, part in parts.items():
            self.lines[number].steps += [(when(event), part)] if part else []
        self.freight_gone += shipping
        reports.append({"parts": parts, "freight": shipping, "back": set()})

    def refund_reversed(self, event, meant):
        self.called_off[event["refund_no"]] += meant

    def give_back(self, refund_no, at):
        """Of each line that is not cancelled what a reversal speaks of, whichever of the two was dated first."""
        for report in self.reports[refund_no]:
            off = {line.facts["line_no"] for line in self.called_off[refund_no] if not line.is_gone}
            fresh = off & report["parts"].keys() - report["back"]
            for number in sorted(fresh):
                part = report["parts"][number]
                self.lines[number].steps += [(at, -part)] if part else []
            report["back"] |= fresh
            if fresh and all(number in report["back"] or self.lines[number].is_gone for number in report["parts"]):
                self.freight_gone -= report["freight"]

    def freight(self, event, meant):
        """All that was paid for freight by then, or together with a line that is meant."""
        theirs = {line.payment for line in meant}
        return sum(fen for at, payment, fen in self.freights if at <= when(event) or payment in theirs)


def bases(event):
    """Of each line of a ``paid`` event; None where its own coupons are more than its price, or all more than all."""
    lines = event["lines"]
    rooms = [
        line["price_fen"] - line.get("merchant_coupon_fen", 0) - line.get("platform_coupon_fen", 0) for line in lines
    ]
    coupon = event.get("order_coupon_fen", 0)
    if min(rooms) < 0 or sum(rooms) < coupon:
        return None
    prices = [line["price_fen"] for line in lines]
    return [room - part for room, part in zip(rooms, spread(coupon, prices, rooms), strict=True)]


def spread(total, prices, rooms):
    """``total`` by price, to none more than its room: what is over goes over those that still have room, by price."""
    if not total:
        return [0] * len(prices)
    wanted = divide(total, prices)
    parts = [min(pair) for pair in zip(wanted, rooms, strict=True)]
    rooms = [room - part for room, part in zip(rooms, parts, strict=True)]
    roomy = [price * (room > 0) for price, room in zip(prices, rooms, strict=True)]
    more = spread(total - sum(parts), roomy, rooms)
    return [part + extra for part, extra in zip(parts, more, strict=True)]


@lru_cache(100_000)
def moment(text):
    return datetime.fromisoformat(text)


def when(event):
    return event and moment(event["occurred_at"])


def place(event):
    return when(event), event["event_id"]


def touches(event, line):
    """An event that names no line speaks of all that were ordered by then."""
    named = event.get("line_no")
    return line.facts["at"] <= when(event) if named is None else named == line.facts["line_no"]


def kinds(ordered, *types, about=None):
    return (event for event in ordered if event["type"] in types and (about is None or touches(event, about)))


class Known:
    """All events of orders, and the holds that staff laid on lines; ``terms(facts)`` freezes what is new."""

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
