"""What a line's story has beside its fixed points: events, cases, steps, adjustments, postings, what happens next.

Read for many lines at once. ``viewer`` narrows a story to what one party may know; None is the platform.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any, cast

from django.db.models import Prefetch, QuerySet

from commissions import models
from commissions.leaders import results
from commissions.models import Adjustment, LineHold, OrderEvent, OrderLine, Run, Settlement, SteppedLine
from commissions.orders import calendar
from commissions.orders.life import OrderLife
from commissions.orders.recomputing import lives_of
from commissions.orders.rulings import Type
from commissions.split import ROLES
from commissions.statements.line_postings import Flow, NightBook
from commissions.stories.line_story import (
    Credit,
    Dispute,
    Event,
    Hold,
    LinePosting,
    NextStep,
    Sections,
    WaitingAdjustment,
)
from haowu.ground import days
from haowu.tenants.models import Tenant
from tuanzhang import periods
from tuanzhang.models import LevelPolicy

AMOUNTS = ("refund_no", "amount_fen", "goods_fen", "freight_fen", "case_no")
BOUGHT = ("quantity", "price_fen", "merchant_coupon_fen", "platform_coupon_fen", "price_subsidy_fen")


def with_sections(lines: QuerySet[OrderLine]) -> QuerySet[OrderLine]:
    """``lines`` with all that ``SectionReader`` reads of them beside ``explain.with_fixed_points``."""
    return lines.select_related("order").prefetch_related(
        Prefetch("stepped", SteppedLine.objects.order_by("day")),
        Prefetch("order__events", OrderEvent.objects.order_by("occurred_at", "event_id")),
        Prefetch("order__holds", LineHold.objects.order_by("pk")),
        Prefetch("order__disputes", models.Dispute.objects.select_related("claimant", "respondent").order_by("pk")),
    )


class SectionReader:
    """Reads the sections of some lines, with what they share: the last sealed and closed days, and their postings."""

    def __init__(self, lines: Iterable[OrderLine]) -> None:
        self.frontier = Run.objects.frontier()
        self.closed = Run.objects.closed().frontier()
        self.policies: dict[date, LevelPolicy] = {}
        self.lives: dict[int, OrderLife] = {}
        self.book = NightBook(phase for line in lines for phase in line.settlements.all())

    def sections(self, line: OrderLine, viewer: Tenant | None = None) -> Sections:
        waiting, phases = self.waiting(line), list(line.settlements.all())
        return {
            "settles_on": str(line.settles_on) if line.settles_on else None,
            "events": list(self._events(line, viewer)),
            "holds": [_hold(hold, viewer) for hold in line.order.holds.all() if hold.line_no == line.line_no],
            "disputes": list(_disputes(line, viewer)),
            "steps": [{"day": str(row.day), "commission_bps": row.commission_bps} for row in line.stepped.all()],
            "adjustments": [_adjustment(line, row, viewer) for row in waiting],
            "postings": list(self._postings(line, phases, viewer)),
            "credits": list(self._credits(line, phases, viewer)),
            "next": self._next(line, bool(phases), waiting),
        }

    def waiting(self, line: OrderLine) -> list[Adjustment]:
        """The adjustments whose nights have not closed."""
        return [row for row in line.adjustments.all() if self.closed is None or row.day > self.closed]

    def _events(self, line: OrderLine, viewer: Tenant | None) -> Iterator[Event]:
        """What was received for the line, or for the whole order once the line was ordered, in the order it counts.

        The platform and the order's source see events as they were sent, a party of the line what is of this line.
        """
        is_party = viewer is not None and viewer.pk != line.source_id
        for event in line.order.events.all():
            facts = _facts(line, event)
            if facts is None:
                continue
            if is_party and event.type == Type.REFUNDED and event.line_no is None:
                facts = self._refunded_of(line, event, facts)
            section = {
                "event_id": event.event_id,
                "type": event.type,
                "line_no": event.line_no,
                "occurred_at": local(event.occurred_at),
                "received_at": local(event.received_at),
                "verdict": event.verdict,
                "code": event.code,
            }
            yield cast(Event, section | facts)

    def _refunded_of(self, line: OrderLine, event: OrderEvent, facts: dict[str, Any]) -> dict[str, Any]:
        """``facts`` with what a refund of the whole order took off this line, not what it took off others.

        One that took nothing anywhere has no amount.
        """
        if line.order_id not in self.lives:
            self.lives |= lives_of({line.order_id: list(line.order.events.all())}, self.frontier)
        others = {name: value for name, value in facts.items() if not name.endswith("_fen")}
        refund = self.lives[line.order_id].refunds.accepted.get(event.event_id)
        if refund is None or line.line_no not in refund.shares:
            return others
        name = "amount_fen" if "amount_fen" in facts else "goods_fen"
        return others | {name: refund.shares[line.line_no].amount_fen}

    def _postings(self, line: OrderLine, phases: list[Settlement], viewer: Tenant | None) -> Iterator[LinePosting]:
        """One row for each posting and each of its ends that is a party's: signed from that party's side."""
        codes = {line.merchant_id: line.merchant.code} | {
            getattr(line, f"{role}_id"): party.code for role in ROLES if (party := line.party(role))
        }
        for phase in phases:
            for booked in self.book.booked(phase):
                for (owner, account, _code), sign in _ends(booked.flow):
                    if owner in codes and (viewer is None or viewer.pk == owner):
                        yield {
                            "day": str(phase.day),
                            "phase": phase.phase,
                            "kind": booked.flow.kind,
                            "party": codes[owner],
                            "account": account,
                            "amount_fen": None if booked.share_fen is None else sign * booked.share_fen,
                            "reference": booked.reference,
                            "netted_fen": sign * booked.netted_fen,
                        }

    def _credits(self, line: OrderLine, phases: list[Settlement], viewer: Tenant | None) -> Iterator[Credit]:
        """What each phase counts for in a leader's quarter: for that leader and the platform."""
        for phase in phases:
            quarter = periods.quarter_of(phase.day)
            if phase.first_leader_id is None or not phase.base_fen:
                continue
            if quarter not in self.policies:
                self.policies[quarter] = LevelPolicy.objects.in_force(quarter)
            leader = results.credited(line, self.policies[quarter])
            if leader and (viewer is None or viewer.pk == leader.pk):
                name = periods.quarter_name(quarter)
                yield {"quarter": name, "day": str(phase.day), "leader": leader.code, "gmv_fen": phase.base_fen}

    def _next(self, line: OrderLine, is_settled: bool, waiting: list[Adjustment]) -> NextStep:
        if is_settled:
            return _step("ADJUSTS", night=waiting[0].day) if waiting else _step("DONE")
        if line.status == OrderLine.Status.INVALID:
            return _step("INVALID")
        if line.held_reason:
            return self._held(line)
        if line.settles_on is None:
            return _step("WAITS_FOR_RECEIPT")
        is_sealed = self.frontier is not None and line.settles_on <= self.frontier
        return _step("SETTLING" if is_sealed else "SETTLES", night=line.settles_on)

    def _held(self, line: OrderLine) -> NextStep:
        """Not before the night that its due time gives; a deposit is looked at in the next night."""
        night = None
        if line.held_reason == calendar.INSUFFICIENT_DEPOSIT:
            night = calendar.open_day(date.min, self.frontier)
        elif line.due_at:
            night = calendar.open_day(days.night_for(line.due_at), self.frontier)
        own = [hold for hold in line.order.holds.all() if hold.line_no == line.line_no and hold.closed_at is None]
        until = max((hold.expires_at for hold in own if hold.kind == line.held_reason), default=None)
        return _step("HELD", night=night, until=until)


