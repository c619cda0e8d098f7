"""The trail as one party may read it: who, when, what, why. Staff of the platform are not named, nor others' people."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from haowu.approvals.actors import ActorKind
from haowu.approvals.models import Trail
from haowu.tenants.models import Membership, Tenant

OWN, OTHER, PLATFORM, SYSTEM = "own", "other", "platform", "system"


@dataclass(frozen=True)
class Who:
    """``side`` is ``own``, ``other``, ``platform`` or ``system``; ``role`` is that of one's own member."""

    side: str
    name: str
    role: str = ""


def who(row: Trail, reader: Tenant) -> Who:
    if row.acting_for_id == reader.pk:
        return Who(OWN, row.actor, _role(row))
    if row.acting_for:
        return Who(OTHER, row.acting_for.name)
    if row.actor_kind == ActorKind.USER:
        return Who(PLATFORM, _("平台"))
    return Who(SYSTEM, _("系统"))


def request_id(row: Trail, reader: Tenant) -> str | None:
    """One's own requests alone: the numbers of others are theirs."""
    return row.request_id if row.acting_for_id == reader.pk else None


def _role(row: Trail) -> str:
    if row.role in Membership.Role.values:
        return str(Membership.Role(row.role).label)
    return str(ActorKind(row.actor_kind).label)
