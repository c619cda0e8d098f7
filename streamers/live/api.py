"""``/live-sessions``: planned, with their running order, begun, ended, and what they came to."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from bases.models import Booking
from haowu.ground import days
from haowu.ground.errors import NotFound, Refused
from haowu.partners.fields import CodeField, MomentField, TextField, WholeField
from haowu.partners.filters import MomentFilter
from haowu.partners.idempotency import idempotent
from haowu.partners.views import PartnerListView, PartnerView
from haowu.tenants.models import Tenant
from streamers.links.api import GoodOut, SoldOut
from streamers.live import planning, refusals, running
from streamers.live.board import Board, board_of
from streamers.models import LiveSession, SessionItem
from streamers.sold import SalesAbove

STREAMERS = frozenset({Tenant.Kind.STREAMER})


class SessionItemIn(serializers.Serializer):
    pid = CodeField(help_text=_("货架上的推广位"))
    minutes = WholeField(low=1, high=planning.MOST_MINUTES, required=False, default=10)
    points = TextField(
        max_length=planning.POINTS_LENGTH, required=False, default="", allow_blank=True, help_text=_("卖点，一行一条")
    )


class SessionIn(serializers.Serializer):
    title = TextField(max_length=40)
    starts_at = MomentField()
    ends_at = MomentField()
    booking = CodeField(max_length=16, required=False, default="", help_text=_("订好的直播间；缺省为自己的"))
    items = serializers.ListField(child=SessionItemIn(), required=False, default=list, max_length=planning.MOST_ITEMS)


class SessionItemsIn(serializers.Serializer):
    items = serializers.ListField(child=SessionItemIn(), min_length=1, max_length=planning.MOST_ITEMS)


class SessionItemOut(serializers.Serializer):
    position = serializers.IntegerField()
    pid = serializers.CharField(source="pick.pid")
    product = GoodOut()
    minutes = serializers.IntegerField()
    points = serializers.CharField(allow_blank=True)
    presented_at = serializers.DateTimeField(allow_null=True)


class SessionOut(serializers.Serializer):
    id = serializers.CharField(source="public_id", help_text=_("以它为渠道标记的链接，成交都算这一场"))
    title = serializers.CharField()
    status = serializers.ChoiceField(choices=LiveSession.Status.choices)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    booking = serializers.CharField(source="booking.public_id", default=None, allow_null=True)


class ItemResultOut(serializers.Serializer):
    pid = serializers.CharField()
    status = serializers.ChoiceField(choices=["accepted", "rejected"])
    reason = serializers.CharField(allow_blank=True, help_text=_("rejected 的稳定原因码"))
    message = serializers.CharField(allow_blank=True)


class PlannedOut(SessionOut):
    results = ItemResultOut(many=True, help_text=_("排品逐款的结果，顺序与请求相同"))


class WholeSessionOut(SessionOut):
    items = SessionItemOut(many=True)


class ItemReportOut(serializers.Serializer):
    position = serializers.IntegerField(source="item.position")
    product = GoodOut(source="item.product")
    clicks = serializers.IntegerField()
    left = serializers.IntegerField(help_text=_("商家库存减去这一场已卖"))
    sold = SoldOut()


class SliceOut(serializers.Serializer):
    begins_at = serializers.DateTimeField()
    orders = serializers.IntegerField()
    gmv_fen = serializers.IntegerField()


class SessionReportOut(SessionOut):
    through = serializers.DateTimeField(help_text=_("数据截至"))
    clicks = serializers.IntegerField()
    sold = SoldOut()
    items = ItemReportOut(many=True)
    slices = SliceOut(many=True, help_text=_("每十分钟"))


class SessionFilters(django_filters.FilterSet):
    status = django_filters.ChoiceFilter(choices=LiveSession.Status.choices)
    starts_from = MomentFilter(field_name="starts_at", lookup_expr="gte")
    starts_to = MomentFilter(field_name="starts_at", lookup_expr="lt")


class OfSessions(PartnerView):
    """``sales`` comes from the floor above."""

    kinds = STREAMERS
    queryset = LiveSession.objects.none()
    sales: SalesAbove | None = None

    def get_queryset(self) -> QuerySet[LiveSession]:
        return LiveSession.objects.visible_to(self.tenant).select_related("streamer", "booking")

    def session(self, public_id: str) -> LiveSession:
        found = self.get_queryset().filter(public_id=public_id).first()
        if found is None:
            raise NotFound(_("没有你的场次「{id}」。"), id=public_id)
        return found


@extend_schema(tags=["live-sessions"])
class SessionsView(OfSessions, PartnerListView):
    required_scopes = {"GET": ["sessions:read"], "POST": ["sessions:write"]}
    filterset_class = SessionFilters
    ordering = ("-starts_at", "-pk")
    serializer_class = SessionOut

    @extend_schema(operation_id="list_live_sessions", summary=_("场次，计划开播晚的在前"))
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)

    @extend_schema(
        operation_id="plan_live_session",
        summary=_("排一场：时间、地点、排品"),
        request=SessionIn,
        responses={201: PlannedOut},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        body = SessionIn(data=request.data)
        body.is_valid(raise_exception=True)
        sent, at = body.validated_data, days.now()
        made = planning.plan(
            self.tenant,
            sent["title"],
            sent["starts_at"],
            sent["ends_at"],
            booking=self._booking(sent["booking"]),
            at=at,
        )
        answers = planning.add_items(made, [planning.NewItem(**item) for item in sent["items"]], at=at)
        return Response(_planned(made, sent["items"], answers), status=201)

    def _booking(self, public_id: str) -> Booking | None:
        if not public_id:
            return None
        booking = Booking.objects.visible_to(self.tenant).filter(public_id=public_id).first()
        if booking is None:
            raise refusals.BookingUnfit
        return booking


@extend_schema(tags=["live-sessions"])
class SessionView(OfSessions):
    required_scopes = {"GET": ["sessions:read"]}
    serializer_class = WholeSessionOut

    @extend_schema(operation_id="read_live_session", summary=_("一场与它的排品"))
    def get(self, request: Request, public_id: str) -> Response:
        session = self.session(public_id)
        items = SessionItem.objects.of_session(session).in_order()
        return Response(SessionOut(session).data | {"items": SessionItemOut(items, many=True).data})


@extend_schema(tags=["live-sessions"])
class SessionItemsView(OfSessions):
    required_scopes = {"POST": ["sessions:write"]}
    serializer_class = PlannedOut

    @extend_schema(
        operation_id="add_session_items",
        summary=_("往排品末尾加款"),
        request=SessionItemsIn,
        responses={200: PlannedOut},
    )
    @idempotent
    def post(self, request: Request, public_id: str) -> Response:
        session = self.session(public_id)
        body = SessionItemsIn(data=request.data)
        body.is_valid(raise_exception=True)
        sent = body.validated_data["items"]
        answers = planning.add_items(session, [planning.NewItem(**item) for item in sent], at=days.now())
        response = Response(_planned(session, sent, answers))
        response.had_effect = any(isinstance(answer, SessionItem) for answer in answers)
        return response


@extend_schema(tags=["live-sessions"])
class SessionStartView(OfSessions):
    required_scopes = {"POST": ["sessions:write"]}
    serializer_class = SessionOut

    @extend_schema(operation_id="start_live_session", summary=_("开播"), request=None, responses={200: SessionOut})
    @idempotent
    def post(self, request: Request, public_id: str) -> Response:
        session = self.session(public_id)
        running.start(session, at=days.now())
        return Response(SessionOut(session).data)


@extend_schema(tags=["live-sessions"])
class SessionEndView(OfSessions):
    required_scopes = {"POST": ["sessions:write"]}
    serializer_class = SessionOut

    @extend_schema(operation_id="end_live_session", summary=_("下播"), request=None, responses={200: SessionOut})
    @idempotent
    def post(self, request: Request, public_id: str) -> Response:
        session = self.session(public_id)
        running.end(session, at=days.now())
        return Response(SessionOut(session).data)


@extend_schema(tags=["live-sessions"])
class SessionReportView(OfSessions):
    required_scopes = {"GET": ["sessions:read"]}
    serializer_class = SessionReportOut

    @extend_schema(operation_id="report_live_session", summary=_("战报：播着、播完都能看"))
    def get(self, request: Request, public_id: str) -> Response:
        session = self.session(public_id)
        if session.started_at is None:
            raise refusals.SessionNotBegun
        assert self.sales is not None, "urls hands it over"
        return Response(_report(board_of(session, self.tenant, self.sales, days.now())))


def _planned(session: LiveSession, sent: list[dict[str, Any]], answers: list[SessionItem | Refused]) -> dict[str, Any]:
    results = [
        {"pid": item["pid"], "status": "rejected", "reason": answer.code, "message": answer.message}
        if isinstance(answer, Refused)
        else {"pid": item["pid"], "status": "accepted", "reason": "", "message": ""}
        for item, answer in zip(sent, answers, strict=True)
    ]
    return SessionOut(session).data | {"results": ItemResultOut(results, many=True).data}


def _report(board: Board) -> dict[str, Any]:
    slices = [{"begins_at": begin, "orders": sold.orders, "gmv_fen": sold.gmv_fen} for begin, sold in board.slices]
    return SessionOut(board.session).data | {
        "through": serializers.DateTimeField().to_representation(board.at),
        "clicks": board.clicks,
        "sold": SoldOut(board.total).data,
        "items": ItemReportOut(board.rows, many=True).data,
        "slices": SliceOut(slices, many=True).data,
    }
