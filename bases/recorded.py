"""What the acts around bases write into the trail: founding, brands, consents, and what people decide about feeds.

Feeds themselves, reservations and bookings have books of their own.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from bases.models import Application, Base, Consent, Feed, Introduction, PullSource, QuarantinedRow
from haowu.approvals.trail import Entry, facts, moved, record, record_many
from haowu.approvals.words import Act, Subject
from haowu.ground.errors import Refused
from haowu.tenants.models import Tenant, User


def handed_in(row: Application, papers: Iterable[Any], at: datetime) -> None:
    """For the first time or again, with the ``papers`` that are new."""
    terms = facts(row, "name", "level", "city", "live_rooms", "guides", "property_sqm")
    terms["papers"] = [facts(paper, "kind", "number", "valid_from", "valid_to") for paper in papers]
    before = row.last_move[0]
    record(
        Act.APPLIED, Subject.BASE_APPLICATION, row.public_id, at=at, tenant=row.applicant_id, before=before, after=terms
    )


def application(act: str, row: Application, at: datetime, *, by: User | None = None, reason: str = "") -> None:
    """``row`` as its last move left it."""
    record(
        act,
        Subject.BASE_APPLICATION,
        row.public_id,
        at=at,
        by=by,
        reason=reason,
        tenant=row.applicant_id,
        **moved(row),
    )


def base_founded(row: Base, by: User | None, at: datetime) -> None:
    terms = facts(row, "level", "city", "founder_id")
    record(Act.CREATED, Subject.BASE, row.base.code, at=at, by=by, tenant=row.base_id, after=terms)


def base(act: str, row: Base, reason: str, at: datetime) -> None:
    record(act, Subject.BASE, row.base.code, at=at, reason=reason, tenant=row.base_id, **moved(row))


def brands_handed_in(answers: Iterable[Introduction | Refused], at: datetime) -> None:
    entries = []
    for row in answers:
        if isinstance(row, Introduction):
            named = {"brand": row.brand.name, "status": row.status}
            named |= facts(row, "document_no", "authorised_from", "authorised_to")
            entries.append(Entry(Subject.INTRODUCTION, row.public_id, row.base_id, after=named))
    record_many(Act.APPLIED, entries, at=at)


def introduction(act: str, row: Introduction, at: datetime, *, by: User | None, reason: str = "") -> None:
    record(
        act,
        Subject.INTRODUCTION,
        row.public_id,
        at=at,
        by=by,
        reason=reason,
        tenant=row.base_id,
        **moved(row),
    )


def duplicates(rows: Iterable[Introduction], at: datetime) -> None:
    """What another base's acceptance made of those that waited for the same brand."""
    before, after = ({"status": status} for status in (Introduction.Status.SUBMITTED, Introduction.Status.DUPLICATE))
    entries = [Entry(Subject.INTRODUCTION, row.public_id, row.base_id, before=before, after=after) for row in rows]
    record_many(Act.CHANGED, entries, at=at)


def feed(act: str, row: Feed, at: datetime) -> None:
    record(act, Subject.FEED, f"{row.base.code}#{row.sequence}", at=at, tenant=row.base_id, **moved(row))


def quarantined_row(act: str, row: QuarantinedRow, at: datetime, by: User | None) -> None:
    named = facts(row, "reason", "product_code", "sku_code", "price", "quantity")
    record(act, Subject.QUARANTINED_ROW, row.pk, at=at, by=by, tenant=row.base_id, after=named)


def pull_source(act: str, row: PullSource, at: datetime) -> None:
    """By its host alone: the rest of an address may carry a key."""
    named: dict[str, Any] = {"host": urlsplit(row.url).hostname, "every_minutes": row.every_minutes}
    record(act, Subject.PULL_SOURCE, row.base.code, at=at, tenant=row.base_id, after=named)


def consent(act: str, row: Consent, merchant: Tenant | int, at: datetime, by: User | None) -> None:
    window = facts(row, "begins_at", "ends_at", "withdrawn_at")
    record(act, Subject.CONSENT, row.public_id, at=at, by=by, tenant=merchant, counterparty=row.base_id, after=window)
