"""What the players of the demo say about themselves: field, city, a line."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from haowu.demo import cast
from haowu.tenants.models import Tenant
from haowu.tenants.recording import Entry, record_many

KINDS = {"shop": Tenant.Kind.MERCHANT, "streamer": Tenant.Kind.STREAMER, "leader": Tenant.Kind.TUANZHANG}


@dataclass(frozen=True)
class Profile:
    field: str
    city: str
    introduction: str


def introduce(*, at: datetime) -> None:
    """Those who have not said anything yet. Names stay as they are."""
    for role, kind in KINDS.items():
        players = cast.players(role)
        silent = list(Tenant.objects.of_kind(kind).filter(code__in=players, introduction=""))
        said = [(tenant, players[tenant.code]) for tenant in silent]
        write(((tenant, Profile(each.field, each.city, each.introduction)) for tenant, each in said), at=at)


def write(profiles: Iterable[tuple[Tenant, Profile]], *, at: datetime) -> None:
    tenants, entries = [], []
    for tenant, profile in profiles:
        tenant.field, tenant.city, tenant.introduction = profile.field, profile.city, profile.introduction
        tenants.append(tenant)
        entries.append(Entry("tenant", tenant.trail_subject, tenant, after=vars(profile)))
    Tenant.objects.bulk_update(tenants, ["field", "city", "introduction"])
    record_many("changed", entries, at=at)
