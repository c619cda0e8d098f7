"""``/stock-snapshots``, ``/stock-changes``, ``/stock-feeds``, ``/stock``: a base's systems say what the base holds."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from bases import feeding
from bases.api.filters import FeedFilters, StockFilters
from bases.feed_rows import MAX_NUMBER, from_json, pack
from bases.models import Feed, QuarantinedRow, Stock
from haowu.ground import days
from haowu.ground.errors import NotFound
from haowu.partners.fields import AnyField, CodeField, MomentField, WholeField
from haowu.partners.idempotency import idempotent
from haowu.partners.views import PartnerListView, PartnerView
from haowu.tenants.models import Tenant

BASES = frozenset({Tenant.Kind.BASE})
SNAPSHOT_ROWS = 50_000
CHANGES_ROWS = 5_000


class StockRowIn(serializers.Serializer):
    merchant = CodeField(help_text=_("商家编号"))
    product = CodeField(help_text=_("商品编号"))
    sku = CodeField(help_text=_("规格编号"))
    price_fen = WholeField(low=1, high=MAX_NUMBER)
    quantity = WholeField(high=MAX_NUMBER, help_text=_("现有件数，含已预留未发出的"))


class AnyRow(AnyField):
    item = StockRowIn
    otherwise = _("其他内容会进入复核。")


class _CountIn(serializers.Serializer):
    sequence = WholeField(
        low=1, high=feeding.MAX_SEQUENCE, help_text=_("每次盘点递增；快照与变化共用一个序列；重发时不变")
    )
    counted_at = MomentField(help_text=_("盘点时间，带时区"))


class SnapshotIn(_CountIn):
    part = WholeField(low=1, high=feeding.PARTS_LIMIT, default=1)
    parts = WholeField(low=1, high=feeding.PARTS_LIMIT, default=1, help_text=_("分几部分发送；到齐后一次生效"))
    rows = serializers.ListField(child=AnyRow(), max_length=SNAPSHOT_ROWS)


class ChangesIn(_CountIn):
    rows = serializers.ListField(
        child=AnyRow(), max_length=CHANGES_ROWS, help_text=_("新的件数（不是增减量）；空数组表示仍在线")
    )


class FeedOut(serializers.Serializer):
    sequence = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=Feed.Kind.choices)
    status = serializers.ChoiceField(choices=Feed.Status.choices)
    counted_at = serializers.DateTimeField()
    received_at = serializers.DateTimeField()
    applied_at = serializers.DateTimeField(allow_null=True)
    parts = serializers.IntegerField()
    rows = serializers.IntegerField()
    changed = serializers.IntegerField(help_text=_("改变或新增的规格数"))
    emptied = serializers.IntegerField(help_text=_("快照里没有、因而归零的规格数"))
    quarantined = serializers.IntegerField(help_text=_("进入复核的行数"))


class FeedReceiptOut(FeedOut):
    repeated = serializers.BooleanField(help_text=_("先前收到过，没有改变任何事"))
    missing = serializers.ListField(child=serializers.IntegerField(), help_text=_("还没收到的部分"))


class RowOut(serializers.Serializer):
    status = serializers.ChoiceField(choices=["accepted", "quarantined", "ignored"])
    code = serializers.CharField(allow_blank=True, help_text=_("quarantined 的稳定原因码，其他为空"))
    message = serializers.CharField(allow_blank=True)


class ChangesOut(FeedReceiptOut):
    results = RowOut(many=True, help_text=_("顺序与 rows 相同；ignored 为晚到，已有更新的盘点"))


class StockOut(serializers.Serializer):
    merchant = serializers.CharField(source="merchant.code")
    product = serializers.CharField(source="product_code")
    sku = serializers.CharField(source="sku_code")
    price_fen = serializers.IntegerField()
    quantity = serializers.IntegerField()
    reserved = serializers.IntegerField()
    free = serializers.IntegerField(help_text=_("可售件数"))
    sequence = serializers.IntegerField(help_text=_("最近改变它的上报"))


def _receipt_of(receipt: feeding.FeedAnswer) -> dict[str, Any]:
    facts = {name: getattr(receipt.feed, name) for name in FeedOut().fields}
    return facts | {"repeated": receipt.is_repeated, "missing": receipt.missing}


@extend_schema(tags=["stock"])
class SnapshotsView(PartnerView):
    required_scopes = {"POST": ["stock:write"]}
    kinds = BASES
    serializer_class = FeedReceiptOut

    @extend_schema(
        operation_id="push_stock_snapshot",
        summary=_("全量库存"),
        description=_(
            "一次最多 50000 行，更多时分 parts 发送；没有出现的规格归零。晚到与重发得到同样的回答，不改变库存。"
        ),
        request=SnapshotIn,
        responses={200: FeedReceiptOut},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        body = SnapshotIn(data=request.data)
        body.is_valid(raise_exception=True)
        facts = body.validated_data
        rows = pack(from_json(facts.pop("rows")))
        receipt = feeding.receive(self.tenant, feeding.Count(Feed.Kind.SNAPSHOT, **facts), rows, at=days.now())
        return Response(FeedReceiptOut(_receipt_of(receipt)).data)


@extend_schema(tags=["stock"])
class ChangesView(PartnerView):
    required_scopes = {"POST": ["stock:write"]}
    kinds = BASES
    serializer_class = ChangesOut

    @extend_schema(
        operation_id="push_stock_changes",
        summary=_("库存变化"),
        description=_("几个规格的新件数，一次最多 5000 行，逐行回答。"),
        request=ChangesIn,
        responses={200: ChangesOut},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        body = ChangesIn(data=request.data)
        body.is_valid(raise_exception=True)
        facts = body.validated_data
        sent = facts.pop("rows")
        receipt = feeding.receive(
            self.tenant, feeding.Count(Feed.Kind.CHANGES, **facts), pack(from_json(sent)), at=days.now()
        )
        return Response(ChangesOut(_receipt_of(receipt) | {"results": self._results(receipt.feed, len(sent))}).data)

    def _results(self, feed: Feed, count: int) -> list[dict[str, str]]:
        status = "ignored" if feed.status == Feed.Status.SUPERSEDED else "accepted"
        results = [{"status": status, "code": "", "message": ""} for _ in range(count)]
        for row in QuarantinedRow.objects.visible_to(self.tenant).of_feed(feed):
            said = {"status": "quarantined", "code": row.reason, "message": row.get_reason_display()}
            results[row.line_no - 1] = said
        return results


@extend_schema(tags=["stock"])
class FeedsView(PartnerListView):
    required_scopes = {"GET": ["stock:read"]}
    kinds = BASES
    queryset = Feed.objects.none()
    filterset_class = FeedFilters
    ordering = ("-sequence",)
    serializer_class = FeedOut

    def get_queryset(self) -> QuerySet[Feed]:
        return Feed.objects.visible_to(self.tenant)

    @extend_schema(operation_id="list_stock_feeds", summary=_("收到的库存上报，序号大的在前"))
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)


@extend_schema(tags=["stock"])
class FeedView(PartnerView):
    required_scopes = {"GET": ["stock:read"]}
    kinds = BASES
    queryset = Feed.objects.none()
    serializer_class = FeedReceiptOut

    @extend_schema(operation_id="read_stock_feed", summary=_("一次上报的结果，与还缺的部分"))
    def get(self, request: Request, sequence: int) -> Response:
        feed = Feed.objects.visible_to(self.tenant).numbered(sequence)
        if feed is None:
            raise NotFound(_("没有收到过序号 {sequence}。"), sequence=sequence)
        return Response(FeedReceiptOut(_receipt_of(feeding.FeedAnswer(feed, False, feeding.missing(feed)))).data)


@extend_schema(tags=["stock"])
class StockView(PartnerListView):
    required_scopes = {"GET": ["stock:read"]}
    kinds = BASES
    queryset = Stock.objects.none()
    filterset_class = StockFilters
    ordering = ("pk",)
    serializer_class = StockOut

    def get_queryset(self) -> QuerySet[Stock]:
        return Stock.objects.of_base(self.tenant).select_related("merchant")

    @extend_schema(operation_id="list_stock", summary=_("平台所知的本基地库存"))
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)
