"""Where each party finds what was decided."""

from django.utils.translation import gettext_lazy as _

from haowu.tenants.models import Tenant
from haowu.web import menus
from haowu.web.menus import Entry

for kind in Tenant.Kind:
    menus.add(kind, Entry("trail", _("操作记录"), "book", "shop", place=90))
