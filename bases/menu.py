"""What bases find in their menu, and what the others find of bases in theirs."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from bases.models import Consent, QuarantinedRow, Reservation, Shortage
from haowu.ground import days
from haowu.tenants.models import Tenant
from haowu.web import menus
from haowu.web.menus import Entry

SOON = timedelta(days=7)

menus.add(
    Tenant.Kind.BASE,
    Entry("base-home", _("基地"), "base", "", on_phone=True, place=5),
    Entry("base-brands", _("品牌"), "shop", "goods", ("library",), on_phone=True, place=10),
    Entry(
        "base-stock", _("库存"), "stock", "goods", ("base-feed", "base-upload", "base-pull"), on_phone=True, place=20
    ),
    Entry(
        "base-review",
        _("待复核"),
        "eye",
        "goods",
        waiting=lambda base: QuarantinedRow.objects.visible_to(base).to_review(),
        waiting_for=_("停住的库存行，采用或放弃"),
        place=25,
    ),
    Entry("base-goods", _("带货同意"), "hand", "goods", place=30),
    Entry(
        "base-reservations",
        _("备货"),
        "truck",
        "goods",
        waiting=lambda base: Reservation.objects.visible_to(base).open(),
        waiting_for=_("订单行的货已预留，等你发出"),
        on_phone=True,
        place=40,
    ),
    Entry("base-rooms", _("直播间"), "live", "people", place=10),
)
menus.add(
    Tenant.Kind.MERCHANT,
    Entry(
        "merchant-stock",
        _("基地库存"),
        "stock",
        "goods",
        waiting=lambda merchant: Shortage.objects.visible_to(merchant).waiting(),
        waiting_for=_("订单行没有基地有现货"),
        place=40,
    ),
    Entry(
        "consents",
        _("基地合作"),
        "base",
        "people",
        ("consent-bases", "consent-base", "retract-consent"),
        waiting=lambda merchant: Consent.objects.visible_to(merchant).ending_within(SOON, days.now()),
        waiting_for=_("基地合作 7 天内到期"),
        place=40,
    ),
)
menus.add(Tenant.Kind.STREAMER, Entry("rooms", _("直播"), "live", "goods", ("room",), on_phone=True, place=30))
