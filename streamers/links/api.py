"""``/links``: a streamer's share links and what came of them, a hundred made at a call; ``/link-resolutions``."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from haowu.ground import days
from haowu.ground.errors import Refused
from haowu.partners.fields import CodeField, TextField
from haowu.partners.filters import CodeFilter, MomentFilter
from haowu.partners.idempotency import idempotent
from haowu.partners.views import PartnerListView, PartnerView
from haowu.tenants.models import Tenant
from streamers.links import making, resolving, texts
from streamers.links.resolving import Resolved
from streamers.models import Link, LinkDay
from streamers.models.link import SUB_ID_LENGTH
from streamers.sold import NOTHING, SalesAbove, Sold

STREAMERS = frozenset({Tenant.Kind.STREAMER})
PASTED_LENGTH = 500
ACCEPTED = {"status": "accepted", "reason": "", "message": ""}


class NewLinkIn(serializers.Serializer):
    pid = CodeField(help_text=_("货架上的推广位"))
    sub_id = TextField(
        max_length=SUB_ID_LENGTH, required=False, default="", allow_blank=True, help_text=_("渠道标记，随订单带回")
    )


class NewLinksIn(serializers.Serializer):
    links = serializers.ListField(child=NewLinkIn(), min_length=1, max_length=making.MOST)


class GoodOut(serializers.Serializer):
    merchant = serializers.CharField(source="merchant.code")
    code = serializers.CharField()
    title = serializers.CharField(allow_blank=True)


class SoldOut(serializers.Serializer):
    """Lines ordered since the link was made. Amounts in fen; net of the platform's technical service fee."""

    orders = serializers.IntegerField()
    buyers = serializers.IntegerField()
    paid = serializers.IntegerField(help_text=_("订单行"))
    received = serializers.IntegerField(help_text=_("订单行"))
    kept = serializers.IntegerField(help_text=_("收了货、没有全退的订单行"))
    gmv_fen = serializers.IntegerField(help_text=_("计佣基数之和，退款另计"))
    kept_fen = serializers.IntegerField(help_text=_("减去至今的退款"))
    estimate_fen = serializers.IntegerField(help_text=_("下单时预估的净佣金"))
    settled_fen = serializers.IntegerField(help_text=_("结算夜记下的净佣金"))


class LinkOut(serializers.Serializer):
    code = serializers.CharField()
    url = serializers.CharField()
    token = serializers.CharField(help_text=_("口令，整段"))
    pid = serializers.CharField()
    sub_id = serializers.CharField(allow_blank=True)
    product = GoodOut()
    made_at = serializers.DateTimeField()
    clicks = serializers.IntegerField(help_text=_("同一人 30 分钟内算一次，爬虫不算"))
    sold = SoldOut()


class MadeLinkOut(serializers.Serializer):
    status = serializers.ChoiceField(choices=["accepted", "rejected"])
    reason = serializers.CharField(allow_blank=True, help_text=_("rejected 的稳定原因码"))
    message = serializers.CharField(allow_blank=True)
    pid = serializers.CharField()
    sub_id = serializers.CharField(allow_blank=True)
    code = serializers.CharField(allow_blank=True)
    url = serializers.CharField(allow_blank=True)
    token = serializers.CharField(allow_blank=True)


class MadeLinksOut(serializers.Serializer):
    results = MadeLinkOut(many=True, help_text=_("顺序与请求相同"))


class PastedIn(serializers.Serializer):
    texts = serializers.ListField(
        child=TextField(max_length=PASTED_LENGTH),
        min_length=1,
        max_length=resolving.MOST,
        help_text=_("链接、口令或短码，整段粘贴也可"),
    )


class ResolvedOut(serializers.Serializer):
    status = serializers.ChoiceField(choices=["accepted", "rejected"])
    reason = serializers.CharField(allow_blank=True, help_text=_("rejected 的稳定原因码"))
    message = serializers.CharField(allow_blank=True)
    code = serializers.CharField(allow_blank=True)
    id = serializers.CharField(allow_blank=True, help_text=_("选品中心的商品编号，见 GET /selection/{id}"))
    product = GoodOut(allow_null=True)
    is_listed = serializers.BooleanField()
    activity = serializers.CharField(allow_blank=True, help_text=_("经哪个活动选入（分享口令）；空表示不经活动"))
    is_mine = serializers.BooleanField()
    sub_id = serializers.CharField(allow_blank=True, help_text=_("只给达人本人"))
    pid = serializers.CharField(allow_blank=True, help_text=_("只给达人本人"))


