"""``/selection/{id}`` in full, what selling it comes to, and goods side by side."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from haowu.ground import days, inputs
from haowu.ground.errors import NotFound
from haowu.ground.inputs import InputInvalid
from haowu.partners.fields import code_schema
from haowu.web.problems import QueryInvalid
from merchants.models import Product
from merchants.prices import lowest_prices
from streamers.api import CardOut, OfCentre, Parameter, documented, read_query, whole
from streamers.calculation import MAX_UNITS, Asked, Calculation, calculated
from streamers.centre.search import card_of
from streamers.comparing import AT_MOST, Compared, best_net, compared, rows_of
from streamers.history import HISTORY, rates_since
from streamers.models import ProductService
from streamers.product_page import points_of, sellers_by_fans
from streamers.selection import OneOffer, cards, one_offer, open_to
from streamers.similar import similar
from streamers.supplied import lying_at_bases

FEN = {"high": inputs.MAX_AMOUNT_FEN}


class SkuOut(serializers.Serializer):
    code = serializers.CharField()
    spec = serializers.CharField(allow_blank=True)
    price_fen = serializers.IntegerField()
    stock = serializers.IntegerField()
    per_sale_net_fen = serializers.IntegerField()


class RateSinceOut(serializers.Serializer):
    at = serializers.DateTimeField()
    commission_bps = serializers.IntegerField(source="bps", allow_null=True, help_text=_("null 表示没有佣金"))


class PriceSinceOut(serializers.Serializer):
    at = serializers.DateTimeField()
    price_fen = serializers.IntegerField(help_text=_("最低的规格"))


class ServiceOut(serializers.Serializer):
    to_ship = serializers.IntegerField()
    late = serializers.IntegerField(help_text=_("48 小时后才发，或还没发"))
    shipped = serializers.IntegerField()
    after_sales = serializers.IntegerField(help_text=_("发货后有售后或退款"))
    counted_on = serializers.DateField(help_text=_("此日 0 点前的 90 天"))


class BaseOut(serializers.Serializer):
    base = serializers.CharField(source="base.code")
    name = serializers.CharField(source="base.name")
    city = serializers.CharField(source="city_name")
    free = serializers.IntegerField()
    is_fresh = serializers.BooleanField(help_text=_("按时报库存；否则暂不计入可卖"))


class PickersOut(serializers.Serializer):
    all = serializers.IntegerField()
    large = serializers.IntegerField(help_text=_("100 万粉丝以上"))
    middle = serializers.IntegerField(help_text=_("10 万到 100 万"))
    small = serializers.IntegerField(help_text=_("10 万以下"))


class EarningOut(serializers.Serializer):
    commission_bps = serializers.IntegerField(source="bps", allow_null=True)
    gross_fen = serializers.IntegerField(help_text=_("每单佣金"))
    fee_fen = serializers.IntegerField(help_text=_("每单技术服务费"))
    net_fen = serializers.IntegerField(help_text=_("每单到手"))
    total_fen = serializers.IntegerField(help_text=_("全部到手"))


class WayOut(serializers.Serializer):
    activity = serializers.CharField(source="activity.share_token", help_text=_("选入时带上的分享口令"))
    title = serializers.CharField(source="activity.title")
    leader = serializers.CharField(source="activity.leader.name")
    until = serializers.DateTimeField(allow_null=True)
    earning = EarningOut()
    gain_fen = serializers.IntegerField(help_text=_("比现在多得"))


class CalculationOut(serializers.Serializer):
    quantity = serializers.IntegerField(source="asked.units")
    base_fen = serializers.IntegerField(source="asked.base_fen", help_text=_("每单计佣基数"))
    now = EarningOut()
    tomorrow = EarningOut(help_text=_("明日 0 点起"))
    ways = WayOut(many=True, help_text=_("经它们选入会更多，多的在前"))


class AlikeOut(serializers.Serializer):
    product = CardOut(source="card")
    gain_fen = serializers.IntegerField(help_text=_("每单比这一件多得；负数为少得"))


class SelectedOut(CardOut):
    pictures = serializers.ListField(child=serializers.CharField())
    points = serializers.ListField(child=serializers.CharField(), help_text=_("卖点，一行一条"))
    skus = SkuOut(many=True)
    rates = RateSinceOut(many=True, help_text=_("近 30 天，按你现在的来源"))
    prices = PriceSinceOut(many=True)
    service = ServiceOut(allow_null=True)
    bases = BaseOut(many=True)
    pickers = PickersOut()
    ways = WayOut(many=True)
    similar = AlikeOut(many=True)


CALCULATION = {
    "sku": Parameter(
        lambda sent: inputs.text(sent, max_length=inputs.MAX_KEY), code_schema(), _("规格编号；缺省为最便宜的")
    ),
    "quantity": whole(_("卖多少单，每单一件；缺省 1"), low=1, high=MAX_UNITS),
    "price_fen": whole(_("你卖的价；缺省为规格的价"), low=1, **FEN),
    "coupon_fen": whole(_("每单用掉的券"), **FEN),
}


def _ids(sent: str) -> list[str]:
    found = list(dict.fromkeys(inputs.text(each, max_length=16) for each in sent.split(",")))
    if len(found) > AT_MOST:
        raise InputInvalid(_("一次最多比 {most} 款。").format(most=AT_MOST))
    return found


COMPARISON = {
    "products": Parameter(_ids, {"type": "string", "minLength": 1, "maxLength": 67}, _("商品的 id，逗号分开，一到四个"))
}


class OfProduct(OfCentre):
    def opened(self, public_id: str) -> Product:
        """Listed, or still on the caller's shelf."""
        product = open_to(self.tenant).named([public_id]).first()
        if product is None:
            raise NotFound(_("选品中心里没有你可以推广的商品「{id}」。"), id=public_id)
        return product


