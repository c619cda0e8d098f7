"""The market that an export needs, and which pid each of its lines came through. All of it follows from hashes.

A product's merchant, promoters and rates depend on its stock code alone, so that several exports share one market;
titles, prices and the dates on which rates change come from the export at hand.
"""

from collections import Counter, defaultdict
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import count
from statistics import median_low
from typing import Any

from haowu.demo.retail import leaders
from haowu.demo.retail.categories import category
from haowu.demo.retail.names import LEADERS, MERCHANTS, STREAMERS
from haowu.demo.retail.orders import Book, Line
from haowu.demo.retail.sample import sample_number
from haowu.ground import days

PROMOTERS = 4
NATURAL_PERCENT = 8
OPENED_BEFORE = timedelta(days=30)
OPENED_AT_THE_LATEST = date(2010, 11, 1)


@cache
def merchant_of(code: str) -> str:
    """Codes that differ in case only (a product's colours, mistyped) are one merchant's."""
    return list(MERCHANTS)[sample_number("merchant", code.upper()) % len(MERCHANTS)]


@cache
def promoters(code: str) -> list[str]:
    """The streamers who sell a product: two of an exclusive one, else four. Some are busier than others."""
    found: list[str] = []
    wanted = 2 if _is_exclusive(code) else PROMOTERS
    for attempt in count():
        place = sample_number("promoter", code, attempt) / 2**64
        streamer = list(STREAMERS)[int(place * place * len(STREAMERS))]
        if streamer not in found:
            found.append(streamer)
        if len(found) == wanted:
            return found


def pid_of(streamer: str, code: str) -> str:
    return f"{streamer}-{code}"


def pid(line: Line) -> str:
    """The pid on an order line, empty for a natural one. A buyer keeps to one streamer for a product."""
    row = line.row
    if sample_number("natural", row.invoice, line.line_no) % 100 < NATURAL_PERCENT:
        return ""
    sellers = promoters(row.code)
    buyer = row.customer or f"{row.country}/{row.invoice}"
    return pid_of(sellers[sample_number("buyer", buyer, row.code) % len(sellers)], row.code)


def market(book: Book) -> dict[str, Any]:
    """The market file (partner API) of every product in ``book``."""
    lines: dict[str, list[Line]] = defaultdict(list)
    for line in book.lines:
        lines[line.row.code].append(line)
    products = defaultdict(list)
    for code in sorted(lines):
        products[merchant_of(code)].append(_product(code, lines[code]))
    first, last = _period(book)
    opened = min(OPENED_AT_THE_LATEST, first - OPENED_BEFORE)
    return {
        "merchants": [
            {"code": code, "name": name, "at": _at(opened), "products": products[code]}
            for code, name in MERCHANTS.items()
        ],
        "streamers": _streamers(book),
        "leaders": [{"code": code, "name": name} for code, name in LEADERS.items()],
        "plans": [plan for code in sorted(lines) for plan in _plans(code, opened, first, last)]
        + [_shop_plan(code, opened) for index, code in enumerate(MERCHANTS) if index % 4 == 1],
        "activities": leaders.activities(
            opened,
            [
                leaders.item(merchant_of(code), code, _normal_bps(code), first)
                for code in sorted(lines)
                if _is_carried(code)
            ],
        ),
        "picks": [
            {
                "pid": pid_of(streamer, code),
                "streamer": streamer,
                "product": {"merchant": merchant_of(code), "code": code},
                "activity": leaders.activity_of(code) if _is_carried(code) else None,
                "at": _at(opened),
            }
            for code in sorted(lines)
            for streamer in promoters(code)
        ],
    }


def _product(code: str, lines: list[Line]) -> dict[str, Any]:
    """Titled as most of its rows are, priced at the median."""
    titles = Counter(line.row.title for line in lines if line.row.title)
    title = min(titles, key=lambda title: (-titles[title], title), default=code)
    path = category(title)
    return {
        "code": code,
        "title": f"{path.rpartition('/')[2]} {title.title()}"[:120],
        "category": path,
        "price_fen": median_low(line.row.price_fen for line in lines),
    }


