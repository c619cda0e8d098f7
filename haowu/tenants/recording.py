"""How acts of this floor reach the trail, which stands on the floor above: it puts its functions here as it starts."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from haowu.tenants.models import Tenant

_functions: list[tuple[Callable[..., None], Callable[..., None]]] = []


@dataclass(frozen=True)
class Entry:
    """One thing that an act changed. ``tenant`` and ``counterparty``, tenants or their ids, may read it."""

    subject_kind: str
    subject: object
    tenant: "Tenant | int | None" = None
    counterparty: "Tenant | int | None" = None
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    at: datetime | None = None
    """Where the things of one act have moments of their own."""


def record_with(one: Callable[..., None], many: Callable[..., None]) -> None:
    """Called once, by the floor of the trail."""
    _functions[:] = [(one, many)]


def record(act: str, subject_kind: str, subject: object, **details: Any) -> None:
    """As ``haowu.approvals.trail.record``. Without a trail nothing may be changed: that would be a bug."""
    ((one, _many),) = _functions
    one(act, subject_kind, subject, **details)


def record_many(act: str, entries: Iterable[Entry], **details: Any) -> None:
    """As ``haowu.approvals.trail.record_many``."""
    ((_one, many),) = _functions
    many(act, entries, **details)
