"""Random markets and what happens in them, from a seed. Plain Python; the shapes are ``model_offers.py``'s.

A history is a list of acts in the order in which they reach the platform: ``("events", source, [event])``,
``("rate", plan, streamer, bps, at)``, ``("end", plan, at)``, ``("withdraw", party, number, tenths)``,
``("end_withdrawal", party, number, is_paid)``, ``("top_up", merchant, fen)``, ``("hold" or "release", source, order,
line, at)``, ``("freeze", party, is_frozen)``, ``("settle", day)``.
"""

from datetime import date, datetime, timedelta
from random import Random

from tests.model import CHINA

BEGINNING = datetime(1970, 1, 1, 8, tzinfo=CHINA)
FIRST = datetime(2024, 6, 1, tzinfo=CHINA)
LAST_NIGHT = date(2024, 9, 1)
EDGES = ("00:00:00", "00:00:00.001", "23:49:59", "23:50:00", "23:59:59", "23:59:59.999")
RATES = (0, 1, 100, 290, 500, 1000, 1250, 1550, 2000, 4999, 9000)
PRICES = (1, 2, 30, 50, 99, 333, 500, 9_999, 10_000, 22_800, 30_000, 1_234_567)
STREAMERS = ("s1", "s2", "s3")
MERCHANTS = ("m1", "m2")
PROVIDERS = ("care", "agency")


def make_market(seed) -> dict:
    """Two merchants with two products each, three streamers, plans of every type."""
    rng = Random(f"market {seed}")
    products = [(merchant, f"p{number}") for merchant in MERCHANTS for number in (1, 2)]
    plans = {}
    for merchant, code in products:
        for kind, chance in (("normal", 0.9), ("item_targeted", 0.4), ("exclusive", 0.25)):
            if rng.random() < chance:
                plans[f"{kind} {merchant} {code}"] = _plan(rng, kind, merchant, (merchant, code))
    for merchant in MERCHANTS:
        if rng.random() < 0.6:
            plans[f"shop_targeted {merchant}"] = _plan(rng, "shop_targeted", merchant, None)
    picks = {
        f"{streamer}-{merchant}-{code}": {"streamer": streamer, "product": (merchant, code), "at": _beginning(rng)}
        for streamer in STREAMERS
        for merchant, code in products
    }
    return {
        "merchants": MERCHANTS,
        "streamers": STREAMERS,
        "providers": PROVIDERS,
        "prepaid": ["m2"] if rng.random() < 0.3 else [],
        "engaged": _engagements(rng),
        "products": products,
        "policies": [_policy(rng, BEGINNING), _policy(rng, _moment(rng, 0, 12))],
        "holds": {"m2": rng.randrange(1, 15)} if rng.random() < 0.3 else {},
        "buyers": {f"buys-{code}": code for code in (*MERCHANTS, *STREAMERS)},
        "plans": plans,
        "picks": picks,
    }


def make_history(market: dict, seed) -> list[tuple]:
    """The acts of about six weeks."""
    rng = Random(f"history {seed}")
    arrivals = []
    for number in range(rng.randrange(2, 6)):
        by = rng.choice(("shop-1", "shop-1", "shop-2"))
        for one in order_events(rng, market, f"o{number}"):
            arrivals += [(at, ("events", by, [one])) for at in _arrivals(rng, one)]
        if rng.random() < 0.1:
            held = (by, f"o{number}", rng.randrange(1, 3))
            held_at = _moment(rng, 4, 20)
            released_at = held_at + timedelta(days=rng.randrange(20))
            arrivals += [(held_at, ("hold", *held, held_at)), (released_at, ("release", *held, released_at))]
    for key, plan in market["plans"].items():
        for _ in range(rng.choice((0, 0, 0, 1, 2))):
            at = max(_moment(rng, 0, 16), plan["at"])
            arrivals.append((at, _change(rng, key, plan, at)))
    for _ in range(rng.randrange(2, 7)):
        day = FIRST + timedelta(days=rng.randrange(6, 50))
        at = day + timedelta(hours=2, days=rng.choice((0, 0, 0, 0, 1, 4)))
        arrivals += [(at, ("settle", day.date()))] * rng.choice((1, 1, 2))
        for party in rng.sample((*STREAMERS, *PROVIDERS), rng.choice((0, 3, 5))):
            number = f"w{rng.randrange(4)}" if rng.random() < 0.3 else f"w{rng.getrandbits(32)}"
            arrivals.append((at + timedelta(hours=3), ("withdraw", party, number, rng.choice((3, 10, 10)))))
            for _ in range(rng.choice((0, 1, 1, 2))):
                ended_at = at + timedelta(hours=4 + rng.randrange(200))
                arrivals.append((ended_at, ("end_withdrawal", party, number, rng.random() < 0.6)))
        if rng.random() < 0.08:
            party = rng.choice((*STREAMERS, *PROVIDERS))
            arrivals.append((at + timedelta(hours=rng.randrange(4)), ("freeze", party, True)))
            arrivals.append((at + timedelta(hours=rng.randrange(4, 400)), ("freeze", party, False)))
        if market["prepaid"]:
            arrivals.append((at - timedelta(hours=rng.randrange(99)), ("top_up", "m2", rng.choice((1, 500, 99_999)))))
    arrivals.sort(key=lambda arrival: (arrival[0], str(arrival[1][1])))
    acts = batched(rng, [act for _at, act in arrivals])
    return acts + ([("settle", LAST_NIGHT)] if rng.random() < 0.8 else [])


