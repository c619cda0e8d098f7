"""What waits for staff: of every queue how many rows and since when, in one statement; and what comes due first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.admin import AdminSite
from django.db.models import CharField, Count, DateTimeField, F, Min, QuerySet, Value
from django.db.models.functions import Cast
from django.http import HttpRequest

from haowu.approvals.queues import StaffQueue
from haowu.approvals.site import list_address

ASKED = "waiting_of_staff"


@dataclass(frozen=True)
class Waiting:
    """One queue. ``since`` is the oldest row's moment, ``due_at`` the next deadline, where its rows have one."""

    queue: StaffQueue
    count: int
    since: datetime | None
    due_at: datetime | None

    @property
    def label(self) -> str:
        return str(self.queue.opts.verbose_name_plural)

    @property
    def address(self) -> str:
        return list_address(self.queue.model, self.queue.waiting_query)


def of(site: AdminSite, request: HttpRequest) -> dict[str, Waiting]:
    """``{"app.model": Waiting}`` of the queues that the user may look at; asked once in a request."""
    known: dict[str, Waiting] | None = getattr(request, ASKED, None)
    if known is None:
        known = _counted({each.opts.label_lower: each for each in queues(site, request)})
        setattr(request, ASKED, known)
    return known


def queues(site: AdminSite, request: HttpRequest) -> Iterator[StaffQueue]:
    for shown in site._registry.values():
        if isinstance(shown, StaffQueue) and shown.waiting and shown.has_view_or_change_permission(request):
            yield shown


def _counted(queues: dict[str, StaffQueue]) -> dict[str, Waiting]:
    if not queues:
        return {}
    first, *others = [_figures(label, queue) for label, queue in queues.items()]
    rows = first.union(*others, all=True) if others else first
    return {row["queue"]: Waiting(queues[row["queue"]], row["count"], row["since"], row["due_at"]) for row in rows}


def _figures(label: str, queue: StaffQueue) -> QuerySet:
    rows = queue.waiting_rows().order_by().annotate(queue=Value(label, CharField())).values("queue")
    return rows.annotate(count=Count("pk"), since=_first(queue.waiting_since), due_at=_first(queue.due_at))


def _first(name: str) -> Any:
    return Min(Cast(F(name), DateTimeField())) if name else Cast(Value(None), DateTimeField())
