"""Where each role finds its figures."""

from django.utils.translation import gettext_lazy as _

from haowu.tenants.models import Tenant
from haowu.web import menus
from haowu.web.menus import Entry

for kind in (Tenant.Kind.MERCHANT, Tenant.Kind.TUANZHANG, Tenant.Kind.PROVIDER):
    menus.add(kind, Entry("dashboard", _("首页"), "home", on_phone=True, place=1))
menus.add(
    Tenant.Kind.TUANZHANG,
    Entry("recommendations", _("推荐"), "star", "people", ("recommendation", "new-recommendation"), place=10),
    Entry("effect", _("效果"), "chart", "money", ("service",), on_phone=True, place=40),
)