@extend_schema(tags=["selection"])
class SelectedView(OfProduct):
    serializer_class = SelectedOut

    @extend_schema(operation_id="read_selection", summary=_("选品中心的一个商品，全部内容"))
    def get(self, request: Request, public_id: str) -> Response:
        looker = self.looker
        card = card_of(looker, public_id)
        if card is None:
            raise NotFound(_("选品中心里没有你可以推广的商品「{id}」。"), id=public_id)
        product = self.opened(public_id)
        offer = one_offer(self.tenant, product)
        dressed = offer.card(looker.at, looker.tech_bps)
        skus = product.skus.order_by("price_fen", "pk")
        return Response(
            CardOut(card).data
            | {
                "pictures": [image.image.url for image in product.images.all()],
                "points": points_of(product),
                "skus": [_sku(sku, dressed.net_of(sku.price_fen)) for sku in skus],
                "rates": RateSinceOut(rates_since(offer, looker.at), many=True).data,
                "prices": PriceSinceOut(lowest_prices(product, looker.at - HISTORY, looker.at), many=True).data,
                "service": _service(product),
                "bases": BaseOut(lying_at_bases(product, looker.at), many=True).data,
                "pickers": sellers_by_fans(product),
                "ways": WayOut(self._calculated(offer, Asked(card.price_fen)).ways, many=True).data,
                "similar": AlikeOut(similar(looker, product, card.price_fen, card.net_fen), many=True).data,
            }
        )

    def _calculated(self, offer: OneOffer, asked: Asked) -> Calculation:
        at, tech_bps = self.looker.at, self.looker.tech_bps
        return calculated(offer, asked, at, tech_bps, tech_bps)


def _sku(sku: Any, net_fen: int) -> dict[str, Any]:
    return {name: getattr(sku, name) for name in ("code", "spec", "price_fen", "stock")} | {"per_sale_net_fen": net_fen}


def _service(product: Product) -> dict[str, Any] | None:
    known = ProductService.objects.of_products([product.pk]).first()
    return ServiceOut(known).data if known else None


