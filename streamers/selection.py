"""Products dressed for one streamer: his offer now and from midnight on.

For the page of a product, the shelf, and goods of a link or a recommendation. The list itself is ``streamers.centre``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from haowu.ground import days
from haowu.ground.money import share
from haowu.tenants.models import Tenant
from haowu.tenants.scope import platform_scope
from merchants.models import Product
from merchants.steps import Step
from streamers.models import Pick
from streamers.offers import Choice, PickSource
from streamers.terms import OfferBook
from tuanzhang.models import Activity, Enrolment


@dataclass(frozen=True)
class Card:
    """A product as one streamer sees it. ``choice`` and ``next_choice`` are the offers now and from midnight on."""

    product: Product
    choice: Choice
    next_choice: Choice
    changes_at: datetime
    pick: Pick | None

    @property
    def bps(self) -> int | None:
        return self.choice.offer.commission_bps if self.choice.offer else None

    @property
    def next_bps(self) -> int | None:
        return self.next_choice.offer.commission_bps if self.next_choice.offer else None

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
    def is_listed(self) -> bool:
        return self.product.status == Product.Status.LISTED and self.product.merchant.shop.suspended_at is None

    @property
    def per_sale_fen(self) -> int:
        """The streamer's gross commission on the lowest price, before the platform's technical service fee."""
        price_fen = self.product.price_fen  # type: ignore[attr-defined]  # cards are read with_offer_facts
        return share(price_fen or 0, self.bps or 0)

    def per_sale_of(self, price_fen: int) -> int:
        return share(price_fen, self.bps or 0)


def cards(
    streamer: Tenant, products: list[Product], at: datetime, ways: Mapping[int, PickSource] | None = None
) -> list[Card]:
    """Each of ``products`` dressed for ``streamer``, in a fixed number of queries. Within a transaction.

    ``ways``: by product id, as if picked that way; the others by what their pick stands through.
    """
    tomorrow = days.next_midnight(at)
    with platform_scope():
        book = OfferBook(products)
    on_shelf = Pick.objects.visible_to(streamer).on_shelf().of_products(products).with_channels()
    picks = {pick.product_id: pick for pick in on_shelf}
    ways = ways or {}
    return [
        _card(product, book, streamer, picks.get(product.pk), at, tomorrow, ways.get(product.pk))
        for product in products
    ]


def _card(
    product: Product,
    book: OfferBook,
    streamer: Tenant,
    pick: Pick | None,
    at: datetime,
    tomorrow: datetime,
    through: PickSource | None,
) -> Card:
    def choice(moment: datetime) -> Choice:
        way = through or (pick.through(moment) if pick else None)
        return book.choose(product.pk, streamer.pk, moment, way)

    return Card(product, choice(at), choice(tomorrow), tomorrow, pick)


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
