"""Order lines and the goods of bases: kept while a line waits, gone with the parcel, given back when nobody wants them.

``apply_needs`` makes reservations what the lines need now, however often it is called. A line that finds no base with
the whole quantity becomes a Shortage and is served, oldest first, once one has it.

Locked in this order: the caller's orders, shortages, stock, reservations; each by id.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from bases.models import Movement, Reservation, Shortage, Stock
from bases.reserving import Shelves, Want
from haowu.ground.bulk import insert_rows
from haowu.ground.errors import Refused
from haowu.tenants.scope import platform_scope

SERVED_AT_ONCE = 500
_SHORTAGE = ("merchant_id", "product_code", "sku_code", "quantity", "city", "status")


@dataclass(frozen=True)
class Need:
    """What one order line needs. ``left_at``: when its parcel left, which ends the need; ``is_over``: it needs nothing.

    Where ``is_over``, of ``want`` only the reference is read.
    """

    want: Want
    left_at: datetime | None = None
    is_over: bool = False


@transaction.atomic
def apply_needs(needs: Sequence[Need], *, at: datetime) -> None:
    """Bring reservations to what ``needs`` say at ``at``. Set-based; the same needs again change nothing."""
    if not needs:
        return
    with platform_scope():
        references = [need.want.reference for need in needs]
        shortages = {each.reference: each for each in Shortage.objects.of(references).locked()}
        known = {each.reference: each for each in Reservation.objects.of(references).select_related("stock")}
        wants = [need.want for need in needs if _asks(need, known.get(need.want.reference), shortages)]
        book = _Book(Shelves(wants, references, at=at), shortages, at)
        for need in sorted(needs, key=lambda need: not need.is_over):
            book.enter(need)
        book.write()


@transaction.atomic
def serve_waiting(*, at: datetime) -> int:
    """Reserve for lines that waited for goods, as far as bases have them now; how many. For workers, side by side."""
    with platform_scope():
        waiting = list(Shortage.objects.that_could_be_served(at).locked(skip_locked=True)[:SERVED_AT_ONCE])
        if not waiting:
            return 0
        wants = [_want(each) for each in waiting]
        shelves = Shelves(wants, at=at)
        book = _Book(shelves, {each.reference: each for each in waiting}, at)
        for want in wants:
            book.enter(Need(want))
        book.write()
        return sum(each.status == Shortage.Status.SERVED for each in waiting)


class _Book:
    """Enters needs one after the other; writes what came of them as a set."""

    def __init__(self, shelves: Shelves, shortages: dict[str, Shortage], at: datetime) -> None:
        self.shelves = shelves
        self.shortages = shortages
        self.at = at
        self._changed: dict[str, Shortage] = {}

    def enter(self, need: Need) -> None:
        if need.is_over:
            self.shelves.end(need.want.reference, Movement.Kind.RELEASED, self.at)
            self._close(need.want.reference)
        elif need.left_at:
            self._left(need.want, need.left_at)
        else:
            self._keep(need.want)

    def write(self) -> None:
        self.shelves.write()
        rows = [
            {"reference": each.reference, "since": each.since} | {name: getattr(each, name) for name in _SHORTAGE}
            for each in self._changed.values()
        ]
        insert_rows(Shortage, rows, conflict=["reference"], update=_SHORTAGE)

    def _keep(self, want: Want) -> None:
        kept = self.shelves.kept.get(want.reference)
        if (
            kept
            and kept.status == Reservation.Status.OPEN
            and not _is_for(kept, self.shelves.stock[kept.stock_id], want)
        ):
            self.shelves.end(want.reference, Movement.Kind.RELEASED, self.at)
        elif kept and kept.status != Reservation.Status.RELEASED:
            return
        if isinstance(self.shelves.keep(want), Refused):
            self._wait(want, Shortage.Status.WAITING)
        elif want.reference in self.shortages:
            self._change(self.shortages[want.reference], Shortage.Status.SERVED)

    def _left(self, want: Want, left_at: datetime) -> None:
        """A line heard of only after its parcel left takes from a base that has not counted since, else nothing."""
        if self.shelves.end(want.reference, Movement.Kind.DISPATCHED, left_at):
            return
        if want.reference in self.shelves.kept or want.reference in self.shortages:
            self._close(want.reference)
        elif isinstance(self.shelves.keep(want, left_at=left_at), Refused):
            self._wait(want, Shortage.Status.DROPPED)
        else:
            self.shelves.end(want.reference, Movement.Kind.DISPATCHED, left_at)

    def _wait(self, want: Want, status: str) -> None:
        each = self.shortages.setdefault(want.reference, Shortage(reference=want.reference, since=self.at))
        each.merchant_id, each.product_code, each.sku_code = want.goods
        each.quantity, each.city = want.quantity, want.city
        self._change(each, status)

    def _close(self, reference: str) -> None:
        each = self.shortages.get(reference)
        if each and each.status == Shortage.Status.WAITING:
            self._change(each, Shortage.Status.DROPPED)

    def _change(self, shortage: Shortage, status: str) -> None:
        shortage.status = status
        self._changed[shortage.reference] = shortage


def _asks(need: Need, kept: Reservation | None, shortages: dict[str, Shortage]) -> bool:
    """Whether goods have to be found: only then are the rows locked that could serve."""
    if need.is_over:
        return False
    if need.left_at:
        return kept is None and need.want.reference not in shortages
    if kept is None or kept.status == Reservation.Status.RELEASED:
        return True
    return kept.status == Reservation.Status.OPEN and not _is_for(kept, kept.stock, need.want)


def _want(shortage: Shortage) -> Want:
    return Want(shortage.reference, *(getattr(shortage, name) for name in _SHORTAGE[:5]))


def _is_for(kept: Reservation, stock: Stock, want: Want) -> bool:
    return (stock.merchant_id, stock.product_code, stock.sku_code, kept.quantity) == (*want.goods, want.quantity)
