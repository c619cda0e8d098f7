"""What orders hold of a base's stock, and where a merchant's goods lie."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy

from bases.filters import MerchantStockFilter, ReservationFilter
from bases.models import Feeder, Reservation, Shortage, Stock
from bases.views.acts import OfBase, WithGoods
from haowu.ground import days
from haowu.ground.tables import Column
from haowu.tenants.lists import ListPage, Sort
from haowu.tenants.models import Tenant

SHOWN = 20


class Reservations(OfBase, WithGoods, ListPage):
    """The order lines that this base serves: what to send next stands first."""

    template_name = "bases/reservations.html"
    filterset_class = ReservationFilter
    sorts = [
        Sort("oldest", gettext_lazy("最早预留"), ("reserved_at", "pk")),
        Sort("newest", gettext_lazy("最近预留"), ("-reserved_at", "-pk")),
    ]

    def queryset(self):
        return Reservation.objects.visible_to(self.request.tenant).select_related("stock__merchant")

    def rows(self, found: list[Reservation]) -> list[dict[str, Any]]:
        names = self.goods((row.stock.merchant_id, row.stock.product_code) for row in found)
        return [{"kept": row, "goods": names.get((row.stock.merchant_id, row.stock.product_code))} for row in found]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        waiting = Reservation.objects.visible_to(self.request.tenant).open().count()
        return super().get_context_data(waiting=waiting, **context)


class MerchantStock(ListPage):
    kind = Tenant.Kind.MERCHANT
    template_name = "bases/merchant_stock.html"
    filterset_class = MerchantStockFilter
    title = gettext_lazy("基地库存")
    file_columns = [
        Column(gettext_lazy("商品编号"), width=16),
        Column(gettext_lazy("规格编号"), width=16),
        Column(gettext_lazy("基地"), width=24),
        Column(gettext_lazy("价格"), is_money=True),
        Column(gettext_lazy("库存"), width=10),
        Column(gettext_lazy("已预留"), width=10),
        Column(gettext_lazy("可售"), width=10),
    ]
    sorts = [
        Sort("goods", gettext_lazy("商品编号"), ("product_code", "sku_code", "base_id")),
        Sort("least", gettext_lazy("可售最少"), ("available", "pk")),
        Sort("most", gettext_lazy("可售最多"), ("-available", "pk")),
    ]

    def queryset(self):
        return Stock.objects.of_merchant(self.request.tenant).with_available().select_related("base__base", "permit")

    def rows(self, found: list[Stock]) -> list[dict[str, Any]]:
        at = days.now()
        feeders = Feeder.objects.in_bulk({row.base_id for row in found})
        return [
            {
                "stock": row,
                "is_permitted": row.permit is not None and row.permit.is_live(at),
                "is_closed": not row.base.base.works,
                "is_sold": row.base.base.works and feeders[row.base_id].is_fresh(at),
                "fresh_until": feeders[row.base_id].fresh_until,
            }
            for row in found
        ]

    def file_rows(self, found: list[Stock]) -> Iterator[tuple[Any, ...]]:
        for row in found:
            yield (
                row.product_code,
                row.sku_code,
                row.base.name,
                row.price_fen,
                row.quantity,
                row.reserved,
                row.available,
            )

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        waiting = Shortage.objects.visible_to(self.request.tenant).waiting()
        return super().get_context_data(shortages=waiting.order_by("pk")[:SHOWN], missing=waiting.count(), **context)
