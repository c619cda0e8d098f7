"""``/order-events``: order sources push what happened, and read what became of it."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from commissions.api.filters import OrderEventFilters
from commissions.models import OrderEvent
from commissions.orders import intake
from commissions.orders.rulings import Type
from haowu.ground import days
from haowu.ground.errors import NotFound
from haowu.partners.fields import AmountField, AnyField, ChoiceField, CodeField, MomentField, WholeField
from haowu.partners.idempotency import idempotent
from haowu.partners.views import PartnerListView, PartnerView
from haowu.tenants.models import Tenant

SOURCES = frozenset({Tenant.Kind.PARTNER})


class ProductIn(serializers.Serializer):
    merchant = CodeField(help_text=_("商家编号"))
    code = CodeField(help_text=_("商品编号"))


class EventLineIn(serializers.Serializer):
    line_no = WholeField(low=1)
    product = ProductIn()
    sku = CodeField(required=False, help_text=_("规格编号；写明时从有现货的供应链基地预留，退款或取消时释放"))
    quantity = WholeField(low=1, default=1)
    price_fen = AmountField(help_text=_("行总价，未减订单优惠券"))
    merchant_coupon_fen = AmountField(default=0)
    platform_coupon_fen = AmountField(default=0)
    price_subsidy_fen = AmountField(default=0)
    pid = CodeField(required=False, help_text=_("推广位；没有则为自然成交"))
    sub_id = CodeField(required=False, help_text=_("渠道标记：推广链接带到商品页的 sub_id，原样带回"))


class OrderEventIn(serializers.Serializer):
    """One event. Which fields belong to which type: ``docs/api.md``. Fields that are not listed here pass by unread."""

    event_id = CodeField(max_length=128, help_text=_("来源内唯一；重发时不变"))
    type = ChoiceField(choices=[each.value for each in Type])
    order_no = CodeField()
    occurred_at = MomentField(help_text=_("带时区"))
    line_no = WholeField(low=1, required=False, help_text=_("缺省为整个订单"))
    ordered_at = MomentField(required=False, help_text="paid")
    buyer_ref = CodeField(required=False, help_text="paid")
    city = CodeField(max_length=32, required=False, help_text=_("paid：收货城市，如 临沂市 或 linyi；按它就近选基地"))
    freight_fen = AmountField(required=False, help_text="paid, refunded")
    order_coupon_fen = AmountField(required=False, help_text="paid")
    lines = EventLineIn(many=True, required=False, help_text="paid")
    refund_no = CodeField(required=False, help_text="refunded")
    goods_fen = AmountField(required=False, help_text="refunded")
    amount_fen = AmountField(required=False, help_text=_("refunded：只有总额时，先退货款"))
    case_no = CodeField(required=False, help_text="after_sale_opened, after_sale_closed")


class AnyEvent(AnyField):
    item = OrderEventIn
    otherwise = _("其他内容会逐项得到 rejected。")


class OrderEventsIn(serializers.Serializer):
    events = serializers.ListField(child=AnyEvent(), min_length=1, max_length=intake.BATCH_LIMIT)


class ReceiptOut(serializers.Serializer):
    event_id = serializers.CharField(allow_blank=True, help_text=_("无法读取时为空"))
    status = serializers.ChoiceField(choices=["accepted", "duplicate", "parked", "rejected"])
    code = serializers.CharField(allow_blank=True, help_text=_("parked 与 rejected 的稳定原因码，其他为空"))
    message = serializers.CharField(allow_blank=True)


class ReceiptsOut(serializers.Serializer):
    results = ReceiptOut(many=True, help_text=_("顺序与 events 相同"))


class OrderEventOut(serializers.Serializer):
    event_id = serializers.CharField()
    type = serializers.CharField()
    order_no = serializers.CharField(source="order.order_no")
    line_no = serializers.IntegerField(allow_null=True)
    occurred_at = serializers.DateTimeField()
    received_at = serializers.DateTimeField()
    verdict = serializers.ChoiceField(choices=OrderEvent.Verdict.choices)
    code = serializers.CharField(allow_blank=True)
    message = serializers.SerializerMethodField()

    def get_message(self, event: OrderEvent) -> str:
        return str(intake.MESSAGES.get(event.code, ""))


@extend_schema(tags=["order-events"])
class OrderEventsView(PartnerListView):
    required_scopes = {"GET": ["order-events:read"], "POST": ["order-events:write"]}
    kinds = SOURCES
    queryset = OrderEvent.objects.none()
    filterset_class = OrderEventFilters
    ordering = ("-received_at", "-pk")
    serializer_class = OrderEventOut

    def get_queryset(self):
        return OrderEvent.objects.visible_to(self.tenant).select_related("order")

    @extend_schema(operation_id="list_order_events", summary=_("已收到的事件及其处理结果，新的在前"))
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)

    @extend_schema(
        operation_id="push_order_events",
        summary=_("推送订单事件"),
        description=_("一次 1 到 1000 条，逐条回答。按 event_id 幂等：重发得到 duplicate，不会重复生效。"),
        request=OrderEventsIn,
        responses={200: ReceiptsOut},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        body = OrderEventsIn(data=request.data)
        body.is_valid(raise_exception=True)
        answers = intake.receive(self.tenant, body.validated_data["events"], now=days.now())
        response = Response({"results": [vars(answer) for answer in answers]})  # ReceiptsOut, without its cost per row
        response.had_effect = any(map(intake.is_stored, answers))
        return response


@extend_schema(tags=["order-events"])
class OrderEventView(PartnerView):
    required_scopes = {"GET": ["order-events:read"]}
    kinds = SOURCES
    queryset = OrderEvent.objects.none()
    serializer_class = OrderEventOut

    @extend_schema(operation_id="read_order_event", summary=_("一条事件的处理结果"))
    def get(self, request: Request, event_id: str) -> Response:
        event = OrderEvent.objects.visible_to(self.tenant).called(event_id).select_related("order").first()
        if event is None:
            raise NotFound(_("没有收到过事件「{event_id}」。被拒收的事件不会保留。"), event_id=event_id)
        return Response(OrderEventOut(event).data)
