"""Orders and refunds out of rows.

Rows with the same InvoiceNo make one order; its lines are numbered in file order. A row of a ``C`` invoice gives goods
back: it is the refund of the same customer's most recent earlier line of the same product that has enough units left.
It refunds quantity × its own unit price, but never more than what is left of that line's amount.
"""

import gc
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from pathlib import Path

from haowu.demo.goods.catalogue import Good, goods_of
from haowu.demo.retail.reasons import RowRefused
from haowu.demo.retail.rows import Export, Pricing, RefusedRow, Row, read
from haowu.ground import days


@dataclass(slots=True)
class Line:
    """One order line. ``left`` and ``left_fen``: what refunds have not taken back yet."""

    row: Row
    order: "Order"
    line_no: int
    left: int
    left_fen: int


@dataclass
class Order:
    """One invoice. Ordered at its first row's minute, paid at its last one's (a few took minutes to enter)."""

    invoice: str
    lines: list[Line] = field(default_factory=list)

    @cached_property
    def ordered_at(self) -> datetime:
        return min(line.row.at for line in self.lines)

    @cached_property
    def paid_at(self) -> datetime:
        return max(line.row.at for line in self.lines)


@dataclass(frozen=True, slots=True)
class Refund:
    """One row of a cancellation. ``refund_no`` is unique: the invoice, and which of its rows."""

    row: Row
    refund_no: str
    line: Line
    goods_fen: int


@dataclass(frozen=True)
class Book:
    """What an export comes to: ``rows`` = lines + refunds + refused, to the row."""

    path: Path
    rows: int
    orders: list[Order]
    refunds: list[Refund]
    refused: list[RefusedRow]

    @property
    def lines(self) -> list[Line]:
        return [line for order in self.orders for line in order.lines]

    @cached_property
    def first_day(self) -> date:
        return days.day_of(min(order.ordered_at for order in self.orders))

    @cached_property
    def last_day(self) -> date:
        """Of the last order; refunds may come later."""
        return days.day_of(max(order.paid_at for order in self.orders))

    @cached_property
    def goods(self) -> dict[str, Good]:
        """By stock code."""
        return goods_of(self.lines)


def load(path: Path, *, now: datetime, price: Pricing | None = None) -> Book:
    """``arrange(read(path))`` for one whose process lives as long as the book does.

    Its million objects are kept out of the garbage collector's rounds, which would walk them again and again: a tenth
    of the replay's time. Raises ExportUnreadable.
    """
    gc.disable()
    try:
        book = arrange(read(path, now=now, price=price))
        gc.freeze()
    finally:
        gc.enable()
    return book


def arrange(export: Export) -> Book:
    """The orders and refunds of ``export``; rows that fit neither join the refused."""
    refused = list(export.refused)
    orders = _orders([row for row in export.rows if not row.is_refund], refused)
    refunds = _Refunds(orders, refused).match([row for row in export.rows if row.is_refund])
    return Book(export.path, export.count, orders, refunds, sorted(refused, key=lambda refusal: refusal.row))


def _orders(rows: list[Row], refused: list[RefusedRow]) -> list[Order]:
    orders: dict[str, Order] = {}
    for row in rows:
        order = orders.setdefault(row.invoice, Order(row.invoice))
        try:
            _check_same_buyer(order, row)
        except RowRefused as refusal:
            refused.append(RefusedRow(row.number, refusal.reason, refusal.message))
        else:
            order.lines.append(Line(row, order, len(order.lines) + 1, row.quantity, row.amount_fen))
    return list(orders.values())


def _check_same_buyer(order: Order, row: Row) -> None:
    if not order.lines:
        return
    first = order.lines[0].row
    for name, value, expected in (
        ("CustomerID", row.customer, first.customer),
        ("Country", row.country, first.country),
    ):
        if value != expected:
            raise RowRefused("INVOICE_MIXED", first=first.number, field=name, value=value, expected=expected)


class _Refunds:
    """Matches cancellations in the order of time, so that each sees what earlier ones have left."""

    def __init__(self, orders: list[Order], refused: list[RefusedRow]) -> None:
        self.refused = refused
        self._rows_of: dict[str, int] = defaultdict(int)
        self._lines: dict[tuple[str, str], list[Line]] = defaultdict(list)
        for order in orders:
            for line in order.lines:
                self._lines[line.row.customer, line.row.code].append(line)
        for lines in self._lines.values():
            lines.sort(key=lambda line: (line.row.at, line.row.number), reverse=True)

    def match(self, rows: list[Row]) -> list[Refund]:
        refunds = []
        for row in sorted(rows, key=lambda row: (row.at, row.number)):
            self._rows_of[row.invoice] += 1
            try:
                line = self._line(row)
            except RowRefused as refusal:
                self.refused.append(RefusedRow(row.number, refusal.reason, refusal.message))
                continue
            goods_fen = min(row.amount_fen, line.left_fen)
            line.left -= row.quantity
            line.left_fen -= goods_fen
            refunds.append(Refund(row, f"{row.invoice}-{self._rows_of[row.invoice]}", line, goods_fen))
        return refunds

    def _line(self, row: Row) -> Line:
        if not row.customer:
            raise RowRefused("REFUND_WITHOUT_BUYER")
        earlier = [
            line
            for line in self._lines.get((row.customer, row.code), ())
            if (line.order.paid_at, line.row.number) < (row.at, row.number)
        ]
        if not earlier:
            raise RowRefused("REFUND_WITHOUT_LINE", value=row.code)
        for line in earlier:
            if line.left >= row.quantity and line.left_fen:
                return line
        raise RowRefused("REFUND_TOO_MANY", value=row.quantity)
