"""Order events at the door: from JSON as a partner sends it to ``life.Event``. Shape only; no rows are read.

The field list is the partner API's. A line's ``sku`` and an order's ``city`` are facts only where they were sent.
Refusals name the field and the remedy.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from reprlib import Repr
from typing import Any

from django.utils.translation import gettext_lazy as _

from commissions.orders.life import Event, Type
from commissions.split import Price, bases
from haowu.ground import days
from haowu.ground.errors import Refused

MAX_AMOUNT_FEN = 10**14  # a thousand billion yuan: no order line, and sums of 90,000 of them still fit 64 bits
MAX_NUMBER = 2**31 - 1
CLOCK_SKEW = timedelta(minutes=5)


class EventInvalid(Refused):
    code = "EVENT_INVALID"
    text = _("事件不是一个 JSON 对象。请按接口文档发送带 event_id 和 type 的对象。")


class FieldMissing(Refused):
    code = "FIELD_MISSING"
    text = _("缺少字段 {field}。请补上后重发。")


class FieldInvalid(Refused):
    code = "FIELD_INVALID"
    text = _("字段 {field} 的值 {value} 不可用：{why}")


class TypeUnknown(Refused):
    code = "TYPE_UNKNOWN"
    text = _("没有「{type}」这种事件。可用：{types}。")


class OccurredInFuture(Refused):
    code = "OCCURRED_IN_FUTURE"
    text = _("{field} 为 {value}，晚于现在。请检查时区与系统时钟。")


class CouponsExceedPrice(Refused):
    code = "COUPONS_EXCEED_PRICE"
    text = _("订单 {order_no} 有一行的优惠超过了价格。请检查各优惠字段。")


def parse(raw: Any, *, now: datetime) -> Event:
    """One event as sent → ``Event`` with typed facts. Raises a Refused that names the field; unknown fields pass by."""
    if not isinstance(raw, dict):
        raise EventInvalid
    event_id = _text(raw, "event_id", 128)
    kind = _text(raw, "type", 20)
    if kind not in _FACTS:
        raise TypeUnknown(type=kind, types="、".join(_FACTS))
    line_no = _number(raw, "line_no", low=1) if raw.get("line_no") is not None else None
    return Event(
        event_id=event_id,
        type=kind,
        order_no=_text(raw, "order_no", 64),
        occurred_at=_moment(raw, "occurred_at", now),
        line_no=line_no,
        facts=_FACTS[kind](raw, now),
    )


def _paid(raw: dict[str, Any], now: datetime) -> dict[str, Any]:
    lines = raw.get("lines")
    if not isinstance(lines, list) or not lines:
        raise FieldInvalid(field="lines", value=_shown(lines), why=_("须为至少一行的列表。"))
    facts = {
        "ordered_at": _moment(raw, "ordered_at", now).isoformat(),
        "buyer_ref": _optional_text(raw, "buyer_ref", 64),
        "freight_fen": _amount(raw, "freight_fen", default=0),
        "order_coupon_fen": _amount(raw, "order_coupon_fen", default=0),
        "lines": [_line(line, f"lines[{index}]") for index, line in enumerate(lines)],
    }
    if raw.get("city") not in (None, ""):
        facts["city"] = _text(raw, "city", 32)
    numbers = [line["line_no"] for line in facts["lines"]]
    if len(set(numbers)) < len(numbers):
        raise FieldInvalid(field="lines", value=_shown(numbers), why=_("行号重复。"))
    prices = [Price(x["price_fen"], x["merchant_coupon_fen"], x["platform_coupon_fen"]) for x in facts["lines"]]
    try:
        bases(prices, facts["order_coupon_fen"])
    except ValueError:
        raise CouponsExceedPrice(order_no=raw["order_no"]) from None
    return facts


def _line(raw: Any, path: str) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise FieldInvalid(field=path, value=_shown(raw), why=_("须为 JSON 对象。"))
    product = raw.get("product")
    if not isinstance(product, dict):
        raise FieldMissing(field=f"{path}.product")
    sku = {} if raw.get("sku") in (None, "") else {"sku": _text(raw, "sku", 64, path=path)}
    return sku | {
        "line_no": _number(raw, "line_no", low=1, path=path),
        "merchant": _text(product, "merchant", 64, path=f"{path}.product"),
        "product": _text(product, "code", 64, path=f"{path}.product"),
        "quantity": _number(raw, "quantity", low=1, path=path) if "quantity" in raw else 1,
        "price_fen": _amount(raw, "price_fen", path=path),
        "merchant_coupon_fen": _amount(raw, "merchant_coupon_fen", default=0, path=path),
        "platform_coupon_fen": _amount(raw, "platform_coupon_fen", default=0, path=path),
        "price_subsidy_fen": _amount(raw, "price_subsidy_fen", default=0, path=path),
        "pid": _optional_text(raw, "pid", 64, path=path),
    }


def _refunded(raw: dict[str, Any], now: datetime) -> dict[str, Any]:
    facts: dict[str, Any] = {"refund_no": _text(raw, "refund_no", 64)}
    if raw.get("amount_fen") is not None:
        if raw.get("goods_fen") is not None or raw.get("freight_fen") is not None:
            raise FieldInvalid(
                field="amount_fen",
                value=_shown(raw["amount_fen"]),
                why=_("与 goods_fen、freight_fen 二选一，不能同时发送。"),
            )
        return facts | {"amount_fen": _amount(raw, "amount_fen")}
    if raw.get("goods_fen") is None and raw.get("freight_fen") is None:
        raise FieldMissing(field="goods_fen / amount_fen")
    return facts | {
        "goods_fen": _amount(raw, "goods_fen", default=0),
        "freight_fen": _amount(raw, "freight_fen", default=0),
    }


def _refund_reversed(raw: dict[str, Any], now: datetime) -> dict[str, Any]:
    return {"refund_no": _text(raw, "refund_no", 64)}


def _case(raw: dict[str, Any], now: datetime) -> dict[str, Any]:
    return {"case_no": _text(raw, "case_no", 64)}


def _nothing(raw: dict[str, Any], now: datetime) -> dict[str, Any]:
    return {}


_FACTS: dict[str, Callable[[dict[str, Any], datetime], dict[str, Any]]] = {
    Type.PAID: _paid,
    Type.SHIPPED: _nothing,
    Type.RECEIVED: _nothing,
    Type.REFUNDED: _refunded,
    Type.REFUND_REVERSED: _refund_reversed,
    Type.AFTER_SALE_OPENED: _case,
    Type.AFTER_SALE_CLOSED: _case,
    Type.CANCELLED: _nothing,
}


def _text(raw: dict[str, Any], name: str, length: int, path: str = "") -> str:
    field = f"{path}.{name}" if path else name
    value = raw.get(name)
    if value is None or value == "":
        raise FieldMissing(field=field)
    if not isinstance(value, str) or len(value) > length:
        raise FieldInvalid(field=field, value=_shown(value), why=_("须为不超过 {n} 个字符的文本。").format(n=length))
    if not value.isprintable():
        raise FieldInvalid(field=field, value=_shown(value), why=_("含有不可见字符。"))
    return value


def _optional_text(raw: dict[str, Any], name: str, length: int, path: str = "") -> str:
    return "" if raw.get(name) in (None, "") else _text(raw, name, length, path)


def _number(raw: dict[str, Any], name: str, *, low: int, high: int = MAX_NUMBER, path: str = "") -> int:
    field = f"{path}.{name}" if path else name
    value = raw.get(name)
    if value is None:
        raise FieldMissing(field=field)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        why = _("须为 {low} 到 {high} 之间的整数。").format(low=low, high=high)
        raise FieldInvalid(field=field, value=_shown(value), why=why)
    return value


def _amount(raw: dict[str, Any], name: str, *, default: int | None = None, path: str = "") -> int:
    """Whole fen, not negative."""
    if default is not None and raw.get(name) is None:
        return default
    return _number(raw, name, low=0, high=MAX_AMOUNT_FEN, path=path)


def _moment(raw: dict[str, Any], name: str, now: datetime) -> datetime:
    try:
        at = days.moment(_text(raw, name, 40))
    except (ValueError, OverflowError):
        why = _("须为带时区的时间，例如 2024-06-01T08:30:00+08:00。")
        raise FieldInvalid(field=name, value=_shown(raw[name]), why=why) from None
    if at > now + CLOCK_SKEW:
        raise OccurredInFuture(field=name, value=raw[name])
    if at < days.BEGINNING:
        raise FieldInvalid(field=name, value=_shown(raw[name]), why=_("早于 1970 年。"))
    return at


def _shown(value: Any) -> str:
    """``value`` short enough for a message, however large or deep it is."""
    return _SHORT.repr(value)


_SHORT = Repr()
_SHORT.maxstring = _SHORT.maxlong = _SHORT.maxother = 60
