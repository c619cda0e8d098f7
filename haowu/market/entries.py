"""What stands in one entry of a market file: each reader gives a value of the right kind, or EntryInvalid.

An optional field that is missing or ``null`` says nothing; neither does empty text where text or a moment may stand.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

from django.utils.translation import gettext_lazy as _

from haowu.ground import days, inputs
from haowu.ground.errors import Refused
from merchants.steps import Comparator, Mode, Step

CHUNK = 1000
CODE_LENGTH = 64
MAX_BPS = 10_000

T = TypeVar("T")


class EntryInvalid(Refused):
    code = "ENTRY_INVALID"
    text = _("字段 {field}：{why}")


@contextmanager
def inside(place: str) -> Iterator[None]:
    """What is refused within names its field by its whole path, such as ``rates[1].bps``."""
    try:
        yield
    except EntryInvalid as refused:
        raise EntryInvalid(field=f"{place}.{refused.facts['field']}", why=refused.facts["why"]) from None


def text(entry: dict[str, Any], field: str, *, default: str | None = None, max_length: int = CODE_LENGTH) -> str:
    value = entry.get(field)
    if default is not None and (value is None or value == ""):
        return default
    return _judged(field, inputs.text, value, max_length=max_length)


def code_of(value: Any, field: str) -> str:
    """``value`` itself as the code of something, where no entry holds it."""
    return text({field: value}, field)


def whole(entry: dict[str, Any], field: str, *, default: int | None = None, high: int = inputs.MAX_WHOLE) -> int:
    value = entry.get(field)
    if value is None and default is not None:
        return default
    return _judged(field, inputs.whole, value, high=high)


def amount(entry: dict[str, Any], field: str) -> int:
    return whole(entry, field, high=inputs.MAX_AMOUNT_FEN)


def moment(entry: dict[str, Any], field: str) -> datetime:
    """The beginning of time where the entry says nothing."""
    return optional_moment(entry, field) or days.BEGINNING


def optional_moment(entry: dict[str, Any], field: str) -> datetime | None:
    value = entry.get(field)
    return None if value is None or value == "" else _judged(field, inputs.moment, value)


def flag(entry: dict[str, Any], field: str, *, default: bool) -> bool:
    value = entry.get(field)
    if value is None:
        return default
    if not isinstance(value, bool):
        raise EntryInvalid(field=field, why=_("须为 true 或 false。"))
    return value


def list_of(entry: dict[str, Any], field: str) -> list[Any]:
    value = entry.get(field)
    if value is not None and not isinstance(value, list):
        raise EntryInvalid(field=field, why=_("须为列表。"))
    return value or []


def object_of(value: Any, field: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise EntryInvalid(field=field, why=_("须为 JSON 对象。"))
    return value


def step_of(value: Any) -> Step:
    """``{"threshold", "bps", "mode": "incremental" | "retroactive", "comparator": ">" | ">="}``."""
    entry = object_of(value, "step")
    with inside("step"):
        mode, comparator = (
            text(entry, "mode", default=Mode.INCREMENTAL.value),
            text(entry, "comparator", default=Comparator.OVER.value),
        )
        threshold, bps = whole(entry, "threshold", high=10**9), whole(entry, "bps", high=MAX_BPS)
    try:
        return Step(threshold, bps, Mode(mode), Comparator(comparator))
    except ValueError:
        why = _('须为 {"threshold", "bps", "mode": "incremental" 或 "retroactive", "comparator": ">" 或 ">="}。')
        raise EntryInvalid(field="step", why=why) from None


def chunks(entries: Sequence[T], size: int = CHUNK) -> Iterator[Sequence[T]]:
    return (entries[start : start + size] for start in range(0, len(entries), size))


def _judged(field: str, judge: Callable[..., T], value: Any, **bounds: Any) -> T:
    try:
        return judge(value, **bounds)
    except inputs.InputInvalid as invalid:
        raise EntryInvalid(field=field, why=invalid.why) from None
