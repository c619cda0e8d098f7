"""What leaders and merchants find of activities."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from haowu.ground.lookups import all_words
from haowu.tenants.models import Tenant
from haowu.web.finding import LIMIT, Hit, finder
from tuanzhang.models import Activity, Enrolment


@finder(_("招商活动"), Tenant.Kind.TUANZHANG)
def activities(tenant: Tenant, words: list[str]) -> Iterator[Hit]:
    mine = Activity.objects.visible_to(tenant).filter(all_words(words, "title"))
    for activity in mine.order_by("-begins_at", "-pk")[:LIMIT]:
        note = f"{activity.begins_at:%Y-%m-%d} – {activity.ends_at:%Y-%m-%d}" if activity.ends_at else ""
        yield Hit(activity.title, note, reverse("activity", args=[activity.public_id]))


@finder(_("活动报名"), Tenant.Kind.MERCHANT)
def enrolments(tenant: Tenant, words: list[str]) -> Iterator[Hit]:
    mine = Enrolment.objects.visible_to(tenant).filter(all_words(words, "product__title", "activity__title"))
    for each in mine.select_related("activity", "product").order_by("-pk")[:LIMIT]:
        yield Hit(str(each.product), each.activity.title, reverse("enrolment", args=[each.public_id]))
