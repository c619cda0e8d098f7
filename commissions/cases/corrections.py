"""Postings put right by other postings, never edited: one person proposes, another books.

A reversal is the opposite of a posting, once. An end at a closed night's clearing account is replaced by the platform's
correction account, since clearing stays at zero; what the night's lines say is put right by their events, or by a
resettlement.
"""

import hashlib
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from commissions.cases.casework import act, locked, note
from commissions.models import Correction
from commissions.orders.calendar import ledger_day
from commissions.postings.funding import show_again
from haowu.approvals.rules import require_reason, require_staff, second_person
from haowu.approvals.trail import facts
from haowu.approvals.words import Act
from haowu.ground.errors import NotFound, Refused
from haowu.ground.money import yuan
from haowu.ledger.books import Transfer, open_accounts, platform, post
from haowu.ledger.models import MAX_REFERENCE, Account, Posting
from haowu.tenants.models import User

OWN_WAY_BACK = frozenset(
    {
        Posting.Kind.FROZEN,
        Posting.Kind.RELEASED,
        Posting.Kind.WITHDRAWAL,
        Posting.Kind.PAID_OUT,
        Posting.Kind.WITHDRAWAL_RETURNED,
        Posting.Kind.OWED,
        Posting.Kind.DEBT_DRAWN,
        Posting.Kind.DEBT_REPAID,
        Posting.Kind.REVERSAL,
    }
)
"""Kinds that other rows keep count of: their cases, withdrawals and claims are ended, not their postings reversed."""


class NoSuchPosting(NotFound):
    text = _("没有凭证为 {reference} 的记账。请核对凭证号。")


class NotReversible(Refused):
    code = "NOT_REVERSIBLE"
    text = _("「{kind}」不能冲正：请处理它对应的冻结、提现、欠款或冲正事项。")


class AlreadyCorrected(Refused):
    code = "ALREADY_CORRECTED"
    text = _("{reference} 已经冲正，或正在等待复核。没有任何改动。")
    status = 409


class PayerBalanceTooLow(Refused):
    code = "PAYER_BALANCE_TOO_LOW"
    text = _("「{account}」余额 ¥{balance}，不足以付出 ¥{amount}。请等余额足够后再复核，或驳回。")
    status = 409


class AmountInvalid(Refused):
    code = "AMOUNT_INVALID"
    text = _("金额须大于 0。")


@act
def reverse(posting_reference: str, cause: str, by: User, *, at: datetime) -> Correction:
    """Propose the opposite of the posting named. Refuses one that is reversed already, or waits to be."""
    require_staff(by)
    require_reason(cause)
    posting = Posting.objects.select_related("from_account", "to_account").filter(reference=posting_reference).first()
    if posting is None:
        raise NoSuchPosting(reference=posting_reference)
    if posting.kind in OWN_WAY_BACK:
        raise NotReversible(kind=posting.get_kind_display())
    return propose(
        kind=Posting.Kind.REVERSAL,
        reference=_named("reversal", posting_reference),
        source=_lasting_account(posting.to_account),
        target=_lasting_account(posting.from_account),
        amount_fen=posting.amount_fen,
        cause=cause,
        by=by,
        at=at,
        corrects=posting_reference,
    )


@act
def propose(
    *,
    kind: str,
    reference: str,
    source: int,
    target: int,
    amount_fen: int,
    cause: str,
    by: User,
    at: datetime,
    corrects: str = "",
) -> Correction:
    """Propose to post ``amount_fen`` from one account to another. ``reference`` is the posting's."""
    require_staff(by)
    require_reason(cause)
    if amount_fen <= 0:
        raise AmountInvalid
    try:
        with transaction.atomic():
            correction = Correction.objects.create(
                kind=kind,
                reference=reference,
                corrects=corrects,
                from_account_id=source,
                to_account_id=target,
                amount_fen=amount_fen,
                cause=cause,
                made_by=by,
                made_at=at,
            )
    except IntegrityError:
        raise AlreadyCorrected(reference=corrects or reference) from None
    wanted = facts(correction, "status", "kind", "amount_fen", "from_account_id", "to_account_id", "corrects")
    note(correction, Act.PROPOSED, by=by, at=at, reason=cause, after=wanted)
    return correction


@act
def approve(correction: Correction, *, by: User, at: datetime) -> None:
    """A second person agrees: it is posted, once. Refuses what the paying account does not have."""
    day = ledger_day(at)
    current = locked(correction)
    second_person(current.made_by_id, by)
    current.move("post", checked_by=by, checked_at=at)
    ends = (current.from_account_id, current.to_account_id)
    accounts = {
        each.pk: each
        for each in Account.objects.select_for_update(of=("self",))
        .select_related("owner")
        .filter(pk__in=ends)
        .order_by("pk")
    }
    paying = accounts[current.from_account_id]
    if not paying.may_go_negative and paying.balance_fen < current.amount_fen:
        raise PayerBalanceTooLow(account=paying, balance=yuan(paying.balance_fen), amount=yuan(current.amount_fen))
    cause = f"{current.CASE}:{current.pk}"
    post([Transfer(*ends, current.amount_fen, current.kind, current.reference, cause)], day=day)
    if current.kind == Posting.Kind.TOP_UP:
        show_again(accounts[current.to_account_id].owner)
    note(current, Act.APPROVED, by=by, at=at, reason=current.cause)


@act
def refuse(correction: Correction, reason: str, *, by: User, at: datetime) -> None:
    """It is not posted. The same posting may be proposed for reversal again."""
    require_staff(by)
    require_reason(reason)
    current = locked(correction)
    current.move("refuse")
    note(current, Act.REJECTED, by=by, at=at, reason=reason)


def correction_account() -> int:
    """The platform's account for what is put right by hand."""
    bucket = (platform().pk, Account.Kind.CORRECTION)
    return open_accounts([bucket])[bucket]


def _lasting_account(account: Account) -> int:
    """``account``; for a night's clearing account, which has to stay at zero, the one for corrections."""
    return correction_account() if account.kind == Account.Kind.CLEARING else account.pk


def _named(kind: str, reference: str) -> str:
    """``kind:reference``, with a digest where that would be longer than a reference can be."""
    name = f"{kind}:{reference}"
    return name if len(name) <= MAX_REFERENCE else f"{kind}:{hashlib.sha256(reference.encode()).hexdigest()}"
