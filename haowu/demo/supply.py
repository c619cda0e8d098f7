"""Bases for the demo, founded by leaders who ended a quarter as gold: brands, rooms, stock and orders of today.

Stock is of the moment: the bases count when the demo starts, and orders of the last hour take their goods from them.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import cycle
from typing import Any

from django.db.models import Count

from bases import booking, consenting, feeding, founding, introducing
from bases.feed_rows import pack
from bases.models import Base, BasePolicy, Consent, Document, Feed, Feeder, Room
from commissions.models import OrderLine
from commissions.orders.intake import receive
from haowu.approvals.versions import publish
from haowu.approvals.words import Subject
from haowu.demo import cast, profiles
from haowu.demo.profiles import Profile
from haowu.demo.retail.sample import sample_number
from haowu.ground import days
from haowu.tenants import opening
from haowu.tenants.models import Tenant
from merchants.models import Product
from tuanzhang.models import LevelLabel, QuarterLevel

SITES = (("linyi", "临沂兰山直播基地", "兰山区小商品城 3 号楼"), ("yiwu", "义乌北苑供应链基地", "北苑街道 18 号"))
ABOUT = {
    "linyi": Profile(cast.ALL_FIELDS, "临沂", "三间直播间，家居百货现货当天出库"),
    "yiwu": Profile(cast.ALL_FIELDS, "义乌", "节庆和派对的货，一年备两次"),
}
GOODS = 120
BUYERS = ("临沂市", "济南市", "杭州市", "上海市", "成都市", "临沂市", "广州市", "义乌市")
SOURCE = "demo-shop"
LONG_COUNT = "演示：盘点一年内有效"


def open_bases(*, at: datetime) -> None:
    """Two bases, once a leader has ended a quarter as gold. Later demos count anew."""
    if not Base.objects.exists():
        gold = QuarterLevel.objects.last_revisions().filter(level=LevelLabel.GOLD).order_by("-quarter", "-gmv_fen")
        leaders = list(dict.fromkeys(each.leader for each in gold.select_related("leader")))
        for leader, site in zip(cycle(leaders), SITES, strict=False):
            _found(leader, site, at)
        _introduce(at)
        _book(at)
    _agree(at)
    _count(at)
    _order(at)


def _found(leader: Tenant, site: tuple[str, str, str], at: datetime) -> None:
    city, name, address = site
    if not BasePolicy.objects.filter(note=LONG_COUNT).exists():
        version = BasePolicy(note=LONG_COUNT, effective_from=at, stale_minutes=365 * 24 * 60)
        publish(version, Subject.BASE_POLICY, at=at)
    today = days.day_of(at)
    papers = [
        founding.Paper(kind, f"{city}-{number}", today.replace(month=1, day=1), today + timedelta(days=1_000))
        for number, kind in enumerate(Document.Kind.values)
    ]
    asked = founding.Site(name, "gold" if city == "linyi" else "silver", city, address, 3, 6, 2_400)
    application = founding.apply(leader, asked, papers, is_gold_leader=True, at=at)
    founding.approve(application, code=f"b-{city}", by=None, at=at)
    base = Tenant.objects.get(kind=Tenant.Kind.BASE, code=f"b-{city}")
    profiles.write([(base, ABOUT[city])], at=at)


def _introduce(at: datetime) -> None:
    """Every third shop's own brand, one in five of them still waiting for an answer."""
    bases = list(Tenant.objects.filter(base__isnull=False).order_by("pk"))
    today = days.day_of(at)
    for index, name in enumerate([shop.name for shop in cast.players("shop").values()][::3] if bases else ()):
        until = today + timedelta(days=20 if index == 0 else 400)
        wish = introducing.Authorised(name, f"SQ-{index:03}", today, until)
        asked = introducing.introduce(bases[index % len(bases)], wish, at=at)
        if index % 5 != 4:
            introducing.accept(asked, by=None, at=at)


