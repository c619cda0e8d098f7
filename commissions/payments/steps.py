"""Where a withdrawal has come to: a step for its party's story, and a row of the trail, written together."""

from collections.abc import Collection
from datetime import datetime

from commissions.models import Withdrawal, WithdrawalStep
from haowu.approvals.trail import Entry, facts, record_many
from haowu.approvals.words import Act, Subject
from haowu.tenants.models import Tenant, User

Status = Withdrawal.Status
ACTS = {
    Status.REQUESTED: Act.APPLIED,
    Status.APPROVED: Act.APPROVED,
    Status.REFUSED: Act.REFUSED,
    Status.CANCELLED: Act.CANCELLED,
    Status.SENT: Act.SENT,
    Status.PAID: Act.PAID,
    Status.FAILED: Act.FAILED,
}


def record_steps(
    withdrawals: Collection[Withdrawal], by: User | None, at: datetime, *, acting_for: Tenant | int | None = None
) -> None:
    """For ``withdrawals`` that one act has brought to one status, for one reason."""
    WithdrawalStep.objects.record(withdrawals, by, at)
    for status in sorted({withdrawal.status for withdrawal in withdrawals}):
        moved = [withdrawal for withdrawal in withdrawals if withdrawal.status == status]
        entries = [entry(withdrawal) for withdrawal in moved]
        record_many(ACTS[Status(status)], entries, at=at, by=by, reason=moved[0].reason, acting_for=acting_for)


def entry(withdrawal: Withdrawal) -> Entry:
    after = facts(withdrawal, "status", "number", "amount_fen")
    if withdrawal.batch is not None:
        after["batch"] = withdrawal.batch.number
    return Entry(Subject.WITHDRAWAL, withdrawal.public_id, withdrawal.tenant_id, after=after)
