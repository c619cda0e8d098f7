"""What every party finds in its menu of money."""

from django.utils.translation import gettext_lazy as _

from haowu.tenants.models import Tenant
from haowu.web import menus
from haowu.web.menus import Entry

Kind = Tenant.Kind
STATEMENT_PAGES = ("statement", "statement-entry", "statement-months", "statement-month")
EARNING_PAGES = ("withdrawals", "withdrawal", "bank-account")
CASE_PAGES = ("dispute", "new-dispute")

for kind in (Kind.MERCHANT, Kind.STREAMER, Kind.TUANZHANG):
    menus.add(kind, Entry("orders", _("订单"), "order", "money", ("line",), on_phone=kind != Kind.STREAMER, place=10))
    menus.add(kind, Entry("disputes", _("争议"), "scale", "money", CASE_PAGES, place=60))
for kind in (Kind.STREAMER, Kind.TUANZHANG, Kind.PROVIDER, Kind.BASE):
    menus.add(kind, Entry("earnings", _("收益"), "purse", "money", EARNING_PAGES, on_phone=True, place=5))
menus.add(Kind.MERCHANT, Entry("funding", _("推广账户"), "wallet", "money", place=30))
for kind in Kind:
    menus.add(kind, Entry("statements", _("对账单"), "ledger", "money", STATEMENT_PAGES, place=20))
menus.add(Kind.TUANZHANG, Entry("levels", _("等级"), "crown", "shop", ("level-quarter",), place=10))
