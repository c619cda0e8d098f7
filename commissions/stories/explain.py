"""One line's whole story as JSON. Shape: partner API, ``explain``; beside its fixed points, ``chapters``.

Sentences for people are made of it in ``telling``.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.db.models import Prefetch, QuerySet

from commissions.models import Adjustment, OrderLine, Settlement
from commissions.orders.calendar import INSUFFICIENT_DEPOSIT
from commissions.split import ROLES, Shares
from commissions.stories.sections import Chapters, with_chapters
from haowu.ground import days
from haowu.tenants.models import Tenant

CHUNK = 1_000


def stories(lines: QuerySet[OrderLine]) -> Iterator[dict[str, Any]]:
    """The whole JSON story of each line, read a thousand lines at a time. Platform scope."""
    rows = with_chapters(with_story(lines)).iterator(chunk_size=CHUNK)
    while chunk := list(islice(rows, CHUNK)):
        chapters = Chapters(chunk)
        for line in chunk:
            yield story(line) | chapters.of(line)


def with_story(lines: QuerySet[OrderLine]) -> QuerySet[OrderLine]:
    """``lines`` with all that ``story`` reads of them."""
    phases = Prefetch("settlements", Settlement.objects.order_by("phase"))
    waiting = Prefetch("adjustments", Adjustment.objects.order_by("day"))
    return lines.select_related("merchant", *ROLES).prefetch_related(phases, waiting)


def story(line: OrderLine) -> dict[str, Any]:
    """The fixed points of the story of ``line``. Amounts in fen; a role without a party is left out."""
    phases = list(line.settlements.all())
    adjustments = list(line.adjustments.all())
    return {
        "order_no": line.order_no,
        "line_no": line.line_no,
        "status": OrderLine.Status.SETTLED.value if phases else line.status,
        "base_fen": adjustments[-1].base_fen if adjustments else line.due_base_fen,
        "terms": {
            "offer": _offer(line),
            "commission_bps": line.commission_bps,
            "service_fee_bps": line.service_fee_bps,
            "second_bps": line.second_bps,
            "tech_bps": line.tech_bps,
            "trace": line.trace,
        },
        "estimate": _roles(line, line.estimate),
        "phases": [{"day": str(phase.day), "kind": phase.kind} | _roles(line, phase.shares) for phase in phases],
        "due_at": line.due_at.astimezone(days.SHANGHAI).isoformat() if line.due_at else None,
        "held": {"reason": line.held_reason, "since": line.held_since.astimezone(days.SHANGHAI).isoformat()}
        if line.held_reason
        else None,
    }


def _offer(line: OrderLine) -> dict[str, Any] | None:
    if not line.offer_kind:
        return None
    offer = {"kind": line.offer_kind, "id": line.offer_id, "version": line.offer_version}
    return offer | ({"activity": line.activity} if line.activity else {})


def _roles(line: OrderLine, shares: Shares) -> dict[str, Any]:
    paid = {
        role: {
            "party": party.code,
            "gross_fen": getattr(shares, f"{role}_fen"),
            "tech_fee_fen": getattr(shares, f"{role}_fee_fen"),
            "net_fen": getattr(shares, f"{role}_fen") - getattr(shares, f"{role}_fee_fen"),
        }
        for role in ROLES
        if (party := line.party(role)) is not None
    }
    return paid | ({"merchant": {"cost_fen": shares.cost_fen}} if line.offer_kind else {})


def as_seen_by(tenant: Tenant, line: OrderLine) -> dict[str, Any]:
    """The whole story with only what is for ``tenant``; the merchant, who pays them all, sees every role.

    Platform scope: the rows behind a story are not all visible to each of its parties.
    """
    line = with_chapters(with_story(OrderLine.objects.filter(pk=line.pk))).get()
    told = story(line) | Chapters([line]).of(line, tenant)
    if line.merchant_id == tenant.pk:
        return told
    if line.source_id == tenant.pk:
        return told | _SETTLEMENT_UNTOLD | {"status": line.status, "held": held_by_case(told["held"])}
    hidden = {"merchant"} | {role for role in ROLES if getattr(line, f"{role}_id") != tenant.pk}
    for roles in (told["estimate"], *told["phases"]):
        for role in hidden & roles.keys():
            del roles[role]
    return told


_SETTLEMENT_UNTOLD: dict[str, Any] = {
    "base_fen": None,
    "terms": {"offer": None, "trace": []},
    "estimate": {},
    "phases": [],
    "disputes": [],
    "settles_on": None,
    "steps": [],
    "adjustments": [],
    "postings": [],
    "credits": [],
    "next": None,
}
"""What an order's source is not told: it reads its events, the line's status and holds, and what became of them."""


def held_by_case(held: dict[str, Any] | None) -> dict[str, Any] | None:
    """``held`` as an order's source may know it: that a merchant's deposit is short is between it and the platform."""
    return None if held and held["reason"] == INSUFFICIENT_DEPOSIT else held
