"""What is filled in for a live session."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bases.models import Booking
from haowu.ground import days
from haowu.ground.fields import MomentField, TextField, WholeField
from streamers.live.planning import MOST_MINUTES, POINTS_LENGTH

HOURS = [(minutes, _("{n} 小时").format(n=f"{minutes / 60:g}")) for minutes in (60, 90, 120, 180, 240, 360, 480)]


class SessionForm(forms.Form):
    """``wish`` is what ``planning.plan`` takes."""

    title = TextField(label=_("场次名称"), max_length=40)
    starts_at = MomentField(label=_("开播"))
    minutes = forms.TypedChoiceField(label=_("播多久"), choices=HOURS, coerce=int, initial=180)
    booking = forms.ChoiceField(label=_("在哪儿播"), required=False)

    def __init__(self, *args: Any, bookings: list[Booking], at: datetime, **options: Any) -> None:
        super().__init__(*args, **options)
        self.bookings = {booking.public_id: booking for booking in bookings}
        named = [(key, _room(booking)) for key, booking in self.bookings.items()]
        self.fields["booking"].choices = [("", _("自己的直播间")), *named]  # type: ignore[attr-defined]
        self.fields["starts_at"].initial = _next_hour(at)

    @property
    def wish(self) -> dict[str, Any]:
        sent = self.cleaned_data
        return {
            "title": sent["title"],
            "starts_at": sent["starts_at"],
            "ends_at": sent["starts_at"] + timedelta(minutes=sent["minutes"]),
            "booking": self.bookings.get(sent["booking"]),
        }


class ItemForm(forms.Form):
    minutes = WholeField(label=_("分钟"), min_value=1, max_value=MOST_MINUTES)
    points = TextField(label=_("卖点"), max_length=POINTS_LENGTH, required=False, widget=forms.Textarea)


def _room(booking: Booking) -> str:
    begin, end = (moment.astimezone(days.SHANGHAI) for moment in (booking.starts_at, booking.ends_at))
    return f"{booking.room.base.name} {booking.room} {begin:%m-%d %H:%M}–{end:%H:%M}"


def _next_hour(at: datetime) -> datetime:
    here = at.astimezone(days.SHANGHAI)
    return here.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
