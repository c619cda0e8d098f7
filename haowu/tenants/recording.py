"""How acts of this floor reach the trail, which stands on the floor above: it puts its ``record`` here as it starts."""

from collections.abc import Callable
from typing import Any

_records: list[Callable[..., None]] = []


def record_with(function: Callable[..., None]) -> None:
    """Called once, by the floor of the trail."""
    _records[:] = [function]


def record(act: str, subject_kind: str, subject: object, **details: Any) -> None:
    """As ``haowu.approvals.trail.record``. Without a trail nothing may be changed: that would be a bug."""
    (function,) = _records
    function(act, subject_kind, subject, **details)
