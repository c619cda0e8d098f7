"""Opening, changing and ending commission plans (rulebook §5, §6). Every act takes the moment it happens at."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from haowu import days
from haowu.tenants.models import Tenant
from merchants import rates, refusals
from merchants.models import Plan, PlanRate, Product, Shop


@transaction.atomic
def open_plan(
    merchant: Tenant,
    type: str,
    *,
    at: datetime,
    product: Product | None = None,
    commission_bps: int | None = None,
    streamers: Mapping[Tenant, int] | None = None,
) -> Plan:
    """Open a plan that is in force from ``at``.

    A normal plan takes ``commission_bps``; the other types take ``streamers`` with a rate in bps each. Refuses an
    unknown type, a second open plan of the same type on the product (or shop), and rates outside 0–9000 bps.
    """
    streamers = dict(streamers or {})
    _check_shape(type, product, commission_bps, streamers)
    if Shop.objects.filter(merchant=merchant, suspended_at__isnull=False).exists():
        raise refusals.ShopSuspended
    Tenant.objects.select_for_update().get(pk=merchant.pk)  # one plan at a time is opened in a shop
    if Plan.objects.filter(merchant=merchant, type=type, product=product).not_ended(at).exists():
        raise refusals.PlanExists(type=Plan.Type(type).label)
    plan = Plan.objects.create(merchant=merchant, type=type, product=product, starts_at=at)
    first_rates = {None: commission_bps} if type == Plan.Type.NORMAL else streamers
    for streamer, bps in first_rates.items():
        set_rate(plan, bps, at=at, streamer=streamer)
    return plan


def _check_shape(type: str, product: Product | None, commission_bps: int | None, streamers: Mapping) -> None:
    if type not in Plan.Type.values:
        raise refusals.PlanTypeUnknown(type=type)
    if type == Plan.Type.SHOP_TARGETED and product is not None:
        raise refusals.PlanTakesNoProduct
    if type != Plan.Type.SHOP_TARGETED and product is None:
        raise refusals.PlanNeedsProduct
    if type == Plan.Type.NORMAL and streamers:
        raise refusals.PlanTakesNoStreamers
    if type != Plan.Type.NORMAL and not streamers:
        raise refusals.PlanNeedsStreamers
    if type == Plan.Type.NORMAL and commission_bps is None:
        raise refusals.RateOutOfRange(bps="–")


@transaction.atomic
def set_rate(plan: Plan, bps: int | None, *, at: datetime, streamer: Tenant | None = None) -> PlanRate | None:
    """Ask for a new rate: a raise begins ``at``, a decrease at the next 00:00 Asia/Shanghai.

    ``streamer`` names whose rate it is in a plan that lists streamers; ``bps`` None takes that streamer off the list.
    Returns the new row, or None where the rate equals the one in force (which cancels a pending decrease).
    Raises DecreasesClosed from 23:50 on for a decrease, RateInThePast where ``at`` lies before an earlier change.
    """
    plan = Plan.objects.select_for_update().get(pk=plan.pk)
    if plan.ends_at is not None and plan.ends_at <= at:
        raise refusals.PlanEnded
    if plan.lists_streamers and streamer is None:
        raise refusals.PlanNeedsStreamers
    if not plan.lists_streamers and (streamer is not None or bps is None):
        raise refusals.PlanTakesNoStreamers
    if bps is not None and not 0 <= bps <= rates.MAX_COMMISSION_BPS:
        raise refusals.RateOutOfRange(bps=bps)
    history = list(plan.rates.filter(streamer=streamer).select_for_update())
    last = max((rate.announced_at for rate in history), default=plan.starts_at)
    if at < last:
        raise refusals.RateInThePast(at=at.isoformat(), last=last.isoformat())
    return _add_rate(plan, streamer, history, bps, at)


def _add_rate(
    plan: Plan, streamer: Tenant | None, history: list[PlanRate], bps: int | None, at: datetime
) -> PlanRate | None:
    current = rates.in_force(history, at)
    change = rates.change(current.commission_bps if current else None, bps, at)
    if change.refused:
        raise refusals.DecreasesClosed
    plan.rates.filter(streamer=streamer, cancelled_at__isnull=True, effective_from__gt=at).update(cancelled_at=at)
    if change.effective_from is None:
        return None
    return PlanRate.objects.create(
        plan=plan,
        merchant_id=plan.merchant_id,
        streamer=streamer,
        commission_bps=bps,
        effective_from=change.effective_from,
        announced_at=at,
    )


@transaction.atomic
def end_plan(plan: Plan, *, at: datetime) -> Plan:
    """End ``plan`` at the next 00:00 Asia/Shanghai: for streamers that is a decrease, with a decrease's rules."""
    plan = Plan.objects.select_for_update().get(pk=plan.pk)
    if plan.ends_at is not None:
        raise refusals.PlanEnded
    if days.decreases_closed(at):
        raise refusals.DecreasesClosed
    plan.ends_at = days.next_midnight(at)
    plan.save(update_fields=["ends_at"])
    return plan
