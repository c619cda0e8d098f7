"""A streamer's live sessions: goods on his shelf, a session of them, orders."""

from datetime import timedelta

from haowu.ground.errors import Refused
from haowu.tenants.models import Tenant
from merchants.models import Product
from streamers.live import planning
from streamers.live.planning import NewItem
from streamers.models import LiveSession
from tests import build
from tests.browser import NOW

AT = build.moment(NOW)
EIGHT = build.moment("2024-06-20 20:00")
ELEVEN = build.moment("2024-06-20 23:00")


def offered(shop: Tenant, code: str, streamer: Tenant, stock: int = 100) -> Product:
    """On the shelf of ``streamer``, with the pid ``pid-CODE``."""
    goods = build.product(shop, code, stock=stock)
    build.normal_plan(goods, 2000)
    build.pick(streamer, goods, f"pid-{code}")
    return goods


def planned(streamer: Tenant, *pids: str, starts_at=EIGHT, hours: int = 3) -> LiveSession:
    session = planning.plan(streamer, "晚场", starts_at, starts_at + timedelta(hours=hours), at=AT)
    assert not [a for a in planning.add_items(session, [NewItem(p) for p in pids], at=AT) if isinstance(a, Refused)]
    return session


def sold(number: str, at: str, goods: Product, pid: str, sub_id: str = "", buyer: str = "", price_fen: int = 10_000):
    line = build.bought(goods, pid, price_fen=price_fen) | ({"sub_id": sub_id} if sub_id else {})
    return build.paid(number, at, [line], buyer_ref=buyer or f"b-{number}")
