"""Lines brought again to what their events and holds say, as after a hold was opened or released."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from commissions.models import Order, OrderEvent, OrderLine
from commissions.orders.calendar import hold_frontier
from commissions.orders.life import OrderLife
from commissions.orders.lines import LineBook, OrderKey
from commissions.orders.rulings import Event


def lock_order(order_id: int) -> Order:
    """The order, locked after the frontier, as intake does: its lines do not change until this transaction ends."""
    hold_frontier()
    return Order.objects.select_for_update(no_key=True, of=("self",)).select_related("source").get(pk=order_id)


def recompute_lines(orders: Iterable[Order]) -> None:
    """Write the lines of locked ``orders`` of one or more sources anew from all that is known of them."""
    orders = list(orders)
    events: dict[int, list[OrderEvent]] = defaultdict(list)
    for row in OrderEvent.objects.filter(order__in=orders):
        events[row.order_id].append(row)
    frontier = hold_frontier()
    lives = lives_of(events, frontier)
    for source in {order.source for order in orders}:
        theirs = [OrderKey(order.pk, order.order_no) for order in orders if order.source_id == source.pk]
        LineBook(source, {}, frontier).write([(order, lives[order.pk]) for order in theirs])


def lives_of(events: Mapping[int, Iterable[OrderEvent]], frontier: date | None) -> dict[int, OrderLife]:
    """By order what all of its stored ``events`` make of it."""
    stay = OrderLine.objects.settled_payments(list(events), frontier)
    return {order_id: OrderLife(map(_event, rows), stay[order_id]) for order_id, rows in events.items()}


def _event(row: OrderEvent) -> Event:
    return Event(row.event_id, row.type, "", row.occurred_at, row.line_no, row.facts)
