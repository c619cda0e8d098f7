"""Putting a product on the shelves of the selection centre, and taking it off."""

from datetime import datetime

from django.db import transaction

from haowu.tenants.models import Tenant
from merchants import refusals
from merchants.models import Category, Product, Shop, Sku


@transaction.atomic
def add_product(
    merchant: Tenant, *, code: str, title: str, category: Category | None, price_fen: int, stock: int
) -> Product:
    """A draft with one SKU. Raises PriceMissing for a price of 0 or less; the code must be new to the merchant."""
    if price_fen <= 0:
        raise refusals.PriceMissing
    product = Product.objects.create(merchant=merchant, code=code, title=title, category=category)
    Sku.objects.create(product=product, code=code, price_fen=price_fen, stock=stock)
    return product


@transaction.atomic
def list_product(product: Product, *, at: datetime) -> None:
    """Show ``product`` in the selection centre from ``at``. Conditions in the order in which a merchant fills the form:

    the shop is not suspended, the product is not listed yet, has a title, a third-level category, a SKU with a
    price, and stock. Each raises its own refusal and changes nothing.
    """
    product = Product.objects.select_for_update().get(pk=product.pk)
    if Shop.objects.filter(merchant_id=product.merchant_id, suspended_at__isnull=False).exists():
        raise refusals.ShopSuspended
    if product.status == Product.Status.LISTED:
        raise refusals.AlreadyListed
    if not product.title.strip():
        raise refusals.TitleMissing
    if product.category is None:
        raise refusals.CategoryMissing
    if product.category.level != Category.LEAF_LEVEL:
        raise refusals.CategoryNotLeaf(category=product.category.name)
    skus = list(product.skus.all())
    if not skus:
        raise refusals.PriceMissing
    if not any(sku.stock for sku in skus):
        raise refusals.OutOfStock
    product.move("list", listed_at=at)


def delist_product(product: Product) -> None:
    """Take ``product`` out of the selection centre. Orders placed and links shared before keep their terms."""
    if product.status != Product.Status.LISTED:
        raise refusals.NotListed
    product.move("delist")
