"""What stands in one entry of a market file: each reader gives a value of the right kind, or EntryInvalid."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from haowu.ground import days
from haowu.ground.errors import Refused
from merchants.steps import Comparator, Mode, Step

CHUNK = 1000


class EntryInvalid(Refused):
    code = "ENTRY_INVALID"
    text = _("字段 {field}：{why}")


def text(entry: dict[str, Any], field: str) -> str:
    value = entry.get(field)
    if not isinstance(value, str) or not value or len(value) > 64 or not value.isprintable():
        raise EntryInvalid(field=field, why=_("须为 1 到 64 个可见字符的文本。"))
    return value


def whole(entry: Any, field: str, *, default: int | None = None, high: int = 10**14) -> int:
    value = entry.get(field, default) if isinstance(entry, dict) else None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= high:
        raise EntryInvalid(field=field, why=_("须为 0 到 {high} 之间的整数。").format(high=high))
    return value


def moment(entry: dict[str, Any], field: str) -> datetime:
    if not entry.get(field):
        return days.BEGINNING
    try:
        return days.moment(entry[field])
    except ValueError as error:
        raise EntryInvalid(field=field, why=str(error)) from None


def list_of(entry: dict[str, Any], field: str) -> list[Any]:
    value = entry.get(field, [])
    if not isinstance(value, list):
        raise EntryInvalid(field=field, why=_("须为列表。"))
    return value


def chunks(entries: list[Any]) -> Iterable[list[Any]]:
    return (entries[start : start + CHUNK] for start in range(0, len(entries), CHUNK))


def step_of(value: Any) -> Step:
    """``{"threshold", "bps", "mode": "incremental" | "retroactive", "comparator": ">" | ">="}``."""
    try:
        mode, comparator = (
            Mode(value.get("mode", Mode.INCREMENTAL)),
            Comparator(value.get("comparator", Comparator.OVER)),
        )
    except (AttributeError, ValueError):
        why = _('须为 {"threshold", "bps", "mode": "incremental" 或 "retroactive", "comparator": ">" 或 ">="}。')
        raise EntryInvalid(field="step", why=why) from None
    return Step(whole(value, "threshold", high=10**9), whole(value, "bps", high=10_000), mode, comparator)


def flag(entry: dict[str, Any], field: str, *, default: bool) -> bool:
    value = entry.get(field, default)
    if not isinstance(value, bool):
        raise EntryInvalid(field=field, why=_("须为 true 或 false。"))
    return value
