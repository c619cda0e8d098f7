"""What a merchant reads after listing or delisting, and the form that takes it back.

Delisting ends the goods' cooperation in activities for good, so where there was one it cannot be undone.
"""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from haowu.web.undo import Undoable
from merchants.models import Product


def listed(product: Product, *, is_offered: bool) -> Undoable:
    """``is_offered``: a plan or an activity lets streamers sell it."""
    if is_offered:
        said = _("已上架，达人现在可以在选品中心看到它。")
    else:
        said = _("已上架。但它还没有推广计划，也没进活动，达人选不到：先开设一个计划。")
    return Undoable(said, reverse("delist-product", args=[product.public_id]))


def delisted(product: Product, ended: int) -> str | Undoable:
    """``ended``: the activities in which it ran."""
    if ended:
        return _ended(ended)
    said = _("已下架。之前的订单和分享出去的链接仍按原来的条款。")
    return Undoable(said, reverse("list-product", args=[product.public_id]))


UNDONE_AT_ONCE = 50
"""More than these are not taken back by one button: their names would not fit beside the message."""


def many_listed(products: Sequence[Product], address: str) -> Undoable:
    said = ngettext("已上架 {n} 件。", "已上架 {n} 件。", len(products)).format(n=len(products))
    return _undoable(said, address, "delist", products)


def many_delisted(products: Sequence[Product], address: str, ended: int) -> Undoable:
    said = ngettext("已下架 {n} 件。", "已下架 {n} 件。", len(products)).format(n=len(products))
    if ended:
        return Undoable(f"{said}{_ended(ended)}")
    return _undoable(said, address, "list", products)


def _ended(number: int) -> str:
    said = ngettext(
        "{n} 个活动里的合作随之结束；之前的订单照旧。", "{n} 个活动里的合作随之结束；之前的订单照旧。", number
    )
    return said.format(n=number)


def _undoable(said: str, address: str, act: str, products: Sequence[Product]) -> Undoable:
    if len(products) > UNDONE_AT_ONCE:
        return Undoable(said)
    return Undoable(said, address, {"act": [act], "products": [product.public_id for product in products]})
