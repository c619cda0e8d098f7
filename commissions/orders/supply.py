"""Base goods for order lines: what each line needs after its events, handed to the floor of bases (rulebook §14)."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from bases import supplying
from bases.cities import code_of
from bases.models import Reservation, Shortage
from bases.reserving import Want
from bases.supplying import Need
from commissions.models import OrderLine
from commissions.orders.life import OrderLife
from commissions.orders.line_state import LineState
from commissions.orders.lines import OrderKey
from haowu.tenants.models import Tenant
from haowu.tenants.scope import platform_scope


def sync_reservations(source: Tenant, lives: Iterable[tuple[OrderKey, OrderLife]], *, at: datetime) -> None:
    """Reserve, release and dispatch what the lines of a batch of orders need now. The orders are locked by the caller.

    Only lines that name a ``sku`` take goods from bases; a batch without any costs no query.
    """
    named = [(order, line_no, each.lines.get(line_no)) for order, each in lives for line_no in _with_goods(each)]
    if not named:
        return
    shops = Tenant.objects.coded(Tenant.Kind.MERCHANT, {state.facts["merchant"] for _o, _n, state in named if state})
    supplying.apply_needs(
        [_need(_reference(source, order.order_no, no), state, shops) for order, no, state in named], at=at
    )


def of_line(line: OrderLine) -> Reservation | Shortage | None:
    """What became of the goods of ``line``; None where it took none from a base. Whoever sees the line may know."""
    references = [_reference(line.source, line.order_no, line.line_no)]
    with platform_scope():
        kept = Reservation.objects.of(references).select_related("base__base").first()
        return kept or Shortage.objects.of(references).first()


def _with_goods(order: OrderLife) -> Iterator[int]:
    yield from (line_no for line_no, state in order.lines.items() if "sku" in state.facts)
    yield from (line_no for line_no in order.displaced if "sku" not in _facts(order.lines.get(line_no)))


def _facts(state: LineState | None) -> dict:
    return state.facts if state else {}


def _need(reference: str, state: LineState | None, shops: dict[str, Tenant]) -> Need:
    """A line that was displaced, is invalid before its parcel left, or is not there needs nothing."""
    if state is None or "sku" not in state.facts:
        return Need(Want(reference, 0, "", "", 0), is_over=True)
    facts = state.facts
    want = Want(
        reference,
        shops[facts["merchant"]].pk,
        facts["product"],
        facts["sku"],
        facts["quantity"],
        code_of(facts["city"]),
    )
    left_at = state.shipped_at or state.received_at
    return Need(want, left_at, is_over=left_at is None and state.status == "invalid")


def _reference(source: Tenant, order_no: str, line_no: int) -> str:
    return f"{source.code}:{order_no}:{line_no}"
