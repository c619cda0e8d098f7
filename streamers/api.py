"""``/selection``: what a streamer's tool finds in the selection centre. ``/suggestions``: words while one types."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from haowu.ground import days, inputs
from haowu.ground.fields import SEARCH_LENGTH
from haowu.ground.inputs import InputInvalid
from haowu.ground.paging import CursorInvalid
from haowu.partners.fields import code_schema
from haowu.partners.paging import MAX_PAGE_SIZE
from haowu.partners.views import PartnerView
from haowu.tenants.models import Tenant
from haowu.web.problems import QueryInvalid
from merchants.models import Product
from merchants.rates import MAX_COMMISSION_BPS
from streamers.centre.conditions import Looker
from streamers.centre.facets import facets_of
from streamers.centre.filters import MAX_NEW_DAYS, PLAN_TYPES, SORTS, Filters
from streamers.centre.search import PAGE_SIZE, Found, find
from streamers.centre.suggest import suggestions
from streamers.models import ForYou

STREAMERS = frozenset({Tenant.Kind.STREAMER})


@dataclass(frozen=True)
class Parameter:
    """How one query parameter is read, and its schema."""

    read: Callable[[str], Any]
    schema: dict[str, Any]
    help: Any = ""


def _code(sent: str) -> str:
    return inputs.text(sent, max_length=inputs.MAX_KEY)


def whole(help: Any = "", *, low: int = 0, high: int = inputs.MAX_WHOLE) -> Parameter:
    schema = {"type": "integer", "minimum": low, "maximum": high}
    schema |= {"format": "int64"} if high > inputs.MAX_WHOLE else {}
    return Parameter(lambda sent: inputs.whole_text(sent, low=low, high=high), schema, help)


def _one_of(values: list[str], help: Any = "") -> Parameter:
    def read(sent: str) -> str:
        if sent not in values:
            raise InputInvalid(_("须为以下之一：{choices}。").format(choices="、".join(values)))
        return sent

    return Parameter(read, {"type": "string", "enum": values}, help)


def _flag(help: Any) -> Parameter:
    read = _one_of(["1"], help)
    return Parameter(lambda sent: bool(read.read(sent)), read.schema, help)


FEN = {"high": inputs.MAX_AMOUNT_FEN}
FILTERS = {
    "q": Parameter(
        lambda sent: inputs.text(sent, max_length=SEARCH_LENGTH),
        code_schema(SEARCH_LENGTH),
        _("标题、品牌、店铺、类目里的词；可以是拼音"),
    ),
    "category": Parameter(_code, code_schema(), _("类目编号，任何一级")),
    "price_from": whole(_("分"), **FEN),
    "price_to": whole(_("分"), **FEN),
    "rate_from": whole(_("佣金率，万分之一"), high=MAX_COMMISSION_BPS),
    "per_sale_from": whole(_("每单净佣金，分"), **FEN),
    "sales_from": whole(_("近 30 天销量")),
    "score_from": whole(_("店铺分，百分之一分"), high=500),
    "plan_type": _one_of([kind for kind, _label in PLAN_TYPES]),
    "brand": Parameter(_code, code_schema(), _("品牌编号")),
    "city": Parameter(_code, code_schema(), _("基地城市")),
    "base": Parameter(_code, code_schema(), _("基地编号")),
    "leader": Parameter(_code, code_schema(), _("团长编号")),
    "in_stock": _flag(_("只看有货的")),
    "new_days": whole(_("几天内上架"), low=1, high=MAX_NEW_DAYS),
    "not_on_shelf": _flag(_("只看不在货架上的")),
    "provenance": _one_of([*Product.Provenance.values], _("货源")),
    "origin": Parameter(_code, code_schema(), _("源头工厂的城市")),
    "module": Parameter(_code, code_schema(), _("选品栏目编号")),
    "sort": _one_of([*SORTS], _("缺省 best：最匹配的在前，同样匹配的按热度；for_you：适合你的在前，其余按销量")),
}
PAGING = {
    "facets": _flag(_("同时给出各筛选项的商品数")),
    "cursor": Parameter(str, {"type": "string", "minLength": 1}, _("上一页 next 里的游标，原样使用。")),
    "page_size": whole(_("每页条数。"), low=1, high=MAX_PAGE_SIZE),
}
"""Beside the filters."""


class ProductRefOut(serializers.Serializer):
    merchant = serializers.CharField(source="merchant_code")
    code = serializers.CharField()


class WhyOut(serializers.Serializer):
    code = serializers.ChoiceField(choices=[why.name.lower() for why in ForYou.Why])
    text = serializers.CharField()


class CardOut(serializers.Serializer):
    id = serializers.CharField(source="public_id")
    product = ProductRefOut(source="*")
    title = serializers.CharField()
    shop = serializers.CharField(source="shop_name")
    shop_score = serializers.IntegerField(help_text=_("百分之一分"))
    shop_has_few_orders = serializers.BooleanField(help_text=_("店铺分所依据的订单不足 50 行"))
    brand = serializers.CharField(source="brand_name", allow_blank=True)
    provenance = serializers.ChoiceField(choices=Product.Provenance.choices, allow_blank=True)
    origin = serializers.CharField(allow_blank=True, help_text=_("源头工厂的城市；空表示不是工厂货"))
    price_fen = serializers.IntegerField(help_text=_("最低的规格"))
    price_to_fen = serializers.IntegerField(help_text=_("最高的规格"))
    stock = serializers.IntegerField()
    sales_30d = serializers.IntegerField()
    offer = serializers.ChoiceField(source="kind", choices=PLAN_TYPES, help_text=_("对你生效的佣金来源"))
    commission_bps = serializers.IntegerField(source="bps")
    per_sale_net_fen = serializers.IntegerField(source="net_fen", help_text=_("扣除技术服务费后每单所得"))
    next_commission_bps = serializers.IntegerField(
        source="next_bps", allow_null=True, help_text=_("明日 0 点起；null 表示没有佣金")
    )
    activity = serializers.CharField(
        source="through", allow_blank=True, help_text=_("经哪个活动选入（分享口令）；空表示不经活动")
    )
    on_shelf = serializers.BooleanField(source="is_on_shelf")
    badges = serializers.ListField(child=serializers.CharField())
    why = WhyOut(allow_null=True, help_text=_("sort=for_you 时，为什么给你看；其他时候为 null"))


class ReadingOut(serializers.Serializer):
    typed = serializers.CharField()
    read_as = serializers.CharField()


class ChoiceOut(serializers.Serializer):
    value = serializers.CharField()
    label = serializers.CharField()
    count = serializers.IntegerField()


class SelectionOut(serializers.Serializer):
    results = CardOut(many=True)
    next = serializers.URLField(allow_null=True, help_text=_("下一页的地址；最后一页为 null。"))
    count = serializers.IntegerField(required=False, help_text=_("不超过 1,000 时的准确数目"))
    count_at_least = serializers.IntegerField(required=False, help_text=_("超过 1,000 时"))
    readings = ReadingOut(many=True, help_text=_("没有商品含有所写的词时，改按哪个词找"))
    facets = serializers.DictField(child=ChoiceOut(many=True), required=False)


class SuggestionOut(serializers.Serializer):
    kind = serializers.ChoiceField(choices=["history", "popular", "brand", "category", "word"])
    text = serializers.CharField()
    query = serializers.CharField(help_text=_("选品中心页面的查询串"))


class SuggestionsOut(serializers.Serializer):
    results = SuggestionOut(many=True)


class OfCentre(PartnerView):
    """``tech_bps_at`` comes from the floor above: what the platform keeps of a commission."""

    required_scopes = {"GET": ["selection:read"]}
    kinds = STREAMERS
    tech_bps_at: Callable[[datetime], int] | None = None

    @property
    def looker(self) -> Looker:
        at = days.now()
        return Looker(self.tenant, at, self.tech_bps_at(at))


def documented(parameters: dict[str, Parameter], required: Collection[str] = ()) -> list[OpenApiParameter]:
    return [
        OpenApiParameter(name, each.schema, OpenApiParameter.QUERY, name in required, description=each.help)
        for name, each in parameters.items()
    ]


@extend_schema(tags=["selection"])
class SelectionView(OfCentre):
    serializer_class = SelectionOut
    query_parameters = (*FILTERS, *PAGING)

    @extend_schema(
        operation_id="search_selection",
        summary=_("在选品中心找商品"),
        parameters=documented(FILTERS | PAGING),
        responses=SelectionOut,
    )
    def get(self, request: Request) -> Response:
        sent = read_query(request.query_params, FILTERS | PAGING)
        paging = {name: sent.pop(name) for name in PAGING if name in sent}
        return answered(request, self.looker, Filters(**sent), **paging)


@extend_schema(tags=["selection"])
class SuggestionsView(PartnerView):
    required_scopes = {"GET": ["selection:read"]}
    kinds = STREAMERS
    serializer_class = SuggestionsOut
    query_parameters = ("q",)

    @extend_schema(
        operation_id="suggest",
        summary=_("输入时的提示词"),
        parameters=documented({"q": FILTERS["q"]}),
        responses=SuggestionsOut,
    )
    def get(self, request: Request) -> Response:
        sent = read_query(request.query_params, {"q": FILTERS["q"]})
        found = suggestions(self.tenant, sent.get("q", ""), days.now())
        return Response({"results": SuggestionOut(found, many=True).data})


def answered(
    request: Request,
    looker: Looker,
    filters: Filters,
    *,
    cursor: str = "",
    page_size: int = PAGE_SIZE,
    facets: bool = False,
) -> Response:
    """A page of what ``filters`` find; with ``facets`` the counts of every further choice."""
    try:
        found = find(looker, filters, cursor=cursor, size=page_size)
    except CursorInvalid:
        raise QueryInvalid.of("cursor", _("不是此列表的游标。请从第一页重新开始。")) from None
    here = request.build_absolute_uri()
    answer = {
        "results": CardOut(found.cards, many=True).data,
        "next": found.next_cursor and replace_query_param(here, "cursor", found.next_cursor),
        **_count(found),
        "readings": [{"typed": typed, "read_as": meant} for typed, meant in found.readings],
    }
    if facets:
        choices = facets_of(looker, filters)
        answer["facets"] = {name: ChoiceOut(each, many=True).data for name, each in choices.items()}
    return Response(answer)


def read_query(query: QueryDict, parameters: dict[str, Parameter]) -> dict[str, Any]:
    """What was sent, read; every parameter that cannot be used is named at once."""
    read, errors = {}, []
    for name, parameter in parameters.items():
        if name in query:
            try:
                read[name] = parameter.read(query[name])
            except InputInvalid as error:
                errors.append({"parameter": name, "code": "invalid", "detail": str(error)})
    if errors:
        raise QueryInvalid(extensions={"errors": errors})
    return read


def _count(found: Found) -> dict[str, int]:
    return {"count_at_least" if found.is_more else "count": found.total}
