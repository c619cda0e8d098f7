"""New tenants, their members and buyer accounts, by acts and imports: each is recorded with who made it."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction

from haowu.ground.bulk import insert_rows
from haowu.tenants import recording
from haowu.tenants.models import BuyerIdentity, Membership, Tenant, User
from haowu.tenants.recording import Entry


@transaction.atomic
def open_tenants(kind: str, names: Mapping[str, str], *, at: datetime, by: User | None = None) -> dict[str, Tenant]:
    """``{code: name}`` → the tenants that were made, by code. A code that is there already is left out."""
    known = Tenant.objects.coded(kind, set(names))
    wanted = [Tenant(kind=kind, code=code, name=name) for code, name in names.items() if code not in known]
    Tenant.objects.bulk_create(wanted, ignore_conflicts=True)
    stored = Tenant.objects.coded(kind, {tenant.code for tenant in wanted})
    made = {tenant.code: stored[tenant.code] for tenant in wanted if stored[tenant.code].public_id == tenant.public_id}
    entries = [
        Entry("tenant", tenant.trail_subject, tenant, after={"kind": kind, "code": code, "name": tenant.name})
        for code, tenant in made.items()
    ]
    recording.record_many("created", entries, at=at, by=by)
    return made


def opened(kind: str, code: str, name: str, *, at: datetime) -> Tenant:
    """The tenant of that code, made where it is new."""
    open_tenants(kind, {code: name}, at=at)
    return Tenant.objects.get(kind=kind, code=code)


@transaction.atomic
def add_members(members: Iterable[Membership], *, at: datetime, by: User | None = None) -> None:
    added = Membership.objects.bulk_create(members)
    entries = [Entry("membership", each.trail_subject, each.tenant_id, after=each.trail_facts) for each in added]
    recording.record_many("added", entries, at=at, by=by)


@transaction.atomic
def add_buyer_identities(identities: Iterable[tuple[Tenant, str]], *, at: datetime, by: User | None = None) -> None:
    """Buyer accounts of tenants; those that are known already stay as they are."""
    tenants = {}
    rows = []
    for tenant, buyer_ref in identities:
        tenants[tenant.pk] = tenant
        rows.append({"tenant_id": tenant.pk, "buyer_ref": buyer_ref})
    added = insert_rows(BuyerIdentity, rows, conflict=["tenant_id", "buyer_ref"], returning="tenant_id")
    entries = [
        Entry("buyer-identity", tenants[pk].trail_subject, pk, after=BuyerIdentity.trail_facts) for (pk,) in added
    ]
    recording.record_many("added", entries, at=at, by=by)
