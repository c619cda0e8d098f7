"""Products dressed for one streamer: his offer now, from midnight on and this week, and what a sale leaves him.

For the page of a product, the shelf, and goods of a link or a recommendation. The list itself is ``streamers.centre``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from haowu.ground import days
from haowu.ground.money import share
from haowu.tenants.models import Tenant
from haowu.tenants.scope import platform_scope
from merchants.models import Product
from merchants.steps import Step
from streamers.models import Pick
from streamers.offers import EXCLUSIVE_KINDS, Choice, PickSource
from streamers.terms import DatedItem, OfferBook
from tuanzhang.models import Activity, Enrolment

LOOK_AHEAD = timedelta(days=7)


@dataclass(frozen=True)
class Turn:
    """From ``at`` on another offer speaks, or the same one at another rate."""

    at: datetime
    choice: Choice


@dataclass(frozen=True)
class Card:
    """A product as one streamer sees it. ``choice`` and ``next_choice`` are the offers now and from midnight on.

    ``turn`` is the first change within a week. ``tech_bps``: what the platform keeps of a commission.
    ``net_fen``: what a sale at the lowest price leaves the streamer.
    ``better``: open activities through which a pick would earn more now, with their rate; ``better_then``: after the
    ``turn``.
    """

    product: Product
    choice: Choice
    next_choice: Choice
    changes_at: datetime
    turn: Turn | None
    pick: Pick | None
    tech_bps: int
    better: Sequence[tuple[DatedItem, int]] = ()
    better_then: Sequence[tuple[DatedItem, int]] = ()

    @property
    def bps(self) -> int | None:
        return _bps(self.choice)

    @property
    def next_bps(self) -> int | None:
        return _bps(self.next_choice)

    @property
    def step(self) -> Step | None:
        return self.choice.offer.step if self.choice.offer else None

    @property
    def changes(self) -> bool:
        """Tomorrow pays something else."""
        return self.bps != self.next_bps

    @property
    def is_kept(self) -> bool:
        """Others alone may sell it."""
        return "EXCLUSIVE_NOT_LISTED" in self.choice.trace

    @property
    def is_kept_tomorrow(self) -> bool:
        return "EXCLUSIVE_NOT_LISTED" in self.next_choice.trace

    @property
    def is_listed(self) -> bool:
        return self.product.status == Product.Status.LISTED and self.product.merchant.shop.suspended_at is None

    @property
    def may_be_picked(self) -> bool:
        return self.is_listed and not self.is_kept

    @property
    def is_mine_alone(self) -> bool:
        """An exclusive offer lists this streamer."""
        return self.choice.offer is not None and self.choice.offer.kind in EXCLUSIVE_KINDS

    @property
    def price_fen(self) -> int:
        return self.product.price_fen or 0  # type: ignore[attr-defined]  # cards are read with_offer_facts

    @property
    def gross_fen(self) -> int:
        """The commission on the lowest price, before the platform's technical service fee."""
        return share(self.price_fen, self.bps or 0)

    @property
    def fee_fen(self) -> int:
        return share(self.gross_fen, self.tech_bps)

    @property
    def net_fen(self) -> int:
        return self.net_of(self.price_fen)

    @property
    def next_net_fen(self) -> int:
        return self.net_at(self.next_bps)

    def net_of(self, price_fen: int) -> int:
        """What a sale at ``price_fen`` leaves the streamer now."""
        return self._net(price_fen, self.bps)

    def net_at(self, bps: int | None) -> int:
        """What a sale at the lowest price would leave at ``bps``."""
        return self._net(self.price_fen, bps)

    def _net(self, price_fen: int, bps: int | None) -> int:
        gross = share(price_fen, bps or 0)
        return gross - share(gross, self.tech_bps)


def _bps(choice: Choice) -> int | None:
    return choice.offer.commission_bps if choice.offer else None


def cards(
    streamer: Tenant,
    products: list[Product],
    at: datetime,
    tech_bps: int,
    ways: Mapping[int, PickSource] | None = None,
) -> list[Card]:
    """Each of ``products`` dressed for ``streamer``, in a fixed number of queries. Within a transaction.

    ``ways``: by product id, as if picked that way; the others by what their pick stands through.
    """
    on_shelf = Pick.objects.visible_to(streamer).on_shelf().of_products(products).with_channels()
    return cards_of(streamer, products, {pick.product_id: pick for pick in on_shelf}, at, tech_bps, ways or {})


