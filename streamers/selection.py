"""The selection list of one streamer: listed products on which an offer speaks for them, with its rate, in SQL.

The rule is ``streamers.offers.choose``; here it is said once more as a query, since a list must filter and sort by it
before it can cut a page. What a card shows comes from the OfferBook; ``test_pages_streamer`` holds the two together.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.fields import BigIntegerField
from django.db.models.functions import Coalesce

from haowu import days
from haowu.money import share
from haowu.tenants.models import Tenant
from haowu.tenants.scope import platform_scope
from merchants.models import Category, Plan, PlanRate, Product
from merchants.steps import Step
from streamers.models import Pick
from streamers.offers import Choice
from streamers.terms import OfferBook


def offered_to(streamer: Tenant, at: datetime) -> QuerySet[Product]:
    """Listed products with ``price_fen``, ``stock``, the streamer's ``commission_bps`` and ``worth`` (price × bps)."""
    exclusive = _rate(at, type=Plan.Type.EXCLUSIVE, product=OuterRef("pk"), streamer=streamer)
    item = _rate(at, type=Plan.Type.ITEM_TARGETED, product=OuterRef("pk"), streamer=streamer)
    shop = _rate(at, type=Plan.Type.SHOP_TARGETED, merchant=OuterRef("merchant"), streamer=streamer)
    normal = _rate(at, type=Plan.Type.NORMAL, product=OuterRef("pk"), streamer=None)
    kept = Plan.objects.live(at).filter(type=Plan.Type.EXCLUSIVE, product=OuterRef("pk"))
    speaking = Case(When(Exists(kept), then=exclusive), default=Coalesce(item, shop, normal))
    products = Product.objects.listed().supplied(at).with_offer_facts().annotate(commission_bps=speaking)
    worth = ExpressionWrapper(F("price_fen") * F("commission_bps"), output_field=BigIntegerField())
    return products.filter(commission_bps__isnull=False, price_fen__isnull=False).annotate(worth=worth)


def _rate(at: datetime, *, streamer: Tenant | None, **plan) -> Subquery:
    """The bps in force at ``at`` of the one live plan that ``plan`` describes; NULL where there is none."""
    rates = PlanRate.objects.filter(
        **{f"plan__{name}": value for name, value in plan.items()},
        plan__in=Plan.objects.live(at),
        streamer=streamer,
        cancelled_at__isnull=True,
        effective_from__lte=at,
    )
    return Subquery(rates.order_by("-effective_from", "-pk").values("commission_bps")[:1])


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
        return share(self.product.price_fen or 0, self.bps or 0)

    def per_sale_of(self, price_fen: int) -> int:
        return share(price_fen, self.bps or 0)


def cards(streamer: Tenant, products: list[Product], at: datetime) -> list[Card]:
    """Each of ``products`` dressed for ``streamer``, in a fixed number of queries. Within a transaction."""
    tomorrow = days.next_midnight(at)
    with platform_scope():
        book = OfferBook(products)
    on_shelf = Pick.objects.visible_to(streamer).on_shelf().of_products(products)
    picks = {pick.product_id: pick for pick in on_shelf}
    return [
        Card(
            product,
            book.choose(product.pk, streamer.pk, at),
            book.choose(product.pk, streamer.pk, tomorrow),
            tomorrow,
            picks.get(product.pk),
        )
        for product in products
    ]


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


def in_category(products: QuerySet[Product], category: Category) -> QuerySet[Product]:
    """``category`` of any level."""
    return products.filter(Q(category=category) | Q(category__parent=category) | Q(category__parent__parent=category))


def not_on_shelf(products: QuerySet[Product], streamer: Tenant) -> QuerySet[Product]:
    return products.exclude(pk__in=Pick.objects.visible_to(streamer).on_shelf().values("product"))
