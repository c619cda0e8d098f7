"""The products of a merchant as one list: its views, what each product pays, and listing or delisting many."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Q, prefetch_related_objects
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy

from haowu.ground import days, inputs
from haowu.ground.errors import Refused
from haowu.tenants.lists import ListColumn, ListPage, Sort, Tab
from merchants import listing, refusals, standing
from merchants.filters import ProductFilter
from merchants.importing import columns as sheet_columns
from merchants.models import Product
from merchants.overview import Offered, offered
from merchants.standing import Running, Standing
from merchants.views import listing_said
from merchants.views.above import ShowsKnown
from merchants.views.products import OfMerchant

MOST = 10_000
"""Products of one bulk act."""
BULK_PAGES = {"rate": "bulk-rates", "stock": "bulk-stock"}


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


class OwnProducts(ShowsKnown, OfMerchant, ListPage):
    """The products of the merchant as the address narrows and sorts them."""

    filterset_class = ProductFilter
    route, title = "products", gettext_lazy("商品")
    sorts = [
        Sort("newest", gettext_lazy("最新建立"), ("-created_at", "-pk")),
        Sort("title", gettext_lazy("标题"), ("title", "pk")),
        Sort("price", gettext_lazy("价格从低到高"), ("price_fen", "pk")),
        Sort("price_down", gettext_lazy("价格从高到低"), ("-price_fen", "-pk")),
        Sort("stock", gettext_lazy("库存从少到多"), ("stock", "pk")),
    ]

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
        return shown.with_cover()

    def chosen(self, asked: QueryDict) -> list[Product]:
        """Those named in ``asked``, or all that the address finds where it says ``all``; TooManyChosen beyond MOST."""
        if asked.get("all"):
            found = self.filterset().qs.order_by(*self.sort.order)[: MOST + 1]
        else:
            names = [inputs.key(each) for each in asked.getlist("products")[: MOST + 1]]
            found = self.queryset().named(names).order_by(*self.sort.order)
        products = list(found)
        if len(products) > MOST:
            raise refusals.TooManyChosen(limit=MOST, n=f"{MOST}+")
        return products


class ProductList(OwnProducts):
    template_name = "merchants/product_list.html"
    answers: Mapping[int, Product | Refused] = {}
    columns = [
        ListColumn("price", gettext_lazy("售价")),
        ListColumn("rate", gettext_lazy("佣金率")),
        ListColumn("net", gettext_lazy("达人每单得")),
        ListColumn("sales", gettext_lazy("30 天销量")),
        ListColumn("pickers", gettext_lazy("选入的达人")),
        ListColumn("stock", gettext_lazy("库存")),
        ListColumn("exposure", gettext_lazy("曝光")),
        ListColumn("category", gettext_lazy("类目"), is_extra=True),
        ListColumn("created", gettext_lazy("建立时间"), is_extra=True),
        ListColumn("status", gettext_lazy("状态")),
    ]
    file_columns = sheet_columns.file_columns()

    def file_rows(self, found: list[Product]) -> Iterator[tuple[Any, ...]]:
        prefetch_related_objects(found, "skus", "category__parent__parent", "brand")
        return sheet_columns.rows_of(found)

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

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """List or delist the chosen products. What was refused says so in its row and stays chosen.

        Rates and stock have pages of their own, which show first what would change.
        """
        act = request.POST.get("act")
        if act in BULK_PAGES:
            return self._to_page(BULK_PAGES[act])
        try:
            chosen = self.chosen(request.POST)
        except Refused as refused:
            messages.error(request, refused.message)
            return self.render_to_response(self.get_context_data())
        done = self._list(chosen) if act == "list" else self._delist(chosen) if act == "delist" else []
        return self.render_to_response(self.get_context_data(refused=len(self.answers) - len(done)))

    def _list(self, chosen: list[Product]) -> list[Product]:
        done = self._done(chosen, listing.list_products(chosen, at=days.now()))
        if done:
            listing_said.many_listed(done, self._address()).say(self.request)
        return done

    def _delist(self, chosen: list[Product]) -> list[Product]:
        running = self.known.running(chosen, days.now())
        done = self._done(chosen, listing.delist_products(chosen, at=days.now()))
        if done:
            ended = sum(len(running.get(one.pk, ())) for one in done)
            listing_said.many_delisted(done, self._address(), ended).say(self.request)
        return done

    def _done(self, chosen: list[Product], answers: Sequence[Product | Refused]) -> list[Product]:
        self.answers = {product.pk: answer for product, answer in zip(chosen, answers, strict=True)}
        return [answer for answer in answers if isinstance(answer, Product)]

    def _address(self) -> str:
        return f"{reverse('products')}?{self.request.GET.urlencode()}"

    def _to_page(self, route: str) -> HttpResponseBase:
        """On to the page of a bulk act with what was chosen in its address; as htmx wants it where htmx asks."""
        query = self.request.GET.copy()
        if self.request.POST.get("all"):
            query["all"] = "1"
        else:
            query = QueryDict(mutable=True)
            query.setlist("products", self.request.POST.getlist("products")[: self.page_size])
        address = f"{reverse(route)}?{query.urlencode()}"
        if self.request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Redirect": address})
        return redirect(address)


def _rate(offer: Offered, running: Sequence[Running]) -> int | None:
    """What an ordinary streamer gets now: by the normal plan, or through the activity that pays most."""
    if offer.is_exclusive:
        return None
    rates = [each.commission_bps for each in running]
    if offer.normal and offer.normal.bps is not None:
        return offer.normal.bps
    return max(rates, default=None)