def _book(at: datetime) -> None:
    tomorrow = days.start_of(days.day_of(at) + days.ONE_DAY)
    streamers = Tenant.objects.of_kind(Tenant.Kind.STREAMER).order_by("pk")[:3]
    for room, streamer in zip(Room.objects.order_by("pk"), streamers, strict=False):
        hours = tomorrow + timedelta(hours=19), tomorrow + timedelta(hours=22)
        booking.book(room, streamer, *hours, at=at)


def _agree(at: datetime) -> None:
    """Every shop whose goods sell most lets each base sell them, one in five for a year."""
    shops = sorted({product.merchant for product, _price_fen in _goods()}, key=lambda shop: shop.code)
    for base in Base.objects.working().select_related("base").order_by("pk"):
        agreed = set(Consent.objects.filter(base=base.base).not_over(at).values_list("merchant_id", flat=True))
        for number, shop in enumerate(shops):
            if shop.pk not in agreed:
                until = None if number % 5 else at + timedelta(days=365)
                consenting.agree(shop, base.base, ends_at=until, by=None, at=at)


def _count(at: datetime) -> None:
    """A full count of what each base holds of the goods that sell most; every seventh is elsewhere only."""
    goods = _goods()
    for number, base in enumerate(Base.objects.working().select_related("base").order_by("pk")):
        rows = [
            (
                product.merchant.code,
                product.code,
                product.code,
                price_fen,
                1 + sample_number("held", base.city, product.code) % 80,
            )
            for place, (product, price_fen) in enumerate(goods)
            if place % 7 != number
        ]
        sequence = Feeder.objects.get(pk=base.pk).last_sequence + 1
        answer = feeding.receive(base.base, feeding.Count(Feed.Kind.SNAPSHOT, sequence, at), pack(rows), at=at)
        feeding.apply(answer.feed, at=at)


def _order(at: datetime) -> None:
    """Orders of the last hour from many cities; one is on its way, one was refunded, one finds nobody with so much."""
    goods = _goods()[: len(BUYERS)] if Base.objects.exists() else []
    if not goods:
        return
    shop = opening.opened(Tenant.Kind.PARTNER, SOURCE, "基地订单", at=at)
    began = at - timedelta(hours=1)
    orders = [
        _paid(f"{at:%m%d%H%M}-{number}", city, product, 500 if number == 3 else 1 + number % 3, price_fen, began)
        for number, (city, (product, price_fen)) in enumerate(zip(BUYERS, goods, strict=False))
    ]
    receive(shop, orders, now=at)
    back = {"refund_no": "r1", "amount_fen": orders[-1]["lines"][0]["price_fen"]}
    receive(shop, [_event("shipped", orders[0], at), _event("refunded", orders[-1], at, **back)], now=at)


def _paid(number: str, city: str, product: Product, quantity: int, price_fen: int, at: datetime) -> dict[str, Any]:
    named = {"merchant": product.merchant.code, "code": product.code}
    line = {
        "line_no": 1,
        "product": named,
        "sku": product.code,
        "quantity": quantity,
        "price_fen": price_fen * quantity,
    }
    paid = {"event_id": f"{number}:paid", "type": "paid", "order_no": number, "occurred_at": at.isoformat()}
    return paid | {"ordered_at": at.isoformat(), "buyer_ref": number, "city": city, "lines": [line]}


def _event(kind: str, order: dict[str, Any], at: datetime, **facts: Any) -> dict[str, Any]:
    number = order["order_no"]
    return {"event_id": f"{number}:{kind}", "type": kind, "order_no": number, "occurred_at": at.isoformat()} | facts


def _goods() -> Sequence[tuple[Product, int]]:
    """``(product, price)`` of the listed goods that sell most."""
    counted = OrderLine.objects.values_list("product").annotate(lines=Count("pk")).order_by("-lines", "product")
    places = [pk for pk, _lines in counted[:GOODS]]
    found = Product.objects.listed().with_offer_facts().select_related("merchant").in_bulk(places)
    return [(found[pk], found[pk].price_fen) for pk in places if pk in found]
