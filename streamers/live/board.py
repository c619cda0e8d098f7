"""A live session as its board and its report show it: what sold, of what, when, and what runs out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Sum

from haowu.tenants.models import Tenant
from merchants.models import Sku
from streamers.live.clicks import clicks_of
from streamers.models import LiveSession, SessionItem
from streamers.sold import NOTHING, SalesAbove, SessionSold, Sold

SLICE = timedelta(minutes=10)
FEW = 20
"""Pieces from which on a good is nearly sold out, whatever it sold."""
FEW_OF_TEN = 10
"""Or a tenth of what there was."""


@dataclass(frozen=True)
class Row:
    """A good of the running order. ``left``: the merchant's stock less what the session sold of it."""

    item: SessionItem
    sold: Sold
    clicks: int
    left: int
    is_current: bool
    is_done: bool

    @property
    def is_nearly_out(self) -> bool:
        return self.left <= FEW or self.left * FEW_OF_TEN <= self.left + self.sold.pieces

    @property
    def conversion_bps(self) -> int | None:
        return self.sold.orders * 10_000 // self.clicks if self.clicks else None


@dataclass(frozen=True)
class Board:
    session: LiveSession
    at: datetime
    total: Sold
    clicks: int
    rows: Sequence[Row]
    slices: Sequence[tuple[datetime, Sold]]
    unlisted: Sold
    """Of goods that stand in no running order: sold while it ran, by the streamer's other links."""

    @property
    def conversion_bps(self) -> int | None:
        return self.total.orders * 10_000 // self.clicks if self.clicks else None

    @property
    def current(self) -> Row | None:
        return next((row for row in self.rows if row.is_current), None)

    @property
    def next_row(self) -> Row | None:
        """The one after the one that is presented; the first before any was."""
        place = self.current.item.position if self.current else 0
        return next((row for row in self.rows if row.item.position > place), None)

    @property
    def done(self) -> int:
        return sum(row.is_done for row in self.rows)

    @property
    def seconds(self) -> int:
        begin, end = self.session.real_window(self.at)
        return int((end - begin).total_seconds())


def board_of(session: LiveSession, party: Tenant, sales: SalesAbove, at: datetime) -> Board:
    """As far as ``party`` has a role: all of it for the streamer, their own goods for a merchant and a leader."""
    sold = sales.of_session(session, party)
    items = list(SessionItem.objects.visible_to(party).of_session(session).in_order())
    clicks = clicks_of(session, at)
    is_whole = party.pk == session.streamer_id
    mine = sum(clicks.values()) if is_whole else sum(clicks.get(item.product_id, 0) for item in items)
    return Board(
        session=session,
        at=at,
        total=sold.total,
        clicks=mine,
        rows=_rows(items, sold, clicks, session),
        slices=_slices(session, sold.by_slice, at),
        unlisted=_unlisted(items, sold),
    )


def _rows(items: list[SessionItem], sold: SessionSold, clicks: Mapping[int, int], session: LiveSession) -> list[Row]:
    products = [item.product_id for item in items]
    skus = Sku.objects.filter(product__any_of=products).order_by().values("product")
    stock = dict(skus.annotate(n=Sum("stock")).values_list("product", "n"))
    shown = [item for item in items if item.presented_at]
    is_live = session.status == LiveSession.Status.LIVE
    current = max(shown, key=lambda item: (item.presented_at, item.position), default=None) if is_live else None
    return [
        Row(
            item=item,
            sold=(its := sold.by_product.get(item.product_id, NOTHING)),
            clicks=clicks.get(item.product_id, 0),
            left=max(0, (stock.get(item.product_id) or 0) - its.pieces),
            is_current=item is current,
            is_done=item.presented_at is not None and item is not current,
        )
        for item in items
    ]


def _slices(session: LiveSession, by_slice: Mapping[datetime, Sold], at: datetime) -> list[tuple[datetime, Sold]]:
    """Every ten minutes of the session, also those in which nothing sold."""
    begin, end = session.real_window(at)
    first = begin.timestamp() // SLICE.total_seconds() * SLICE.total_seconds()
    number = int((end.timestamp() - first) // SLICE.total_seconds()) + 1
    moments = [datetime.fromtimestamp(first, tz=begin.tzinfo) + SLICE * place for place in range(number)]
    return [(moment, by_slice.get(moment, NOTHING)) for moment in moments]


def _unlisted(items: list[SessionItem], sold: SessionSold) -> Sold:
    known = {item.product_id for item in items}
    others = [each for product, each in sold.by_product.items() if product not in known]
    return Sold(
        paid=sum(each.paid for each in others),
        gmv_fen=sum(each.gmv_fen for each in others),
        kept_fen=sum(each.kept_fen for each in others),
        estimate_fen=sum(each.estimate_fen for each in others),
    )
