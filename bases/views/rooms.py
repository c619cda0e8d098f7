"""Live rooms: a base's own, and those that a streamer may book."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from bases import booking
from bases.filters import RoomFilter
from bases.forms import BookingForm, RoomForm
from bases.models import Booking, Room
from bases.views.acts import OfBase
from haowu.approvals.act_views import ActView, went_through
from haowu.ground import days
from haowu.tenants.access import TenantRequiredMixin
from haowu.tenants.lists import ListPage, Sort
from haowu.tenants.models import Tenant


class BaseRooms(OfBase, TemplateView):
    template_name = "bases/base_rooms.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        mine = self.request.tenant
        known = {
            "form": RoomForm(),
            "rooms": Room.objects.visible_to(mine).order_by("closed_at", "name", "pk"),
            "bookings": Booking.objects.visible_to(mine).ahead(days.now()).select_related("room", "streamer"),
            "now": days.now(),
        }
        return super().get_context_data(**known | context)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = RoomForm(request.POST)
        if went_through(form, lambda: booking.open_room(request.tenant, **form.cleaned_data)):
            messages.success(request, _("直播间已开放预订。"))
            return redirect("base-rooms")
        return self.render_to_response(self.get_context_data(form=form))


class CloseRoom(OfBase, ActView):
    back_to = "base-rooms"

    def act(self) -> str:
        room = get_object_or_404(Room.objects.visible_to(self.request.tenant), public_id=self.kwargs["public_id"])
        booking.close_room(room, at=days.now())
        return _("「{room}」不再接受预订，已订的时段仍然有效。").format(room=room)


class OpenRooms(ListPage):
    kind = Tenant.Kind.STREAMER
    template_name = "bases/room_list.html"
    filterset_class = RoomFilter
    sorts = [Sort("city", gettext_lazy("城市"), ("base__base__city", "base__name", "pk"))]

    def queryset(self):
        return Room.objects.visible_to(self.request.tenant).select_related("base__base")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        mine = Booking.objects.visible_to(self.request.tenant).ahead(days.now())
        bookings = mine.select_related("room__base__base")
        return super().get_context_data(bookings=bookings, now=days.now(), **context)


class RoomPage(TenantRequiredMixin, TemplateView):
    """When a room is free, and the form that books it."""

    def get_template_names(self) -> list[str]:
        on_phone = self.request.tenant.kind == Tenant.Kind.STREAMER
        return ["bases/room_phone.html" if on_phone else "bases/room.html"]

    @cached_property
    def room(self) -> Room:
        seen = Room.objects.visible_to(self.request.tenant).select_related("base__base")
        return get_object_or_404(seen, public_id=self.kwargs["public_id"])

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        known = {"room": self.room, "taken": booking.booked_times(self.room, days.now()), "form": BookingForm()}
        return super().get_context_data(**known | context)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = BookingForm(request.POST)
        if went_through(form, lambda: booking.book(self.room, request.tenant, **form.cleaned_data, at=days.now())):
            messages.success(request, _("已预订。开始之前可以取消。"))
            return redirect("base-rooms" if request.tenant.kind == Tenant.Kind.BASE else "rooms")
        return self.render_to_response(self.get_context_data(form=form))


class CancelBooking(TenantRequiredMixin, ActView):
    def back(self) -> str:
        return "base-rooms" if self.request.tenant.kind == Tenant.Kind.BASE else "rooms"

    def act(self) -> str:
        mine = get_object_or_404(Booking.objects.visible_to(self.request.tenant), public_id=self.kwargs["public_id"])
        booking.cancel(mine, self.request.tenant, at=days.now())
        return _("预订已取消，时段已空出。")
