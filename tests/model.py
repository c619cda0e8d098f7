"""A second opinion on all of the money, in plain Python. Nothing of the project is imported.

Written from the rulebook and ``docs/money.md``. It keeps only what happened and works a line out anew for every
question: halves by ``Decimal``, divisions fen by fen with fractions, a line's shipping, receipt, cancellation and
cases declared of the whole set of its events and not replayed. What a line is worth stands here, who gets it when in
``model_nights.py``.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import lru_cache

CHINA = timezone(timedelta(hours=8))
NEVER = datetime(9999, 1, 1, tzinfo=CHINA)
PAID_BY_MERCHANT = ("streamer", "first_leader", "second_leader", "provider")


def share(fen, bps):
    return int((Decimal(fen) * bps / 10_000).quantize(Decimal(1), ROUND_HALF_UP))


def divide(total, weights):
    """One fen at a time to whoever lacks most, the first of equals."""
    ideal = [Fraction(total * weight, sum(weights) or 1) for weight in weights]
    parts = [int(part) for part in ideal]
    for _ in range(total - sum(parts)):
        neediest = max(range(len(parts)), key=lambda index: (ideal[index] - parts[index], -index))
        parts[neediest] += 1
    return parts


def roles(base, terms):
    """``{role: (gross, tech fee)}`` of a line worth ``base``. The agency lives off the streamer's net."""
    second = share(base, terms["second_bps"])
    grosses = (
        share(base, terms["commission_bps"]),
        share(base, terms["service_fee_bps"]) - second,
        second,
        share(base, terms["provider_bps"]),
    )
    fees = (share(gross, terms["tech_bps"]) for gross in grosses)
    told = dict(zip(PAID_BY_MERCHANT, zip(grosses, fees, strict=True), strict=True))
    agency = share(told["streamer"][0] - told["streamer"][1], terms["agency_bps"])
    return told | {"agency": (agency, share(agency, terms["tech_bps"]))}


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
