"""Live sessions as merchants and leaders see them: those with their goods, and what these came to. Nothing else."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from haowu.ground import days
from haowu.tenants.access import TenantRequiredMixin
from haowu.tenants.lists import ListPage, Sort
from haowu.tenants.models import Tenant
from haowu.tenants.scope import platform_scope
from streamers.filters import SessionFilter
from streamers.live.board import board_of
from streamers.models import LiveSession
from streamers.sold import NOTHING, SalesAbove, Sold

PARTIES = (Tenant.Kind.MERCHANT, Tenant.Kind.TUANZHANG)


class OfGoods(TenantRequiredMixin):
    """``sales`` comes from the floor above."""

    sales: SalesAbove | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        tenant = getattr(request, "tenant", None)
        if tenant is not None and tenant.kind not in PARTIES:
            raise Http404
        return super().dispatch(request, *args, **kwargs)


class GoodsSessions(OfGoods, ListPage):
    """The list reads sessions of many streamers: in the platform's scope, narrowed to those with one's own goods."""

    template_name = "streamers/goods_sessions.html"
    filterset_class = SessionFilter
    sorts = [Sort("newest", gettext_lazy("最近的场次"), ("-started_at", "-pk"))]

    def queryset(self) -> QuerySet[LiveSession]:
        return LiveSession.objects.showing_goods_of(self.request.tenant).select_related("streamer")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        with platform_scope():
            return super().get_context_data(**context)

    def rows(self, found: list[LiveSession]) -> list[tuple[LiveSession, Sold]]:
        sold = self.sales.of_sessions(found, self.request.tenant) if self.sales else {}
        return [(session, sold.get(session.pk, NOTHING)) for session in found]


class GoodsSession(OfGoods, TemplateView):
    template_name = "streamers/goods_session.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        assert self.sales is not None, "urls hands it over"
        tenant = self.request.tenant
        with platform_scope():
            mine = LiveSession.objects.showing_goods_of(tenant).select_related("streamer")
            session = mine.filter(public_id=self.kwargs["public_id"]).first()
            if session is None:
                raise Http404
            board = board_of(session, tenant, self.sales, days.now())
        return super().get_context_data(session=session, board=board, **context)
