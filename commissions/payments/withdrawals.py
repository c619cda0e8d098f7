"""Withdrawals: asked for under the caller's own number, checked by a second person, returned at most once.

Money of a withdrawal (rulebook §10)::

    available ──withdrawal──▶ withdrawing ──paid out──▶ paid
                              withdrawing ──withdrawal returned──▶ available     (refused, cancelled, failed)

The way out of ``withdrawing`` has one reference for both ends, so that the database itself lets money leave it once.
Locks are taken in this order: frontier, withdrawals, accounts; each kind by primary key.
"""

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from commissions.models import Policy, TenantHold, Withdrawal, WithdrawalStep
from commissions.orders.calendar import ledger_day
from commissions.payments.steps import entry, record_steps
from haowu.approvals.rules import require_reason, require_staff, second_person
from haowu.approvals.trail import record_many
from haowu.approvals.words import Act
from haowu.ground import days
from haowu.ground.errors import Refused
from haowu.ground.money import yuan
from haowu.ledger.books import Transfer, open_accounts, post
from haowu.ledger.models import Account, Posting
from haowu.tenants.models import PersonalRecord, Tenant, User
from haowu.tenants.scope import platform_scope

NUMBER_LENGTH = 64
REASON_LENGTH = 200


class NumberInvalid(Refused):
    code = "WITHDRAWAL_NUMBER_INVALID"
    text = _("提现单号须为 1 到 64 个可见字符。请换一个单号。")


class NumberTaken(Refused):
    code = "WITHDRAWAL_NUMBER_TAKEN"
    text = _("单号「{number}」已用于一笔 ¥{amount} 的提现。新的提现请用新的单号。")
    status = 409


class BelowMinimum(Refused):
    code = "WITHDRAWAL_BELOW_MINIMUM"
    text = _("单笔提现不低于 ¥{minimum}。请提高金额，或等余额增加后再提。")


class AccountFrozen(Refused):
    code = "ACCOUNT_FROZEN"
    text = _("账户已被平台冻结，解冻前不能提现。原因见账户冻结记录，如有疑问请联系平台客服。")
    status = 409


class InDebt(Refused):
    code = "IN_DEBT"
    text = _("账户有欠款 ¥{debt}，还清前不能提现。之后的收益会先还欠款。")
    status = 409


class OverDailyLimit(Refused):
    code = "OVER_DAILY_LIMIT"
    text = _("每日最多提现 ¥{limit}，今日还可提 ¥{left}。请降低金额，或明日再提。")


class BalanceTooLow(Refused):
    code = "BALANCE_TOO_LOW"
    text = _("可提现余额为 ¥{balance}，不足本次金额。请降低金额。")
    status = 409


class BankAccountMissing(Refused):
    code = "BANK_ACCOUNT_MISSING"
    text = _("还没有收款账户。请先登记收款账户再提现。")


@transaction.atomic
def request(tenant: Tenant, number: str, amount_fen: int, by: User | None, at: datetime) -> Withdrawal:
    """Take ``amount_fen`` out of what is available to ``tenant``, once for each ``number`` of its own.

    The same number with the same amount gives the withdrawal that it made, whatever became of it since. Up to the
    policy's ``checked_above_fen`` it is approved at once. ``by`` is None for a program of the tenant's.
    """
    if not (0 < len(number) <= NUMBER_LENGTH and number.isprintable() and number.strip() == number):
        raise NumberInvalid()
    with platform_scope():
        return _request(tenant, number, amount_fen, by, at)


def _request(tenant: Tenant, number: str, amount_fen: int, by: User | None, at: datetime) -> Withdrawal:
    day = ledger_day(at)
    accounts = _locked_accounts(tenant)
    own = Withdrawal.objects.visible_to(tenant)
    existing = own.numbered(number)
    if existing:
        if existing.amount_fen != amount_fen:
            raise NumberTaken(number=number, amount=yuan(existing.amount_fen))
        return existing
    _require_not_frozen(tenant.pk)
    policy = Policy.objects.in_force(at)
    _require_allowed(policy, amount_fen, accounts, own.counted_on(days.day_of(at)))
    bank_account = PersonalRecord.objects.visible_to(tenant).current(PersonalRecord.Kind.BANK_ACCOUNT)
    if bank_account is None:
        raise BankAccountMissing()
    withdrawal = Withdrawal.objects.create(
        tenant=tenant,
        number=number,
        amount_fen=amount_fen,
        bank_account=bank_account,
        requested_at=at,
        requested_on=days.day_of(at),
        touched_by=by,
        touched_at=at,
    )
    source, target = accounts[Account.Kind.AVAILABLE].pk, accounts[Account.Kind.WITHDRAWING].pk
    post([_transfer(withdrawal, source, target, Posting.Kind.WITHDRAWAL, "in")], day=day)
    WithdrawalStep.objects.record([withdrawal], by, at)
    if amount_fen <= policy.checked_above_fen:
        withdrawal.move("approve", touched_at=at)
        WithdrawalStep.objects.record([withdrawal], None, at)
    record_many(Act.APPLIED, [entry(withdrawal)], at=at, by=by, acting_for=tenant)
    return withdrawal


