"""Bases, brands and stock for tests, through the same acts as the pages."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from bases import consenting, feeding, founding, introducing, reserving
from bases.feed_rows import pack
from bases.models import Application, Base, Brand, Consent, Introduction, QuarantinedRow, Stock
from haowu.ground import days
from haowu.tenants.models import Tenant
from merchants import editing
from merchants.models import Product
from tests.build import moment, tenant

AT = moment("2024-06-01 09:00")
_numbers = count(1)

PAPERS = [
    founding.Paper("licence", "L-1", date(2020, 1, 1), date(2030, 12, 31)),
    founding.Paper("property", "P-1", date(2020, 1, 1), date(2030, 12, 31)),
]


def site(**facts: Any) -> founding.Site:
    known = {"name": "临沂直播基地", "level": "silver", "city": "linyi", "address": "兰山区 1 号"}
    return founding.Site(**known | {"live_rooms": 2, "guides": 3, "property_sqm": 500} | facts)


def application(leader: Tenant | None = None, **facts: Any) -> Application:
    return founding.apply(leader or tenant("tuanzhang"), site(**facts), PAPERS, is_gold_leader=True, at=AT)


def base(code: str = "", *, agreed_by: Iterable[str] = (), **facts: Any) -> Base:
    """One that may sell the goods of the merchants ``agreed_by``, named by their codes."""
    code = code or f"base-{next(_numbers)}"
    made = founding.approve(application(**{"name": code} | facts), code=code, by=None, at=AT)
    agreed(made, *agreed_by)
    return made


def agreed(of: Base, *merchants: str, at: datetime = days.BEGINNING, **window: datetime) -> list[Consent]:
    """The merchants of these codes let ``of`` sell their goods, from the beginning of time unless the test says."""
    parties = Tenant.objects.coded(Tenant.Kind.MERCHANT, merchants)
    return [consenting.agree(parties[code], of.base, **window, by=None, at=at) for code in merchants]


def of_brand(brand: Brand | None, of: Tenant, code: str = "p1") -> Product:
    """The product of that code, made where it is new, with ``brand`` on its merchant's form."""
    details = editing.Details(code, "", None, brand)
    known = Product.objects.of_merchant(of).coded(code)
    skus = [editing.SkuWish("a", "", 1_000, 5)]
    if known:
        return editing.change_product(known, details, skus, at=days.BEGINNING)
    return editing.add_product(of, code, details, skus)


def authorised(name: str, first: str = "2024-01-01", last: str = "2025-12-31") -> introducing.Authorised:
    return introducing.Authorised(name, f"A-{name}", date.fromisoformat(first), date.fromisoformat(last))


def introduced(by: Base, names: Iterable[str], **window: str) -> list[Introduction]:
    """Submitted and, where they are no duplicates, accepted."""
    answers = introducing.introduce_many(by.base, [authorised(name, **window) for name in names], at=AT)
    for answer in answers:
        if isinstance(answer, Exception):
            raise answer
        if answer.status == "submitted":
            introducing.accept(answer, by=None, at=AT)
    return answers


Row = tuple[str, str, str, int, int]


def feed(
    of: Base, sequence: int, rows: Iterable[Row], kind: str = "snapshot", *, at: datetime | None = None, **facts: Any
) -> feeding.FeedAnswer:
    """``rows``: (merchant, product, sku, price_fen, quantity). Counted a minute later for each sequence."""
    at = at or AT + timedelta(minutes=sequence)
    counted = feeding.Count(kind, sequence, facts.pop("counted_at", at), **facts)
    return feeding.receive(of.base, counted, pack(rows), at=at)


def stock_of(of: Base) -> dict[str, tuple[int, int]]:
    """``{sku: (price, free)}`` of what is not empty."""
    return {row.sku_code: (row.price_fen, row.free) for row in Stock.objects.of_base(of.base) if row.free}


def want(reference: str, merchant: Tenant, sku: str = "k1", quantity: int = 1, city: str = "") -> reserving.Want:
    return reserving.Want(reference, merchant.pk, "p1", sku, quantity, city)


def row(sku: str, quantity: int, price: int = 1_000) -> tuple:
    return ("m1", "p1", sku, price, quantity)


def reasons() -> list[str]:
    return list(QuarantinedRow.objects.open().order_by("pk").values_list("reason", flat=True))
