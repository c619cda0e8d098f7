"""The market that an export needs, and which pid each of its lines came through. All of it follows from hashes.

A product's shop, promoters and rates depend on its stock code and its kind, so that several exports share one market;
prices and the dates on which rates change come from the export at hand.
"""

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import count
from typing import Any

from bases import cities
from haowu.demo import cast
from haowu.demo.goods.catalogue import Good
from haowu.demo.retail import leaders
from haowu.demo.retail.laps import AS_IT_IS, WEEK, Lap
from haowu.demo.retail.orders import Book, Line
from haowu.demo.retail.sample import sample_number
from haowu.ground import days

PROMOTERS = 4
NATURAL_PERCENT = 8
OPENED_BEFORE = timedelta(days=30)
OPENED_AT_THE_LATEST = date(2010, 11, 1)


@cache
def promoters(code: str, field: str) -> list[str]:
    """Who sells a product: two of an exclusive one, else four. Mostly those of its field; some are busier."""
    streamers = _closest_first(field)
    found: list[str] = []
    wanted = 2 if _is_exclusive(code) else PROMOTERS
    for attempt in count():
        place = sample_number("promoter", code, attempt) / 2**64
        streamer = streamers[int(place**3 * len(streamers))]
        if streamer not in found:
            found.append(streamer)
        if len(found) == wanted:
            return found


@cache
def _closest_first(field: str) -> list[str]:
    """Those of ``field``, those who sell everything, the others."""
    close = [*cast.codes("streamer", field), *cast.codes("streamer", cast.ALL_FIELDS)]
    return [*close, *(code for code in cast.players("streamer") if code not in close)]


def pid_of(streamer: str, code: str) -> str:
    return f"{streamer}-{code}"


def pid(line: Line, good: Good) -> str:
    """The pid on an order line, empty for a natural one. A buyer keeps to one streamer for a product."""
    row = line.row
    if sample_number("natural", row.invoice, line.line_no) % 100 < NATURAL_PERCENT:
        return ""
    sellers = promoters(row.code, good.field)
    buyer = row.customer or f"{row.country}/{row.invoice}"
    return pid_of(sellers[sample_number("buyer", buyer, row.code) % len(sellers)], row.code)


def market(book: Book, lap: Lap = AS_IT_IS) -> dict[str, Any]:
    """The market file (partner API) of every product in ``book``, dated as ``lap`` dates its orders."""
    goods = book.goods
    products = defaultdict(list)
    for good in goods.values():
        products[good.shop].append(_product(good))
    first, last = _period(book, lap)
    opened = min(OPENED_AT_THE_LATEST + lap.shift, first - OPENED_BEFORE)
    return {
        "merchants": [
            {"code": code, "name": shop.name, "at": _at(opened), "products": products[code]}
            for code, shop in cast.players("shop").items()
        ],
        "streamers": _streamers(book),
        "leaders": [{"code": code, "name": leader.name} for code, leader in cast.players("leader").items()],
        "plans": [plan for good in goods.values() for plan in _plans(good, opened, first, last)]
        + [_shop_plan(code, opened) for index, code in enumerate(cast.players("shop")) if index % 4 == 1],
        "activities": leaders.activities(
            opened,
            [
                leaders.item(good.shop, code, _normal_bps(code), first)
                for code, good in goods.items()
                if _is_carried(code)
            ],
        ),
        "picks": [
            {
                "pid": pid_of(streamer, code),
                "streamer": streamer,
                "product": {"merchant": good.shop, "code": code},
                "activity": leaders.activity_of(code) if _is_carried(code) else None,
                "at": _at(opened),
            }
            for code, good in goods.items()
            for streamer in promoters(code, good.field)
        ],
    }


def _product(good: Good) -> dict[str, Any]:
    return {
        "code": good.code,
        "title": good.name,
        "description": f"英文原名：{good.original}",
        "category": good.category,
        "price_fen": good.price_fen,
    } | _provenance(good)


def _provenance(good: Good) -> dict[str, Any]:
    """Four in ten come from the shop's own factory, where its city has one; three are a brand's, two an agent's."""
    draw, city = sample_number("provenance", good.code) % 10, cast.players("shop")[good.shop].city
    if draw < 4 and cities.code_of(city):
        return {"provenance": "factory", "origin": city}
    return {"provenance": "brand"} if draw < 7 else {"provenance": "agent"} if draw < 9 else {}


def _streamers(book: Book) -> list[dict[str, Any]]:
    """Every tenth is also one of the buyers: what they buy of their own promotion pays nobody."""
    customers = sorted({order.lines[0].row.customer for order in book.orders} - {""})
    streamers: list[dict[str, Any]] = [
        {"code": code, "name": streamer.name, "fans": streamer.fans}
        for code, streamer in cast.players("streamer").items()
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


def _plans(good: Good, opened: date, first: date, last: date) -> list[dict[str, Any]]:
    """5–30% for everybody; one product in ten pays two streamers more; one in fifty is exclusive to two.

    One in a hundred becomes exclusive to one of its four halfway through, and one in twelve changes its rate.
    """
    code = good.code
    base = {"merchant": good.shop, "product": code}
    bps = _normal_bps(code)
    names = promoters(code, good.field)
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
    """A raise, and a decrease later on; some only decrease. Asked for at 10:00, not in the last week or later."""
    if sample_number("changes", code) % 12:
        return []
    span = (last - first).days + 1
    raised = first + timedelta(days=sample_number("raised", code) % span)
    lowered = raised + timedelta(days=1 + sample_number("lowered", code) % span)
    up = {"bps": bps + 200 + sample_number("up", code) % 9 * 50, "at": _at(raised, time(10))}
    down = {"bps": bps - 50 - sample_number("down", code) % 5 * 50, "at": _at(lowered, time(10))}
    changes = [(lowered, down)] if sample_number("only down", code) % 3 == 0 else [(raised, up), (lowered, down)]
    return [change for day, change in changes if day <= last - WEEK]


def _shop_plan(merchant: str, opened: date) -> dict[str, Any]:
    streamers = sorted(cast.players("streamer"), key=lambda streamer: sample_number("shop plan", merchant, streamer))[
        :4
    ]
    rates = {streamer: 1000 + sample_number("shop rate", merchant, streamer) % 21 * 50 for streamer in streamers}
    return {"merchant": merchant, "type": "shop_targeted", "at": _at(opened), "streamers": rates}


def _period(book: Book, lap: Lap) -> tuple[date, date]:
    moments = [order.paid_at + lap.shift for order in book.orders]
    if not moments:
        return OPENED_AT_THE_LATEST, OPENED_AT_THE_LATEST
    return days.day_of(min(moments)), days.day_of(max(moments))


def _at(day: date, hour: time = time.min) -> str:
    return datetime.combine(day, hour, tzinfo=days.SHANGHAI).isoformat()
