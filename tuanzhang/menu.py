"""What leaders find in their menu, and what merchants find of activities in theirs."""

from django.utils.translation import gettext_lazy as _

from haowu.ground import days
from haowu.tenants.models import Tenant
from haowu.web import menus
from haowu.web.menus import Entry
from tuanzhang.models import Enrolment
from tuanzhang.waiting import ESCALATED

ACTIVITY_PAGES = ("activity", "new-activity", "edit-activity")
JOINED = ("joinable-activities", "joinable-activity")

menus.add(
    Tenant.Kind.TUANZHANG,
    Entry("activities", _("活动"), "flag", "goods", ACTIVITY_PAGES, on_phone=True, place=10),
    Entry("second-levels", _("二级合作"), "flow", "people", JOINED, place=20),
    Entry("goods-requests", _("达人要货"), "hand", "people", place=30),
    Entry("streamer-groups", _("达人分组"), "team", "people", place=40),
)
menus.add(
    Tenant.Kind.MERCHANT,
    Entry("open-activities", _("招商活动"), "flag", "people", ("open-activity",), on_phone=True, place=20),
    Entry(
        "enrolments",
        _("活动报名"),
        "doc",
        "people",
        ("enrolment",),
        waiting=lambda merchant: Enrolment.objects.of_merchant(merchant).waiting_since(days.now() - ESCALATED),
        waiting_for=_("报名等了 7 天以上，可以撤回另报"),
        place=30,
    ),
)
