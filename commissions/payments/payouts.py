"""Payout batches: approved withdrawals as a file for the bank, and the bank's results read back, each once."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from commissions.models import PayoutBatch, Withdrawal
from commissions.orders.calendar import ledger_day
from commissions.payments.payout_file import FILE, Channel, Instruction, Result, checksum
from commissions.payments.steps import record_steps
from commissions.payments.withdrawals import REASON_LENGTH, post_ends
from haowu.approvals.rules import require_staff
from haowu.approvals.trail import facts, record
from haowu.approvals.words import Act, Subject
from haowu.ground import days
from haowu.ground.errors import NotFound, Refused
from haowu.ground.money import yuan
from haowu.ground.states import move_all
from haowu.tenants import personal
from haowu.tenants.models import User

ROWS_A_FILE = 5_000
CHANNELS: dict[str, Channel] = {channel.code: channel for channel in (FILE,)}

_LOCK = 7_301_845_513
"""Advisory lock: batches are made one after another, so that their numbers run on."""


class NothingToPay(Refused):
    code = "NOTHING_TO_PAY"
    text = _("没有待打款的提现。复核通过后再制作批次。")
    status = 409


class BatchChanged(Refused):
    """What the batch would be written as today is not what was sealed when it was made."""

    code = "BATCH_CHANGED"
    text = _("批次 {number} 的内容与制作时的校验和不符，不能下载。请联系技术人员核对。")
    status = 409


@dataclass(frozen=True)
class Answer:
    """What became of one row of a results file. ``code`` PAID, FAILED and REPEATED are no mistakes."""

    row: int
    reference: str
    code: str
    message: str

    @property
    def is_fine(self) -> bool:
        return self.code in {"PAID", "FAILED", "REPEATED"}


@transaction.atomic
def make_batch(
    by: User | None, at: datetime, *, only: Collection[int] | None = None, channel: Channel = FILE, who: str = ""
) -> PayoutBatch:
    """Put approved withdrawals (``only`` these, or all, oldest first, 5,000 at most) into a batch of their own.

    ``who`` names the command line's caller where ``by`` is None. NothingToPay where none is approved.
    """
    _require_staff(by)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    waiting = Withdrawal.objects.approved().of_unfrozen().locked().select_related("bank_account")
    withdrawals = list((waiting if only is None else waiting.filter(pk__in=only))[:ROWS_A_FILE])
    if not withdrawals:
        raise NothingToPay()
    day = days.day_of(at)
    number = f"P{day:%Y%m%d}-{PayoutBatch.objects.filter(made_on=day).count() + 1:03d}"
    content = _written(number, channel, withdrawals, by=by, who=who, at=at)
    batch = PayoutBatch.objects.create(
        number=number,
        channel=channel.code,
        made_on=day,
        made_at=at,
        made_by=by,
        count=len(withdrawals),
        sum_fen=sum(withdrawal.amount_fen for withdrawal in withdrawals),
        checksum=checksum(content),
    )
    _move_all(withdrawals, "send", by, at, batch=batch)
    terms = facts(batch, "channel", "count", "sum_fen", "checksum")
    record(Act.CREATED, Subject.PAYOUT_BATCH, batch.number, at=at, by=by, after=terms)
    return batch


def file_of(batch: PayoutBatch, by: User | None, at: datetime, *, who: str = "") -> bytes:
    """The batch as its channel writes it, the same bytes every time; each account opened is in the access log.

    It is written anew, since account numbers are kept sealed only.
    """
    _require_staff(by)
    withdrawals = list(batch.withdrawals.select_related("bank_account").order_by("pk"))
    content = _written(batch.number, CHANNELS[batch.channel], withdrawals, by=by, who=who, at=at)
    if checksum(content) != batch.checksum:
        raise BatchChanged(number=batch.number)
    return content


def _written(number: str, channel: Channel, withdrawals: Sequence[Withdrawal], **access: Any) -> bytes:
    opened = personal.reveal_many(
        (withdrawal.bank_account for withdrawal in withdrawals), reason=f"打款批次 {number}", **access
    )
    accounts = [account for account in opened if isinstance(account, personal.BankAccount)]
    return channel.write(
        number,
        [
            Instruction(withdrawal.reference, account.holder, account.bank, account.number, withdrawal.amount_fen)
            for withdrawal, account in zip(withdrawals, accounts, strict=True)
        ],
    )


@transaction.atomic
def read_results(content: bytes, by: User | None, at: datetime, *, channel: Channel = FILE) -> list[Answer]:
    """Pay or return what ``content`` says, and answer for each of its rows; a row read before changes nothing.

    A file that is not whole is refused (``payout_file.ResultsRefused``). A row that cannot be right changes nothing
    and says why; the others count.
    """
    _require_staff(by)
    results = channel.read(content)
    day = ledger_day(at)
    wanted = {pk for result in results if (pk := Withdrawal.id_of(result.reference)) is not None}
    found = {row.reference: row for row in Withdrawal.objects.filter(pk__in=wanted).locked()}
    times = Counter(result.reference for result in results)
    answers = [_answer(result, found.get(result.reference), times[result.reference]) for result in results]
    _end(found, results, answers, by, at, day)
    return answers


def _answer(result: Result, withdrawal: Withdrawal | None, times: int) -> Answer:
    code, facts = _ruling(result, withdrawal, times)
    return Answer(result.row, result.reference, code, str(_ANSWERS[code]).format(**facts))


def _ruling(result: Result, withdrawal: Withdrawal | None, times: int) -> tuple[str, dict[str, Any]]:
    """The code of the answer and what its text names; decides nothing that ``withdrawal``'s lock does not cover."""
    if result.unreadable:
        return "ROW_UNREADABLE", {"column": result.unreadable}
    if withdrawal is None:
        return "UNKNOWN_ROW", {}
    if times > 1:
        return "DUPLICATE_ROW", {"times": times}
    if withdrawal.amount_fen != result.amount_fen:
        return "WRONG_AMOUNT", {"stated": yuan(result.amount_fen), "sent": yuan(withdrawal.amount_fen)}
    expected = Withdrawal.Status.PAID if result.is_paid else Withdrawal.Status.FAILED
    if withdrawal.status == expected:
        return "REPEATED", {}
    if withdrawal.status in (Withdrawal.Status.PAID, Withdrawal.Status.FAILED):
        return "CONTRADICTS", {"status": withdrawal.get_status_display()}
    if withdrawal.status != Withdrawal.Status.SENT:
        return "NOT_SENT", {"status": withdrawal.get_status_display()}
    return ("PAID" if result.is_paid else "FAILED"), {}


