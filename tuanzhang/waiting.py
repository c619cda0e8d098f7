"""What waits for a leader's answer: reminded on his pages, then put before staff and made known to who waits."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, QuerySet
from django.utils.translation import gettext_lazy as _

from haowu.tenants.models import Tenant
from tuanzhang.models import ChangeRequest, Enrolment, GoodsRequest, SecondLevel

REMINDED = timedelta(days=3)
"""From here on a wait is shown as overdue."""
ESCALATED = timedelta(days=7)
"""From here on staff see it in their queue, and who waits reads so."""


@dataclass(frozen=True)
class Waiting:
    """``page``: the name of the page where it is answered."""

    label: Any
    page: str
    count: int
    since: datetime
    at: datetime

    @property
    def days(self) -> int:
        return (self.at - self.since).days

    @property
    def is_overdue(self) -> bool:
        return self.at - self.since >= REMINDED

    @property
    def is_escalated(self) -> bool:
        return self.at - self.since >= ESCALATED


def of_leader(leader: Tenant, at: datetime) -> list[Waiting]:
    """What waits for ``leader``, the oldest first; in four queries."""
    enrolments = Enrolment.objects.of_leader(leader).in_state(Enrolment.State.PENDING, at)
    seconds = SecondLevel.objects.of_first(leader).waiting()
    changes = ChangeRequest.objects.filter(leader=leader).waiting(at)
    asked = GoodsRequest.objects.filter(leader=leader).open()
    found = [
        _waiting(_("商品报名待审核"), "activities", enrolments, "enrolled_at", at),
        _waiting(_("变更申请待答复"), "activities", changes, "asked_at", at),
        _waiting(_("二级团长申请待答复"), "second-levels", seconds, "applied_at", at),
        _waiting(_("达人要货待答复"), "goods-requests", asked, "asked_at", at),
    ]
    return sorted((each for each in found if each is not None), key=lambda each: each.since)


def _waiting(label: Any, page: str, rows: QuerySet, since: str, at: datetime) -> Waiting | None:
    figures = rows.order_by().aggregate(count=Count("pk"), since=Min(since))
    return Waiting(label, page, figures["count"], figures["since"], at) if figures["count"] else None
