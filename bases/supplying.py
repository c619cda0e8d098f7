"""Base goods for order lines: reserved while a line waits, dispatched with its parcel, released when nobody wants them.

``apply_needs`` makes the reservations agree with what the lines need now, however often it is called. A line that finds
no base with the whole quantity becomes a Shortage and is served, oldest first, once a base has it.

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
    """Reserve, release and dispatch so that at ``at`` the reservations are what ``needs`` ask for.

    Set-based; the same needs again change nothing.
    """
    if not needs:
        return
    with platform_scope():
        references = [need.want.reference for need in needs]
        shortages = {each.reference: each for each in Shortage.objects.of(references).locked()}
        known = {each.reference: each for each in Reservation.objects.of(references).select_related("stock")}
        wants = [need.want for need in needs if _needs_goods(need, known.get(need.want.reference), shortages)]
        supply = _Supply(Shelves(wants, references, at=at), shortages, at)
        for need in sorted(needs, key=lambda need: not need.is_over):  # what is given back can serve the others
            supply.apply(need)
        supply.write()


@transaction.atomic
def serve_waiting(*, at: datetime) -> int:
    """Reserve for lines that waited for goods, as far as bases have them now; how many. For workers, side by side."""
    with platform_scope():
        waiting = list(Shortage.objects.that_could_be_served(at).locked(skip_locked=True)[:SERVED_AT_ONCE])
        if not waiting:
            return 0
        wants = [_want_of(shortage) for shortage in waiting]
        supply = _Supply(Shelves(wants, at=at), {each.reference: each for each in waiting}, at)
        for want in wants:
            supply.apply(Need(want))
        supply.write()
        return sum(shortage.status == Shortage.Status.SERVED for shortage in waiting)


class _Supply:
    """Applies needs one after the other, in memory, to locked stock and shortages; ``write`` stores them as a set."""

    def __init__(self, shelves: Shelves, shortages: dict[str, Shortage], at: datetime) -> None:
        self.shelves = shelves
        self.shortages = shortages
        self.at = at
        self._changed: dict[str, Shortage] = {}

    def apply(self, need: Need) -> None:
        reference = need.want.reference
        if need.is_over:
            self.shelves.end(reference, Movement.Kind.RELEASED, self.at)
            self._drop_shortage(reference)
        elif need.left_at:
            self._dispatch(need.want, need.left_at)
        else:
            self._reserve(need.want)

    def write(self) -> None:
        self.shelves.write()
        rows = [
            {"reference": each.reference, "since": each.since} | {name: getattr(each, name) for name in _SHORTAGE}
            for each in self._changed.values()
        ]
        insert_rows(Shortage, rows, conflict=["reference"], update=_SHORTAGE)

    def _reserve(self, want: Want) -> None:
        """Reserve for ``want`` where nothing is; a reservation of other goods is given back first."""
        known = self.shelves.kept.get(want.reference)
        if known and known.status == Reservation.Status.OPEN:
            if _is_for(known, self.shelves.stock[known.stock_id], want):
                return
            self.shelves.end(want.reference, Movement.Kind.RELEASED, self.at)
        elif known and known.status == Reservation.Status.DISPATCHED:
            return
        if isinstance(self.shelves.keep(want), Refused):
            self._note_shortage(want)
        elif want.reference in self.shortages:
            self._changed[want.reference] = self.shortages[want.reference]
            self.shortages[want.reference].serve()

    def _dispatch(self, want: Want, left_at: datetime) -> None:
        """The parcel left at ``left_at``.

        Where orders first say so of a line that was never reserved, its goods come off a base that has not counted
        since; without such a base the shortage is noted, and dropped at once.
        """
        if self.shelves.end(want.reference, Movement.Kind.DISPATCHED, left_at):
            return
        if want.reference in self.shelves.kept or want.reference in self.shortages:
            self._drop_shortage(want.reference)
        elif isinstance(self.shelves.keep(want, left_at=left_at), Refused):
            self._note_shortage(want)
            self._drop_shortage(want.reference)
        else:
            self.shelves.end(want.reference, Movement.Kind.DISPATCHED, left_at)

    def _note_shortage(self, want: Want) -> None:
        """The shortage of ``want``, made or opened again, as the line is now."""
        if want.reference in self.shortages:
            shortage = self.shortages[want.reference]
            shortage.reopen()
        else:
            shortage = Shortage(reference=want.reference, since=self.at, status=Shortage.Status.WAITING)
            self.shortages[want.reference] = shortage
        shortage.merchant_id, shortage.product_code, shortage.sku_code = want.goods
        shortage.quantity, shortage.city = want.quantity, want.city
        self._changed[want.reference] = shortage

    def _drop_shortage(self, reference: str) -> None:
        shortage = self.shortages.get(reference)
        if shortage and shortage.status == Shortage.Status.WAITING:
            shortage.drop()
            self._changed[reference] = shortage


def _needs_goods(need: Need, known: Reservation | None, shortages: dict[str, Shortage]) -> bool:
    """Whether goods have to be found for ``need``: only then are the rows of stock locked that could serve it."""
    if need.is_over:
        return False
    if need.left_at:
        return known is None and need.want.reference not in shortages
    if known is None or known.status == Reservation.Status.RELEASED:
        return True
    return known.status == Reservation.Status.OPEN and not _is_for(known, known.stock, need.want)


def _want_of(shortage: Shortage) -> Want:
    return Want(
        shortage.reference,
        shortage.merchant_id,
        shortage.product_code,
        shortage.sku_code,
        shortage.quantity,
        shortage.city,
    )


def _is_for(known: Reservation, stock: Stock, want: Want) -> bool:
    return (stock.merchant_id, stock.product_code, stock.sku_code, known.quantity) == (*want.goods, want.quantity)
