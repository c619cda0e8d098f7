"""A streamer's live sessions: planned, watched while they run, reported afterwards; and the buttons in between."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView

from bases.models import Booking
from haowu.approvals.act_views import ActView, say_of_many, went_through
from haowu.ground import days, inputs
from haowu.ground.errors import Refused
from haowu.tenants.lists import ListPage, Sort
from streamers.filters import SessionFilter
from streamers.links import making
from streamers.live import planning, refusals, running
from streamers.live.board import Board, board_of
from streamers.live.forms import ItemForm, SessionForm
from streamers.models import LiveSession, Pick, SessionItem
from streamers.selection import Card, open_to, products_of
from streamers.sold import NOTHING, SalesAbove, Sold
from streamers.views import OfStreamer

SHELF_SHOWN = 60


class Sessions(OfStreamer, ListPage):
    template_name = "streamers/sessions.html"
    filterset_class = SessionFilter
    sorts = [Sort("newest", gettext_lazy("最近的场次"), ("-starts_at", "-pk"))]

    sales: SalesAbove | None = None

    def queryset(self) -> QuerySet[LiveSession]:
        return LiveSession.objects.visible_to(self.request.tenant).select_related("booking__room__base")

    def rows(self, found: list[LiveSession]) -> list[tuple[LiveSession, Sold]]:
        sold = self.sales.of_sessions(found, self.request.tenant) if self.sales else {}
        return [(session, sold.get(session.pk, NOTHING)) for session in found]


class NewSession(OfStreamer, FormView):
    template_name = "streamers/new_session.html"
    form_class = SessionForm
    writes = True

    def get_form_kwargs(self) -> dict[str, Any]:
        mine = Booking.objects.visible_to(self.request.tenant).ahead(days.now()).select_related("room__base")
        return super().get_form_kwargs() | {"bookings": list(mine), "at": days.now()}

    def form_valid(self, form: SessionForm) -> HttpResponse:
        made: list[LiveSession] = []
        if not went_through(form, lambda: made.append(planning.plan(self.request.tenant, **form.wish, at=days.now()))):
            return self.form_invalid(form)
        return redirect("session-goods", made[0].public_id)


class OneSession(OfStreamer):
    """``sales`` and ``rehearse`` come from floors above; the last one only where there is a demo to play in."""

    sales: SalesAbove | None = None
    rehearse: Any = None

    @cached_property
    def session(self) -> LiveSession:
        mine = LiveSession.objects.visible_to(self.request.tenant).select_related("streamer", "booking__room__base")
        return get_object_or_404(mine, public_id=self.kwargs["public_id"])

    @cached_property
    def board(self) -> Board:
        assert self.sales is not None, "urls hands it over"
        return board_of(self.session, self.request.tenant, self.sales, days.now())

    def cards_of(self, items: list[SessionItem]) -> dict[int, Card]:
        """By product; without what is off sale and off the shelf."""
        goods = open_to(self.session.streamer).in_bulk([item.product_id for item in items]) if items else {}
        return {card.product.pk: card for card in self.cards(list(goods.values()))} if goods else {}

    def back(self) -> str:
        return reverse("session", args=[self.session.public_id])


class SessionPage(OneSession, TemplateView):
    """The plan before it starts; the board while it runs, which asks for itself again and again; then the report."""

    def get_template_names(self) -> list[str]:
        if self.session.status in (LiveSession.Status.PLANNED, LiveSession.Status.CANCELLED):
            return ["streamers/session_plan.html"]
        if self.request.headers.get("HX-Request"):
            return ["streamers/_board.html"]
        return ["streamers/session_board.html"]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        shared = {"session": self.session, "may_rehearse": self.rehearse is not None, "at": days.now()}
        shared["is_part"] = bool(self.request.headers.get("HX-Request"))
        if self.session.started_at is None:
            return super().get_context_data(**shared, **self._plan(), **context)
        return super().get_context_data(board=self.board, **shared, **self._now(self.board), **context)

    def _plan(self) -> dict[str, Any]:
        items = list(SessionItem.objects.of_session(self.session).in_order())
        cards = self.cards_of(items)
        planned = sum(item.minutes for item in items)
        return {
            "items": [(item, cards.get(item.product_id)) for item in items],
            "planned": planned,
            "spare": self.session.minutes - planned,
        }

    def _now(self, board: Board) -> dict[str, Any]:
        """What a sale of the good that is presented leaves him."""
        items = [board.current.item] if board.current else []
        return {"card": next(iter(self.cards_of(items).values()), None)}


class SessionGoods(OneSession, TemplateView):
    """Goods of the shelf to tick (``product``, public ids), and what became of each."""

    template_name = "streamers/session_goods.html"
    writes = True

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        placed = SessionItem.objects.of_session(self.session).values("product")
        picks = Pick.objects.visible_to(self.request.tenant).on_shelf().exclude(product__in=placed).newest_first()
        goods = products_of(list(picks[:SHELF_SHOWN]), self.request.tenant)
        return super().get_context_data(session=self.session, cards=self.cards(goods), **context)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        ids = list(dict.fromkeys(map(inputs.key, request.POST.getlist("product"))))[: planning.MOST_ITEMS + 1]
        picks = list(Pick.objects.visible_to(request.tenant).on_shelf().of_public_ids(ids))
        wishes = [planning.NewItem(pick.pid, points=_points(pick)) for pick in picks]
        try:
            answers = planning.add_items(self.session, wishes, at=days.now())
        except Refused as refused:
            answers = [refused] * len(picks)
        say_of_many(request, _("{n} 款排进去了。"), [(p.product, a) for p, a in zip(picks, answers, strict=True)])
        return redirect(self.back())


class SessionAct(OneSession, ActView):
    """A button of a session's page."""


