"""What merchants paid in by bank, booked by two people: its serial number makes each payment one top-up."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from commissions.cases import corrections
from commissions.cases.casework import act
from commissions.models import Correction
from commissions.postings.funding import TopUpInvalid, reference_of
from haowu.ground.errors import Refused
from haowu.ledger.books import open_accounts, platform
from haowu.ledger.models import Account, Posting
from haowu.tenants.models import Tenant, User


class TopUpKnown(Refused):
    code = "TOP_UP_KNOWN"
    text = _("流水号 {number} 已入账，或正在等待复核。没有任何改动。")
    status = 409


@act
def propose(merchant: Tenant, number: str, amount_fen: int, *, by: User, at: datetime) -> Correction:
    """Say that ``amount_fen`` came in under the bank's ``number``. Booked when a second person agrees."""
    if amount_fen <= 0:
        raise TopUpInvalid
    reference = reference_of(merchant, number)
    if Posting.objects.filter(reference=reference).exists():
        raise TopUpKnown(number=number)
    outside, deposit = (platform().pk, Account.Kind.EXTERNAL), (merchant.pk, Account.Kind.FUNDING)
    accounts = open_accounts([outside, deposit])
    try:
        return corrections.propose(
            kind=Posting.Kind.TOP_UP,
            reference=reference,
            source=accounts[outside],
            target=accounts[deposit],
            amount_fen=amount_fen,
            cause=str(_("银行流水 {number}").format(number=number)),
            by=by,
            at=at,
        )
    except corrections.AlreadyCorrected:
        raise TopUpKnown(number=number) from None
