"""What merchants find in their menu of goods."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from haowu.tenants.models import Tenant
from haowu.web import menus
from haowu.web.menus import Entry
from merchants.models import Product
from merchants.standing import in_stock, is_listed

PRODUCT_PAGES = ("product", "new-product", "bulk-rates", "bulk-stock", "import-products", "product-upload")


def sold_out(merchant: Tenant) -> QuerySet[Product]:
    """Listed goods without stock: shown to streamers, and nobody can buy them."""
    return Product.objects.visible_to(merchant).filter(is_listed() & ~in_stock())


menus.add(
    Tenant.Kind.MERCHANT,
    Entry(
        "products",
        _("商品"),
        "box",
        "goods",
        PRODUCT_PAGES,
        waiting=sold_out,
        waiting_for=_("上架的商品缺货"),
        on_phone=True,
        place=10,
    ),
    Entry("shop-score", _("店铺分"), "medal", "shop", place=20),
    Entry("plans", _("推广计划"), "plan", "goods", ("plan", "new-plan", "change-rate"), on_phone=True, place=20),
)