class CancelSession(SessionAct):
    def act(self) -> str:
        planning.cancel(self.session)
        return _("这一场取消了。订的直播间还在，不用的话去取消。")


class StartSession(SessionAct):
    def act(self) -> str:
        running.start(self.session, at=days.now())
        return _("开播了。从现在起的订单记在这一场。")


class EndSession(SessionAct):
    def act(self) -> str:
        running.end(self.session, at=days.now())
        return _("下播了。战报会随收货和退款继续变。")


class RehearseSession(SessionAct):
    def act(self) -> str:
        if self.rehearse is None:
            raise Http404
        self.rehearse(self.session, at=days.now())
        return _("模拟开始：买家会从你的链接点进来、下单，数字几秒一变。")


class ItemAct(SessionAct):
    @property
    def item(self) -> int:
        return self.kwargs["item"]


class PresentItem(ItemAct):
    def act(self) -> str:
        running.present(self.session, self.item, at=days.now())
        return ""


class ChangeItem(ItemAct):
    def act(self) -> str:
        planning.change_item(self.session, self.item, **self.read(ItemForm(self.request.POST)))
        return _("改好了。")


class RemoveItem(ItemAct):
    def act(self) -> str:
        planning.remove_item(self.session, self.item)
        return _("已从排品里拿掉。")


class MoveItem(ItemAct):
    """``place``: where to, from 1."""

    def act(self) -> str:
        try:
            place = inputs.whole_text(self.request.POST.get("place", ""), low=1, high=planning.MOST_ITEMS)
        except inputs.InputInvalid as invalid:
            raise refusals.ItemGone from invalid
        planning.move_item(self.session, self.item, place)
        return ""


class SessionLinks(SessionAct):
    """A link of each good in the running order that names this session: what it sells is the session's, whenever."""

    def act(self) -> str:
        items = list(SessionItem.objects.of_session(self.session).in_order())
        wishes = [making.NewLink(item.pick.pid, self.session.public_id) for item in items]
        answers = making.make_many(self.request.tenant, wishes, at=days.now())
        say_of_many(self.request, _("{n} 条链接好了。"), [(i.product, a) for i, a in zip(items, answers, strict=True)])
        return ""

    def back(self) -> str:
        return f"{reverse('links')}?q={self.session.public_id}"


def _points(pick: Pick) -> str:
    """The first lines of what its merchant wrote, to begin with."""
    lines = [line.strip() for line in pick.product.description.splitlines() if line.strip()]
    return "\n".join(lines[:3])[: planning.POINTS_LENGTH]
