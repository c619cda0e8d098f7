"""Order events in: stored once, applied as a set, each answered (rulebook §7).

Works on a batch: a dozen statements whatever its size. Orders are locked by id, so that batches sharing orders
follow each other; the frontier is held, so that no fact is dated to a day that seals meanwhile. What a new event
comes to is known before it is stored, from the locked orders' earlier events, so that its row is written once.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from commissions.models import Order, OrderEvent, OrderLine
from commissions.orders import rulings as codes
from commissions.orders import supply
from commissions.orders.calendar import hold_frontier
from commissions.orders.events import parse
from commissions.orders.life import OrderLife
from commissions.orders.lines import LineBook, OrderKey, ProductsByCode
from commissions.orders.rulings import Event, Ruling, Type, Verdict
from haowu.ground.bulk import insert_rows, update_rows
from haowu.ground.errors import Refused
from haowu.ground.inputs import printable
from haowu.tenants.models import Tenant
from haowu.tenants.scope import platform_scope
from merchants.models import Product

BATCH_LIMIT = 1000
_PRODUCT = ("merchant", "code", "category")


class ProductUnknown(Refused):
    code = "PRODUCT_UNKNOWN"
    text = _("没有商家「{merchant}」的商品「{product}」。请先在平台建立商品，再重发此事件。")


@dataclass(frozen=True)
class EventAnswer:
    """The answer to one event. ``status``: accepted, duplicate, parked or rejected, the last two with a ``code``."""

    event_id: str
    status: str
    code: str = ""
    message: str = ""


MESSAGES = {
    codes.PREDECESSOR_MISSING: _("前序事件（付款、退款或售后开启）还没有收到。已保留，收到后自动处理，不必重发。"),
    codes.LINE_ALREADY_PAID: _("该订单行已有付款事件。请检查是否重复编号。"),
    codes.LINE_CANCELLED: _("该订单行已取消。"),
    codes.ALREADY_SHIPPED: _("已发货，不能取消。请改用退款事件。"),
    codes.REFUND_REPEATED: _("这个退款单号已包含此订单行，没有重复退款。请检查是否重复编号。"),
    codes.REFUND_ALREADY_REVERSED: _("该退款已撤销过。"),
    codes.REFUND_EXCEEDS_PAYMENT: _("退款超过买家实付金额。请核对退款单。"),
}


def is_kept(receipt: EventAnswer) -> bool:
    """Whether the event stands in the set: also where its life's rules, of which MESSAGES speaks, rejected it."""
    return receipt.status != "rejected" or receipt.code in MESSAGES


@transaction.atomic
def receive(source: Tenant, raw_events: Sequence[Any], *, now: datetime) -> list[EventAnswer]:
    """Take a batch of events as ``source`` sent them (JSON values); one receipt each, in the same order.

    A bad event is rejected and never spoils the others. One seen before (same id of the same source) is answered
    ``duplicate`` and changes nothing. Everything accepted or parked is stored when this returns and commits.
    """
    with platform_scope():
        return _Batch(source, now).receive(raw_events)


_Row = tuple[int, str, str]
"""Of a stored event: id, verdict, code."""
Lives = list[tuple[OrderKey, OrderLife]]


