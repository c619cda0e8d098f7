"""Opening, changing and ending commission plans (rulebook §5, §6). Every act takes the moment it happens at."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from haowu.approvals.trail import Entry, record_many
from haowu.approvals.words import Act
from haowu.ground import days
from haowu.ground.bulk import insert_rows
from haowu.ground.errors import Refused, single
from haowu.ground.money import percent
from haowu.tenants.models import Tenant
from merchants import rates, recorded, refusals
from merchants.models import Plan, PlanRate, Product, Shop
from merchants.steps import Step

LONGEST = timedelta(days=3 * 366)
"""What is to run longer has no end."""


@dataclass(frozen=True)
class NewPlan:
    """A plan to be opened. A normal one has ``commission_bps``; the others ``streamers`` with a rate in bps each.

    ``step``: a higher rate from a number of orders on, for good: it cannot be changed, only the plan ended.
    ``ends_at`` None: until it is ended.
    """

    merchant: Tenant
    type: str
    at: datetime
    product: Product | None = None
    commission_bps: int | None = None
    streamers: Mapping[Tenant, int] = field(default_factory=dict)
    step: Step | None = None
    ends_at: datetime | None = None

    @property
    def first_rates(self) -> dict[Tenant | None, int]:
        return dict(self.streamers.items()) or ({} if self.commission_bps is None else {None: self.commission_bps})

    @property
    def place(self) -> tuple[int, str, int | None]:
        """Where at most one open plan may stand: the shop, the type, the product."""
        return self.merchant.pk, self.type, self.product.pk if self.product else None


@transaction.atomic
def open_plans(wishes: Sequence[NewPlan]) -> list[Plan | Refused]:
    """Open each plan from its ``at`` on; one answer per wish, in order.

    Refuses an unknown type, a second open plan of the same type on the product (or shop), a type without what it
    needs, rates outside 0–9000 bps, a step that raises no rate, an end in the past or beyond three years. The
    merchants' tenants are locked, so that two hands cannot open the same.
    """
    merchants = sorted({wish.merchant.pk for wish in wishes})
    list(Tenant.objects.select_for_update().filter(pk__in=merchants).order_by("pk"))
    answers = foreseen_plans(wishes)
    _open(list(zip(wishes, answers, strict=True)))
    return answers


def foreseen_plans(wishes: Sequence[NewPlan]) -> list[Plan | Refused]:
    """What ``open_plans`` would answer: plans that are stored nowhere, or why not."""
    merchants = {wish.merchant.pk for wish in wishes}
    suspended = set(
        Shop.objects.filter(merchant__in=merchants, suspended_at__isnull=False).values_list("merchant_id", flat=True)
    )
    ends = {
        place: end
        for *fields, end in Plan.objects.filter(merchant__in=merchants)
        .order_by(F("ends_at").asc(nulls_last=True))
        .values_list("merchant_id", "type", "product_id", "ends_at")
        for place in [tuple(fields)]
    }
    answers: list[Plan | Refused] = []
    for wish in wishes:
        refused = _objection(wish, suspended, ends)
        if refused is None:
            ends[wish.place] = wish.ends_at
        answers.append(refused or _plan(wish))
    return answers


def _plan(wish: NewPlan) -> Plan:
    plan = Plan(merchant=wish.merchant, type=wish.type, product=wish.product, starts_at=wish.at, ends_at=wish.ends_at)
    if wish.step:
        plan.step_threshold, plan.step_bps = wish.step.threshold, wish.step.step_bps
        plan.step_mode, plan.step_comparator = wish.step.mode.value, wish.step.comparator.value
    return plan


def _open(pairs: list[tuple[NewPlan, Plan | Refused]]) -> None:
    """Store the plans among ``pairs`` and their first rates."""
    plans = [(wish, answer) for wish, answer in pairs if isinstance(answer, Plan)]
    Plan.objects.bulk_create([plan for _wish, plan in plans])
    insert_rows(
        PlanRate,
        [
            {
                "plan_id": plan.pk,
                "merchant_id": plan.merchant_id,
                "streamer_id": streamer.pk if streamer else None,
                "commission_bps": bps,
                "effective_from": wish.at,
                "announced_at": wish.at,
            }
            for wish, plan in plans
            for streamer, bps in wish.first_rates.items()
        ],
    )
    recorded.plans_opened((plan, wish.first_rates) for wish, plan in plans)


def open_plan(merchant: Tenant, type: str, *, at: datetime, **terms: Any) -> Plan:
    """``open_plans`` for one, its refusal raised. ``terms`` are the other fields of ``NewPlan``."""
    return single(open_plans([NewPlan(merchant, type, at, **terms)]))


def _objection(wish: NewPlan, suspended: set[int], ends: Mapping[Any, datetime | None]) -> Refused | None:
    """The first rule that ``wish`` breaks. ``ends``: for each place, when its last plan ends (None: open)."""
    if wish.type not in Plan.Type.values:
        return refusals.PlanTypeUnknown(type=wish.type)
    if wish.type == Plan.Type.SHOP_TARGETED and wish.product is not None:
        return refusals.PlanTakesNoProduct()
    if wish.type != Plan.Type.SHOP_TARGETED and wish.product is None:
        return refusals.PlanNeedsProduct()
    if wish.type == Plan.Type.NORMAL and wish.streamers:
        return refusals.PlanTakesNoStreamers()
    if wish.type != Plan.Type.NORMAL and not wish.streamers:
        return refusals.PlanNeedsStreamers()
    if not wish.first_rates:
        return refusals.RateMissing()
    for bps in wish.first_rates.values():
        if not 0 <= bps <= rates.MAX_COMMISSION_BPS:
            return refusals.RateOutOfRange(rate=percent(bps))
    if wish.step and wish.step.threshold < 1:
        return refusals.StepThresholdInvalid()
    if wish.step and not max(wish.first_rates.values()) < wish.step.step_bps <= rates.MAX_COMMISSION_BPS:
        return refusals.StepNotHigher(rate=percent(wish.step.step_bps))
    if wish.ends_at is not None and not wish.at < wish.ends_at <= wish.at + LONGEST:
        return refusals.PlanEndInvalid()
    if wish.merchant.pk in suspended:
        return refusals.ShopSuspended()
    if wish.place in ends and ((end := ends[wish.place]) is None or end > wish.at):
        return refusals.PlanExists(type=Plan.Type(wish.type).label)
    return None


@dataclass(frozen=True)
class NewRate:
    """A rate to be asked for at ``at``. ``streamer`` names whose it is in a plan that lists streamers.

    ``bps`` None takes that streamer off the list.
    """

    plan: Plan
    bps: int | None
    at: datetime
    streamer: Tenant | None = None

    @property
    def place(self) -> tuple[int, int | None]:
        """Where rates form one history: the plan, and whose they are."""
        return self.plan.pk, self.streamer.pk if self.streamer else None


def set_rate(plan: Plan, bps: int | None, *, at: datetime, streamer: Tenant | None = None) -> PlanRate | None:
    """``set_rates`` for one, its refusal raised."""
    return single(set_rates([NewRate(plan, bps, at, streamer)]))


@transaction.atomic
def set_rates(wishes: Sequence[NewRate]) -> list[PlanRate | Refused | None]:
    """Ask for new rates, in order: a raise begins at its ``at``, a decrease at the next 00:00 Asia/Shanghai.

    Answers for each with the new row, or None where the rate equals the one in force (which cancels a pending
    decrease). Refuses a decrease from 23:50 on, and what is asked for before an earlier change.
    """
    plans = Plan.objects.select_for_update().order_by("pk").in_bulk({wish.plan.pk for wish in wishes})
    answers: dict[int, PlanRate | Refused | None] = {}
    waiting = list(enumerate(wishes))
    while waiting:
        first: dict[tuple[int, int | None], tuple[int, NewRate]] = {}
        for number, wish in waiting:
            first.setdefault(wish.place, (number, wish))
        answers |= _set_once(list(first.values()), plans)
        waiting = [(number, wish) for number, wish in waiting if number not in answers]
    return [answers[number] for number in range(len(wishes))]


def foreseen_rates(wishes: Sequence[NewRate]) -> list[rates.Change | Refused]:
    """What ``set_rates`` would answer to ``wishes`` of different plans: from when each rate would hold, or why not."""
    histories = _histories(wishes)
    answers: list[rates.Change | Refused] = []
    for wish in wishes:
        history = histories[wish.place]
        change = _change(wish, history)
        closed = refusals.DecreasesClosed() if change.refused else None
        answers.append(_rate_objection(wish.plan, wish, history) or closed or change)
    return answers


def _histories(wishes: Iterable[NewRate]) -> Mapping[tuple[int, int | None], list[PlanRate]]:
    histories: dict[tuple[int, int | None], list[PlanRate]] = defaultdict(list)
    for rate in PlanRate.objects.filter(plan__any_of={wish.plan.pk for wish in wishes}):
        histories[rate.plan_id, rate.streamer_id].append(rate)
    return histories


def _set_once(wishes: Sequence[tuple[int, NewRate]], plans: Mapping[int, Plan]) -> dict[int, PlanRate | Refused | None]:
    """The answers to numbered ``wishes`` of which no two change the same history."""
    histories = _histories(wish for _number, wish in wishes)
    answers: dict[int, PlanRate | Refused | None] = {}
    called_off: dict[datetime, list[int]] = defaultdict(list)
    changes: list[Entry] = []
    for number, wish in wishes:
        plan, history = plans[wish.plan.pk], histories[wish.place]
        answers[number] = refused = _rate_objection(plan, wish, history)
        if refused is None:
            change = _change(wish, history)
            if change.refused:
                answers[number] = refusals.DecreasesClosed()
            else:
                answers[number] = made = _rate(plan, wish, change)
                pending = [r.pk for r in history if r.cancelled_at is None and r.effective_from > wish.at]
                called_off[wish.at] += pending
                changes += _entry(plan, wish, history, made, is_change=bool(pending))
    for at, pks in called_off.items():
        PlanRate.objects.filter(pk__in=pks).update(cancelled_at=at)
    PlanRate.objects.bulk_create([answer for answer in answers.values() if isinstance(answer, PlanRate)])
    record_many(Act.RATE_CHANGED, changes)
    return answers


def _entry(
    plan: Plan, wish: NewRate, history: Sequence[PlanRate], rate: PlanRate | None, *, is_change: bool
) -> list[Entry]:
    """For the trail, unless the rate asked for is the one in force and called nothing off."""
    if rate is None and not is_change:
        return []
    current = rates.in_force(history, wish.at)
    before = current.commission_bps if current else None
    return [recorded.rate_entry(plan, wish.streamer, (before, wish.bps), rate, wish.at)]


def _rate_objection(plan: Plan, wish: NewRate, history: Sequence[PlanRate]) -> Refused | None:
    """The first rule that ``wish`` breaks."""
    if plan.ends_at is not None and plan.ends_at <= wish.at:
        return refusals.PlanEnded()
    if plan.lists_streamers and wish.streamer is None:
        return refusals.PlanNeedsStreamers()
    if not plan.lists_streamers and (wish.streamer is not None or wish.bps is None):
        return refusals.PlanTakesNoStreamers()
    if wish.bps is not None and not 0 <= wish.bps <= rates.MAX_COMMISSION_BPS:
        return refusals.RateOutOfRange(rate=percent(wish.bps))
    last = max((rate.announced_at for rate in history), default=plan.starts_at)
    if wish.at < last:
        return refusals.RateInThePast(at=wish.at.isoformat(), last=last.isoformat())
    return None


def _change(wish: NewRate, history: Sequence[PlanRate]) -> rates.Change:
    current = rates.in_force(history, wish.at)
    return rates.change(current.commission_bps if current else None, wish.bps, wish.at)


def _rate(plan: Plan, wish: NewRate, change: rates.Change) -> PlanRate | None:
    if change.effective_from is None:
        return None
    return PlanRate(
        plan=plan,
        merchant_id=plan.merchant_id,
        streamer=wish.streamer,
        commission_bps=wish.bps,
        effective_from=change.effective_from,
        announced_at=wish.at,
    )


@transaction.atomic
def end_plan(plan: Plan, *, at: datetime) -> Plan:
    """End ``plan`` at the next 00:00 Asia/Shanghai: for streamers that is a decrease, with a decrease's rules."""
    plan = Plan.objects.select_for_update().get(pk=plan.pk)
    if plan.ends_at is not None and plan.ends_at <= days.next_midnight(at):
        raise refusals.PlanEnded
    if days.decreases_closed(at):
        raise refusals.DecreasesClosed
    plan.ends_at = days.next_midnight(at)
    plan.save(update_fields=["ends_at"])
    recorded.plan_ended(plan, at)
    return plan
