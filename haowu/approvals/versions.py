"""Policies come in versions, each a row that is added and never changed."""

from datetime import datetime
from typing import TypeVar

from django.db import models, transaction

from haowu.approvals.trail import facts, record
from haowu.tenants.models import User

Version = TypeVar("Version", bound=models.Model)


@transaction.atomic
def publish(version: Version, subject_kind: str, *, at: datetime, by: User | None = None) -> Version:
    """Store ``version``, a new row of a policy, and record all its terms."""
    version.save(force_insert=True)
    names = [field.attname for field in version._meta.concrete_fields if field.name not in ("id", "created_at")]
    record("created", subject_kind, version.pk, at=at, by=by, after=facts(version, *names))
    return version
