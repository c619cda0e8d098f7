"""What a leader's share link says: the activity, and the second leader whose link it is."""

from haowu.tenants.models import Tenant
from tuanzhang.models import Activity


def link(token: str, via: str) -> dict[str, Activity | Tenant | None]:
    """``activity`` and ``second_leader`` as ``shelf.pick`` takes them; an unknown token or leader counts as none."""
    activity = Activity.objects.shared_as(token) if token else None
    leaders = Tenant.objects.of_kind(Tenant.Kind.TUANZHANG)
    second = leaders.filter(public_id=via).first() if activity and via else None
    return {"activity": activity, "second_leader": second}