def _streamers(book: Book) -> list[dict[str, Any]]:
    """Every tenth is also one of the buyers: what they buy of their own promotion pays nobody."""
    customers = sorted({order.lines[0].row.customer for order in book.orders} - {""})
    streamers = [
        {"code": code, "name": name, "fans": 3_000 + sample_number("fans", code) % 2_000_000}
        for code, name in STREAMERS.items()
    ]
    for streamer in streamers[::10] if customers else ():
        streamer["buyer_ref"] = customers[sample_number("buys", streamer["code"]) % len(customers)]
    return streamers


def _is_exclusive(code: str) -> bool:
    return sample_number("exclusive", code) % 50 == 0


def _normal_bps(code: str) -> int:
    return 500 + sample_number("rate", code) % 51 * 50


def _is_carried(code: str) -> bool:
    """An exclusive product stands in no activity."""
    return leaders.activity_of(code) is not None and not _is_exclusive(code)


def _plans(code: str, opened: date, first: date, last: date) -> list[dict[str, Any]]:
    """5–30% for everybody; one product in ten pays two streamers more; one in fifty is exclusive to two.

    One in a hundred becomes exclusive to one of its four halfway through, and one in twelve changes its rate.
    """
    base = {"merchant": merchant_of(code), "product": code}
    bps = _normal_bps(code)
    names = promoters(code)
    if _is_exclusive(code):
        streamers = {names[0]: bps + 500, names[1]: bps + 1000}
        return [base | {"type": "exclusive", "at": _at(opened), "streamers": streamers}]
    changes = _changes(code, bps, first, last)
    plans = [base | {"type": "normal", "rates": [{"bps": bps, "at": _at(opened)}, *changes]}]
    if sample_number("targeted", code) % 10 == 0:
        streamers = {names[0]: bps + 300, names[1]: bps + 500}
        plans.append(base | {"type": "item_targeted", "at": _at(opened), "streamers": streamers})
    if sample_number("later exclusive", code) % 100 == 0:
        halfway = first + (last - first) // 2
        plans.append(base | {"type": "exclusive", "at": _at(halfway), "streamers": {names[0]: bps + 1200}})
    return plans


def _changes(code: str, bps: int, first: date, last: date) -> list[dict[str, Any]]:
    """A raise, and a decrease later on; some only decrease. Asked for at 10:00."""
    if sample_number("changes", code) % 12:
        return []
    span = (last - first).days + 1
    raised = first + timedelta(days=sample_number("raised", code) % span)
    lowered = raised + timedelta(days=1 + sample_number("lowered", code) % span)
    up = {"bps": bps + 200 + sample_number("up", code) % 9 * 50, "at": _at(raised, time(10))}
    down = {"bps": bps - 50 - sample_number("down", code) % 5 * 50, "at": _at(lowered, time(10))}
    return [down] if sample_number("only down", code) % 3 == 0 else [up, down]


def _shop_plan(merchant: str, opened: date) -> dict[str, Any]:
    streamers = sorted(STREAMERS, key=lambda streamer: sample_number("shop plan", merchant, streamer))[:4]
    rates = {streamer: 1000 + sample_number("shop rate", merchant, streamer) % 21 * 50 for streamer in streamers}
    return {"merchant": merchant, "type": "shop_targeted", "at": _at(opened), "streamers": rates}


def _period(book: Book) -> tuple[date, date]:
    moments = [order.paid_at for order in book.orders]
    if not moments:
        return OPENED_AT_THE_LATEST, OPENED_AT_THE_LATEST
    return days.day_of(min(moments)), days.day_of(max(moments))


def _at(day: date, hour: time = time.min) -> str:
    return datetime.combine(day, hour, tzinfo=days.SHANGHAI).isoformat()
