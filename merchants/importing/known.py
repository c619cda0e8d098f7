"""What a table of products may speak of: the merchant's goods, categories and brands, each read once."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from django.utils.translation import gettext as _

from bases.models.brand import normal_name
from haowu.ground import inputs
from haowu.ground.inputs import InputInvalid
from haowu.tenants.models import Tenant
from merchants.models import Brand, Category, Product, Sku


class Spoken(Protocol):
    """A row of the table: the code of its product, and its cells."""

    code: str
    cells: list[str]


@dataclass(frozen=True)
class Known:
    """``products`` by code, ``skus`` by the codes of both, ``categories`` and ``brands`` by what they may be called."""

    products: dict[str, Product]
    skus: dict[tuple[str, str], Sku]
    categories: dict[str, list[Category]]
    brands: dict[str, Brand]

    def category(self, cell: str) -> Category | None:
        """By code, by path (``a / b / c``), or by the name of its leaf where only one has it."""
        if not cell.strip():
            return None
        found = self.categories.get(_path(cell), [])
        if len(found) > 1:
            raise InputInvalid(_("有几个类目都叫「{name}」。请从一级写到三级。").format(name=_short(cell)))
        if not found:
            why = _("没有三级类目「{name}」。请写到第三级，例如「家居 / 餐具 / 茶具」，或写类目编号。")
            raise InputInvalid(why.format(name=_short(cell)))
        return found[0]

    def brand(self, cell: str) -> Brand | None:
        """By code, else by name."""
        if not cell.strip():
            return None
        found = self.brands.get(cell.strip()) or self.brands.get(normal_name(cell))
        if found is None:
            raise InputInvalid(_("平台上没有品牌「{name}」。请核对编号，或留空。").format(name=_short(cell)))
        return found


def catalogue(brands: Iterable[str]) -> Known:
    """Categories and those ``brands``, for what is not read from a table."""
    return Known({}, {}, _categories(), _brands({name for name in brands if name}))


def known(merchant: Tenant, rows: Iterable[Spoken], places: dict[str, int]) -> Known:
    rows = list(rows)
    codes = {row.code for row in rows if inputs.is_storable(row.code)}
    mine = Product.objects.of_merchant(merchant).with_codes(codes).select_related("category__parent__parent", "brand")
    products = {product.code: product for product in mine}
    by_id = {product.pk: product.code for product in products.values()}
    skus = {(by_id[sku.product_id], sku.code): sku for sku in Sku.objects.of_products(by_id)}
    named = {row.cells[places["brand"]].strip() for row in rows} if "brand" in places else set()
    return Known(
        products,
        skus,
        _categories() if "category" in places else {},
        _brands({name for name in named if name and inputs.is_storable(name)}),
    )


def _categories() -> dict[str, list[Category]]:
    by_path: dict[str, list[Category]] = defaultdict(list)
    by_name: dict[str, list[Category]] = defaultdict(list)
    for leaf in Category.objects.leaves():
        by_path[_path(leaf.path)].append(leaf)
        by_path[_path(leaf.code)] = [leaf]
        by_name[_path(leaf.name)].append(leaf)
    return {**by_name, **by_path}


def _brands(named: set[str]) -> dict[str, Brand]:
    """By normal name and by code; a code goes before a name."""
    found = list(Brand.objects.called(named)) if named else []
    return {brand.normal_name: brand for brand in found} | {brand.code: brand for brand in found}


def _path(text: str) -> str:
    """``家居 / 餐具/茶具`` → ``家居/餐具/茶具``."""
    return re.sub(r"\s*[/／>]\s*", "/", text.strip()).casefold()


def _short(cell: Any) -> str:
    return inputs.printable(str(cell).strip()[:40])
