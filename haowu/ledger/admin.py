"""The ledger explorer: everything to look at, nothing to press."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from haowu.ledger.models import Account, DailyBalance, Posting
from haowu.tenants.admin import LookOnlyAdmin, yuan_column


@admin.register(Account)
class AccountAdmin(LookOnlyAdmin):
    list_display = ["owner", "kind", "code", yuan_column("balance_fen", _("余额"))]
    list_filter = ["kind"]
    list_select_related = ["owner"]
    search_fields = ["owner__name", "owner__code", "code"]
    fields = ["owner", "kind", "code", "may_go_negative", yuan_column("balance_fen", _("余额"))]


@admin.register(Posting)
class PostingAdmin(LookOnlyAdmin):
    list_display = [
        "day",
        "kind",
        "from_account",
        "to_account",
        yuan_column("amount_fen", _("金额")),
        "reference",
    ]
    list_filter = ["kind", "day"]
    list_select_related = ["from_account__owner", "to_account__owner"]
    ordering = ["-day", "-pk"]
    search_fields = ["=reference"]
    fields = [
        "day",
        "kind",
        "from_account",
        "to_account",
        yuan_column("amount_fen", _("金额")),
        "reference",
        "cause",
        "created_at",
    ]


@admin.register(DailyBalance)
class DailyBalanceAdmin(LookOnlyAdmin):
    amounts = [
        yuan_column("opening_fen", _("期初")),
        yuan_column("inflow_fen", _("收入")),
        yuan_column("outflow_fen", _("支出")),
        yuan_column("closing_fen", _("期末")),
    ]
    list_display = ["day", "account", *amounts]
    list_filter = ["account__kind", "day"]
    list_select_related = ["account__owner"]
    ordering = ["-day", "account"]
    search_fields = ["account__owner__name", "account__owner__code"]
    fields = ["day", "account", *amounts]
