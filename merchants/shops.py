"""Shops of new merchants."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from haowu.approvals.trail import Entry, facts, record_many
from haowu.approvals.words import Act, Subject
from haowu.ground.bulk import insert_rows
from haowu.tenants.models import Tenant
from merchants.models import Shop


@transaction.atomic
def open_shops(merchants: Iterable[Tenant], *, at: datetime) -> None:
    """A shop with the usual terms for each merchant that has none. Platform scope."""
    by_id = {merchant.pk: merchant for merchant in merchants}
    terms = facts(Shop(), "score", "funding", "low_balance_fen")
    rows = [{"merchant_id": pk} | terms for pk in by_id]
    made = insert_rows(Shop, rows, conflict=["merchant_id"], returning="merchant_id")
    record_many(Act.CREATED, [Entry(Subject.SHOP, by_id[pk].code, pk, after=terms) for (pk,) in made], at=at)