_ANSWERS = {
    "PAID": _("已到账。"),
    "FAILED": _("打款失败，金额已退回可提现余额。"),
    "REPEATED": _("以前读过同样的结果，没有变动。"),
    "ROW_UNREADABLE": _("「{column}」不对：金额为整数分，结果为 成功 或 失败，每行 4 列。请更正这一行后重新读取。"),
    "UNKNOWN_ROW": _("没有这个流水号。请核对是不是本平台的回盘文件。"),
    "DUPLICATE_ROW": _("这个流水号在文件里出现了 {times} 次，各行都没有处理。请向银行核实后只保留一行。"),
    "WRONG_AMOUNT": _("文件写 ¥{stated}，实际打款 ¥{sent}。请向银行核实金额。"),
    "CONTRADICTS": _("此前的结果是「{status}」，与这一行相反。请向银行核实；如已入账的款项被退回，请做差错调整。"),
    "NOT_SENT": _("这笔提现的状态是「{status}」，还没有打款。请向银行核实。"),
}


def _end(
    found: dict[str, Withdrawal],
    results: list[Result],
    answers: list[Answer],
    by: User | None,
    at: datetime,
    day: date,
) -> None:
    """Move and book the rows that were answered PAID or FAILED; failures keep the bank's words."""
    ended: dict[tuple[str, str], list[Withdrawal]] = defaultdict(list)
    for result, answer in zip(results, answers, strict=True):
        if answer.code == "PAID":
            ended["pay", ""].append(found[result.reference])
        elif answer.code == "FAILED":
            ended["fail", (result.note or str(_("银行未说明原因")))[:REASON_LENGTH]].append(found[result.reference])
    for (move, reason), withdrawals in sorted(ended.items(), key=lambda item: item[0]):
        _move_all(withdrawals, move, by, at, reason=reason)
    post_ends([withdrawal for withdrawals in ended.values() for withdrawal in withdrawals], day)


def _move_all(withdrawals: list[Withdrawal], move: str, by: User | None, at: datetime, **changes: Any) -> None:
    """The same move for rows that this transaction has locked."""
    move_all(withdrawals, move, touched_by=by, touched_at=at, **changes)
    record_steps(withdrawals, by, at)


def batch_numbered(number: str) -> PayoutBatch:
    batch = PayoutBatch.objects.numbered(number)
    if batch is None:
        raise NotFound(_("没有批次 {number}。"), number=number)
    return batch


def _require_staff(by: User | None) -> None:
    """None is the command line, whose caller holds the machine already."""
    if by is not None:
        require_staff(by)
