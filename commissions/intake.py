"""Order events in: stored once, applied as a set, each answered (rulebook §7).

Works on a batch: a dozen statements whatever its size. Orders are locked by id, so that batches sharing orders
follow each other; the frontier is held, so that no fact is dated to a day that seals meanwhile.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from commissions import life, supply
from commissions.calendar import hold_frontier
from commissions.events import parse
from commissions.lines import LineBook
from commissions.models import Order, OrderEvent, OrderLine
from haowu.bulk import insert_rows, update_rows
from haowu.errors import Refused
from haowu.tenants.models import Tenant
from haowu.tenants.scope import platform_scope
from merchants.models import Product

BATCH_LIMIT = 1000
_PRODUCT = ("merchant", "code", "category")


class ProductUnknown(Refused):
    code = "PRODUCT_UNKNOWN"
    text = _("没有商家「{merchant}」的商品「{product}」。请先在平台建立商品，再重发此事件。")


@dataclass(frozen=True)
class Receipt:
    """The answer to one event. ``status``: accepted, duplicate, parked or rejected, the last two with a ``code``."""

    event_id: str
    status: str
    code: str = ""
    message: str = ""


MESSAGES = {
    life.PREDECESSOR_MISSING: _("前序事件（付款或售后开启）还没有收到。已保留，收到后自动处理，不必重发。"),
    life.LINE_ALREADY_PAID: _("该订单行已有付款事件。请检查是否重复编号。"),
    life.LINE_CANCELLED: _("该订单行已取消。"),
    life.ALREADY_SHIPPED: _("已发货，不能取消。请改用退款事件。"),
    life.REFUND_REPEATED: _("同一退款单号已处理过。"),
    life.REFUND_ALREADY_REVERSED: _("该退款已撤销过。"),
    life.REFUND_EXCEEDS_PAYMENT: _("退款超过买家实付金额。请核对退款单。"),
}


@transaction.atomic
def receive(source: Tenant, raw_events: Sequence[Any], *, now: datetime) -> list[Receipt]:
    """Take a batch of events as ``source`` sent them (JSON values); one receipt each, in the same order.

    A bad event is rejected and never spoils the others. One seen before (same id of the same source) is answered
    ``duplicate`` and changes nothing. Everything accepted or parked is stored when this returns and commits.
    """
    with platform_scope():
        return _Batch(source, now).take(raw_events)


class _Batch:
    def __init__(self, source: Tenant, now: datetime) -> None:
        self.source = source
        self.now = now

    def take(self, raw_events: Sequence[Any]) -> list[Receipt]:
        parsed = [self._parse(raw) for raw in raw_events]
        events = {event.event_id: event for event in reversed(parsed) if isinstance(event, life.Event)}
        products, unknown = self._products(events.values())
        fresh_ids = self._store([event for event in events.values() if event.event_id not in unknown])
        rulings = self._apply(products) if fresh_ids else {}
        answered: set[str] = set()
        receipts = []
        for each in parsed:
            if isinstance(each, Receipt):
                receipts.append(each)
            elif each.event_id in unknown:
                receipts.append(_rejection(each.event_id, unknown[each.event_id]))
            elif each.event_id in fresh_ids and each.event_id not in answered:
                answered.add(each.event_id)
                receipts.append(_receipt(each.event_id, rulings[each.event_id]))
            else:
                receipts.append(Receipt(each.event_id, "duplicate"))
        return receipts

    def _parse(self, raw: Any) -> life.Event | Receipt:
        try:
            return parse(raw, now=self.now)
        except Refused as refused:
            event_id = raw.get("event_id") if isinstance(raw, dict) else None
            return _rejection(event_id if isinstance(event_id, str) else "", refused)

    def _products(self, events: Iterable[life.Event]) -> tuple[dict[tuple[str, str], Product], dict[str, Refused]]:
        """The products named by ``events`` by (merchant code, product code), and the events that name unknown ones."""
        named = {
            event.event_id: {(line["merchant"], line["product"]) for line in event.facts["lines"]}
            for event in events
            if event.type == life.Type.PAID
        }
        keys = set().union(*named.values()) if named else set()
        merchants = Tenant.objects.coded(Tenant.Kind.MERCHANT, {merchant for merchant, _code in keys})
        codes = {merchant.pk: code for code, merchant in merchants.items()}
        products = Product.objects.filter(merchant__in=codes.keys(), code__in={code for _merchant, code in keys})
        found = {(codes[product.merchant_id], product.code): product for product in products.only(*_PRODUCT)}
        missing = {event_id: sorted(wanted - found.keys()) for event_id, wanted in named.items()}
        return found, {
            event_id: ProductUnknown(merchant=absent[0][0], product=absent[0][1])
            for event_id, absent in missing.items()
            if absent
        }

    def _store(self, events: list[life.Event]) -> set[str]:
        """Lock the orders of ``events``, store what is new, and return the ids of these."""
        numbers = sorted({event.order_no for event in events})
        source_id = self.source.pk
        insert_rows(
            Order, [{"source_id": source_id, "order_no": no} for no in numbers], conflict=["source_id", "order_no"]
        )
        self.frontier = hold_frontier()
        locked = Order.objects.select_for_update(no_key=True).filter(source=self.source, order_no__in=numbers)
        self.orders = {order.order_no: order for order in locked.order_by("pk")}
        rows = [
            {
                "source_id": source_id,
                "event_id": event.event_id,
                "order_id": self.orders[event.order_no].pk,
                "line_no": event.line_no,
                "type": event.type,
                "occurred_at": event.occurred_at,
                "facts": event.facts,
                "verdict": OrderEvent.Verdict.PARKED,
                "code": "",
                "received_at": self.now,
            }
            for event in sorted(events, key=lambda event: event.event_id)
        ]
        stored = insert_rows(OrderEvent, rows, conflict=["source_id", "event_id"], returning="event_id, order_id")
        touched = {order_id for _event_id, order_id in stored}
        self.orders = {no: order for no, order in self.orders.items() if order.pk in touched}
        return {event_id for event_id, _order_id in stored}

    def _apply(self, products: dict[tuple[str, str], Product]) -> dict[str, life.Ruling]:
        """Bring the lines of every touched order to what all of its events say; the ruling of each event."""
        events: dict[int, list[life.Event]] = defaultdict(list)
        stored: dict[str, OrderEvent] = {}
        for row in OrderEvent.objects.filter(order__in=[order.pk for order in self.orders.values()]):
            stored[row.event_id] = row
            events[row.order_id].append(life.Event(row.event_id, row.type, "", row.occurred_at, row.line_no, row.facts))
        several = [pk for pk, each in events.items() if sum(event.type == life.Type.PAID for event in each) > 1]
        stay = OrderLine.objects.settled_payments(several, self.frontier)
        lives = [(order, life.OrderLife(events[order.pk], stay[order.pk])) for order in self.orders.values()]
        LineBook(self.source, products, self.frontier).write(lives)
        supply.follow(self.source, lives, at=self.now)
        rulings = {event_id: ruling for _order, each in lives for event_id, ruling in each.rulings.items()}
        update_rows(
            OrderEvent,
            [
                {"id": stored[event_id].pk, "verdict": ruling.verdict, "code": ruling.code}
                for event_id, ruling in rulings.items()
                if (stored[event_id].verdict, stored[event_id].code) != (ruling.verdict, ruling.code)
            ],
            key="id",
        )
        return rulings


def _receipt(event_id: str, ruling: life.Ruling) -> Receipt:
    return Receipt(event_id, ruling.verdict, ruling.code, str(MESSAGES.get(ruling.code, "")))


def _rejection(event_id: str, refused: Refused) -> Receipt:
    return Receipt(event_id, life.Verdict.REJECTED, refused.code, refused.message)
