"""Order lines as rows: created with frozen terms, then updated to the state that their events describe."""

from collections.abc import Collection, Iterable
from dataclasses import fields
from datetime import date, datetime
from operator import attrgetter
from typing import Any, NamedTuple

from commissions.models import OrderLine
from commissions.orders import calendar
from commissions.orders.adjusting import last_booked, replace_adjustments
from commissions.orders.holding import holds_of
from commissions.orders.life import OrderLife
from commissions.orders.line_state import LineState
from commissions.orders.terms import Sale, Terms, TermsBook
from commissions.split import AMOUNTS, Rates, Shares, split
from haowu.ground.bulk import insert_rows, update_rows
from haowu.tenants.models import Tenant
from merchants.models import Product


class OrderKey(NamedTuple):
    """What a line needs to know of its order."""

    pk: int
    order_no: str


class KnownLine(NamedTuple):
    """The columns of a stored line that decide whether it changes: a third of them, by their names."""

    id: int
    order_id: int
    line_no: int
    paid_event_id: str
    hold_days: int
    subsidy_fen: int
    due_base_fen: int
    commission_bps: int
    service_fee_bps: int
    second_bps: int
    provider_bps: int
    tech_bps: int
    agency_bps: int
    status: str
    shipped_at: datetime | None
    received_at: datetime | None
    due_at: datetime | None
    settles_on: date | None
    held_reason: str
    held_since: datetime | None
    refunded_fen: int
    due_through: datetime | None

    @property
    def rates(self) -> Rates:
        return Rates(*(getattr(self, each.name) for each in fields(Rates)))


ProductsByCode = dict[tuple[str, str], Product]
Pair = tuple[OrderKey, LineState]


