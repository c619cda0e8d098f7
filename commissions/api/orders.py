"""``/orders``: one item per order line, as far as it is the calling tenant's to see."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from commissions.api.explanation import ExplanationOut
from commissions.api.filters import OrderFilters
from commissions.models import OrderLine
from commissions.stories import explain, party_view
from haowu.ground import inputs
from haowu.ground.errors import NotFound, Refused
from haowu.partners.schema import ProblemOut
from haowu.partners.views import PartnerListView, PartnerView
from haowu.tenants.models import Tenant


class OrderAmbiguous(Refused):
    code = "ORDER_AMBIGUOUS"
    text = _("几个订单来源都有订单 {order_no} 第 {line_no} 行：{sources}。请用 source 参数指明。")
    status = 409


class ShareOut(serializers.Serializer):
    party = serializers.CharField(help_text=_("租户编号"))
    gross_fen = serializers.IntegerField()
    tech_fee_fen = serializers.IntegerField(required=False, help_text=_("只给本人"))
    net_fen = serializers.IntegerField(required=False, help_text=_("只给本人"))


class CostOut(serializers.Serializer):
    cost_fen = serializers.IntegerField()


class SharesOut(serializers.Serializer):
    """The caller's own roles; for the merchant every role's gross. Clawbacks are negative."""

    streamer = ShareOut(required=False)
    first_leader = ShareOut(required=False)
    second_leader = ShareOut(required=False)
    provider = ShareOut(required=False)
    agency = ShareOut(required=False)
    merchant = CostOut(required=False)


class PhaseOut(serializers.Serializer):
    day = serializers.DateField()
    kind = serializers.ChoiceField(choices=["settlement", "clawback"])
    shares = SharesOut()


class OfferOut(serializers.Serializer):
    kind = serializers.CharField()
    activity = serializers.CharField(allow_null=True)


class TermsOut(serializers.Serializer):
    """Frozen as ordered. A rate that is not the caller's to know is null."""

    offer = OfferOut()
    hold_days = serializers.IntegerField()
    commission_bps = serializers.IntegerField(allow_null=True)
    service_fee_bps = serializers.IntegerField(allow_null=True)
    second_bps = serializers.IntegerField(allow_null=True)
    provider_bps = serializers.IntegerField(allow_null=True)
    agency_bps = serializers.IntegerField(allow_null=True)
    tech_bps = serializers.IntegerField(allow_null=True)


class ProductOut(serializers.Serializer):
    merchant = serializers.CharField()
    code = serializers.CharField()
    title = serializers.CharField(allow_blank=True)


class HeldOut(serializers.Serializer):
    reason = serializers.CharField()
    since = serializers.DateTimeField()


class OrderLineOut(serializers.Serializer):
    order_no = serializers.CharField()
    line_no = serializers.IntegerField()
    source = serializers.CharField(help_text=_("订单来源的编号"))
    product = ProductOut()
    quantity = serializers.IntegerField()
    pid = serializers.CharField(allow_null=True, allow_blank=True, help_text=_("只给达人本人"))
    sub_id = serializers.CharField(allow_null=True, allow_blank=True, help_text=_("渠道标记，只给达人本人"))
    status = serializers.ChoiceField(choices=OrderLine.Status.choices)
    ordered_at = serializers.DateTimeField()
    shipped_at = serializers.DateTimeField(allow_null=True)
    received_at = serializers.DateTimeField(allow_null=True)
    due_at = serializers.DateTimeField(allow_null=True)
    updated_at = serializers.DateTimeField(help_text=_("最近一次订单事件；结算不改它，结算看 phases 的日期"))
    held = HeldOut(allow_null=True)
    base_fen = serializers.IntegerField(allow_null=True, help_text=_("计佣基数，已减退款；不给订单来源"))
    terms = TermsOut(allow_null=True, help_text=_("自然成交为 null"))
    estimate = SharesOut()
    phases = PhaseOut(many=True)


class ExplainedLineOut(OrderLineOut):
    explanation = ExplanationOut()


class _Lines(PartnerView):
    required_scopes = {"GET": ["orders:read"]}
    kinds = frozenset(Tenant.Kind) - {Tenant.Kind.PLATFORM, Tenant.Kind.BASE}
    queryset = OrderLine.objects.none()

    def get_queryset(self) -> QuerySet[OrderLine]:
        return explain.with_fixed_points(OrderLine.objects.visible_to(self.tenant)).select_related("source", "product")


@extend_schema(tags=["orders"])
class OrdersView(_Lines, PartnerListView):
    filterset_class = OrderFilters
    ordering = ("-ordered_at", "-pk")
    serializer_class = OrderLineOut

    def body_of(self, row: OrderLine) -> dict[str, Any]:
        return party_view.line(self.tenant, row)

    @extend_schema(operation_id="list_order_lines", summary=_("订单行，新下单的在前"))
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)


@extend_schema(tags=["orders"])
class OrderLineView(_Lines):
    query_parameters = ("source",)
    serializer_class = ExplainedLineOut

    @extend_schema(
        operation_id="read_order_line",
        summary=_("一行订单与它的计佣说明"),
        parameters=[
            OpenApiParameter(
                "source",
                {"type": "string", "minLength": 1},
                description=_("订单来源的编号；订单号在几个来源里重复时需要"),
            )
        ],
        responses={
            200: ExplainedLineOut,
            (409, "application/problem+json"): OpenApiResponse(ProblemOut, "ORDER_AMBIGUOUS"),
        },
    )
    def get(self, request: Request, order_no: str, line_no: int) -> Response:
        row = self._one(order_no, line_no, inputs.key(request.query_params.get("source")))
        view = party_view.line(self.tenant, row) | {"explanation": party_view.explanation(self.tenant, row)}
        return Response(ExplainedLineOut(view).data)

    def _one(self, order_no: str, line_no: int, source: str) -> OrderLine:
        found = self.get_queryset().numbered(order_no, line_no)
        rows = list(found.from_source(source) if source else found)
        if not rows:
            raise NotFound(_("没有订单 {order_no} 第 {line_no} 行，或与你无关。"), order_no=order_no, line_no=line_no)
        if len(rows) > 1:
            sources = "、".join(sorted(row.source.code for row in rows))
            raise OrderAmbiguous(order_no=order_no, line_no=line_no, sources=sources)
        return rows[0]
