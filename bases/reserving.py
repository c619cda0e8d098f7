"""Goods kept for orders: from the right base, never twice, every movement written down (rulebook §14).

Which base: of those that work, whose feed is fresh and that have the whole quantity free, the one in the buyer's own
city, else the nearest by ``cities.distance_km``; where distance cannot tell (no city given, or equally far), the one
with most free, then the lower base id. A line is never divided over two bases: it is one parcel.

Rows of stock are locked in the order of their ids, by feeds too. Callers hold their orders before they call.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F

from bases import refusals
from bases.cities import distance_km
from bases.models import Movement, Reservation, Stock
from haowu.bulk import insert_rows, update_rows
from haowu.errors import Refused, single
from haowu.tenants.scope import platform_scope

FAR = 10**6
"""Further than anything on Earth: a city that the table does not know."""


@dataclass(frozen=True)
class Want:
    """``quantity`` of one SKU for the line that ``reference`` names. ``city``: the buyer's, a code or ``""``."""

    reference: str
    merchant_id: int
    product_code: str
    sku_code: str
    quantity: int
    city: str = ""

    @property
    def goods(self) -> tuple[int, str, str]:
        return self.merchant_id, self.product_code, self.sku_code


@transaction.atomic
def reserve_many(wants: Sequence[Want], *, at: datetime) -> list[Reservation | Refused]:
    """Keep goods for each of ``wants``; one answer each, in order. Earlier wants of a batch are served first.

    A reference that has an open reservation gets it again: nothing is taken twice. One that was released is kept
    anew, since a refund may be reversed. OutOfBaseStock where no base has the whole quantity; AlreadyDispatched.
    """
    with platform_scope():
        candidates = _candidates(wants, at)
        known = {each.reference: each for each in Reservation.objects.of([want.reference for want in wants])}
        answers: list[Reservation | Refused] = []
        made: list[Reservation] = []
        touched: dict[int, Stock] = {}
        for want in wants:
            kept = known.get(want.reference)
            if kept and kept.status == Reservation.Status.OPEN:
                answers.append(kept)
            elif kept and kept.status == Reservation.Status.DISPATCHED:
                answers.append(refusals.AlreadyDispatched())
            elif stock := _right_one(candidates[want.goods], want):
                stock.reserved += want.quantity
                touched[stock.pk] = stock
                kept = kept or Reservation(reference=want.reference)
                kept.base_id, kept.stock, kept.quantity = stock.base_id, stock, want.quantity
                kept.status, kept.reserved_at = Reservation.Status.OPEN, at
                known[want.reference] = kept
                made.append(kept)
                answers.append(kept)
            else:
                answers.append(refusals.OutOfBaseStock(quantity=want.quantity))
        again = [each for each in made if each.pk]
        Reservation.objects.bulk_create(each for each in made if each.pk is None)
        Reservation.objects.bulk_update(again, ["base", "stock", "quantity", "status", "reserved_at"])
        _write_movements(made, Movement.Kind.RESERVED, at)
        _change_stock(touched.values())
    return answers


def reserve(want: Want, *, at: datetime) -> Reservation:
    """``reserve_many`` for one, its refusal raised."""
    return single(reserve_many([want], at=at))


@transaction.atomic
def release(references: Iterable[str], *, at: datetime) -> int:
    """Give back what is still kept for these lines, on refund or cancellation; how many were. What was dispatched comes
    back with the base's next count, if it comes back at all."""
    return _end(references, Reservation.Status.RELEASED, Movement.Kind.RELEASED, at)


@transaction.atomic
def dispatch(references: Iterable[str], *, at: datetime) -> int:
    """The goods of these lines left the base at ``at``: neither reserved nor there any more; how many were."""
    return _end(references, Reservation.Status.DISPATCHED, Movement.Kind.DISPATCHED, at)


def _candidates(wants: Sequence[Want], at: datetime) -> dict[tuple[int, str, str], list[Stock]]:
    """The rows that could serve, locked in the order of their ids, with the newest figures."""
    wanted = {want.goods for want in wants}
    rows = Stock.objects.sold_by_working(at).filter(
        merchant__in={goods[0] for goods in wanted},
        product_code__in={goods[1] for goods in wanted},
        sku_code__in={goods[2] for goods in wanted},
        quantity__gt=F("reserved"),
    )
    ids = [
        row["pk"]
        for row in rows.values("pk", "merchant_id", "product_code", "sku_code")
        if (row["merchant_id"], row["product_code"], row["sku_code"]) in wanted
    ]
    found: dict[tuple[int, str, str], list[Stock]] = defaultdict(list)
    locked = Stock.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=ids).order_by("pk")
    for stock in locked.select_related("base__base"):
        found[stock.merchant_id, stock.product_code, stock.sku_code].append(stock)
    return found


def _right_one(rows: list[Stock], want: Want) -> Stock | None:
    able = [row for row in rows if row.free >= want.quantity > 0]
    return min(able, key=lambda row: (_distance(want.city, row), -row.free, row.base_id), default=None)


def _distance(city: str, stock: Stock) -> int:
    there = stock.base.base.city
    if city == there:
        return -1
    kilometres = distance_km(city, there)
    return FAR if kilometres is None else kilometres


def _end(references: Iterable[str], status: str, kind: str, at: datetime) -> int:
    """Lock stock before reservations, as reserving does; only what is still open moves."""
    with platform_scope():
        named = Reservation.objects.of(list(references))
        ids = set(named.filter(status=Reservation.Status.OPEN).values_list("stock_id", flat=True))
        locked = {
            stock.pk: stock for stock in Stock.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
        }
        ending = list(
            named.filter(status=Reservation.Status.OPEN, stock__in=locked)
            .select_for_update(no_key=True, of=("self",))
            .order_by("pk")
        )
        for reservation in ending:
            stock = locked[reservation.stock_id]
            stock.reserved -= reservation.quantity
            if kind == Movement.Kind.RELEASED:
                filled = min(stock.short, reservation.quantity)
                stock.quantity -= filled
                stock.short -= filled
            else:
                stock.quantity -= reservation.quantity
                stock.short = min(stock.short, stock.quantity)
        Reservation.objects.filter(pk__in=[each.pk for each in ending]).update(status=status)
        _write_movements(ending, kind, at)
        _change_stock([locked[pk] for pk in {each.stock_id for each in ending}])
    return len(ending)


def _write_movements(reservations: list[Reservation], kind: str, at: datetime) -> None:
    movements = [
        {
            "reservation_id": each.pk,
            "base_id": each.base_id,
            "stock_id": each.stock_id,
            "kind": kind,
            "quantity": each.quantity,
            "at": at,
        }
        for each in reservations
    ]
    insert_rows(Movement, movements)


def _change_stock(rows: Iterable[Stock]) -> None:
    update_rows(
        Stock,
        [
            {"id": row.pk, "quantity": row.quantity, "reserved": row.reserved, "short": row.short}
            for row in sorted(rows, key=lambda row: row.pk)
        ],
        key="id",
    )
