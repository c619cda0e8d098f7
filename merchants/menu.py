"""What merchants find in their menu of goods."""

from django.utils.translation import gettext_lazy as _

from haowu.tenants.models import Tenant
from haowu.web import menus
from haowu.web.menus import Entry

menus.add(
    Tenant.Kind.MERCHANT,
    Entry("products", _("商品"), "box", "goods", ("product", "new-product"), on_phone=True, place=10),
    Entry("plans", _("推广计划"), "plan", "goods", ("plan", "new-plan", "change-rate"), on_phone=True, place=20),
)