def _locked_accounts(tenant: Tenant) -> dict[str, Account]:
    """The accounts of ``tenant`` that a withdrawal looks at or moves, by kind; one request at a time holds them."""
    kinds = (Account.Kind.AVAILABLE, Account.Kind.WITHDRAWING, Account.Kind.PAID, Account.Kind.DEBT)
    opened = open_accounts((tenant.pk, kind) for kind in kinds)
    locked = Account.objects.select_for_update().filter(pk__in=opened.values()).order_by("pk")
    return {account.kind: account for account in locked}


def _require_allowed(policy: Policy, amount_fen: int, accounts: dict[str, Account], counted_fen: int) -> None:
    if amount_fen < max(1, policy.min_withdrawal_fen):
        raise BelowMinimum(minimum=yuan(max(1, policy.min_withdrawal_fen)))
    debt_fen = -accounts[Account.Kind.DEBT].balance_fen
    if debt_fen > 0:
        raise InDebt(debt=yuan(debt_fen))
    balance_fen = accounts[Account.Kind.AVAILABLE].balance_fen
    if amount_fen > balance_fen:
        raise BalanceTooLow(balance=yuan(balance_fen))
    left_fen = max(0, policy.daily_withdrawal_fen - counted_fen)
    if amount_fen > left_fen:
        raise OverDailyLimit(limit=yuan(policy.daily_withdrawal_fen), left=yuan(left_fen))


def _require_not_frozen(tenant_id: int) -> None:
    if TenantHold.objects.open().filter(tenant=tenant_id).exists():
        raise AccountFrozen()


@transaction.atomic
def approve(withdrawal: Withdrawal, by: User, at: datetime) -> Withdrawal:
    """The checker's yes: another member of staff than whoever touched it last. Lets it into the next batch."""
    require_staff(by)
    held = Withdrawal.objects.locked().get(pk=withdrawal.pk)
    second_person(held.touched_by_id, by)
    _require_not_frozen(held.tenant_id)
    held.move("approve", touched_by=by, touched_at=at)
    record_steps([held], by, at)
    return held


@transaction.atomic
def refuse(withdrawal: Withdrawal, by: User, at: datetime, *, reason: str) -> Withdrawal:
    """The checker's no, as long as it is not in a batch: the money returns."""
    require_staff(by)
    return _give_up(withdrawal, "refuse", by, at, " ".join(require_reason(reason).split())[:REASON_LENGTH])


@transaction.atomic
def cancel(withdrawal: Withdrawal, by: User | None, at: datetime) -> Withdrawal:
    """The party takes it back, as long as it is not in a batch: the money returns."""
    with platform_scope():
        return _give_up(withdrawal, "cancel", by, at, "")


def _give_up(withdrawal: Withdrawal, move: str, by: User | None, at: datetime, reason: str) -> Withdrawal:
    day = ledger_day(at)
    held = Withdrawal.objects.locked().get(pk=withdrawal.pk)
    held.move(move, touched_by=by, touched_at=at, reason=reason)
    post_ends([held], day)
    record_steps([held], by, at, acting_for=held.tenant_id if move == "cancel" else None)
    return held


def post_ends(withdrawals: Collection[Withdrawal], day: date) -> None:
    """Book the way out of ``withdrawing``: to paid for what is paid, back to available for what is returned."""
    kinds = (Account.Kind.AVAILABLE, Account.Kind.WITHDRAWING, Account.Kind.PAID)
    accounts = open_accounts((withdrawal.tenant_id, kind) for withdrawal in withdrawals for kind in kinds)
    transfers = []
    for withdrawal in withdrawals:
        is_paid = withdrawal.status == Withdrawal.Status.PAID
        kind = Posting.Kind.PAID_OUT if is_paid else Posting.Kind.WITHDRAWAL_RETURNED
        source = accounts[withdrawal.tenant_id, Account.Kind.WITHDRAWING]
        target = accounts[withdrawal.tenant_id, Account.Kind.PAID if is_paid else Account.Kind.AVAILABLE]
        transfers.append(_transfer(withdrawal, source, target, kind, "out"))
    post(transfers, day=day)


def _transfer(withdrawal: Withdrawal, source: int, target: int, kind: str, way: str) -> Transfer:
    cause = f"withdrawal:{withdrawal.pk}"
    return Transfer(source, target, withdrawal.amount_fen, kind, f"{cause}:{way}", cause)
