"""What a party may withdraw now, said before it asks: the limits in force, and what stands in the way."""

from dataclasses import dataclass
from datetime import datetime

from commissions.models import Policy, TenantHold, Withdrawal
from commissions.payments import withdrawals
from haowu.ground import days
from haowu.ground.errors import Refused
from haowu.ground.money import yuan
from haowu.ledger.books import balances
from haowu.ledger.models import Account
from haowu.tenants.models import PersonalRecord, Tenant


@dataclass(frozen=True)
class Allowance:
    """Amounts in fen. ``obstacle`` is what any request would be refused with now; None when some amount would pass."""

    available_fen: int
    min_fen: int
    daily_fen: int
    left_today_fen: int
    checked_above_fen: int
    bank_account: PersonalRecord | None
    obstacle: Refused | None

    @property
    def most_fen(self) -> int:
        return min(self.available_fen, self.left_today_fen)


def allowance(tenant: Tenant, at: datetime) -> Allowance:
    """Looked at without a lock: the request itself weighs everything again."""
    policy = Policy.objects.in_force(at)
    accounts = balances(tenant)
    counted_fen = Withdrawal.objects.visible_to(tenant).counted_on(days.day_of(at))
    found = Allowance(
        available_fen=accounts.get(Account.Kind.AVAILABLE, 0),
        min_fen=max(1, policy.min_withdrawal_fen),
        daily_fen=policy.daily_withdrawal_fen,
        left_today_fen=max(0, policy.daily_withdrawal_fen - counted_fen),
        checked_above_fen=policy.checked_above_fen,
        bank_account=PersonalRecord.objects.visible_to(tenant).current(PersonalRecord.Kind.BANK_ACCOUNT),
        obstacle=None,
    )
    debt_fen = -accounts.get(Account.Kind.DEBT, 0)
    return Allowance(**vars(found) | {"obstacle": _obstacle(tenant, found, debt_fen)})


def _obstacle(tenant: Tenant, found: Allowance, debt_fen: int) -> Refused | None:
    if TenantHold.objects.visible_to(tenant).open().exists():
        return withdrawals.AccountFrozen()
    if debt_fen > 0:
        return withdrawals.InDebt(debt=yuan(debt_fen))
    if found.available_fen < found.min_fen:
        return withdrawals.BelowMinimum(minimum=yuan(found.min_fen))
    if found.left_today_fen < found.min_fen:
        return withdrawals.OverDailyLimit(limit=yuan(found.daily_fen), left=yuan(found.left_today_fen))
    return withdrawals.BankAccountMissing() if found.bank_account is None else None
