"""Until when a plan runs: later or for good at any time, earlier with the notice of a decrease (rulebook §6)."""

from datetime import datetime

from django.db import transaction

from haowu.ground import days
from merchants import recorded, refusals
from merchants.models import Plan
from merchants.plans import LONGEST


@transaction.atomic
def set_end(plan: Plan, ends_at: datetime | None, *, at: datetime) -> Plan:
    """Let ``plan`` run until ``ends_at`` (None: until it is ended).

    Refuses a plan that is over, an end beyond three years, and an earlier end before the next 00:00 Asia/Shanghai, or
    at it from 23:50 on: for streamers an earlier end is a decrease.
    """
    plan = Plan.objects.select_for_update().get(pk=plan.pk)
    if plan.ends_at is not None and plan.ends_at <= at:
        raise refusals.PlanEnded
    if ends_at is not None and not at < ends_at <= at + LONGEST:
        raise refusals.PlanEndInvalid
    if ends_at is not None and (plan.ends_at is None or ends_at < plan.ends_at):
        if ends_at < days.next_midnight(at):
            raise refusals.PlanEndTooSoon(at=days.next_midnight(at).strftime("%Y-%m-%d %H:%M"))
        if ends_at == days.next_midnight(at) and days.decreases_closed(at):
            raise refusals.DecreasesClosed
    before, plan.ends_at = plan.ends_at, ends_at
    plan.save(update_fields=["ends_at"])
    recorded.plan_period_changed(plan, before, at)
    return plan
