"""Staff keep a line, or all of a party's money, still: with a reason, until a deadline, in everybody's sight.

A line that is not sealed waits and settles in the night after its release. A sealed one is paid: freeze the party, or
open a dispute. A party is frozen at once with all it has available, and each night's earnings after that.
"""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from commissions.cases.casework import CaseClosed, DeadlinePassed, act, locked, note, require_later
from commissions.models import LineHold, OrderLine, TenantHold
from commissions.orders.calendar import hold_frontier, is_sealed, ledger_day
from commissions.orders.recomputing import lock_order, recompute_lines
from commissions.postings import freezing
from haowu.approvals.rules import require_reason, require_staff
from haowu.approvals.words import Act
from haowu.ground.errors import Refused
from haowu.tenants.models import Tenant, User

HOLD_FOR = timedelta(days=15)
"""How long a hold lasts where staff name no deadline."""


class LineSealed(Refused):
    code = "LINE_SEALED"
    text = _("该订单行已进入结算，不能再冻结。请冻结对方账户，或发起争议。")
    status = 409


class LineAlreadyHeld(Refused):
    code = "LINE_ALREADY_HELD"
    text = _("该订单行已被冻结。需要更长时间请延期。")
    status = 409


class TenantAlreadyHeld(Refused):
    code = "TENANT_ALREADY_HELD"
    text = _("该账户已被冻结。需要更长时间请延期。")
    status = 409


class DisputeHold(Refused):
    code = "DISPUTE_HOLD"
    text = _("这是争议的冻结，随争议的裁定解除。请处理对应的争议。")
    status = 409


@act
def hold_line(line: OrderLine, reason: str, *, by: User, at: datetime, until: datetime | None = None) -> LineHold:
    """Keep ``line`` from settling. Refuses one that is sealed, and one that staff hold already."""
    require_staff(by)
    require_reason(reason)
    order = lock_order(line.order_id)
    if is_sealed(OrderLine.objects.get(order=order, line_no=line.line_no).settles_on, hold_frontier()):
        raise LineSealed
    if LineHold.objects.open().filter(order=order, line_no=line.line_no, kind=LineHold.Kind.STAFF_HOLD).exists():
        raise LineAlreadyHeld
    hold = open_line_hold(line, LineHold.Kind.STAFF_HOLD, reason, by=by, at=at, until=until or at + HOLD_FOR)
    recompute_lines([order])
    return hold


def open_line_hold(line: OrderLine, kind: str, reason: str, *, by: User, at: datetime, until: datetime) -> LineHold:
    """The row and its trail; the caller locks the order and lets its lines stand again."""
    require_later(until, at)
    hold = LineHold.objects.create(
        order_id=line.order_id,
        line_no=line.line_no,
        kind=kind,
        reason=reason,
        opened_by=by,
        opened_at=at,
        expires_at=until,
    )
    named = {"order_no": line.order_no, "line_no": line.line_no, "expires_at": until}
    note(hold, Act.OPENED, by=by, at=at, reason=reason, after=named)
    return hold


@act
def release_line(hold: LineHold, reason: str, *, by: User, at: datetime) -> None:
    """Let the line go: it settles in the night after the later of its due time and ``at``."""
    require_staff(by)
    require_reason(reason)
    if hold.kind == LineHold.Kind.DISPUTE:
        raise DisputeHold
    close_line_hold(hold, Act.RELEASED, reason, by=by, at=at)


def close_line_hold(hold: LineHold, act: str, reason: str, *, by: User | None, at: datetime) -> None:
    """Close the row and let the line stand again. Refuses one that is closed."""
    order = lock_order(hold.order_id)
    _close(hold, act, reason, by=by, at=at)
    recompute_lines([order])


@act
def freeze_tenant(tenant: Tenant, reason: str, *, by: User, at: datetime, until: datetime | None = None) -> TenantHold:
    """Freeze what ``tenant`` has available, and from now on what each night brings. Refuses one already frozen."""
    require_staff(by)
    require_reason(reason)
    until = until or at + HOLD_FOR
    require_later(until, at)
    day = ledger_day(at)
    freezing.lock_party(tenant.pk)
    if is_frozen(tenant):
        raise TenantAlreadyHeld
    hold = TenantHold.objects.create(tenant=tenant, reason=reason, opened_by=by, opened_at=at, expires_at=until)
    freezing.freeze_missing(day, owners=[tenant.pk])
    note(hold, Act.OPENED, by=by, at=at, reason=reason, parties=(tenant.pk, None), after={"expires_at": until})
    return hold


@act
def release_tenant(hold: TenantHold, reason: str, *, by: User, at: datetime) -> None:
    """Give back what the hold froze; what disputes ask for of it stays frozen for them."""
    require_staff(by)
    require_reason(reason)
    close_tenant_hold(hold, Act.RELEASED, reason, by=by, at=at)


def close_tenant_hold(hold: TenantHold, act: str, reason: str, *, by: User | None, at: datetime) -> None:
    day = ledger_day(at)
    freezing.lock_party(hold.tenant_id)
    current = locked(hold)
    if current.closed_at is None:
        freezing.book([freezing.release(current, current.tenant_id, current.frozen_fen)], day=day)
    _close(hold, act, reason, by=by, at=at, parties=(hold.tenant_id, None))
    freezing.freeze_missing(day, owners=[hold.tenant_id])


@act
def extend_hold(hold: LineHold | TenantHold, until: datetime, reason: str, *, by: User, at: datetime) -> None:
    """Move the deadline of an open hold. Refuses one whose deadline has passed: it is released."""
    require_staff(by)
    require_reason(reason)
    current = locked(hold)
    if isinstance(current, LineHold) and current.kind == LineHold.Kind.DISPUTE:
        raise DisputeHold
    if current.closed_at is not None:
        raise CaseClosed
    if current.expires_at <= at:
        raise DeadlinePassed
    require_later(until, current.expires_at)
    type(hold).objects.filter(pk=hold.pk).update(expires_at=until)
    parties = (current.tenant_id, None) if isinstance(current, TenantHold) else (None, None)
    before, after = {"expires_at": current.expires_at}, {"expires_at": until}
    note(hold, Act.EXTENDED, by=by, at=at, reason=reason, parties=parties, before=before, after=after)


def is_frozen(tenant: Tenant) -> bool:
    """Whether staff keep the money of ``tenant`` still, as for whoever pays out."""
    return TenantHold.objects.open().filter(tenant=tenant).exists()


def _close(
    hold: LineHold | TenantHold, act: str, reason: str, *, by: User | None, at: datetime, parties: tuple = (None, None)
) -> None:
    if not type(hold).objects.open().filter(pk=hold.pk).update(closed_at=at, closed_by=by):
        raise CaseClosed
    note(hold, act, by=by, at=at, reason=reason, parties=parties, after={"closed_at": at})
