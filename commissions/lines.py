"""Order lines as rows: created with frozen terms, and brought to the state that their events describe."""

from collections.abc import Iterable
from dataclasses import asdict, fields
from datetime import date, datetime
from typing import Any

from commissions import calendar
from commissions.adjusting import last_booked, replace_adjustments
from commissions.holding import holds_of
from commissions.life import LineState, OrderLife
from commissions.models import Order, OrderLine
from commissions.split import AMOUNTS, Rates, Shares, split
from commissions.terms import Sale, Terms, TermsBook
from haowu.bulk import insert_rows, update_rows
from haowu.tenants.models import Tenant
from merchants.models import Product

ProductsByCode = dict[tuple[str, str], Product]
Pair = tuple[Order, LineState]

_STANDING = (
    "status", "shipped_at", "received_at", "due_at", "settles_on", "held_reason", "held_since",
    "refunded_fen", "due_through", "due_base_fen", *(f"due_{column}" for column in AMOUNTS),
)  # fmt: skip
_READ = (
    "order", "line_no", "paid_event_id", "merchant", "hold_days", "subsidy_fen",
    *(each.name for each in fields(Rates)), *_STANDING,
)  # fmt: skip
"""What is read of a known line: a third of its columns."""


class LineBook:
    """Writes the lines of a batch of orders. The orders are locked and the frontier is held by the caller."""

    def __init__(self, source: Tenant, products: ProductsByCode, frontier: date | None) -> None:
        self.source = source
        self.products = products
        self.frontier = frontier

    def write(self, lives: Iterable[tuple[Order, OrderLife]]) -> None:
        pairs = [(order, state) for order, life in lives for state in life.lines.values()]
        orders = {order.pk for order, _state in pairs}
        self.holds = holds_of(orders)
        known = {
            (line.order_id, line.line_no): line for line in OrderLine.objects.filter(order__in=orders).only(*_READ)
        }
        fresh, changed, sealed = [], [], []
        for order, state in pairs:
            line = known.pop((order.pk, state.line_no), None)
            state.subsidy_fen = line.subsidy_fen if line else 0
            if line is None:
                fresh.append((order, state))
            elif calendar.is_sealed(line, self.frontier):
                sealed.append((line, state))
            elif line.paid_event_id != state.paid_event_id:
                line.delete()  # another payment of this line comes first in the canonical order: begin again with it
                fresh.append((order, state))
            else:
                changed.append((line, state))
        for line in known.values():
            line.delete()  # its payment is displaced by one that names other lines
        self._create(fresh)
        update_rows(OrderLine, [row for line, state in changed if (row := self._changes(line, state))], key="id")
        self._adjust(sealed)

    def _create(self, pairs: list[Pair]) -> None:
        """New lines: terms frozen as of ``ordered_at``, the estimate made once."""
        if not pairs:
            return
        self._find_products(pairs)
        sales = [self._sale(state) for _order, state in pairs]
        book = TermsBook(sales)
        rows = []
        for (order, state), sale in zip(pairs, sales, strict=True):
            terms = book.freeze(sale)
            state.subsidy_fen = state.facts["price_subsidy_fen"] if terms.policy.subsidy_in_base else 0
            estimate = split(state.base_after(0), terms.rates)
            due = split(state.base_fen, terms.rates) if state.refunded_fen else estimate
            rows.append(
                self._bought(order, state, sale)
                | _frozen(terms)
                | {f"estimate_{column}": getattr(estimate, column) for column in AMOUNTS}
                | self._standing(order.pk, state, terms.hold_days, due)
            )
        insert_rows(OrderLine, rows)

    def _find_products(self, pairs: list[Pair]) -> None:
        """A parked order's payment may have come in an earlier batch: look up what this batch did not name."""
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

    def _bought(self, order: Order, state: LineState, sale: Sale) -> dict[str, Any]:
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
            "paid_fen": state.paid_fen,
            "subsidy_fen": state.subsidy_fen,
        }

    def _standing(self, order_id: int, state: LineState, hold_days: int, due: Shares) -> dict[str, Any]:
        """The columns that follow the events and holds until the line's night is sealed."""
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
            "due_base_fen": due.base_fen,
        } | {f"due_{column}": getattr(due, column) for column in AMOUNTS}

    def _changes(self, line: OrderLine, state: LineState) -> dict[str, Any]:
        """The columns that bring ``line`` to ``state``; empty where it stands there already."""
        due = line.due if line.due_base_fen == state.base_fen else split(state.base_fen, line.rates)
        row = self._standing(line.order_id, state, line.hold_days, due)
        if line.held_reason == calendar.INSUFFICIENT_DEPOSIT and row["settles_on"]:
            row |= {"settles_on": None, "held_reason": line.held_reason, "held_since": line.held_since}
        changes = {column: value for column, value in row.items() if getattr(line, column) != value}
        return changes and {"id": line.pk, "updated_at": "now"} | changes

    def _adjust(self, sealed: list[tuple[OrderLine, LineState]]) -> None:
        """Replace what waits for open nights on sealed lines by what their events now say (rulebook §7, §9)."""
        if not sealed:
            return
        booked = last_booked([line for line, _state in sealed], self.frontier)
        replace_adjustments(
            [
                (line, booked[line.pk], calendar.adjustments(state, booked[line.pk], self.frontier))
                for line, state in sealed
            ],
            self.frontier,
        )


def _frozen(terms: Terms) -> dict[str, Any]:
    offer = terms.offer
    rates = terms.rates
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
    } | asdict(rates)
