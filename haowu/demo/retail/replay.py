"""Sending an export as order events, a business day at a time, through the same door as the API.

The file has no delivery dates: an order is shipped 4 to 47 hours and received 2 to 9 days after it was paid, as its
number decides. Event ids follow from the file, so that sending it again changes nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from commissions.models import OrderEvent
from commissions.orders.intake import BATCH_LIMIT, receive
from commissions.orders.rulings import Verdict
from haowu.demo.goods.catalogue import Good
from haowu.demo.retail import shops
from haowu.demo.retail.laps import AS_IT_IS, Lap
from haowu.demo.retail.orders import Book, Line, Order, Refund
from haowu.demo.retail.rows import RefusedRow
from haowu.demo.retail.sample import sample_number
from haowu.ground import days
from haowu.tenants import opening
from haowu.tenants.models import Tenant

BATCH_LINES = 8_000
SOURCE = "online-retail"


@dataclass(frozen=True, slots=True)
class Parcel:
    """One event to be sent: when it happened, how many order lines it touches, and the rows it carries."""

    at: datetime
    event_id: str
    lines: int
    rows: tuple[int, ...]
    write: Callable[[], dict[str, Any]]

    @property
    def event(self) -> dict[str, Any]:
        return {"event_id": self.event_id, "occurred_at": self.at.isoformat()} | self.write()


Written = tuple[Parcel, dict[str, Any]]


@dataclass
class Sent:
    """What became of the events sent so far: by status, the rows they carried, the rows that were refused."""

    day: date | None = None
    events: Counter[str] = field(default_factory=Counter)
    lines: int = 0
    refunds: int = 0
    refused: list[RefusedRow] = field(default_factory=list)


@dataclass(frozen=True)
class Day:
    day: date
    parcels: list[Parcel]


def source() -> Tenant:
    """The partner whose events these are."""
    return opening.opened(Tenant.Kind.PARTNER, SOURCE, "Online Retail", at=days.now())


def calendar(
    book: Book, until: date | None = None, *, since: date | None = None, laps: Iterable[Lap] = (AS_IT_IS,)
) -> list[Day]:
    """Every day from the first event (or ``since``) to the last (or ``until``), its events in the order of time."""
    parcels: dict[date, list[Parcel]] = defaultdict(list)
    for lap in laps:
        for parcel in _parcels(book, lap):
            parcels[days.day_of(parcel.at)].append(parcel)
    if not parcels:
        return []
    first = min(parcels) if since is None else max(since, min(parcels))
    last = max(parcels) if until is None else min(until, max(parcels))
    return [
        Day(day, sorted(parcels.get(day, ()), key=lambda parcel: (parcel.at, parcel.event_id)))
        for day in days.days_between(first, last)
    ]


def kept_shift(book: Book) -> timedelta | None:
    """By how much the orders of ``book`` that are in the database were shifted; None while none of them is."""
    first = min(book.orders, key=lambda order: (order.paid_at, order.invoice))
    event = OrderEvent.objects.filter(source=source(), event_id=f"{first.invoice}:paid").first()
    return event.occurred_at - first.paid_at if event else None


def written(day: Day) -> list[Written]:
    """The events of ``day`` as they are sent. No rows are read."""
    return [(parcel, parcel.event) for parcel in day.parcels]


def send(partner: Tenant, events: Iterable[Written], sent: Sent, *, now: datetime) -> Iterator[int]:
    """Send ``events``, note what became of them in ``sent``, and yield the size of each batch once it is stored."""
    for batch in _batches(events):
        answers = receive(partner, [event for _parcel, event in batch], now=now)
        for (parcel, _event), answer in zip(batch, answers, strict=True):
            sent.day = days.day_of(parcel.at)
            sent.events[answer.status] += 1
            if answer.status == Verdict.REJECTED:
                sent.refused += [RefusedRow(row, answer.code, answer.message) for row in parcel.rows]
            elif parcel.event_id.endswith(":refunded"):
                sent.refunds += len(parcel.rows)
            else:
                sent.lines += len(parcel.rows)
        yield len(batch)


def _parcels(book: Book, lap: Lap) -> Iterator[Parcel]:
    for order in filter(lap.has, book.orders):
        paid_at, invoice = order.paid_at + lap.shift, order.invoice
        number = lap.numbered(invoice)
        rows = tuple(line.row.number for line in order.lines)
        yield Parcel(paid_at, f"{number}:paid", len(rows), rows, partial(_paid, book, order, lap))
        for kind, at in (("shipped", _shipped_at(invoice, paid_at)), ("received", _received_at(invoice, paid_at))):
            yield Parcel(at, f"{number}:{kind}", len(rows), (), partial(_moved, kind, number))
    for refund in book.refunds:
        if lap.has(refund.line.order):
            at, event_id = refund.row.at + lap.shift, f"{lap.numbered(refund.refund_no)}:refunded"
            yield Parcel(at, event_id, 1, (refund.row.number,), partial(_refunded, refund, lap))


def _shipped_at(invoice: str, paid_at: datetime) -> datetime:
    return paid_at + timedelta(hours=4, seconds=sample_number("shipped", invoice) % (43 * 3600))


def _received_at(invoice: str, paid_at: datetime) -> datetime:
    return paid_at + timedelta(days=2, seconds=sample_number("received", invoice) % (7 * 86_400))


def _paid(book: Book, order: Order, lap: Lap) -> dict[str, Any]:
    return {
        "type": "paid",
        "order_no": lap.numbered(order.invoice),
        "ordered_at": (order.ordered_at + lap.shift).isoformat(),
        "buyer_ref": order.lines[0].row.customer,
        "lines": [_line(line, book.goods[line.row.code]) for line in order.lines],
    }


def _line(line: Line, good: Good) -> dict[str, Any]:
    return {
        "line_no": line.line_no,
        "product": {"merchant": good.shop, "code": good.code},
        "quantity": line.row.quantity,
        "price_fen": line.row.amount_fen,
        "pid": shops.pid(line, good),
    }


def _moved(kind: str, number: str) -> dict[str, Any]:
    return {"type": kind, "order_no": number}


def _refunded(refund: Refund, lap: Lap) -> dict[str, Any]:
    return {
        "type": "refunded",
        "order_no": lap.numbered(refund.line.order.invoice),
        "line_no": refund.line.line_no,
        "refund_no": lap.numbered(refund.refund_no),
        "goods_fen": refund.goods_fen,
    }


def _batches(events: Iterable[Written]) -> Iterator[list[Written]]:
    """Parts that touch some ``BATCH_LINES`` lines each."""
    batch: list[Written] = []
    lines = 0
    for parcel, event in events:
        batch.append((parcel, event))
        lines += parcel.lines
        if lines >= BATCH_LINES or len(batch) == BATCH_LIMIT:
            yield batch
            batch, lines = [], 0
    if batch:
        yield batch
