"""Lines brought again to what their events and holds say, as after a hold was opened or released."""

from collections import defaultdict
from collections.abc import Iterable

from commissions.models import Order, OrderEvent, OrderLine
from commissions.orders import life
from commissions.orders.calendar import hold_frontier
from commissions.orders.lines import LineBook, OrderKey


def lock_order(order_id: int) -> Order:
    """The order, locked after the frontier, as intake does: its lines do not change until this transaction ends."""
    hold_frontier()
    return Order.objects.select_for_update(no_key=True, of=("self",)).select_related("source").get(pk=order_id)


def stand_again(orders: Iterable[Order]) -> None:
    """Write the lines of locked ``orders`` of one or more sources anew from all that is known of them."""
    orders = list(orders)
    events: dict[int, list[life.Event]] = defaultdict(list)
    for row in OrderEvent.objects.filter(order__in=orders):
        events[row.order_id].append(life.Event(row.event_id, row.type, "", row.occurred_at, row.line_no, row.facts))
    frontier = hold_frontier()
    stay = OrderLine.objects.settled_payments(list(events), frontier)
    for source in {order.source for order in orders}:
        theirs = [OrderKey(order.pk, order.order_no) for order in orders if order.source_id == source.pk]
        lives = [(order, life.OrderLife(events[order.pk], stay[order.pk])) for order in theirs]
        LineBook(source, {}, frontier).write(lives)
