"""How withdrawals, disputes and rebates are called in the trail."""

from django.urls import reverse

from commissions.models import Dispute, Withdrawal
from haowu.approvals.naming import Thing, Things, namer
from haowu.approvals.words import Subject
from haowu.ground.money import yuan
from haowu.tenants.models import Tenant


@namer(Subject.WITHDRAWAL)
def withdrawals(subjects: list[str], reader: Tenant) -> Things:
    found = Withdrawal.objects.visible_to(reader).filter(public_id__in=subjects)
    return {
        each.public_id: Thing(f"¥{yuan(each.amount_fen)}", reverse("withdrawal", args=[each.public_id]))
        for each in found
    }


@namer(Subject.DISPUTE)
def disputes(subjects: list[str], reader: Tenant) -> Things:
    found = Dispute.objects.visible_to(reader).filter(public_id__in=subjects).select_related("order")
    return {each.public_id: Thing(each.order.order_no, reverse("dispute", args=[each.public_id])) for each in found}
