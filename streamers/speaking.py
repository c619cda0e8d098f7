"""The rate that speaks for a streamer, as a query: for lists and counts that filter by it before any card is made.

The rule is ``streamers.offers.choose``; here it is said once more. ``test_pages_selection`` holds the two together.
"""

from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce, Greatest

from haowu.tenants.models import Tenant
from merchants.models import Plan, PlanRate
from streamers.models import Channel
from tuanzhang.models import Enrolment, EnrolmentRate


def speaking_bps(streamer: Tenant, at: datetime) -> Case:
    """What a product pays ``streamer`` at ``at``, for annotating products; NULL where no offer speaks."""
    exclusive = _rate(at, type=Plan.Type.EXCLUSIVE, product=OuterRef("pk"), streamer=streamer)
    item = _rate(at, type=Plan.Type.ITEM_TARGETED, product=OuterRef("pk"), streamer=streamer)
    shop = _rate(at, type=Plan.Type.SHOP_TARGETED, merchant=OuterRef("merchant"), streamer=streamer)
    normal = _rate(at, type=Plan.Type.NORMAL, product=OuterRef("pk"), streamer=None)
    exclusive_plans = Plan.objects.live(at).filter(type=Plan.Type.EXCLUSIVE, product=OuterRef("pk"))
    items = Enrolment.objects.live(at).filter(product=OuterRef("pk"))
    kept = Exists(exclusive_plans) | Exists(items.exclusive())
    listed = _best(items.exclusive().listing(streamer, at), at)
    through = _best(items.normal().filter(activity=Subquery(_way(streamer, at))), at)
    return Case(When(kept, then=Greatest(exclusive, listed)), default=Coalesce(item, shop, through, normal))


def may_lose(streamer: Tenant, at: datetime, until: datetime) -> Q:
    """Products that may pay ``streamer`` less at ``until`` than at ``at``, or nothing: all that do, and some others.

    Much cheaper than asking both rates of every product.
    """
    here = Plan.objects.filter(product=OuterRef("pk"))
    shop = Plan.objects.filter(type=Plan.Type.SHOP_TARGETED, merchant=OuterRef("merchant"))
    within = {"effective_from__gt": at, "effective_from__lte": until}
    rates = PlanRate.objects.filter(Q(streamer=streamer) | Q(streamer=None), **within)
    items = Enrolment.objects.filter(product=OuterRef("pk"))
    reasons = [
        ~Exists(here.live(until).filter(type=Plan.Type.NORMAL)),
        Exists(here.live(until).filter(type=Plan.Type.EXCLUSIVE)),
        Exists(here.filter(ends_at__gt=at, ends_at__lte=until)),
        Exists(rates.filter(plan__product=OuterRef("pk"))),
        Exists(shop.filter(ends_at__gt=at, ends_at__lte=until)),
        Exists(rates.filter(plan__merchant=OuterRef("merchant"), plan__type=Plan.Type.SHOP_TARGETED)),
        Exists(items.live(until).exclusive()),
        Exists(items.live(at).exclude(pk__in=items.live(until).values("pk"))),
        Exists(EnrolmentRate.objects.filter(enrolment__product=OuterRef("pk"), **within)),
    ]
    return reduce(or_, (Q(reason) for reason in reasons))


def _rate(at: datetime, *, streamer: Tenant | None, **plan: Any) -> Subquery:
    """The bps in force at ``at`` of the one live plan that ``plan`` describes; NULL where there is none."""
    rates = PlanRate.objects.filter(
        **{f"plan__{name}": value for name, value in plan.items()},
        plan__in=Plan.objects.live(at),
        streamer=streamer,
        cancelled_at__isnull=True,
        effective_from__lte=at,
    )
    return Subquery(rates.order_by("-effective_from", "-pk").values("commission_bps")[:1])


def _best(items: QuerySet[Enrolment], at: datetime) -> Subquery:
    """The highest bps in force at ``at`` among ``items``; NULL where there are none."""
    rates = EnrolmentRate.objects.filter(enrolment=OuterRef("pk"), cancelled_at__isnull=True, effective_from__lte=at)
    bps = Subquery(rates.order_by("-effective_from", "-pk").values("commission_bps")[:1])
    return Subquery(items.annotate(bps=bps).order_by("-bps").values("bps")[:1])


def _way(streamer: Tenant, at: datetime) -> QuerySet:
    """The activity through which the streamer's pick of an enrolment's product stands at ``at``."""
    channels = Channel.objects.filter(
        pick__streamer=streamer,
        pick__product=OuterRef("product"),
        pick__unpicked_at__isnull=True,
        effective_from__lte=at,
    )
    return channels.order_by("-effective_from", "-pk").values("activity")[:1]
