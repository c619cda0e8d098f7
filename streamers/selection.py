"""The selection list of one streamer: listed products on which an offer speaks for them, with its rate, in SQL.

The rule is ``streamers.offers.choose``; here it is said once more as a query, since a list must filter and sort by it
before it can cut a page. What a card shows comes from the OfferBook; ``test_pages_streamer`` holds the two together.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.fields import BigIntegerField
from django.db.models.functions import Coalesce, Greatest

from haowu.ground import days
from haowu.ground.money import share
from haowu.tenants.models import Tenant
from haowu.tenants.scope import platform_scope
from merchants.models import Category, Plan, PlanRate, Product
from merchants.steps import Step
from streamers.models import Channel, Pick
from streamers.offers import Choice, PickSource
from streamers.terms import OfferBook
from tuanzhang.models import Activity, Enrolment, EnrolmentRate


def offered_to(streamer: Tenant, at: datetime) -> QuerySet[Product]:
    """Listed products with ``price_fen``, ``stock``, the streamer's ``commission_bps`` and ``worth`` (price × bps)."""
    exclusive = _rate(at, type=Plan.Type.EXCLUSIVE, product=OuterRef("pk"), streamer=streamer)
    item = _rate(at, type=Plan.Type.ITEM_TARGETED, product=OuterRef("pk"), streamer=streamer)
    shop = _rate(at, type=Plan.Type.SHOP_TARGETED, merchant=OuterRef("merchant"), streamer=streamer)
    normal = _rate(at, type=Plan.Type.NORMAL, product=OuterRef("pk"), streamer=None)
    exclusive_plans = Plan.objects.live(at).filter(type=Plan.Type.EXCLUSIVE, product=OuterRef("pk"))
    items = Enrolment.objects.live(at).filter(product=OuterRef("pk"))
    kept = Exists(exclusive_plans) | Exists(items.exclusive())
    listed = _best(items.exclusive().listing(streamer, at), at)
    through = _best(items.normal().filter(activity=Subquery(_way(streamer, at))), at)
    speaking = Case(When(kept, then=Greatest(exclusive, listed)), default=Coalesce(item, shop, through, normal))
    products = Product.objects.listed().supplied(at).with_offer_facts().annotate(commission_bps=speaking)
    worth = ExpressionWrapper(F("price_fen") * F("commission_bps"), output_field=BigIntegerField())
    return products.filter(commission_bps__isnull=False, price_fen__isnull=False).annotate(worth=worth)


def _rate(at: datetime, *, streamer: Tenant | None, **plan: Any) -> Subquery:
    """The bps in force at ``at`` of the one live plan that ``plan`` describes; NULL where there is none."""
    rates = PlanRate.objects.filter(
        **{f"plan__{name}": value for name, value in plan.items()},
        plan__in=Plan.objects.live(at),
        streamer=streamer,
        cancelled_at__isnull=True,
        effective_from__lte=at,
    )
    return Subquery(rates.order_by("-effective_from", "-pk").values("commission_bps")[:1])


def _best(items: QuerySet[Enrolment], at: datetime) -> Subquery:
    """The highest bps in force at ``at`` among ``items``; NULL where there are none."""
    rates = EnrolmentRate.objects.filter(enrolment=OuterRef("pk"), cancelled_at__isnull=True, effective_from__lte=at)
    bps = Subquery(rates.order_by("-effective_from", "-pk").values("commission_bps")[:1])
    return Subquery(items.annotate(bps=bps).order_by("-bps").values("bps")[:1])


def _way(streamer: Tenant, at: datetime) -> QuerySet:
    """The activity through which the streamer's pick of an enrolment's product stands at ``at``."""
    channels = Channel.objects.filter(
        pick__streamer=streamer,
        pick__product=OuterRef("product"),
        pick__unpicked_at__isnull=True,
        effective_from__lte=at,
    )
    return channels.order_by("-effective_from", "-pk").values("activity")[:1]


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


def in_category(products: QuerySet[Product], category: Category) -> QuerySet[Product]:
    """``category`` of any level."""
    return products.filter(Q(category=category) | Q(category__parent=category) | Q(category__parent__parent=category))


def not_on_shelf(products: QuerySet[Product], streamer: Tenant) -> QuerySet[Product]:
    return products.exclude(pk__in=Pick.objects.visible_to(streamer).on_shelf().values("product"))
