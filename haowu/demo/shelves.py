"""What the demo's busiest streamer finds: goods with something to say about them and prices that moved, and a shelf in
groups. Done once; figures that are counted each morning are counted here, so that the first visit has them.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from commissions.leaders import goods_served
from commissions.orders import sales
from haowu.tenants.models import Tenant
from merchants import editing
from merchants.models import Product
from streamers import arranging
from streamers.models import Pick, ShelfGroup

DESCRIBED = 60
"""Goods that get something to say, the first on the shelf."""
GROUPS = ("今晚直播", "家居", "节日礼物")
IN_A_GROUP = 8
DEARER, CHEAPER = timedelta(days=21), timedelta(days=6)
"""Before today: when some goods became dearer, and when they became cheaper again."""
POINTS = (
    "图片按实物拍，颜色和尺寸写在标题里，照着念就行",
    "现货，下单后 48 小时内发出，节假日顺延",
    "到手有破损、少件，拍张照片就补发，不用寄回",
    "送人自用都合适，可以提醒粉丝凑单一起发",
)


@transaction.atomic
def prepare(streamer: Tenant, *, at: datetime) -> None:
    """For ``streamer``, unless it was done before. Platform scope."""
    if not ShelfGroup.objects.visible_to(streamer).exists():
        picks = Pick.objects.visible_to(streamer).on_shelf().in_own_order()
        goods = [pick.product for pick in picks.select_related("product__merchant", "product__category")[:DESCRIBED]]
        for number, product in enumerate(goods):
            _describe(product, number, at)
        _group(streamer, goods, at)
    sales.count_sales(at=at)
    goods_served.count_service(at=at)


def _describe(product: Product, number: int, at: datetime) -> None:
    """With three or four points; every third cost a tenth more for a fortnight."""
    details = editing.Details(product.title, "\n".join(POINTS[: 3 + number % 2]), product.category, product.brand)
    skus = [editing.SkuWish(sku.code, sku.spec, sku.price_fen, sku.stock) for sku in product.skus.order_by("pk")]
    if number % 3 == 0 and product.listed_at is not None and product.listed_at < at - DEARER:
        dearer = [editing.SkuWish(sku.code, sku.spec, sku.price_fen * 11 // 10, sku.stock) for sku in skus]
        editing.change_product(product, details, dearer, at=at - DEARER)
        editing.change_product(product, details, skus, at=at - CHEAPER)
    else:
        editing.change_product(product, details, skus, at=at)


def _group(streamer: Tenant, goods: Sequence[Product], at: datetime) -> None:
    for number, name in enumerate(GROUPS):
        group = arranging.add_group(streamer, _(name), at=at)
        arranging.move_to_group(streamer, goods[number * IN_A_GROUP : (number + 1) * IN_A_GROUP], group)