class ResolvedManyOut(serializers.Serializer):
    results = ResolvedOut(many=True, help_text=_("顺序与请求相同"))


class LinkFilters(django_filters.FilterSet):
    code = CodeFilter()
    pid = CodeFilter(field_name="pick__pid")
    sub_id = CodeFilter()
    made_from = MomentFilter(field_name="made_at", lookup_expr="gte")
    made_to = MomentFilter(field_name="made_at", lookup_expr="lt")


@extend_schema(tags=["links"])
class LinksView(PartnerListView):
    """``sales`` comes from the floor above."""

    required_scopes = {"GET": ["links:read"], "POST": ["links:write"]}
    kinds = STREAMERS
    queryset = Link.objects.none()
    filterset_class = LinkFilters
    ordering = ("-made_at", "-pk")
    serializer_class = LinkOut
    sales: SalesAbove | None = None

    def get_queryset(self) -> QuerySet[Link]:
        return Link.objects.visible_to(self.tenant).with_goods()

    def paginate_queryset(self, queryset: Any) -> list[Any]:
        links = GenericAPIView.paginate_queryset(self, queryset) or []
        clicks = LinkDay.objects.visible_to(self.tenant).clicks_of([link.pk for link in links])
        sold = self.sales.of_links(self.tenant, links) if self.sales else {}
        return [self._body(link, clicks.get(link.pk, 0), sold.get(link.pk, NOTHING)) for link in links]

    def _body(self, link: Link, clicks: int, sold: Sold) -> dict[str, Any]:
        facts = {"product": link.product, "made_at": link.made_at, "clicks": clicks, "sold": sold}
        return self._named(link) | {"pid": link.pick.pid, "sub_id": link.sub_id} | facts

    @extend_schema(operation_id="list_links", summary=_("推广链接，新的在前，带点击与成交"))
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)

    @extend_schema(
        operation_id="make_links",
        summary=_("生成推广链接"),
        description=_("一次 1 到 100 条，逐条回答。同一推广位、同一标记只有一条链接：再要得到同一条。"),
        request=NewLinksIn,
        responses={200: MadeLinksOut},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        body = NewLinksIn(data=request.data)
        body.is_valid(raise_exception=True)
        wishes = [making.NewLink(each["pid"], each["sub_id"]) for each in body.validated_data["links"]]
        answers = making.make_many(self.tenant, wishes, at=days.now())
        results = [self._made(wish, answer) for wish, answer in zip(wishes, answers, strict=True)]
        response = Response(MadeLinksOut({"results": results}).data)
        response.had_effect = any(isinstance(answer, Link) for answer in answers)
        return response

    def _made(self, wish: making.NewLink, answer: Link | Refused) -> dict[str, Any]:
        asked = {"pid": wish.pid, "sub_id": wish.sub_id}
        if isinstance(answer, Refused):
            return asked | _rejected(answer) | {"code": "", "url": "", "token": ""}
        return asked | ACCEPTED | self._named(answer)

    def _named(self, link: Link) -> dict[str, str]:
        return {
            "code": link.code,
            "url": self.request.build_absolute_uri(texts.path_of(link.code)),
            "token": texts.token_of(link.code, link.product.title or link.product.code),
        }


@extend_schema(tags=["links"])
class LinkResolutionsView(PartnerView):
    required_scopes = {"POST": ["links:read"]}
    kinds = STREAMERS
    serializer_class = ResolvedManyOut

    @extend_schema(
        operation_id="resolve_links",
        summary=_("链接、口令或短码指的是哪件商品，经哪个活动"),
        request=PastedIn,
        responses={200: ResolvedManyOut},
    )
    def post(self, request: Request) -> Response:
        body = PastedIn(data=request.data)
        body.is_valid(raise_exception=True)
        answers = resolving.resolve_many(body.validated_data["texts"], self.tenant, days.now())
        return Response(ResolvedManyOut({"results": [_resolved(answer) for answer in answers]}).data)


def _resolved(answer: Resolved | Refused) -> dict[str, Any]:
    if isinstance(answer, Refused):
        nothing = {"code": "", "id": "", "product": None, "is_listed": False, "activity": "", "is_mine": False}
        return _rejected(answer) | nothing | {"sub_id": "", "pid": ""}
    return (
        ACCEPTED
        | vars(answer)
        | {
            "id": answer.product.public_id,
            "activity": answer.activity.share_token if answer.activity else "",
        }
    )


def _rejected(refused: Refused) -> dict[str, str]:
    return {"status": "rejected", "reason": refused.code, "message": refused.message}
