"""A withdrawal in words: who brought it to where it stands, what comes next and when.

Checked and handed to the bank on the working day after it was asked for; the bank pays within one more
(``docs/money.md``). Working days are Monday to Friday: the texts say that public holidays add to them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commissions.models import Withdrawal, WithdrawalStep
from haowu.ground import days

Status = Withdrawal.Status
NEXT = {
    Status.REQUESTED: gettext_lazy("等平台复核，最迟 {day} 完成并打款（遇法定节假日顺延）。打款前可以取消。"),
    Status.APPROVED: gettext_lazy("等平台打款，最迟 {day} 交给银行（遇法定节假日顺延）。交给银行前可以取消。"),
    Status.SENT: gettext_lazy("已交给银行，最迟 {day} 有结果（遇法定节假日顺延）。现在不能再取消。"),
    Status.PAID: gettext_lazy("银行已付款，请在收款账户查收。"),
    Status.FAILED: gettext_lazy("银行没有付成，钱已退回可提现。请核对收款账户后重新申请。"),
    Status.REFUSED: gettext_lazy("没有通过复核，钱已退回可提现。按原因处理后可以重新申请。"),
    Status.CANCELLED: gettext_lazy("已取消，钱已退回可提现。"),
}


@dataclass(frozen=True)
class TimelineStep:
    """``who`` is for the party to read: staff of the platform are not named to it."""

    label: str
    who: str
    at: datetime
    note: str


def expected_on(withdrawal: Withdrawal) -> date | None:
    """The working day by which what comes next is due; None where nothing comes."""
    if withdrawal.status not in Withdrawal.UNDER_WAY:
        return None
    since = withdrawal.touched_at if withdrawal.status == Status.SENT else withdrawal.requested_at
    return days.workday_after(days.day_of(since))


def next_step(withdrawal: Withdrawal) -> str:
    return str(NEXT[Status(withdrawal.status)]).format(day=expected_on(withdrawal))


def steps(withdrawal: Withdrawal) -> Iterator[TimelineStep]:
    """Everything that happened to it, oldest first."""
    for step in WithdrawalStep.objects.visible_to(withdrawal.tenant).of(withdrawal).oldest_first():
        yield TimelineStep(step.get_status_display(), _who(step), step.at, step.note)


def _who(step: WithdrawalStep) -> str:
    if step.by is None:
        return _("系统")
    return _("平台") if step.by.is_staff else step.by.get_username()
