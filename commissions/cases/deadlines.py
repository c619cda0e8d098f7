"""A deadline that passes releases, unless somebody extended it: as of the deadline, whenever the sweep comes."""

from datetime import datetime

from commissions.cases import disputes
from commissions.cases.casework import act
from commissions.cases.disputes import DEADLINE_REASON
from commissions.cases.holds import close_line_hold, close_tenant_hold
from commissions.models import Dispute, LineHold, TenantHold
from commissions.orders.calendar import ledger_day
from commissions.orders.recomputing import lock_order
from commissions.postings.freezing import lock_party
from haowu.approvals.words import Act


def release_expired(*, at: datetime) -> int:
    """Release every hold and dispute whose deadline is at or before ``at``, each for itself; returns how many.

    Any number of sweeps, at once too: each case is released once.
    """
    released = 0
    for line_hold in LineHold.objects.expired(at).filter(kind=LineHold.Kind.STAFF_HOLD):
        released += _release_line(line_hold, at=at)
    for tenant_hold in TenantHold.objects.expired(at):
        released += _release_tenant(tenant_hold, at=at)
    for dispute in Dispute.objects.expired(at):
        released += disputes.expire(dispute, at=at)
    return released


@act
def _release_line(hold: LineHold, *, at: datetime) -> bool:
    lock_order(hold.order_id)
    is_due = LineHold.objects.expired(at).filter(pk=hold.pk).exists()
    if is_due:
        close_line_hold(hold, Act.EXPIRED, str(DEADLINE_REASON), by=None, at=hold.expires_at)
    return is_due


@act
def _release_tenant(hold: TenantHold, *, at: datetime) -> bool:
    ledger_day(at)
    lock_party(hold.tenant_id)
    is_due = TenantHold.objects.expired(at).filter(pk=hold.pk).exists()
    if is_due:
        close_tenant_hold(hold, Act.EXPIRED, str(DEADLINE_REASON), by=None, at=hold.expires_at)
    return is_due