class LineBook:
    """Writes the lines of a batch of orders. The orders are locked and the frontier is held by the caller."""

    def __init__(self, source: Tenant, products: ProductsByCode, frontier: date | None) -> None:
        self.source = source
        self.products = products
        self.frontier = frontier

    def write(self, lives: Iterable[tuple[OrderKey, OrderLife]]) -> None:
        """Create new lines, update open ones, and write what open nights have to adjust on sealed ones.

        A line belongs to one payment. Where another payment of it comes first in the canonical order, the line is
        deleted and made again with that one's terms; where the other payment names other lines, it is only deleted.
        """
        pairs = [(order, state) for order, life in lives for state in life.lines.values()]
        orders = {order.pk for order, _state in pairs}
        self.holds = holds_of(orders)
        known = _known_lines(orders)
        new: list[Pair] = []
        open_lines: list[tuple[KnownLine, LineState]] = []
        sealed: list[tuple[KnownLine, LineState]] = []
        displaced: list[int] = []
        for order, state in pairs:
            line = known.pop((order.pk, state.line_no), None)
            state.subsidy_fen = line.subsidy_fen if line else 0
            if line is None:
                new.append((order, state))
            elif calendar.is_sealed(line.settles_on, self.frontier):
                sealed.append((line, state))
            elif line.paid_event_id == state.paid_event_id:
                open_lines.append((line, state))
            else:
                displaced.append(line.id)
                new.append((order, state))
        displaced += [line.id for line in known.values()]
        if displaced:
            OrderLine.objects.filter(pk__in=displaced).delete()
        self._create(new)
        update_rows(OrderLine, [row for line, state in open_lines if (row := self._changes(line, state))], key="id")
        self._adjust(sealed)

    def _create(self, pairs: list[Pair]) -> None:
        """Freeze the terms of new lines as of ``ordered_at``; their estimate is made now and never changes."""
        if not pairs:
            return
        self._find_products(pairs)
        sales = [self._sale(state) for _order, state in pairs]
        book = TermsBook(sales)
        rows = []
        for (order, state), sale in zip(pairs, sales, strict=True):
            terms = book.freeze(sale)
            rates = terms.rates
            state.subsidy_fen = state.facts["price_subsidy_fen"] if terms.policy.subsidy_in_base else 0
            estimate = split(state.base_after(0), rates)
            due = split(state.base_fen, rates) if state.refunded_fen else estimate
            rows.append(
                self._purchase_columns(order, state, sale)
                | {"is_prepaid": book.is_prepaid(sale)}
                | _terms_columns(terms, rates)
                | _amount_columns("estimate", estimate)
                | self._event_columns(order.pk, state, terms.hold_days)
                | _amount_columns("due", due)
            )
        insert_rows(OrderLine, rows)

    def _find_products(self, pairs: list[Pair]) -> None:
        """Look up what this batch did not name: a parked order's payment may have come in an earlier one."""
        wanted = {(state.facts["merchant"], state.facts["product"]) for _order, state in pairs} - self.products.keys()
        if wanted:
            rows = Product.objects.select_related("merchant").filter(
                merchant__kind=Tenant.Kind.MERCHANT, code__in={code for _merchant, code in wanted}
            )
            self.products |= {(product.merchant.code, product.code): product for product in rows}

    def _sale(self, state: LineState) -> Sale:
        facts = state.facts
        ordered_at = datetime.fromisoformat(facts["ordered_at"])
        return Sale(self.products[facts["merchant"], facts["product"]], facts["pid"], facts["buyer_ref"], ordered_at)

    def _purchase_columns(self, order: OrderKey, state: LineState, sale: Sale) -> dict[str, Any]:
        return {
            "order_id": order.pk,
            "order_no": order.order_no,
            "source_id": self.source.pk,
            "line_no": state.line_no,
            "paid_event_id": state.paid_event_id,
            "ordered_at": sale.ordered_at,
            "buyer_ref": sale.buyer_ref,
            "merchant_id": sale.product.merchant_id,
            "product_id": sale.product.pk,
            "quantity": state.facts["quantity"],
            "pid": sale.pid,
            "sub_id": state.facts.get("sub_id", ""),
            "paid_fen": state.paid_fen,
            "subsidy_fen": state.subsidy_fen,
        }

    def _event_columns(self, order_id: int, state: LineState, hold_days: int) -> dict[str, Any]:
        """The columns that events and holds may change until the line's night is sealed, without the amounts."""
        holds = self.holds.get((order_id, state.line_no), calendar.NO_HOLDS)
        held_reason, held_since = calendar.held(state, holds)
        return {
            "status": state.status,
            "shipped_at": state.shipped_at,
            "received_at": state.received_at,
            "due_at": calendar.due_at(state, hold_days),
            "settles_on": calendar.settles_on(state, hold_days, self.frontier, holds),
            "held_reason": held_reason,
            "held_since": held_since,
            "refunded_fen": state.refunded_fen,
            "due_through": state.refund_steps[-1][0] if state.refund_steps else None,
            "due_base_fen": state.base_fen,
        }

    def _changes(self, line: KnownLine, state: LineState) -> dict[str, Any]:
        """The columns of ``line`` that are to change so that it agrees with ``state``; empty where it does."""
        row = self._event_columns(line.order_id, state, line.hold_days)
        if line.held_reason == calendar.INSUFFICIENT_DEPOSIT and row["settles_on"]:
            row |= {"settles_on": None, "held_reason": line.held_reason, "held_since": line.held_since}
        changes = {column: value for column, value in row.items() if getattr(line, column) != value}
        if "due_base_fen" in changes:
            changes |= _amount_columns("due", split(state.base_fen, line.rates))
        return changes and {"id": line.id, "updated_at": "now"} | changes

    def _adjust(self, sealed: list[tuple[KnownLine, LineState]]) -> None:
        """Write anew what open nights have to adjust on sealed lines, from their events (rulebook §7, §9)."""
        if not sealed:
            return
        lines = OrderLine.objects.in_bulk([line.id for line, _state in sealed])
        booked = last_booked(lines.values(), self.frontier)
        wanted = [
            (lines[line.id], booked[line.id], calendar.adjustments(state, booked[line.id], self.frontier))
            for line, state in sealed
        ]
        replace_adjustments(wanted, self.frontier)


def _known_lines(orders: Collection[int]) -> dict[tuple[int, int], KnownLine]:
    """``{(order id, line number): line}``"""
    rows = OrderLine.objects.filter(order__any_of=orders).values_list(*KnownLine._fields)
    return {(line.order_id, line.line_no): line for line in map(KnownLine._make, rows)}


_AMOUNTS_OF = attrgetter(*AMOUNTS)
_COLUMNS_OF = {prefix: tuple(f"{prefix}_{column}" for column in AMOUNTS) for prefix in ("estimate", "due")}


def _amount_columns(prefix: str, shares: Shares) -> dict[str, int]:
    return dict(zip(_COLUMNS_OF[prefix], _AMOUNTS_OF(shares), strict=True))


def _terms_columns(terms: Terms, rates: Rates) -> dict[str, Any]:
    offer = terms.offer
    return {
        "streamer_id": terms.streamer_id,
        "first_leader_id": offer.first_leader_id if offer else None,
        "second_leader_id": offer.second_leader_id if offer else None,
        "provider_id": terms.provider.provider_id if terms.provider else None,
        "agency_id": terms.agency.provider_id if terms.agency else None,
        "offer_kind": offer.kind if offer else "",
        "offer_id": offer.offer_id if offer else None,
        "offer_version": offer.version if offer else None,
        "activity": (offer.activity or "") if offer else "",
        "step_bps": offer.step.step_bps if offer and offer.step else None,
        "policy_id": terms.policy.pk,
        "hold_days": terms.hold_days,
        "trace": terms.trace,
    } | vars(rates)
