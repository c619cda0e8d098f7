"""What planning and running a live session refuses."""

from django.utils.translation import gettext_lazy as _

from haowu.ground.errors import Refused


class SessionWindowInvalid(Refused):
    code = "SESSION_WINDOW_INVALID"
    text = _("一场要有 {least} 分钟到 {most} 小时，还没结束，也不早于 {ahead} 天后。请改时间。")


class BookingUnfit(Refused):
    code = "BOOKING_UNFIT"
    text = _("这个直播间的预订不是你的、已取消，或没有包住整场时间。请换一个预订或改时间。")


class SessionOver(Refused):
    code = "SESSION_OVER"
    text = _("这一场已经结束或取消，不能再改。")
    status = 409


class AlreadyInSession(Refused):
    code = "ALREADY_IN_SESSION"
    text = _("「{product}」已经排在这一场里。")
    status = 409


class TooManyItems(Refused):
    code = "TOO_MANY_ITEMS"
    text = _("一场最多排 {most} 款。")


class ItemGone(Refused):
    code = "ITEM_GONE"
    text = _("这一款已经不在排品里。请刷新后再试。")
    status = 404


class SessionNotBegun(Refused):
    code = "SESSION_NOT_BEGUN"
    text = _("这一场还没开播，没有战报。")
    status = 409


class AnotherSessionLive(Refused):
    code = "ANOTHER_SESSION_LIVE"
    text = _("你有另一场正在播，或这个时间已经播过一场。请先下播那一场。")
    status = 409