def _step(what: str, *, night: date | None = None, until: datetime | None = None) -> NextStep:
    return {"what": what, "night": str(night) if night else None, "until": local(until) if until else None}


def _facts(line: OrderLine, event: OrderEvent) -> dict[str, Any] | None:
    """What ``event`` carries, as it was sent; None where it speaks of other lines."""
    if event.type == Type.PAID:
        bought = next((each for each in event.facts["lines"] if each["line_no"] == line.line_no), None)
        return bought and {name: bought[name] for name in BOUGHT}
    is_of_line = line.ordered_at <= event.occurred_at if event.line_no is None else event.line_no == line.line_no
    return {name: event.facts[name] for name in AMOUNTS if name in event.facts} if is_of_line else None


def _hold(hold: LineHold, viewer: Tenant | None) -> Hold:
    """Why staff hold a line is the platform's to know; that they do, since when and until when, is everybody's."""
    section: Hold = {
        "kind": hold.kind,
        "since": local(hold.opened_at),
        "until": local(hold.expires_at),
        "released_at": local(hold.closed_at) if hold.closed_at else None,
    }
    if viewer is None:
        section["reason"] = hold.reason
    return section


def _disputes(line: OrderLine, viewer: Tenant | None) -> Iterator[Dispute]:
    for dispute in line.order.disputes.all():
        if dispute.line_no != line.line_no:
            continue
        if viewer and viewer.pk not in (dispute.claimant_id, dispute.respondent_id):
            continue
        yield {
            "id": dispute.public_id,
            "claimant": dispute.claimant.code,
            "respondent": dispute.respondent.code,
            "status": dispute.status,
            "reason": dispute.reason,
            "decision": dispute.decision,
            "amount_fen": dispute.amount_fen,
            "frozen_fen": dispute.frozen_fen,
            "take_fen": dispute.take_fen,
            "taken_fen": dispute.taken_fen,
            "opened_at": local(dispute.opened_at),
            "until": local(dispute.expires_at),
            "decided_at": local(dispute.decided_at) if dispute.decided_at else None,
        }


def _adjustment(line: OrderLine, row: Adjustment, viewer: Tenant | None) -> WaitingAdjustment:
    """What the line comes to in all when the night of ``day`` has booked the difference."""
    mine = [role for role in ROLES if line.party(role) and viewer in (None, line.party(role), line.merchant)]
    nets = {f"{role}_net_fen": row.shares.kept_by(role) for role in mine}
    cost = {"merchant_cost_fen": row.shares.cost_fen} if viewer in (None, line.merchant) else {}
    section = {"day": str(row.day), "base_fen": row.base_fen, "tech_bps": row.tech_bps} | nets | cost
    return cast(WaitingAdjustment, section)


def _ends(flow: Flow) -> Iterator[tuple[Any, int]]:
    yield flow.source, -1
    yield flow.target, 1


def local(at: datetime) -> str:
    return at.astimezone(days.SHANGHAI).isoformat()
