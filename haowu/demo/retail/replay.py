"""Sending an export as order events, a business day at a time, through the same door as the API.

The file has no delivery dates: an order is shipped 4 to 47 hours and received 2 to 9 days after it was paid, as its
number decides. Event ids follow from the file, so that sending it again changes nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from commissions.orders.intake import BATCH_LIMIT, receive
from commissions.orders.rulings import Verdict
from haowu.demo.retail import shops
from haowu.demo.retail.orders import Book, Order, Refund
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


def calendar(book: Book, until: date | None = None) -> list[Day]:
    """Every day from the first event to the last (or ``until``), each with its events in the order of time."""
    parcels: dict[date, list[Parcel]] = defaultdict(list)
    for parcel in _parcels(book):
        parcels[days.day_of(parcel.at)].append(parcel)
    if not parcels:
        return []
    last = max(parcels) if until is None else min(until, max(parcels))
    return [
        Day(day, sorted(parcels.get(day, ()), key=lambda parcel: (parcel.at, parcel.event_id)))
        for day in days.days_between(min(parcels), last)
    ]


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


def last_order_day(book: Book) -> date | None:
    return max((days.day_of(order.paid_at) for order in book.orders), default=None)


def _parcels(book: Book) -> Iterator[Parcel]:
    for order in book.orders:
        paid_at, number = order.paid_at, order.invoice
        rows = tuple(line.row.number for line in order.lines)
        yield Parcel(paid_at, f"{number}:paid", len(rows), rows, lambda order=order: _paid(order))
        for kind, at in (("shipped", _shipped_at(number, paid_at)), ("received", _received_at(number, paid_at))):
            yield Parcel(at, f"{number}:{kind}", len(rows), (), lambda kind=kind, no=number: _moved(kind, no))
    for refund in book.refunds:
        row = refund.row
        yield Parcel(row.at, f"{refund.refund_no}:refunded", 1, (row.number,), lambda refund=refund: _refunded(refund))


def _shipped_at(invoice: str, paid_at: datetime) -> datetime:
    return paid_at + timedelta(hours=4, seconds=sample_number("shipped", invoice) % (43 * 3600))


def _received_at(invoice: str, paid_at: datetime) -> datetime:
    return paid_at + timedelta(days=2, seconds=sample_number("received", invoice) % (7 * 86_400))


def _paid(order: Order) -> dict[str, Any]:
    return {
        "type": "paid",
        "order_no": order.invoice,
        "ordered_at": order.ordered_at.isoformat(),
        "buyer_ref": order.lines[0].row.customer,
        "lines": [
            {
                "line_no": line.line_no,
                "product": {"merchant": shops.merchant_of(line.row.code), "code": line.row.code},
                "quantity": line.row.quantity,
                "price_fen": line.row.amount_fen,
                "pid": shops.pid(line),
            }
            for line in order.lines
        ],
    }


def _moved(kind: str, invoice: str) -> dict[str, Any]:
    return {"type": kind, "order_no": invoice}


def _refunded(refund: Refund) -> dict[str, Any]:
    return {
        "type": "refunded",
        "order_no": refund.line.order.invoice,
        "line_no": refund.line.line_no,
        "refund_no": refund.refund_no,
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
