"""The holds of lines, as their standing weighs them."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from commissions.models import LineHold
from commissions.orders.calendar import Holds


def holds_of(orders: Iterable[int]) -> dict[tuple[int, int], Holds]:
    """``{(order id, line number): Holds}`` of the lines that are or were held."""
    opened: dict[tuple[int, int], dict[str, datetime]] = defaultdict(dict)
    released: dict[tuple[int, int], datetime] = {}
    for hold in LineHold.objects.filter(order__any_of=orders):
        line = (hold.order_id, hold.line_no)
        if hold.closed_at is None:
            since = opened[line].get(hold.kind, hold.opened_at)
            opened[line][hold.kind] = min(since, hold.opened_at)
        else:
            released[line] = max(released.get(line, hold.closed_at), hold.closed_at)
    return {line: Holds(opened.get(line, {}), released.get(line)) for line in {*opened, *released}}