def order_events(rng: Random, market: dict, order_no: str) -> list[dict]:
    """All that happens to one order; some of it is contradicted by the rest."""
    ordered_at = _moment(rng, 0, rng.choice((14, 35)))
    lines = [_bought(rng, market, number) for number in range(1, rng.choice((1, 1, 2, 3)) + 1)]
    joining = [_bought(rng, market, len(lines) + 1)] if rng.random() < 0.2 else []

    def event(kind, at, whole=0.5, **facts):
        line = {} if kind == "paid" or rng.random() < whole else {"line_no": rng.randrange(1, len(lines + joining) + 1)}
        return _event(rng, kind, order_no, at) | line | facts

    def later(days):
        return ordered_at + timedelta(days=rng.randrange(days), seconds=rng.choice((0, 0, rng.randrange(86_400))))

    def paid(at, lines, ordered_at=ordered_at):
        facts = {"freight_fen": rng.choice((0, 0, 800)), "order_coupon_fen": rng.choice((0, 0, 0, 1, 299))}
        buyer = rng.choice(("somebody", "somebody", "somebody", *market["buyers"]))
        return event("paid", at, ordered_at=ordered_at.isoformat(), buyer_ref=buyer, lines=lines, **facts)

    events = [paid(ordered_at + timedelta(minutes=rng.choice((0, 5, 20))), lines)]
    if rng.random() < 0.04:
        again = rng.sample(lines, rng.randrange(1, len(lines) + 1))
        events.append(paid(later(3), [_priced(rng, line) for line in again]))
    if joining:
        joined_at = later(10)
        events.append(paid(joined_at + timedelta(minutes=rng.choice((0, 5))), joining, joined_at))
    events += [event("shipped", later(3), 0.8) for _ in range(rng.choice((0, 1, 1, 2)))]
    events += [event("received", _edge(rng, later(6)), 0.8) for _ in range(rng.choice((0, 1, 1, 1, 2)))]
    events += [event("cancelled", later(4), 0.6) for _ in range(rng.choice((0, 0, 0, 0, 1)))]
    for number in range(rng.choice((0, 1, 1, 2, 4))):
        refund = event("refunded", later(40), 0.4, refund_no=f"r{rng.randrange(number + 1)}") | _amounts(rng, lines)
        events.append(refund)
        for _ in range(rng.choice((0, 0, 0, 1, 1, 2))):
            shift = rng.choice((0, 1, 1, -1)) * timedelta(days=2)
            called_off_at = datetime.fromisoformat(refund["occurred_at"]) + shift
            events.append(event("refund_reversed", called_off_at, 0.4, refund_no=refund["refund_no"]))
    for number in range(rng.choice((0, 0, 0, 1, 2))):
        case = {"case_no": f"c{number}"}
        events += [event("after_sale_opened", later(15), 0.4, **case) for _ in range(rng.choice((1, 1, 2)))]
        events += [event("after_sale_closed", later(25), 0.7, **case) for _ in range(rng.choice((0, 1, 1, 1, 2)))]
    return events


def batched(rng: Random, acts: list[tuple]) -> list[tuple]:
    """Neighbouring events of one source become batches of random size, shuffled within."""
    merged: list[tuple] = []
    for act in acts:
        joins = merged and act[0] == "events" == merged[-1][0] and act[1] == merged[-1][1] and rng.random() < 0.9
        if joins:
            merged[-1] = ("events", act[1], [*merged[-1][2], *act[2]])
        else:
            merged.append(act)
    return [("events", act[1], rng.sample(act[2], len(act[2]))) if act[0] == "events" else act for act in merged]


