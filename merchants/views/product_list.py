"""The products of a merchant as one list: its views, what each product pays, and listing or delisting many."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy

from haowu.ground import days, inputs
from haowu.ground.errors import Refused
from haowu.tenants.lists import ListPage, Sort, Tab
from merchants import listing, standing
from merchants.filters import ProductFilter
from merchants.models import Product
from merchants.overview import Offered, offered
from merchants.standing import Running, Standing
from merchants.views import listing_said
from merchants.views.above import ShowsKnown
from merchants.views.products import OfMerchant


@dataclass(frozen=True)
class ProductRow:
    """``bps``: what most streamers get now, by the normal plan or the best activity; ``net_fen``: of the lowest price.

    ``refused``: why the act that was just asked for did not happen to this product.
    """

    offer: Offered
    standing: Standing
    running: Sequence[Running]
    bps: int | None
    net_fen: int | None
    pickers: int
    sales: Sequence[int]
    exposure: Any = None
    refused: str = ""

    @property
    def product(self) -> Product:
        return self.offer.product

    @property
    def sold(self) -> int:
        return sum(self.sales)


class ProductList(ShowsKnown, OfMerchant, ListPage):
    template_name = "merchants/product_list.html"
    filterset_class = ProductFilter
    sorts = [
        Sort("newest", gettext_lazy("最新建立"), ("-created_at", "-pk")),
        Sort("title", gettext_lazy("标题"), ("title", "pk")),
        Sort("price", gettext_lazy("价格从低到高"), ("price_fen", "pk")),
        Sort("price_down", gettext_lazy("价格从高到低"), ("-price_fen", "-pk")),
        Sort("stock", gettext_lazy("库存从少到多"), ("stock", "pk")),
    ]
    answers: Mapping[int, Product | Refused] = {}

    @property
    def tabs(self) -> list[Tab]:
        listed, in_stock = standing.is_listed(), standing.in_stock()

        def promoted(at):
            return standing.is_planned(at) | self.known.is_running(at)

        return [
            Tab("all", gettext_lazy("全部"), lambda at: Q()),
            Tab("promoting", gettext_lazy("推广中"), lambda at: listed & in_stock & promoted(at)),
            Tab("changes", gettext_lazy("明日变价"), lambda at: listed & standing.changes_soon(at)),
            Tab("unseen", gettext_lazy("没人能选"), lambda at: listed & ~promoted(at)),
            Tab("out", gettext_lazy("缺货"), lambda at: listed & ~in_stock),
            Tab("off", gettext_lazy("未上架"), lambda at: ~listed),
        ]

    def to_count(self):
        return Product.objects.visible_to(self.request.tenant)

    def queryset(self):
        shown = self.to_count().with_offer_facts().select_related("category")
        return shown.prefetch_related("images")

    def rows(self, found: list[Product]) -> list[ProductRow]:
        at = days.now()
        offers, running = offered(found, at), self.known.running(found, at)
        pickers, sales = self.known.pickers(found), self.known.sales(found, at)
        exposures = self.known.exposures(found)
        rates = [_rate(offer, running.get(offer.product.pk, ())) for offer in offers]
        priced = [(offer.product.price_fen or 0, bps or 0) for offer, bps in zip(offers, rates, strict=True)]
        return [
            ProductRow(
                offer=offer,
                standing=standing.standing(offer, running.get(offer.product.pk, ()), at),
                running=running.get(offer.product.pk, ()),
                bps=bps,
                net_fen=None if bps is None or offer.product.price_fen is None else share.streamer_net_fen,
                pickers=pickers.get(offer.product.pk, 0),
                sales=sales.get(offer.product.pk, ()),
                exposure=exposures.get(offer.product.pk),
                refused=self._refused(offer.product),
            )
            for offer, bps, share in zip(offers, rates, self.known.previews(priced, at=at), strict=True)
        ]

    def _refused(self, product: Product) -> str:
        answer = self.answers.get(product.pk)
        return answer.message if isinstance(answer, Refused) else ""

    def post(self, request: HttpRequest) -> HttpResponse:
        """List or delist the chosen products. What was refused says so in its row and stays chosen."""
        asked = [inputs.key(each) for each in request.POST.getlist("products")[: self.page_size]]
        chosen = list(Product.objects.visible_to(request.tenant).named(asked).order_by("pk"))
        act = listing.delist_products if request.POST.get("act") == "delist" else listing.list_products
        running = self.known.running(chosen, days.now())
        answers = act(chosen, at=days.now())
        self.answers = {product.pk: answer for product, answer in zip(chosen, answers, strict=True)}
        done = [answer for answer in answers if isinstance(answer, Product)]
        address = f"{reverse('products')}?{request.GET.urlencode()}"
        if done and act is listing.list_products:
            listing_said.many_listed(done, address).say(request)
        elif done:
            listing_said.many_delisted(done, address, sum(len(running.get(one.pk, ())) for one in done)).say(request)
        return self.render_to_response(self.get_context_data(refused=len(answers) - len(done)))


def _rate(offer: Offered, running: Sequence[Running]) -> int | None:
    """What an ordinary streamer gets now: by the normal plan, or through the activity that pays most."""
    if offer.is_exclusive:
        return None
    rates = [each.commission_bps for each in running]
    if offer.normal and offer.normal.bps is not None:
        return offer.normal.bps
    return max(rates, default=None)
