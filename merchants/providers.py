"""Engaging providers and agencies (rulebook §16). One at a time for each client."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from haowu.ground.errors import Refused
from haowu.tenants.models import Tenant
from merchants import recorded
from merchants.models import Engagement


class EngagementExists(Refused):
    code = "ENGAGEMENT_EXISTS"
    text = _("该时间段内已有服务商合作。请先结束它。")
    status = 409


class EngagementRateOutOfRange(Refused):
    code = "ENGAGEMENT_RATE_OUT_OF_RANGE"
    text = _("费率须在 0 到 {limit} 之间（万分之一），收到 {bps}。")


class NotAProvider(Refused):
    code = "NOT_A_PROVIDER"
    text = _("「{tenant}」不是服务商，不能委托。")


class ClientUnfit(Refused):
    code = "CLIENT_UNFIT"
    text = _("只有商家和达人可以委托服务商。")


BASES: dict[str, Engagement.Basis] = {
    Tenant.Kind.MERCHANT: Engagement.Basis.BASE,
    Tenant.Kind.STREAMER: Engagement.Basis.NET,
}
"""What a provider's share is reckoned from, by the kind of its client."""


@transaction.atomic
def engage(
    client: Tenant, provider: Tenant, *, services: str, bps: int, at: datetime, until: datetime | None = None
) -> Engagement:
    """Engage ``provider`` from ``at`` (to ``until``): a merchant at bps of the base, a streamer at bps of his net."""
    if client.kind not in BASES:
        raise ClientUnfit
    if provider.kind != Tenant.Kind.PROVIDER:
        raise NotAProvider(tenant=provider)
    basis = BASES[client.kind]
    limit = Engagement.MAX_BPS[basis]
    if not 0 <= bps <= limit:
        raise EngagementRateOutOfRange(limit=limit, bps=bps)
    Tenant.objects.select_for_update(no_key=True).get(pk=client.pk)
    overlapping = Engagement.objects.filter(client=client).filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at))
    if overlapping.filter(**({"starts_at__lt": until} if until else {})).exists():
        raise EngagementExists
    made = Engagement.objects.create(
        client=client, provider=provider, services=services, basis=basis, bps=bps, starts_at=at, ends_at=until
    )
    recorded.engaged(made, at)
    return made


@transaction.atomic
def disengage(engagement: Engagement, *, at: datetime) -> None:
    """End the engagement at ``at``; orders placed before keep their terms."""
    open_ones = Engagement.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at), pk=engagement.pk)
    before = engagement.ends_at
    ended = open_ones.filter(starts_at__lt=at).update(ends_at=at)
    engagement.refresh_from_db()
    if ended:
        recorded.disengaged(engagement, before, at)
