"""One line's whole story, and as one party may read it. Its words for people: ``sentences``."""

from collections.abc import Iterator
from itertools import islice
from typing import Any, TypeVar, cast

from django.db.models import Prefetch, QuerySet

from commissions.models import Adjustment, OrderLine, Settlement
from commissions.orders.calendar import INSUFFICIENT_DEPOSIT
from commissions.split import ROLES, Shares
from commissions.stories.line_story import Amounts, FixedPoints, LineStory, Offer, Phase
from commissions.stories.sections import SectionReader, with_sections
from haowu.ground import days
from haowu.tenants.models import Tenant

CHUNK = 1_000
AmountsOrPhase = TypeVar("AmountsOrPhase", Amounts, Phase)


def stories(lines: QuerySet[OrderLine]) -> Iterator[LineStory]:
    """The whole story of each line, read a thousand lines at a time. Platform scope."""
    rows = with_sections(with_fixed_points(lines)).iterator(chunk_size=CHUNK)
    while chunk := list(islice(rows, CHUNK)):
        reader = SectionReader(chunk)
        for line in chunk:
            yield {**fixed_points(line), **reader.sections(line)}


def with_fixed_points(lines: QuerySet[OrderLine]) -> QuerySet[OrderLine]:
    """``lines`` with all that ``fixed_points`` reads of them."""
    phases = Prefetch("settlements", Settlement.objects.order_by("phase"))
    waiting = Prefetch("adjustments", Adjustment.objects.order_by("day"))
    return lines.select_related("merchant", *ROLES).prefetch_related(phases, waiting)


def fixed_points(line: OrderLine) -> FixedPoints:
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
        "estimate": _amounts(line, line.estimate),
        "phases": [_phase(line, phase) for phase in phases],
        "due_at": line.due_at.astimezone(days.SHANGHAI).isoformat() if line.due_at else None,
        "held": {"reason": line.held_reason, "since": line.held_since.astimezone(days.SHANGHAI).isoformat()}
        if line.held_reason and line.held_since
        else None,
    }


def _offer(line: OrderLine) -> Offer | None:
    if not line.offer_kind:
        return None
    offer: Offer = {"kind": line.offer_kind, "id": line.offer_id, "version": line.offer_version}
    if line.activity:
        offer["activity"] = line.activity
    return offer


def _phase(line: OrderLine, phase: Settlement) -> Phase:
    return cast(Phase, {"day": str(phase.day), "kind": phase.kind} | _amounts(line, phase.shares))


def _amounts(line: OrderLine, shares: Shares) -> Amounts:
    paid: dict[str, Any] = {
        role: {
            "party": party.code,
            "gross_fen": getattr(shares, f"{role}_fen"),
            "tech_fee_fen": getattr(shares, f"{role}_fee_fen"),
            "net_fen": getattr(shares, f"{role}_fen") - getattr(shares, f"{role}_fee_fen"),
        }
        for role in ROLES
        if (party := line.party(role)) is not None
    }
    return cast(Amounts, paid | ({"merchant": {"cost_fen": shares.cost_fen}} if line.offer_kind else {}))


def as_seen_by(tenant: Tenant, line: OrderLine) -> LineStory:
    """The story with only what is for ``tenant``; the merchant, who pays them all, sees every role.

    Platform scope: the rows behind a story are not all visible to each of its parties.
    """
    line = with_sections(with_fixed_points(OrderLine.objects.filter(pk=line.pk))).get()
    story: LineStory = {**fixed_points(line), **SectionReader([line]).sections(line, tenant)}
    if line.merchant_id == tenant.pk:
        return story
    if line.source_id == tenant.pk:
        return _without_money(story, line)
    hidden = {"merchant"} | {role for role in ROLES if getattr(line, f"{role}_id") != tenant.pk}
    story["estimate"] = _without(story["estimate"], hidden)
    story["phases"] = [_without(phase, hidden) for phase in story["phases"]]
    return story


def _without(amounts: AmountsOrPhase, hidden: set[str]) -> AmountsOrPhase:
    return cast(AmountsOrPhase, {key: value for key, value in amounts.items() if key not in hidden})


def _without_money(story: LineStory, line: OrderLine) -> LineStory:
    """For an order's source: its events, the line's status and holds, and what became of the events."""
    return {
        **story,
        "status": line.status,
        "held": story["held"] if is_held_for_source(line) else None,
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


def is_held_for_source(line: OrderLine) -> bool:
    """Whether an order's source may know that ``line`` is held: a deposit is between the merchant and the platform."""
    return line.held_reason not in ("", INSUFFICIENT_DEPOSIT)
