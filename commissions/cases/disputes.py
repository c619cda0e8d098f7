"""A party of a line says that another should not have its share.

Before the line is sealed the line waits until the dispute is decided. After that the respondent's net of the line is
frozen, as far as it has the money, and the following nights fill up what is missing. Rejected, retracted or past its
deadline: everything is released. Upheld, which takes two people: what was decided goes to the claimant, the rest back.
"""

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Min
from django.utils.translation import gettext_lazy as _

from commissions.cases.casework import CaseClosed, DeadlinePassed, act, locked, note, require_later
from commissions.cases.holds import close_line_hold, open_line_hold
from commissions.models import Dispute, LineHold, OrderLine, Settlement
from commissions.orders.calendar import hold_frontier, is_sealed, ledger_day
from commissions.orders.recomputing import lock_order, recompute_lines
from commissions.postings import freezing
from commissions.split import ROLES, Shares
from haowu.approvals.rules import require_reason, require_staff, second_person
from haowu.approvals.trail import facts
from haowu.approvals.words import Act
from haowu.ground import days
from haowu.ground.errors import NotFound, Refused
from haowu.ground.money import yuan
from haowu.tenants.models import Tenant, User

DECIDE_WITHIN = timedelta(days=15)
RAISE_WITHIN = timedelta(days=30)
"""How long after its night a settled line may be disputed."""


DEADLINE_REASON = _("处理期限已过，自动解除")


class NoSuchLine(NotFound):
    text = _("没有这个订单行。请核对订单号和行号。")


class NoSuchSide(Refused):
    code = "DISPUTE_NO_SUCH_SIDE"
    text = _("对方须是该订单行上的另一个当事方。请重新选择。")


class DisputeOpen(Refused):
    code = "DISPUTE_OPEN"
    text = _("针对这一方的争议正在处理中。请等待处理结果，或先撤回。")
    status = 409


class DisputeTooLate(Refused):
    code = "DISPUTE_TOO_LATE"
    text = _("该订单行已于 {day} 结算，超过 30 天不能再发起争议。请联系平台客服。")
    status = 409


class TakeInvalid(Refused):
    code = "TAKE_INVALID"
    text = _("扣回金额须大于 0 且不超过争议金额 ¥{amount}。")


@act
def open_dispute(
    line: OrderLine,
    *,
    claimant: Tenant,
    against: Tenant,
    reason: str,
    by: User,
    at: datetime,
    until: datetime | None = None,
) -> Dispute:
    """Dispute the share of ``against`` on ``line``. A line of others answers as one that does not exist."""
    require_reason(reason)
    until = until or at + DECIDE_WITHIN
    require_later(until, at)
    order = lock_order(line.order_id)
    line = OrderLine.objects.get(order=order, line_no=line.line_no)
    sealed = is_sealed(line.settles_on, hold_frontier())
    _check_sides(line, claimant, against, at)
    freezing.lock_party(against.pk)
    same = Dispute.objects.open().filter(order=order, line_no=line.line_no, claimant=claimant, respondent=against)
    if same.exists():
        raise DisputeOpen
    dispute = Dispute.objects.create(
        order=order,
        line_no=line.line_no,
        claimant=claimant,
        respondent=against,
        reason=reason,
        hold=None if sealed else open_line_hold(line, LineHold.Kind.DISPUTE, reason, by=by, at=at, until=until),
        amount_fen=_due(line, against),
        opened_by=by,
        opened_at=at,
        expires_at=until,
    )
    if sealed:
        _freeze(dispute, at)
    else:
        recompute_lines([order])
    _note(dispute, Act.OPENED, reason, by=by, at=at, acting_for=claimant, after=facts(dispute, "status", "amount_fen"))
    return dispute


@act
def propose(dispute: Dispute, take_fen: int, reason: str, *, by: User, at: datetime) -> None:
    """One of the staff proposes to take ``take_fen`` of what is in dispute. Nothing moves before a second agrees."""
    require_staff(by)
    require_reason(reason)
    current = _undecided(dispute, at)
    if not 0 < take_fen <= current.amount_fen:
        raise TakeInvalid(amount=yuan(current.amount_fen))
    current.move("propose", take_fen=take_fen, decision=reason, proposed_by=by)
    _note(current, Act.PROPOSED, reason, by=by, at=at)


@act
def send_back(dispute: Dispute, reason: str, *, by: User, at: datetime) -> None:
    """A second person does not agree: it is open again, for another proposal."""
    require_reason(reason)
    current = _undecided(dispute, at)
    second_person(current.proposed_by_id, by)
    current.move("send_back", take_fen=0, proposed_by=None)
    _note(current, Act.REJECTED, reason, by=by, at=at)


