"""A merchant's product form: a product with its SKUs, added or changed as a whole."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime

from django.db import transaction

from bases.branding import brand_products
from haowu.tenants.models import Tenant
from merchants import recorded, refusals
from merchants.listing import unfit
from merchants.models import Brand, Category, Product, Sku
from merchants.prices import lay_down_prices


@dataclass(frozen=True)
class Details:
    """``origin``: the city of the factory that the goods come from, where that is their ``provenance``."""

    title: str
    description: str
    category: Category | None
    brand: Brand | None
    provenance: str = ""
    origin: str = ""


DETAILS = tuple(field.name for field in fields(Details))


@dataclass(frozen=True)
class SkuWish:
    code: str
    spec: str
    price_fen: int
    stock: int


@transaction.atomic
def add_product(merchant: Tenant, code: str, details: Details, skus: Sequence[SkuWish]) -> Product:
    """A draft product. ``code`` is for good, since order events name products by it."""
    _check(skus)
    check_origin(details.provenance, details.origin)
    wish = Product(merchant=merchant, code=code, **_fields(details))
    (product,) = Product.objects.bulk_create([wish], ignore_conflicts=True)
    stored = Product.objects.of_merchant(merchant).filter(public_id=product.public_id).first()
    if stored is None:
        raise refusals.ProductCodeTaken(code=code)
    brand_products(merchant, {code: details.brand})
    _write_skus(stored, skus)
    return stored


@transaction.atomic
def change_product(product: Product, details: Details, skus: Sequence[SkuWish], *, at: datetime) -> Product:
    """Bring ``product`` to ``details`` and exactly ``skus``. A listed one must stay fit to be shown."""
    _check(skus)
    check_origin(details.provenance, details.origin)
    product = Product.objects.select_for_update().get(pk=product.pk)
    before = recorded.terms_of(product)
    for name, value in _fields(details).items():
        setattr(product, name, value)
    if product.status == Product.Status.LISTED and (refused := unfit(product)):
        raise refused
    product.save(update_fields=list(_fields(details)))
    brand_products(product.merchant, {product.code: details.brand})
    _write_skus(product, skus)
    product.skus.exclude(code__in=[sku.code for sku in skus]).delete()
    if product.status == Product.Status.LISTED:
        lay_down_prices([product], at)
    recorded.product_changed(product, before, at)
    return product


def check_origin(provenance: str, origin: str) -> None:
    """Goods of a factory say in which city it stands; other goods come from no factory."""
    if (provenance == Product.Provenance.FACTORY) != bool(origin):
        raise refusals.OriginOfFactory


def _fields(details: Details) -> dict:
    return {name: getattr(details, name) for name in DETAILS}


def _check(skus: Sequence[SkuWish]) -> None:
    codes: set[str] = set()
    for sku in skus:
        if sku.code in codes:
            raise refusals.SkuCodeRepeated(code=sku.code)
        codes.add(sku.code)
    if not skus or any(sku.price_fen <= 0 for sku in skus):
        raise refusals.PriceMissing


def _write_skus(product: Product, skus: Sequence[SkuWish]) -> None:
    Sku.objects.bulk_create(
        [Sku(product=product, **asdict(sku)) for sku in skus],
        update_conflicts=True,
        unique_fields=["product", "code"],
        update_fields=["spec", "price_fen", "stock"],
    )
