"""Four acts that the trail is read by: of a member, of the other side, of the staff and of a timer."""

from haowu.approvals import actors, trail
from haowu.approvals.actors import Actor
from haowu.tenants.models import Tenant
from haowu.web import request_ids
from tests.build import leader, member, merchant, moment, staff

OPENING = ("created", "added")
"""The acts by which a party, its shop and its members came about."""
AT = moment("2024-06-01 10:00")


def four_acts() -> tuple[Tenant, Tenant]:
    """A shop's finance raises a rate, a leader passes, one of the staff refuses, a timer expires."""
    shop, other = merchant("m1"), leader("l1", name="团长甲")
    lin = member(shop, "finance", "lin")
    both = {"tenant": shop, "counterparty": other}
    with request_ids.within("r-own"), actors.acting(Actor("user", "lin", lin.pk, shop.pk, "finance")):
        trail.record("rate_changed", "plan", "p-1", at=AT, tenant=shop, reason="双十一")
    with request_ids.within("r-other"), actors.acting(Actor("user", "secret-name", None, other.pk, "owner")):
        trail.record("passed", "enrolment", "e-1", at=AT, **both)
    trail.record("refused", "withdrawal", "w-1", at=AT, by=staff("clerk"), reason="户名不符", tenant=shop)
    with actors.acting(actors.timer("commissions.tasks.release_expired")):
        trail.record("expired", "dispute", "d-1", at=AT, **both)
    return shop, other
