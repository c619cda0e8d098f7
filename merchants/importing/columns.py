"""The columns of a table of products: what a head may call them, and what stands in them. Template, export and import
share them, so that what was exported can be changed and sent back.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from haowu.ground.tables import Column, Table
from merchants.models import Product
from merchants.refusals import SheetInvalid

YUAN, FEN = "price", "price_fen"
NAMES = {
    "code": ("商品编号", "商品编码", "货号", "code", "product", "product id", "product code"),
    "title": ("标题", "商品标题", "商品名称", "名称", "title", "name"),
    "category": ("类目", "三级类目", "商品类目", "category"),
    "brand": ("品牌", "品牌编号", "brand", "brand code"),
    "description": ("卖点", "描述", "商品描述", "description", "selling points"),
    "sku": ("规格编号", "规格编码", "sku", "sku code", "sku编号"),
    "spec": ("规格", "规格名称", "spec", "variant"),
    YUAN: ("售价(元)", "售价", "价格(元)", "价格", "单价(元)", "单价", "price", "price (yuan)", "price_yuan"),
    FEN: ("售价(分)", "价格(分)", "单价(分)", "price_fen", "price (fen)"),
    "stock": ("库存", "数量", "现货", "stock", "quantity", "qty"),
}
"""What a head may call each column, in Chinese and English; case, blanks and full-width characters do not matter."""
LABELS = {
    "code": gettext_lazy("商品编号"),
    "title": gettext_lazy("标题"),
    "category": gettext_lazy("类目"),
    "brand": gettext_lazy("品牌"),
    "description": gettext_lazy("卖点"),
    "sku": gettext_lazy("规格编号"),
    "spec": gettext_lazy("规格名称"),
    YUAN: gettext_lazy("售价（元）"),
    FEN: gettext_lazy("售价（分）"),
    "stock": gettext_lazy("库存"),
}
WIDTHS = {"title": 32, "category": 28, "description": 40, "code": 16, "sku": 16}
WRITTEN = tuple(key for key in LABELS if key != FEN)
"""The columns that we write ourselves: the price in yuan."""


def file_columns() -> list[Column]:
    return [Column(LABELS[key], width=WIDTHS.get(key, 14)) for key in WRITTEN]


def places_of(head: Sequence[str]) -> dict[str, int]:
    """``{column: its place in the row}`` of the columns that are known; others are left alone.

    SheetInvalid without the product code, with nothing beside it, with a column twice, or with the price in yuan and
    in fen: nobody can know which of the two somebody changed.
    """
    keys = {plain(name): key for key, names in NAMES.items() for name in names}
    places: dict[str, int] = {}
    for place, cell in enumerate(head):
        key = keys.get(plain(cell))
        if key in places:
            raise SheetInvalid(why=_("列「{name}」出现了两次。请只留一列。").format(name=cell))
        if key:
            places[key] = place
    if "code" not in places:
        raise SheetInvalid(why=_("第一行须有列名，缺少「商品编号」（code）。可以从模板开始填。"))
    if YUAN in places and FEN in places:
        raise SheetInvalid(why=_("同时有按元和按分的价格，不知道以哪个为准。请只留一列。"))
    if len(places) == 1:
        raise SheetInvalid(why=_("只有商品编号，没有要导入的内容。请至少再有一列，例如库存。"))
    return places


def plain(name: str) -> str:
    """`` 售价（元）`` → ``售价(元)``, ``SKU Code`` → ``skucode``: how names of columns are compared."""
    return re.sub(r"[\s_]+", "", unicodedata.normalize("NFKC", name)).casefold()


def rows_of(products: Iterable[Product]) -> Iterator[tuple[Any, ...]]:
    """A row for each SKU, with ``skus``, ``category__parent__parent`` and ``brand`` read before."""
    for product in products:
        for sku in product.skus.all():
            yield (
                product.code,
                product.title,
                product.category.path if product.category else "",
                product.brand.code if product.brand else "",
                product.description,
                sku.code,
                sku.spec,
                Decimal(sku.price_fen).scaleb(-2),
                sku.stock,
            )


def template() -> Table:
    """A file to fill in, with two SKUs of one product and a product without SKUs as they are to be written."""
    tea, hand = _("家居 / 餐具 / 茶具"), _("手绘，可进洗碗机")
    rows = [
        ("10240", _("手绘青花盖碗"), tea, "", hand, "10240-150", "150 ml", Decimal("129.00"), 80),
        ("10240", "", "", "", "", "10240-220", "220 ml", Decimal("149.00"), 40),
        ("10277", _("粗陶马克杯"), tea, "", "", "", "", Decimal("69.00"), 200),
    ]
    return Table(str(_("商品")), file_columns(), rows)


@dataclass(frozen=True)
class Explained:
    """A column for the page that says what stands in it."""

    label: Any
    also: str
    text: Any


def explained() -> list[Explained]:
    texts = {
        "code": _("店内唯一，必填。已有的商品按它更新，没有的新建为草稿。"),
        "title": _("新商品必填。"),
        "category": _("从一级写到三级，用 / 隔开；或写三级类目的编号。上架前要有。"),
        "brand": _("平台上的品牌编号或名称；没有就留空。"),
        "description": _("最多 2000 字。"),
        "sku": _("一个规格一行；只有一个规格时可以留空。"),
        "spec": _("例如「150 ml」。"),
        YUAN: _("也可以用「售价（分）」一列写整数分，两列只能有一列。"),
        "stock": _("整数。"),
    }
    return [Explained(LABELS[key], " · ".join(NAMES[key][-2:]), text) for key, text in texts.items()]
