"""Merchants agree, one by one, which bases may hold and sell their goods, and take it back (rulebook §19).

What was agreed is between the two (``Consent``); until when it holds is public (``Permit``), since stock is.
"""

from datetime import datetime

from django.db import IntegrityError, transaction

from bases import recorded, refusals
from bases.models import Base, Consent, Permit
from haowu.approvals.words import Act
from haowu.ground import days
from haowu.tenants.models import Tenant, User
from haowu.tenants.scope import platform_scope

OVERLAP = "consent_once_at_a_time"


def agree(
    merchant: Tenant,
    base: Tenant,
    *,
    begins_at: datetime | None = None,
    ends_at: datetime | None = None,
    by: User | None,
    at: datetime,
) -> Consent:
    """Let ``base`` sell the goods of ``merchant`` within ``[begins_at, ends_at)``: from now, and for good, unless said.

    Refuses a base that does not work, a window that begins in the past or ends before it begins, and a second
    consent for the same time.
    """
    if not Base.objects.working().filter(base=base).exists():
        raise refusals.BaseUnknown(base=base)
    begins_at = begins_at or at
    if begins_at < at or not begins_at < (ends_at or days.END) <= days.END:
        raise refusals.ConsentWindowInvalid
    try:
        with transaction.atomic():
            with platform_scope():
                permit = Permit.objects.create(base=base, since=begins_at, until=ends_at or days.END)
            consent = Consent.objects.create(
                merchant=merchant,
                base=base,
                permit=permit,
                begins_at=begins_at,
                ends_at=ends_at,
                given_at=at,
                given_by=by,
            )
            recorded.consent(Act.AGREED, consent, merchant, at, by)
            return consent
    except IntegrityError as error:
        if OVERLAP in str(error):
            raise refusals.AlreadyAgreed(base=base) from error
        raise


@transaction.atomic
def retract(consent: Consent, *, by: User | None, at: datetime) -> None:
    """From ``at`` on the base's stock of these goods counts no more. What orders hold of it stays until it is sent or
    released."""
    rows = Consent.objects.filter(pk=consent.pk).not_over(at)
    if not rows.update(withdrawn_at=at, withdrawn_by=by):
        raise refusals.ConsentOver
    with platform_scope():
        Permit.objects.filter(pk=consent.permit_id).update(until=max(at, consent.begins_at))
    consent.refresh_from_db()
    recorded.consent(Act.RETRACTED, consent, consent.merchant_id, at, by)