@act
def uphold(dispute: Dispute, *, by: User, at: datetime) -> None:
    """A second person agrees: what was proposed goes to the claimant, as it becomes there; the rest is released."""
    current = _undecided(dispute, at)
    second_person(current.proposed_by_id, by)
    day = ledger_day(at)
    paid_fen = freezing.pay_from_frozen(current, day=day)
    current.move("uphold", decided_by=by, decided_at=at, taken_fen=paid_fen)
    _note(current, Act.APPROVED, current.decision, by=by, at=at)
    _let_go(current, Act.RELEASED, current.decision, by=by, at=at)
    freezing.collect(day, only=current)
    _freeze_for_others(current, day)


@act
def reject(dispute: Dispute, reason: str, *, by: User, at: datetime) -> None:
    """The share stands: everything is released."""
    require_staff(by)
    require_reason(reason)
    _end(_undecided(dispute, at), "reject", Act.REJECTED, reason, by=by, at=at)


@act
def retract(dispute: Dispute, reason: str, *, claimant: Tenant, by: User, at: datetime) -> None:
    """The claimant takes it back: everything is released."""
    require_reason(reason)
    if dispute.claimant_id != claimant.pk:
        raise NoSuchLine
    _end(_undecided(dispute, at), "retract", Act.RETRACTED, reason, by=by, at=at, acting_for=claimant)


@act
def expire(dispute: Dispute, *, at: datetime) -> bool:
    """Where its deadline has passed undecided everything is released, as of the deadline. Whether it was so."""
    current = _locked(dispute)
    is_due = current.status in Dispute.UNDECIDED and current.expires_at <= at
    if is_due:
        _end(current, "expire", Act.EXPIRED, str(DEADLINE_REASON), by=None, at=current.expires_at)
    return is_due


@act
def extend(dispute: Dispute, until: datetime, reason: str, *, by: User, at: datetime) -> None:
    """Staff take longer. The hold of a line that waits goes with it."""
    require_staff(by)
    require_reason(reason)
    current = _undecided(dispute, at)
    require_later(until, current.expires_at)
    Dispute.objects.filter(pk=current.pk).update(expires_at=until)
    if current.hold_id:
        LineHold.objects.filter(pk=current.hold_id).update(expires_at=until)
    changed = {"before": {"expires_at": current.expires_at}, "after": {"expires_at": until}}
    _note(current, Act.EXTENDED, reason, by=by, at=at, **changed)


def _check_sides(line: OrderLine, claimant: Tenant, against: Tenant, at: datetime) -> None:
    sides = {line.merchant_id, *(getattr(line, f"{role}_id") for role in ROLES)} - {None}
    if claimant.pk not in sides:
        raise NoSuchLine
    if against.pk not in sides - {claimant.pk}:
        raise NoSuchSide
    settled_on = Settlement.objects.filter(line=line).aggregate(day=Min("day"))["day"]
    if settled_on is not None and at >= days.start_of(settled_on) + RAISE_WITHIN:
        raise DisputeTooLate(day=settled_on)


def _due(line: OrderLine, party: Tenant) -> int:
    """What the line leaves with ``party``: by its phases, else as it stands; never below 0."""
    shares = (
        sum((phase.shares for phase in line.settlements.all()), Shares()) if line.settlements.exists() else line.due
    )
    return max(0, sum(shares.kept_by(role) for role in ROLES if getattr(line, f"{role}_id") == party.pk))


def _freeze(dispute: Dispute, at: datetime) -> None:
    freezing.freeze_missing(ledger_day(at), owners=[dispute.respondent_id])
    dispute.refresh_from_db()


def _locked(dispute: Dispute) -> Dispute:
    """``dispute`` as it stands now, its line and its respondent's money kept so. Orders come before parties."""
    lock_order(dispute.order_id)
    freezing.lock_party(dispute.respondent_id)
    return locked(dispute)


def _undecided(dispute: Dispute, at: datetime) -> Dispute:
    current = _locked(dispute)
    if current.status not in Dispute.UNDECIDED:
        raise CaseClosed
    if current.expires_at <= at:
        raise DeadlinePassed
    return current


def _end(
    current: Dispute,
    move: str,
    act: str,
    reason: str,
    *,
    by: User | None,
    at: datetime,
    acting_for: Tenant | None = None,
) -> None:
    """Release everything that ``current`` (locked) keeps still."""
    day = ledger_day(at)
    freezing.book([freezing.release(current, current.respondent_id, current.frozen_fen)], day=day)
    current.move(move, decision=reason, decided_by=by, decided_at=at, take_fen=0)
    _note(current, act, reason, by=by, at=at, acting_for=acting_for)
    _let_go(current, act, reason, by=by, at=at)
    _freeze_for_others(current, day)


def _let_go(current: Dispute, act: str, reason: str, *, by: User | None, at: datetime) -> None:
    if current.hold is not None:
        close_line_hold(current.hold, act, reason, by=by, at=at)


def _freeze_for_others(current: Dispute, day: date) -> None:
    """Other cases may ask for what became free, on either side."""
    freezing.freeze_missing(day, owners=[current.respondent_id, current.claimant_id])


def _note(dispute: Dispute, act: str, reason: str, **details: Any) -> None:
    note(dispute, act, reason=reason, parties=(dispute.claimant_id, dispute.respondent_id), **details)