class _Batch:
    def __init__(self, source: Tenant, now: datetime) -> None:
        self.source = source
        self.now = now

    def receive(self, raw_events: Sequence[Any]) -> list[EventAnswer]:
        """Of several events with one id the first that can be read and kept counts; those after it are duplicates."""
        parsed = [self._parse(raw) for raw in raw_events]
        products, unknown = self._products(parsed)
        counted: dict[str, Event] = {}
        for number, event in enumerate(parsed):
            if isinstance(event, Event) and number not in unknown:
                counted.setdefault(event.event_id, event)
        seen = self._stored(parsed[number].event_id for number in unknown)
        rulings = self._apply(list(counted.values()), products)
        receipts = []
        for number, event in enumerate(parsed):
            if isinstance(event, EventAnswer):
                receipts.append(event)
            elif number in unknown and event.event_id not in seen:
                receipts.append(_rejection(event.event_id, unknown[number]))
            else:
                is_first = counted.get(event.event_id) is event and event.event_id in rulings
                receipts.append(_receipt(event, rulings[event.event_id] if is_first else None))
                seen.add(event.event_id)
        return receipts

    def _parse(self, raw: Any) -> Event | EventAnswer:
        try:
            return parse(raw, now=self.now)
        except Refused as refused:
            event_id = raw.get("event_id") if isinstance(raw, dict) else None
            return _rejection(event_id if isinstance(event_id, str) else "", refused)

    def _products(self, parsed: Sequence[Event | EventAnswer]) -> tuple[ProductsByCode, dict[int, Refused]]:
        """The products named in ``parsed`` by (merchant code, product code); by place, what names an unknown one."""
        named = {
            number: {(line["merchant"], line["product"]) for line in event.facts["lines"]}
            for number, event in enumerate(parsed)
            if isinstance(event, Event) and event.type == Type.PAID
        }
        keys = set().union(*named.values()) if named else set()
        merchants = Tenant.objects.coded(Tenant.Kind.MERCHANT, {merchant for merchant, _code in keys})
        codes = {merchant.pk: code for code, merchant in merchants.items()}
        products = Product.objects.filter(merchant__in=codes.keys(), code__in={code for _merchant, code in keys})
        found = {(codes[product.merchant_id], product.code): product for product in products.only(*_PRODUCT)}
        unknown = keys - found.keys()
        missing = {number: min(wanted & unknown) for number, wanted in named.items() if wanted & unknown}
        return found, {
            number: ProductUnknown(merchant=merchant, product=code) for number, (merchant, code) in missing.items()
        }

    def _stored(self, event_ids: Iterable[str]) -> set[str]:
        """Those of ``event_ids`` that are kept already; without any it costs no query."""
        if not (wanted := set(event_ids)):
            return set()
        kept = OrderEvent.objects.filter(source=self.source, event_id__in=wanted)
        return set(kept.values_list("event_id", flat=True))

    def _apply(self, events: list[Event], products: ProductsByCode) -> dict[str, Ruling]:
        """Store what is new of ``events`` and bring the lines of its orders to what all of their events say.

        The ruling of each new event.
        """
        if not events:
            return {}
        self._lock(events)
        self._read()
        fresh = [event for event in events if event.event_id not in self.rows]
        if not fresh:
            return {}
        lives = self._fold(fresh)
        stored = self._store(fresh, lives)
        if len(stored) < len(fresh):  # an order of another number holds the id: this one never heard of the event
            fresh = [event for event in fresh if event.event_id in stored]
            lives = self._fold(fresh)
        LineBook(self.source, products, self.frontier).write(lives)
        supply.sync_reservations(self.source, lives, at=self.now)
        rulings = self._rule(lives)
        return {event.event_id: rulings[event.event_id] for event in fresh}

    def _lock(self, events: Iterable[Event]) -> None:
        """Make and lock the orders of ``events``. One that this batch made is nobody else's to touch."""
        numbers = sorted({event.order_no for event in events})
        rows = [{"source_id": self.source.pk, "order_no": no} for no in numbers]
        made = insert_rows(Order, rows, conflict=["source_id", "order_no"], returning="order_no, id")
        self.frontier = hold_frontier()
        self.orders = dict(made)
        known = Order.objects.filter(
            source=self.source, order_no__any_of=[no for no in numbers if no not in self.orders]
        )
        self.known = dict(known.select_for_update(no_key=True).order_by("pk").values_list("order_no", "pk"))
        self.orders |= self.known

    def _read(self) -> None:
        """The events that the locked orders have had: for folding by order, and by event id the row as it stands."""
        self.past: dict[int, list[Event]] = defaultdict(list)
        self.rows: dict[str, _Row] = {}
        columns = ("id", "order_id", "event_id", "type", "occurred_at", "line_no", "facts", "verdict", "code")
        rows = OrderEvent.objects.filter(order__any_of=self.known.values()).values_list(*columns)
        for pk, order_id, event_id, kind, occurred_at, line_no, facts, verdict, code in rows:
            self.rows[event_id] = (pk, verdict, code)
            self.past[order_id].append(Event(event_id, kind, "", occurred_at, line_no, facts))

    def _fold(self, fresh: list[Event]) -> Lives:
        """The lives of the orders that ``fresh`` touches, from all of their events."""
        events: dict[str, list[Event]] = defaultdict(list)
        for event in fresh:
            events[event.order_no].append(event)
        folded = {OrderKey(self.orders[no], no): self.past[self.orders[no]] + each for no, each in events.items()}
        several = [order.pk for order, each in folded.items() if sum(event.type == Type.PAID for event in each) > 1]
        stay = OrderLine.objects.settled_payments(several, self.frontier)
        return [(order, OrderLife(each, stay[order.pk])) for order, each in folded.items()]

    def _store(self, fresh: list[Event], lives: Lives) -> set[str]:
        """Store ``fresh`` with its rulings; the ids of what was new. Others' batches wait in the order of the ids."""
        rulings = _rulings(lives)
        rows = [
            {
                "source_id": self.source.pk,
                "event_id": event.event_id,
                "order_id": self.orders[event.order_no],
                "line_no": event.line_no,
                "type": event.type,
                "occurred_at": event.occurred_at,
                "facts": event.facts,
                "verdict": rulings[event.event_id].verdict,
                "code": rulings[event.event_id].code,
                "received_at": self.now,
            }
            for event in sorted(fresh, key=lambda event: event.event_id)
        ]
        stored = insert_rows(OrderEvent, rows, conflict=["source_id", "event_id"], returning="event_id, id")
        for event_id, pk in stored:
            self.rows[event_id] = (pk, rulings[event_id].verdict, rulings[event_id].code)
        return {event_id for event_id, _pk in stored}

    def _rule(self, lives: Lives) -> dict[str, Ruling]:
        """The ruling of every event of ``lives``; the rows of those on which it changed are brought to it."""
        rulings = _rulings(lives)
        changed = []
        for event_id, ruling in rulings.items():
            pk, *stands = self.rows[event_id]
            if stands != [ruling.verdict, ruling.code]:
                changed.append({"id": pk, "verdict": ruling.verdict, "code": ruling.code})
        update_rows(OrderEvent, changed, key="id")
        return rulings


def _rulings(lives: Lives) -> dict[str, Ruling]:
    return {event_id: ruling for _order, each in lives for event_id, ruling in each.rulings.items()}


def _receipt(event: Event, ruling: Ruling | None) -> EventAnswer:
    """Without a ruling the event was kept before."""
    if ruling is None:
        return EventAnswer(event.event_id, "duplicate")
    return EventAnswer(event.event_id, ruling.verdict, ruling.code, str(MESSAGES.get(ruling.code, "")))


def _rejection(event_id: str, refused: Refused) -> EventAnswer:
    return EventAnswer(printable(event_id), Verdict.REJECTED, refused.code, printable(refused.message))
