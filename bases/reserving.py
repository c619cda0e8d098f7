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

from bases import refusals
from bases.cities import distance_km
from bases.models import Movement, Reservation, Stock
from haowu.ground.bulk import insert_rows, update_rows
from haowu.ground.errors import Refused, single
from haowu.tenants.scope import platform_scope

FAR = 10**6
"""Further than anything on Earth: a city that the table does not know."""
_KEPT = ["base", "stock", "quantity", "status", "reserved_at"]


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
        shelves = Shelves(wants, at=at)
        answers = [shelves.keep(want) for want in wants]
        shelves.write()
    return answers


def reserve(want: Want, *, at: datetime) -> Reservation:
    """``reserve_many`` for one, its refusal raised."""
    return single(reserve_many([want], at=at))


@transaction.atomic
def release(references: Iterable[str], *, at: datetime) -> int:
    """Give back what is still kept for these lines, on refund or cancellation; how many were. What was dispatched comes
    back with the base's next count, if it comes back at all."""
    return _end(references, Movement.Kind.RELEASED, at)


@transaction.atomic
def dispatch(references: Iterable[str], *, at: datetime) -> int:
    """The goods of these lines left the base at ``at``: neither reserved nor there any more; how many were."""
    return _end(references, Movement.Kind.DISPATCHED, at)


def _end(references: Iterable[str], kind: str, at: datetime) -> int:
    with platform_scope():
        shelves = Shelves([], references, at=at)
        ended = sum(shelves.end(reference, kind, at) for reference in list(shelves.kept))
        shelves.write()
    return ended


class Shelves:
    """The rows of stock that could serve ``wants`` or hold goods for ``references``, locked, and what is kept of them.

    Moved in memory, line by line, and written as a set by ``write``. Within a transaction, platform scope.
    """

    def __init__(self, wants: Sequence[Want], references: Iterable[str] = (), *, at: datetime) -> None:
        self.at = at
        able = _able(wants, at)
        named = Reservation.objects.of([*(want.reference for want in wants), *references])
        ids = {*able, *named.open().values_list("stock_id", flat=True)}
        locked = Stock.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=ids).order_by("pk")
        self.stock = {row.pk: row for row in locked.select_related("base__base", "base__feeder")}
        self.serving: dict[tuple[int, str, str], list[Stock]] = defaultdict(list)
        for pk in sorted(able & self.stock.keys()):
            row = self.stock[pk]
            self.serving[row.merchant_id, row.product_code, row.sku_code].append(row)
        rows = named.select_for_update(no_key=True, of=("self",)).order_by("pk")
        self.kept = {each.reference: each for each in rows}
        self._moved: list[tuple[Reservation, dict]] = []

    def keep(self, want: Want, *, left_at: datetime | None = None) -> Reservation | Refused:
        """The reservation of ``want``, made where there is none.

        ``left_at``: the goods went then. Only a base that has not counted since can still have them in its count.
        """
        kept = self.kept.get(want.reference)
        if kept and kept.status == Reservation.Status.OPEN:
            return kept
        if kept and kept.status == Reservation.Status.DISPATCHED:
            return refusals.AlreadyDispatched()
        row = _right_one(self.serving[want.goods], want, left_at)
        if row is None:
            return refusals.OutOfBaseStock(quantity=want.quantity)
        row.reserved += want.quantity
        place = {"base_id": row.base_id, "stock": row, "quantity": want.quantity, "reserved_at": self.at}
        if kept:
            kept.reopen(**place)
        else:
            kept = self.kept[want.reference] = Reservation(reference=want.reference, **place)
        self._note(kept, Movement.Kind.RESERVED, self.at)
        return kept

    def end(self, reference: str, kind: str, at: datetime) -> bool:
        """Release or dispatch what is kept for ``reference``; whether anything was."""
        kept = self.kept.get(reference)
        if kept is None or kept.status != Reservation.Status.OPEN or kept.stock_id not in self.stock:
            return False
        row = self.stock[kept.stock_id]
        row.reserved -= kept.quantity
        if kind == Movement.Kind.RELEASED:
            filled = min(row.short, kept.quantity)
            row.quantity -= filled
            row.short -= filled
            kept.release()
        else:
            row.quantity -= kept.quantity
            row.short = min(row.short, row.quantity)
            kept.dispatch()
        self._note(kept, kind, at)
        return True

    def write(self) -> None:
        moved = {id(kept): kept for kept, _movement in self._moved}.values()
        Reservation.objects.bulk_update([kept for kept in moved if kept.pk], _KEPT)
        Reservation.objects.bulk_create([kept for kept in moved if kept.pk is None])
        insert_rows(Movement, [{"reservation_id": kept.pk} | movement for kept, movement in self._moved])
        touched = sorted({movement["stock_id"] for _kept, movement in self._moved})
        rows = [self.stock[pk] for pk in touched]
        update_rows(
            Stock,
            [{"id": row.pk, "quantity": row.quantity, "reserved": row.reserved, "short": row.short} for row in rows],
            key="id",
        )

    def _note(self, kept: Reservation, kind: str, at: datetime) -> None:
        facts = {"base_id": kept.base_id, "stock_id": kept.stock_id, "kind": kind, "quantity": kept.quantity, "at": at}
        self._moved.append((kept, facts))


def _able(wants: Sequence[Want], at: datetime) -> set[int]:
    """The ids of the rows that have something of what is wanted, of bases that work and are fresh."""
    wanted = {want.goods for want in wants}
    if not wanted:
        return set()
    rows = (
        Stock.objects.sold_by_working(at)
        .in_stock()
        .filter(
            merchant__in={goods[0] for goods in wanted},
            product_code__in={goods[1] for goods in wanted},
            sku_code__in={goods[2] for goods in wanted},
        )
    )
    found = rows.values_list("pk", "merchant_id", "product_code", "sku_code")
    return {pk for pk, *goods in found if tuple(goods) in wanted}


def _right_one(rows: list[Stock], want: Want, left_at: datetime | None) -> Stock | None:
    able = [row for row in rows if row.free >= want.quantity > 0]
    if left_at is not None:
        able = [row for row in able if (counted_at := row.base.feeder.counted_at) and counted_at < left_at]
    return min(able, key=lambda row: (_distance(want.city, row), -row.free, row.base_id), default=None)


def _distance(city: str, stock: Stock) -> int:
    there = stock.base.base.city
    if city == there:
        return -1
    kilometres = distance_km(city, there)
    return FAR if kilometres is None else kilometres
