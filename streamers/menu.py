"""What streamers find in their menu of goods."""

from django.utils.translation import gettext_lazy as _

from haowu.tenants.models import Tenant
from haowu.web import menus
from haowu.web.menus import Entry
from streamers.waiting import on_shelf
from tuanzhang.models import Recipient

SELECTION_PAGES = (
    "selection-product",
    "selection-filters",
    "activity-goods",
    "compare",
    "why-these",
    "why-product",
)
SHELF_PAGES = ("shelf-groups", "shelf-likes")
RECOMMENDED = ("recommended-goods", "my-goods-requests")

menus.add(
    Tenant.Kind.STREAMER,
    Entry("selection", _("选品"), "goods", "goods", SELECTION_PAGES, on_phone=True, place=10),
    Entry(
        "shelf",
        _("货架"),
        "shelf",
        "goods",
        SHELF_PAGES,
        waiting=on_shelf,
        waiting_for=_("款没有佣金、明天降佣或已下架"),
        on_phone=True,
        place=20,
    ),
    Entry("links", _("推广链接"), "link", "goods", ("link", "paste-link"), place=30),
    Entry("sessions", _("场次"), "live", "goods", ("session", "new-session", "session-goods"), place=40),
    Entry(
        "recommended",
        _("团长推荐"),
        "head",
        "people",
        RECOMMENDED,
        waiting=Recipient.objects.waiting_for,
        waiting_for=_("份推荐给你，还没看"),
        place=20,
    ),
)

for kind in (Tenant.Kind.MERCHANT, Tenant.Kind.TUANZHANG):
    menus.add(kind, Entry("goods-sessions", _("直播场次"), "live", "goods", ("goods-session",), place=60))
