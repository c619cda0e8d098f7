"""Acts on many products that show first what they would change: rates and stock. What was refused stays chosen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy, ngettext

from haowu.ground import days, inputs
from haowu.ground.errors import Refused
from haowu.ground.fields import PercentField
from merchants import bulk_rates, refusals, stocking
from merchants.bulk_rates import RateChange, RateWish
from merchants.importing.cells import MAX_STOCK
from merchants.models import Product, Sku
from merchants.views.product_list import OwnProducts

SHOWN = 100
"""Rows that a preview shows one by one; the others are counted."""
STOCK_ROWS = 200


class BulkRateForm(forms.Form):
    """One of three ways: to a rate, or up or down by some points."""

    WAYS = [("to", gettext_lazy("改成")), ("up", gettext_lazy("加")), ("down", gettext_lazy("减"))]
    way = forms.ChoiceField(label=gettext_lazy("怎么改"), choices=WAYS, initial="to")
    rate = PercentField(label=gettext_lazy("佣金率或百分点（%）"), max_value=90)

    @property
    def wish(self) -> RateWish:
        way, bps = self.cleaned_data["way"], self.cleaned_data["rate"]
        if way == "to":
            return RateWish(bps=bps)
        return RateWish(by_bps=bps if way == "up" else -bps)


class BulkPage(OwnProducts):
    """A page about the products that its address names, or all that its filters find."""

    writes = True
    route = ""
    file_columns = ()

    def products(self) -> list[Product]:
        """What the form was sent with goes before what the address names: after refusals it names fewer."""
        return self.chosen(self.request.POST if self.request.POST.get("products") else self.request.GET)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return self.render_to_response(self.context(self.products()))
        except refusals.TooManyChosen as refused:
            messages.error(request, refused.message)
            return redirect("products")

    def context(self, products: list[Product], **more: Any) -> dict[str, Any]:
        raise NotImplementedError


@dataclass(frozen=True)
class PricedChange:
    """With what a streamer gets of one sale at the lowest price, now and then."""

    change: RateChange
    now_net_fen: int | None
    then_net_fen: int | None


class BulkRates(BulkPage):
    """GET with ``way`` and ``rate`` shows what would change and when; POST asks for it."""

    template_name = "merchants/bulk_rates.html"

    def context(self, products: list[Product], **more: Any) -> dict[str, Any]:
        at, form = days.now(), more.pop("form", None) or BulkRateForm(self.request.GET or None)
        if form.is_bound and "rate" not in form.data:
            form = BulkRateForm()
        changes = more.pop("changes", None)
        if changes is None and form.is_bound and form.is_valid():
            changes = bulk_rates.foreseen(products, form.wish, at=at)
        return {
            "form": form,
            "products": products,
            "count": len(products),
            "kept": [pair for pair in self.request.GET.lists() if pair[0] not in ("way", "rate")],
            "midnight": days.next_midnight(at),
            **(self._summary(changes) if changes is not None else {}),
            **more,
        }

    def _summary(self, changes: Sequence[RateChange]) -> dict[str, Any]:
        order = sorted(changes, key=lambda each: each.refused is None)
        counts = {
            "raises": sum(each.is_raise for each in changes),
            "falls": sum(each.is_fall for each in changes),
            "same": sum(each.refused is None and each.starts_at is None for each in changes),
            "refused": sum(each.refused is not None for each in changes),
            "opens": sum(each.opens for each in changes),
        }
        return {"rows": self._priced(order[:SHOWN]), "not_shown": max(0, len(changes) - SHOWN), "counts": counts}

    def _priced(self, changes: Sequence[RateChange]) -> list[PricedChange]:
        """Nets of now and then, from one look at the policy."""
        sales = [
            (price, bps)
            for each in changes
            for bps in (each.now_bps, each.then_bps)
            if (price := each.product.price_fen) is not None and bps is not None and 0 <= bps <= 10_000
        ]
        shares = dict(zip(sales, self.known.previews(sales, at=days.now()), strict=True))

        def net(product: Product, bps: int | None) -> int | None:
            share = shares.get((product.price_fen, bps))
            return share.streamer_net_fen if share else None

        return [
            PricedChange(each, net(each.product, each.now_bps), net(each.product, each.then_bps)) for each in changes
        ]

    def post(self, request: HttpRequest) -> HttpResponse:
        form = BulkRateForm(request.POST)
        try:
            products = self.products()
            if form.is_valid():
                _same_number(request.POST.get("count"), len(products))
                return self._change(products, form)
        except Refused as refused:
            messages.error(request, refused.message)
            products = [] if isinstance(refused, refusals.TooManyChosen) else self.products()
        return self.render_to_response(self.context(products, form=form))

    def _change(self, products: list[Product], form: BulkRateForm) -> HttpResponse:
        changes = bulk_rates.change_many(products, form.wish, at=days.now())
        refused = [each for each in changes if each.refused]
        if done := len(changes) - len(refused):
            said = ngettext("已提交 {n} 件的佣金率。", "已提交 {n} 件的佣金率。", done)
            messages.success(self.request, said.format(n=done))
        if not refused:
            return redirect("products")
        left = [each.product for each in refused]
        return self.render_to_response(self.context(left, form=form, changes=refused, was_sent=True))


def _same_number(said: str | None, now: int) -> None:
    """ChoiceChanged where the products are not as many as the page had shown."""
    if said is not None and said != str(now):
        raise refusals.ChoiceChanged(before=inputs.printable(said)[:8], now=now)


@dataclass
class StockRow:
    """``typed`` is what stands in its box, ``error`` why it was not used."""

    sku: Sku
    product: Product
    typed: str = ""
    error: str = ""


class BulkStock(BulkPage):
    """A box for the stock of each SKU of the chosen products, and one for all."""

    template_name = "merchants/bulk_stock.html"

    def context(self, products: list[Product], **more: Any) -> dict[str, Any]:
        rows = more.pop("rows", None) or [StockRow(sku, one, str(sku.stock)) for one, sku in self._skus(products)]
        return {"rows": rows[:STOCK_ROWS], "count": len(products), "not_shown": max(0, len(rows) - STOCK_ROWS), **more}

    def _skus(self, products: list[Product]) -> list[tuple[Product, Sku]]:
        by_id = {product.pk: product for product in products}
        return [(by_id[sku.product_id], sku) for sku in Sku.objects.of_products(by_id).in_order()]

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            skus = self._skus(self.products())
        except Refused as refused:
            messages.error(request, refused.message)
            return redirect("products")
        rows, wishes = [], []
        for product, sku in skus:
            row = StockRow(sku, product, request.POST.get("all_stock") or request.POST.get(f"stock-{sku.pk}", ""))
            try:
                if row.typed.strip():
                    wishes.append((sku, inputs.whole_text(row.typed, high=MAX_STOCK)))
            except inputs.InputInvalid as error:
                row.error = str(error)
                rows.append(row)
        done = stocking.set_stock(wishes)
        if done:
            said = ngettext("已改 {n} 个规格的库存。", "已改 {n} 个规格的库存。", len(done)).format(n=len(done))
            messages.success(request, said)
        return self.render_to_response(self.context([], rows=rows)) if rows else redirect("products")