def cards_of(
    streamer: Tenant,
    products: list[Product],
    picks: Mapping[int, Pick],
    at: datetime,
    tech_bps: int,
    ways: Mapping[int, PickSource],
) -> list[Card]:
    """``cards`` where the picks, by product id, are known with their channels.

    What may speak for ``streamer`` is read in his own scope: others' plans are hidden by it, but that a product is kept
    for others is not.
    """
    book = OfferBook(products, streamer.pk)
    return [
        OneOffer(product, book, streamer, picks.get(product.pk), ways.get(product.pk)).card(at, tech_bps)
        for product in products
    ]


@dataclass(frozen=True)
class OneOffer:
    """What one product pays one streamer at any moment; ``way``: as if picked so, whatever the pick stands through."""

    product: Product
    book: OfferBook
    streamer: Tenant
    pick: Pick | None
    way: PickSource | None = None

    def choice(self, at: datetime) -> Choice:
        return self.book.choose(self.product.pk, self.streamer.pk, at, self.through(at))

    def through(self, at: datetime) -> PickSource | None:
        return self.way or (self.pick.through(at) if self.pick else None)

    def card(self, at: datetime, tech_bps: int) -> Card:
        now, midnight = self.choice(at), days.next_midnight(at)
        turn = next((turn for turn in self.turns(at, at + LOOK_AHEAD) if _differs(now, turn.choice)), None)
        better = self.better_items(at)
        better_then = self.better_items(max(turn.at, midnight)) if turn else ()
        return Card(self.product, now, self.choice(midnight), midnight, turn, self.pick, tech_bps, better, better_then)

    def better_items(self, at: datetime) -> list[tuple[DatedItem, int]]:
        """Open activities through which a pick would earn more at ``at``, with their rate, the best first.

        A plan that lists the streamer speaks before any activity: then none is better, whatever it pays.
        """
        bps_now = _bps(self.choice(at)) or 0
        found = []
        for item in self.book.open_items(self.product.pk, at):
            through = PickSource(item.activity.code)
            bps = _bps(self.book.choose(self.product.pk, self.streamer.pk, at, through))
            if bps is not None and bps > bps_now:
                found.append((item, bps))
        return sorted(found, key=lambda each: (-each[1], each[0].enrolment.pk))

    def turns(self, after: datetime, until: datetime) -> list[Turn]:
        """What speaks after each moment at which that may change."""
        return [Turn(at, self.choice(at)) for at in self.book.moments(self.product.pk, after, until)]


def _differs(before: Choice, later: Choice) -> bool:
    return _bps(before) != _bps(later) or _named(before) != _named(later)


def _named(choice: Choice) -> tuple[str, int] | None:
    return (choice.offer.kind, choice.offer.offer_id) if choice.offer else None


def one_offer(streamer: Tenant, product: Product) -> OneOffer:
    """What ``product`` pays ``streamer``. Within a transaction."""
    with platform_scope():
        book = OfferBook([product])
    pick = Pick.objects.visible_to(streamer).on_shelf().of_products([product]).with_channels().first()
    return OneOffer(product, book, streamer, pick)


def open_to(streamer: Tenant) -> QuerySet[Product]:
    """What ``streamer`` may open a page of: everything listed, and what stands on the shelf."""
    on_shelf = Pick.objects.visible_to(streamer).on_shelf().values("product")
    listed = Q(status=Product.Status.LISTED, merchant__shop__suspended_at__isnull=True)
    shown = Product.objects.filter(listed | Q(pk__in=on_shelf))
    return shown.with_offer_facts().select_related("merchant__shop", "category").prefetch_related("images")


def products_of(picks: list[Pick], streamer: Tenant) -> list[Product]:
    """The products of ``picks``, in their order."""
    products = open_to(streamer).in_bulk([pick.product_id for pick in picks])
    return [products[pick.product_id] for pick in picks]


def in_activity(activity: Activity, streamer: Tenant, at: datetime) -> QuerySet[Product]:
    """The goods of ``activity`` whose cooperation runs or is still to begin, as far as ``streamer`` may open them."""
    items = Enrolment.objects.in_activity(activity).not_over(at)
    return open_to(streamer).filter(pk__in=items.values("product"))