def _arrivals(rng: Random, event: dict) -> list[datetime]:
    """When the platform hears of it: mostly by the next noon or midnight, sometimes weeks later, or again and again."""
    at = datetime.fromisoformat(event["occurred_at"])
    at += -(at - FIRST) % timedelta(hours=12)
    first = at + rng.choice((0, 0, 0, 0, 0, 1, 1)) * timedelta(hours=rng.choice((12, 36, 204, 408)))
    return [
        first + timedelta(days=rng.randrange(20)) * (number > 0) for number in range(rng.choice((1, 1, 1, 1, 2, 5)))
    ]


def _bought(rng: Random, market: dict, number: int) -> dict:
    merchant, code = rng.choice(market["products"])
    fitting = [pid for pid, pick in market["picks"].items() if pick["product"] == (merchant, code)]
    return _priced(
        rng,
        {
            "line_no": number,
            "product": {"merchant": merchant, "code": code if rng.random() > 0.01 else "no such product"},
            "quantity": rng.randrange(1, 4),
            "price_subsidy_fen": rng.choice((0, 0, 500)),
            "pid": rng.choice(fitting) if rng.random() < 0.88 else rng.choice(("", "nobody's", *market["picks"])),
        },
    )


def _priced(rng: Random, line: dict) -> dict:
    """With a price and coupons of its own, now and then one that leaves a fen."""
    price = rng.choice(PRICES)
    coupon = rng.choice((0, 0, 0, price // 10, price // 10, price - 1))
    platforms = {"platform_coupon_fen": rng.choice((0, 0, price // 7)) if coupon <= price // 2 else 0}
    return line | {"price_fen": price, "merchant_coupon_fen": coupon} | platforms


def _amounts(rng: Random, lines: list[dict]) -> dict:
    price = rng.choice(lines)["price_fen"]
    amount = rng.choice((1, price // 3, price // 3, price // 2, price, price + 800))
    if rng.random() < 0.6:
        return {"amount_fen": amount}
    return rng.choice(({"goods_fen": amount}, {"goods_fen": amount, "freight_fen": 400}, {"freight_fen": 800}))


def _change(rng: Random, key: str, plan: dict, at: datetime) -> tuple:
    if rng.random() < 0.15:
        return "end", key, at
    if plan["type"] == "normal":
        return "rate", key, None, rng.choice(RATES), at
    return "rate", key, rng.choice(STREAMERS), rng.choice((None, *RATES)), at


def _plan(rng: Random, kind: str, merchant: str, product: tuple | None) -> dict:
    listed = rng.sample(STREAMERS, rng.randrange(1, 3))
    rates = {who: rng.choice(RATES) for who in ([None] if kind == "normal" else listed)}
    return {"type": kind, "merchant": merchant, "product": product, "at": _beginning(rng), "rates": rates}


def _policy(rng: Random, at: datetime) -> dict:
    return {
        "at": at,
        "tech_bps": rng.choice((1000, 1000, 1000, 0, 333, 10_000)),
        "hold_days": rng.choice((7, 7, 1, 15)),
        "return_tech_fee": rng.random() < 0.7,
        "front_clawbacks": rng.random() < 0.4,
    }


def _engagements(rng: Random) -> dict:
    """A provider of m1 and an agency of s1, from some time in June for two weeks."""
    engaged = {}
    for client, provider, rates in (("m1", "care", (300, 1000)), ("s1", "agency", (2500, 9000, 333))):
        if rng.random() < 0.6:
            at = _moment(rng, 0, 6)
            bps = rng.choice(rates)
            engaged[client] = {"provider": provider, "bps": bps, "at": at, "until": at + timedelta(days=14)}
    return engaged


def _event(rng: Random, kind: str, order_no: str, at: datetime) -> dict:
    return {
        "event_id": f"{rng.getrandbits(40):010x}",
        "type": kind,
        "order_no": order_no,
        "occurred_at": at.isoformat(),
    }


def _beginning(rng: Random) -> datetime:
    return BEGINNING if rng.random() < 0.8 else _moment(rng, 0, 8)


def _moment(rng: Random, first: int, last: int) -> datetime:
    """A moment of the days ``first`` to ``last`` of June, often an edge of the day."""
    return _edge(rng, FIRST + timedelta(days=rng.randrange(first, last + 1), seconds=rng.randrange(86_400)))


def _edge(rng: Random, at: datetime) -> datetime:
    return at if rng.random() < 0.6 else datetime.fromisoformat(f"{at.date()}T{rng.choice(EDGES)}+08:00")
