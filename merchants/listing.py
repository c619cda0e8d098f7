"""Products of a merchant: adding them, showing them in the selection centre, taking them off.

Acts on many answer per item, in the same order: the row, or the ``Refused`` that stopped this one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import prefetch_related_objects

from haowu.ground.bulk import insert_rows
from haowu.ground.errors import Refused, single
from haowu.ground.states import move_all
from haowu.tenants.models import Tenant
from merchants import recorded, refusals
from merchants.models import Category, Delisting, Product, Shop, Sku
from merchants.prices import lay_down_prices


@dataclass(frozen=True)
class ProductDraft:
    """What a new product with one SKU is made of."""

    code: str
    title: str
    category: Category | None
    price_fen: int
    stock: int
    description: str = ""
    provenance: str = ""
    origin: str = ""


def add_products(merchant: Tenant, drafts: Sequence[ProductDraft]) -> list[Product | Refused]:
    """``add_many`` for one merchant."""
    return add_many([(merchant, draft) for draft in drafts])


@transaction.atomic
def add_many(wishes: Sequence[tuple[Tenant, ProductDraft]]) -> list[Product | Refused]:
    """A draft product of the merchant with one SKU for each wish; refuses codes in use and prices of 0 or less."""
    merchants = {merchant.pk for merchant, _draft in wishes}
    known = Product.objects.filter(merchant__in=merchants, code__in={draft.code for _merchant, draft in wishes})
    used = set(known.values_list("merchant_id", "code"))
    answers: list[Product | Refused] = []
    drafts: list[ProductDraft] = []
    for merchant, draft in wishes:
        if (merchant.pk, draft.code) in used:
            answers.append(refusals.ProductCodeTaken(code=draft.code))
        elif draft.price_fen <= 0:
            answers.append(refusals.PriceMissing())
        else:
            used.add((merchant.pk, draft.code))
            drafts.append(draft)
            names = ("code", "title", "category", "description", "provenance", "origin")
            answers.append(Product(merchant=merchant, **{name: getattr(draft, name) for name in names}))
    products = Product.objects.bulk_create([answer for answer in answers if isinstance(answer, Product)])
    skus = [
        {
            "product_id": product.pk,
            "code": product.code,
            "spec": "",
            "price_fen": draft.price_fen,
            "stock": draft.stock,
        }
        for product, draft in zip(products, drafts, strict=True)
    ]
    insert_rows(Sku, skus)
    return answers


@transaction.atomic
def list_products(products: Sequence[Product], *, at: datetime) -> list[Product | Refused]:
    """Show each of ``products`` in the selection centre from ``at``.

    Conditions in the order in which a merchant fills the form: the shop is not suspended, the product is not listed
    yet, has a title, a third-level category, a SKU with a price, and stock. Each has its own refusal.
    """
    prefetch_related_objects(products, "skus", "category")
    suspended = Shop.objects.filter(
        merchant__in={product.merchant_id for product in products}, suspended_at__isnull=False
    ).values_list("merchant_id", flat=True)
    statuses = Product.objects.locked_statuses(products)
    answers = [_objection(product, statuses[product.pk], set(suspended)) or product for product in products]
    ready = [answer for answer in answers if isinstance(answer, Product)]
    move_all(ready, "list", listed_at=at)
    lay_down_prices(ready, at)
    recorded.products_listed(ready, at)
    return answers


def list_product(product: Product, *, at: datetime) -> Product:
    """``list_products`` for one, its refusal raised."""
    return single(list_products([product], at=at))


def _objection(product: Product, status: str, suspended: set[int]) -> Refused | None:
    """The first condition of listing that ``product``, now in ``status``, fails."""
    if product.merchant_id in suspended:
        return refusals.ShopSuspended()
    if status == Product.Status.LISTED:
        return refusals.AlreadyListed()
    if refused := unfit(product):
        return refused
    skus = product.skus.all()
    if not skus:
        return refusals.PriceMissing()
    if not any(sku.stock for sku in skus):
        return refusals.OutOfStock()
    return None


def unfit(product: Product) -> Refused | None:
    """What ``product`` lacks to be shown, or None."""
    if not product.title.strip():
        return refusals.TitleMissing()
    if product.category is None:
        return refusals.CategoryMissing()
    if product.category.level != Category.LEAF_LEVEL:
        return refusals.CategoryNotLeaf(category=product.category.name)
    return None


@transaction.atomic
def delist_products(products: Sequence[Product], *, at: datetime) -> list[Product | Refused]:
    """Take each of ``products`` out of the selection centre at ``at``. Orders placed before keep their terms.

    Links shared before still pay by its plans; its enrolments in leaders' activities end with it.
    """
    statuses = Product.objects.locked_statuses(products)
    answers: list[Product | Refused] = [
        product if statuses[product.pk] == Product.Status.LISTED else refusals.NotListed() for product in products
    ]
    gone = [answer for answer in answers if isinstance(answer, Product)]
    move_all(gone, "delist")
    Delisting.objects.bulk_create(
        [Delisting(product=product, merchant_id=product.merchant_id, at=at) for product in gone]
    )
    recorded.products_delisted(gone, at)
    return answers


def delist_product(product: Product, *, at: datetime) -> None:
    """``delist_products`` for one, its refusal raised."""
    single(delist_products([product], at=at))