@extend_schema(tags=["selection"])
class CalculationView(OfProduct):
    serializer_class = CalculationOut
    query_parameters = (*CALCULATION,)

    @extend_schema(
        operation_id="calculate_selection",
        summary=_("卖多少，赚多少：现在、明天，和经哪个团长更好"),
        parameters=documented(CALCULATION),
        responses=CalculationOut,
    )
    def get(self, request: Request, public_id: str) -> Response:
        sent = read_query(request.query_params, CALCULATION)
        product = self.opened(public_id)
        skus = list(product.skus.order_by("price_fen", "pk"))
        sku = next((sku for sku in skus if sku.code == sent.get("sku", sku.code)), None)
        if sku is None:
            raise QueryInvalid.of("sku", _("这件商品没有这个规格。"))
        asked = Asked(sent.get("price_fen", sku.price_fen), sent.get("coupon_fen", 0), sent.get("quantity", 1))
        at, midnight = self.looker.at, days.next_midnight(self.looker.at)
        assert self.tech_bps_at is not None
        tomorrow = self.tech_bps_at(midnight)
        found = calculated(one_offer(self.tenant, product), asked, at, self.looker.tech_bps, tomorrow)
        return Response(CalculationOut(found).data)


class ComparedOut(serializers.Serializer):
    id = serializers.CharField(source="product.public_id")
    title = serializers.CharField(source="product.title")
    shop = serializers.CharField(source="product.merchant.name")
    per_sale_net_fen = serializers.IntegerField(source="card.net_fen")
    commission_bps = serializers.IntegerField(source="card.bps", allow_null=True)
    next_commission_bps = serializers.IntegerField(source="card.next_bps", allow_null=True)
    best_activity_bps = serializers.IntegerField(source="best_bps", allow_null=True)
    price_fen = serializers.IntegerField(source="card.price_fen")
    price_to_fen = serializers.IntegerField(source="product.price_to_fen")
    stock = serializers.IntegerField(source="product.stock")
    sales_30d = serializers.IntegerField()
    shop_score = serializers.IntegerField(source="product.merchant.shop.score")
    late_bps = serializers.IntegerField(source="service.late_bps", allow_null=True, default=None)
    after_sale_bps = serializers.IntegerField(source="service.after_sale_bps", allow_null=True, default=None)
    pickers = serializers.IntegerField()
    cities = serializers.ListField(child=serializers.CharField())


class ComparisonOut(serializers.Serializer):
    results = ComparedOut(many=True, help_text=_("顺序与请求相同；打不开的不在其中"))
    differs = serializers.ListField(child=serializers.CharField(), help_text=_("哪几项不一样"))
    best_net = serializers.CharField(allow_null=True, help_text=_("每单净赚最多的一款；一样多时为 null"))


@extend_schema(tags=["selection"])
class ComparisonView(OfProduct):
    serializer_class = ComparisonOut
    query_parameters = (*COMPARISON,)

    @extend_schema(
        operation_id="compare_selection",
        summary=_("最多四款放在一起比"),
        parameters=documented(COMPARISON, required=("products",)),
        responses=ComparisonOut,
    )
    def get(self, request: Request) -> Response:
        sent = read_query(request.query_params, COMPARISON)
        if "products" not in sent:
            raise QueryInvalid.of("products", _("请写明要比的商品。"))
        looker = self.looker
        found = {each.public_id: each for each in open_to(self.tenant).named(sent["products"])}
        products = [found[each] for each in sent["products"] if each in found]
        goods = compared(cards(looker.streamer, products, looker.at, looker.tech_bps), looker.at)
        return Response(
            {
                "results": ComparedOut(goods, many=True).data,
                "differs": [row.key for row in rows_of(goods, str) if row.differs],
                "best_net": _named(goods, best_net(goods)),
            }
        )


def _named(goods: list[Compared], pk: int | None) -> str | None:
    return next((good.product.public_id for good in goods if good.product.pk == pk), None)
