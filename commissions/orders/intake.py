"""Order events in: stored once, applied as a set, each answered (rulebook §7).

Works on a batch: a dozen statements whatever its size. Orders are locked by id, so that batches with the same orders
run one after the other; the frontier is held, so that no fact is dated to a day that seals meanwhile. The ruling of a
new event is known before it is stored, from the locked orders' earlier events, so that its row is written once.
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


def is_stored(answer: EventAnswer) -> bool:
    """Whether the event was stored: also where the rules of its order's life, of which MESSAGES speaks, reject it."""
    return answer.status != "rejected" or answer.code in MESSAGES


@transaction.atomic
def receive(source: Tenant, raw_events: Sequence[Any], *, now: datetime) -> list[EventAnswer]:
    """Store a batch of events as ``source`` sent them (JSON values); one answer each, in the same order.

    A bad event is rejected and never spoils the others. One seen before (same id of the same source) is answered
    ``duplicate`` and changes nothing. Everything accepted or parked is stored when this returns and commits.
    """
    with platform_scope():
        return _Batch(source, now).receive(raw_events)


_Row = tuple[int, str, str]
"""Of a stored event: id, verdict, code."""
Lives = list[tuple[OrderKey, OrderLife]]


class _Batch:
    """``receive`` once. What it does, in order: parse, lock the orders, read their earlier events, replay each order's
    events (``OrderLife``), store the new events, write the lines, and correct the rulings of earlier events."""

    def __init__(self, source: Tenant, now: datetime) -> None:
        self.source = source
        self.now = now

    def receive(self, raw_events: Sequence[Any]) -> list[EventAnswer]:
        """Of several events with one id the first that can be read and stored counts; later ones are duplicates."""
        parsed = [self._parse(raw) for raw in raw_events]
        products, unknown = self._products(parsed)
        first: dict[str, Event] = {}
        for number, event in enumerate(parsed):
            if isinstance(event, Event) and number not in unknown:
                first.setdefault(event.event_id, event)
        seen = self._stored(parsed[number].event_id for number in unknown)
        rulings = self._apply(list(first.values()), products)
        answers = []
        for number, event in enumerate(parsed):
            if isinstance(event, EventAnswer):
                answers.append(event)
            elif number in unknown and event.event_id not in seen:
                answers.append(_rejection(event.event_id, unknown[number]))
            else:
                is_new = first.get(event.event_id) is event and event.event_id in rulings
                answers.append(_answer(event, rulings[event.event_id]) if is_new else _duplicate(event))
                seen.add(event.event_id)
        return answers

    def _parse(self, raw: Any) -> Event | EventAnswer:
        try:
            return parse(raw, now=self.now)
        except Refused as refused:
            event_id = raw.get("event_id") if isinstance(raw, dict) else None
            return _rejection(event_id if isinstance(event_id, str) else "", refused)

    def _products(self, parsed: Sequence[Event | EventAnswer]) -> tuple[ProductsByCode, dict[int, Refused]]:
        """The products that ``parsed`` names, by (merchant, product) code; ``{number: refusal}`` of unknown ones."""
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
        """Those of ``event_ids`` that are stored already; without any it costs no query."""
        if not (wanted := set(event_ids)):
            return set()
        stored = OrderEvent.objects.filter(source=self.source, event_id__in=wanted)
        return set(stored.values_list("event_id", flat=True))

    def _apply(self, events: list[Event], products: ProductsByCode) -> dict[str, Ruling]:
        """Store what is new of ``events`` and recompute the lines of its orders from all of their events.

        Returns the ruling of each new event.
        """
        if not events:
            return {}
        self._lock(events)
        self._read()
        new = [event for event in events if event.event_id not in self.rows]
        if not new:
            return {}
        lives = self._replay(new)
        stored = self._store(new, lives)
        if len(stored) < len(new):  # an order of another number has an event of this id: here it is a duplicate
            new = [event for event in new if event.event_id in stored]
            lives = self._replay(new)
        LineBook(self.source, products, self.frontier).write(lives)
        supply.sync_reservations(self.source, lives, at=self.now)
        rulings = self._correct_rulings(lives)
        return {event.event_id: rulings[event.event_id] for event in new}

    def _lock(self, events: Iterable[Event]) -> None:
        """Make and lock the orders of ``events``. Nobody else sees those that this batch made."""
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
        """The earlier events of the locked orders: to be replayed by order, and the stored row of each by its id."""
        self.past: dict[int, list[Event]] = defaultdict(list)
        self.rows: dict[str, _Row] = {}
        columns = ("id", "order_id", "event_id", "type", "occurred_at", "line_no", "facts", "verdict", "code")
        rows = OrderEvent.objects.filter(order__any_of=self.known.values()).values_list(*columns)
        for pk, order_id, event_id, kind, occurred_at, line_no, facts, verdict, code in rows:
            self.rows[event_id] = (pk, verdict, code)
            self.past[order_id].append(Event(event_id, kind, "", occurred_at, line_no, facts))

    def _replay(self, new: list[Event]) -> Lives:
        """The lives of the orders that ``new`` touches, from all of their events.

        A payment whose line has settled stays that line's payment, also where an earlier one comes in now.
        """
        events: dict[str, list[Event]] = defaultdict(list)
        for event in new:
            events[event.order_no].append(event)
        by_order = {OrderKey(self.orders[no], no): self.past[self.orders[no]] + each for no, each in events.items()}
        paid_twice = [
            order.pk for order, each in by_order.items() if [event.type for event in each].count(Type.PAID) > 1
        ]
        settled = OrderLine.objects.settled_payments(paid_twice, self.frontier)
        return [(order, OrderLife(each, settled[order.pk])) for order, each in by_order.items()]

    def _store(self, new: list[Event], lives: Lives) -> set[str]:
        """Store ``new`` with its rulings; returns the ids that no other batch has stored meanwhile.

        In the order of the ids, so that batches with the same ids wait for each other and not in a circle.
        """
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
            for event in sorted(new, key=lambda event: event.event_id)
        ]
        stored = insert_rows(OrderEvent, rows, conflict=["source_id", "event_id"], returning="event_id, id")
        for event_id, pk in stored:
            self.rows[event_id] = (pk, rulings[event_id].verdict, rulings[event_id].code)
        return {event_id for event_id, _pk in stored}

    def _correct_rulings(self, lives: Lives) -> dict[str, Ruling]:
        """The ruling of every event of ``lives``; rows of earlier events whose ruling has changed are updated."""
        rulings = _rulings(lives)
        changed = []
        for event_id, ruling in rulings.items():
            pk, verdict, code = self.rows[event_id]
            if (verdict, code) != (ruling.verdict, ruling.code):
                changed.append({"id": pk, "verdict": ruling.verdict, "code": ruling.code})
        update_rows(OrderEvent, changed, key="id")
        return rulings


def _rulings(lives: Lives) -> dict[str, Ruling]:
    return {event_id: ruling for _order, each in lives for event_id, ruling in each.rulings.items()}


def _answer(event: Event, ruling: Ruling) -> EventAnswer:
    return EventAnswer(event.event_id, ruling.verdict, ruling.code, str(MESSAGES.get(ruling.code, "")))


def _duplicate(event: Event) -> EventAnswer:
    return EventAnswer(event.event_id, "duplicate")


def _rejection(event_id: str, refused: Refused) -> EventAnswer:
    return EventAnswer(printable(event_id), Verdict.REJECTED, refused.code, printable(refused.message))
