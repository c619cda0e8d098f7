"""Where a merchant's commission comes from: its orders' proceeds, or a deposit paid in beforehand (rulebook §8, §10).

A night that is sealed first sees whether each deposit covers what is due. Lines that it does not cover, the latest
due first, are held; the shop's products leave the selection centre until a top-up, and the next night tries again.
"""

from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import F, Sum
from django.utils.translation import gettext_lazy as _

from commissions.models import OrderLine
from commissions.orders.calendar import INSUFFICIENT_DEPOSIT, hold_frontier, open_day
from commissions.split import FROM_MERCHANT
from haowu.approvals.trail import record
from haowu.approvals.words import Act, Subject
from haowu.ground import days
from haowu.ground.errors import Refused
from haowu.ledger.books import Transfer, balances, open_accounts, platform, post
from haowu.ledger.models import Account, Posting
from haowu.tenants.models import Tenant
from merchants.models import Shop
from streamers.centre.sync import in_step


class TopUpInvalid(Refused):
    code = "TOP_UP_INVALID"
    text = _("充值金额须大于 0。")


class TopUpNumberTaken(Refused):
    code = "TOP_UP_NUMBER_TAKEN"
    text = _("充值单号 {number} 已用于另一笔金额。请换一个单号。")
    status = 409


@transaction.atomic
def top_up(merchant: Tenant, *, number: str, amount_fen: int, at: datetime) -> None:
    """Pay ``amount_fen`` into the deposit. The caller's ``number`` makes it one: repeating it changes nothing."""
    if amount_fen <= 0:
        raise TopUpInvalid
    reference = reference_of(merchant, number)
    Tenant.objects.select_for_update(no_key=True).get(pk=merchant.pk)
    earlier = Posting.objects.filter(reference=reference).first()
    if earlier is not None:
        if earlier.amount_fen != amount_fen:
            raise TopUpNumberTaken(number=number)
        return
    day = open_day(days.day_of(at), hold_frontier())
    outside = platform().pk, Account.Kind.EXTERNAL
    deposit = merchant.pk, Account.Kind.FUNDING
    accounts = open_accounts([outside, deposit])
    transfer = Transfer(accounts[outside], accounts[deposit], amount_fen, Posting.Kind.TOP_UP, reference, "top-up")
    post([transfer], day=day)
    record(Act.RECORDED, Subject.TOP_UP, number, at=at, tenant=merchant, after={"amount_fen": amount_fen})
    show_again(merchant)


def reference_of(merchant: Tenant, number: str) -> str:
    """The reference of the posting that ``number`` of ``merchant`` makes."""
    return f"top-up:{merchant.pk}:{number}"


def hold_what_deposits_cannot_pay(after: date | None, day: date, *, at: datetime) -> None:
    """Part the due lines of prepaid merchants, by due time, into those that the deposit covers and held ones.

    Called while ``day`` is being sealed, with the frontier taken, so that no line changes meanwhile. Intake waits, so
    ``night_deposits`` reads no more than an index of prepaid merchants' lines; line by line it looks only at merchants
    whose deposit is too small.
    """
    if not Shop.objects.filter(funding=Shop.Funding.PREPAID).exists():
        return
    with connection.cursor() as cursor:
        cursor.execute(
            _HOLD_BACK, {"after": after or "-infinity", "day": day, "reason": INSUFFICIENT_DEPOSIT, "at": at}
        )
    short = OrderLine.objects.filter(held_reason=INSUFFICIENT_DEPOSIT).values("merchant")
    Shop.objects.filter(merchant__in=short, deposit_exhausted_at__isnull=True).update(deposit_exhausted_at=at)
    in_step()


def is_low(shop: Shop) -> bool:
    """Whether the deposit of a prepaid shop has fallen below the balance at which its merchant wants to be warned."""
    if shop.funding != Shop.Funding.PREPAID:
        return False
    return balances(shop.merchant).get(Account.Kind.FUNDING, 0) < shop.low_balance_fen


def show_again(merchant: Tenant) -> None:
    """Bring the products back once the deposit covers what is held."""
    held = OrderLine.objects.filter(merchant=merchant, held_reason=INSUFFICIENT_DEPOSIT)
    needed = held.aggregate(fen=Sum(sum(F(f"due_{role}_fen") for role in FROM_MERCHANT)))["fen"]
    if balances(merchant)[Account.Kind.FUNDING] >= (needed or 0):
        Shop.objects.filter(merchant=merchant).update(deposit_exhausted_at=None)


_HOLD_BACK = """
UPDATE commissions_orderline AS line
SET settles_on = CASE WHEN is_covered THEN %(day)s::date END,
    held_reason = CASE WHEN is_covered THEN '' ELSE %(reason)s END,
    held_since = CASE WHEN NOT is_covered THEN coalesce(line.held_since, %(at)s) END
FROM night_deposits(%(after)s, %(day)s, %(reason)s) AS weighed WHERE weighed.line_id = line.id
"""
"""Only lines that change are named: due ones that no deposit covers, held ones that it covers now."""
