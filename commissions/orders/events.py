"""Order events at the door: from JSON as a partner sends it to ``rulings.Event``. Shape only; no rows are read.

The field list is the partner API's. A line's ``sku`` and ``sub_id`` and an order's ``city`` are facts only where they
were sent. Refusals name the field and the remedy.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from reprlib import Repr
from typing import Any, TypeVar

from django.utils.translation import gettext_lazy as _

from commissions.orders.rulings import Event, Type
from commissions.split import Price, bases
from haowu.ground import inputs
from haowu.ground.errors import Refused

CLOCK_SKEW = timedelta(minutes=5)
T = TypeVar("T")


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
    text = _(
        "订单 {order_no} 的优惠超过了价格：有一行自己的优惠大于它的价格，或全部优惠大于各行价格之和。请检查各优惠字段。"
    )


def parse(raw: Any, *, now: datetime) -> Event:
    """One event as sent → ``Event`` with typed facts. Raises a Refused that names the field; unknown fields pass by."""
    if not isinstance(raw, dict):
        raise EventInvalid
    event_id = _text(raw, "event_id", 128)
    kind = _text(raw, "type", 20)
    if kind not in _FACTS:
        raise TypeUnknown(type=kind, types="、".join(_FACTS))
    return Event(
        event_id=event_id,
        type=kind,
        order_no=_text(raw, "order_no", 64),
        occurred_at=_moment(raw, "occurred_at", now),
        line_no=None if raw.get("line_no") is None else _number(raw, "line_no"),
        facts=_FACTS[kind](raw, now),
    )


def _paid(raw: dict[str, Any], now: datetime) -> dict[str, Any]:
    lines = raw.get("lines")
    if not isinstance(lines, list) or not lines:
        raise FieldInvalid(field="lines", value=_quoted(lines), why=_("须为至少一行的列表。"))
    facts: dict[str, Any] = {
        "ordered_at": _moment(raw, "ordered_at", now).isoformat(),
        "buyer_ref": _optional_text(raw, "buyer_ref", 64),
        "freight_fen": _amount(raw, "freight_fen", default=0),
        "order_coupon_fen": _amount(raw, "order_coupon_fen", default=0),
        "lines": [_line(line, f"lines[{index}]") for index, line in enumerate(lines)],
    }
    if city := _optional_text(raw, "city", 32):
        facts["city"] = city
    numbers = [line["line_no"] for line in facts["lines"]]
    if len(set(numbers)) < len(numbers):
        raise FieldInvalid(field="lines", value=_quoted(numbers), why=_("行号重复。"))
    prices = [Price(x["price_fen"], x["merchant_coupon_fen"], x["platform_coupon_fen"]) for x in facts["lines"]]
    try:
        bases(prices, facts["order_coupon_fen"])
    except ValueError:
        raise CouponsExceedPrice(order_no=raw["order_no"]) from None
    return facts


def _line(raw: Any, path: str) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise FieldInvalid(field=path, value=_quoted(raw), why=_("须为 JSON 对象。"))
    product = raw.get("product")
    if not isinstance(product, dict):
        raise FieldMissing(field=f"{path}.product")
    sent = {name: _optional_text(raw, name, 64, path) for name in ("sku", "sub_id")}
    return {name: value for name, value in sent.items() if value} | {
        "line_no": _number(raw, "line_no", path),
        "merchant": _text(product, "merchant", 64, f"{path}.product"),
        "product": _text(product, "code", 64, f"{path}.product"),
        "quantity": _number(raw, "quantity", path, default=1),
        "price_fen": _amount(raw, "price_fen", path),
        "merchant_coupon_fen": _amount(raw, "merchant_coupon_fen", path, default=0),
        "platform_coupon_fen": _amount(raw, "platform_coupon_fen", path, default=0),
        "price_subsidy_fen": _amount(raw, "price_subsidy_fen", path, default=0),
        "pid": _optional_text(raw, "pid", 64, path),
    }


def _refunded(raw: dict[str, Any], now: datetime) -> dict[str, Any]:
    facts: dict[str, Any] = {"refund_no": _text(raw, "refund_no", 64)}
    if raw.get("amount_fen") is not None:
        if raw.get("goods_fen") is not None or raw.get("freight_fen") is not None:
            raise FieldInvalid(
                field="amount_fen",
                value=_quoted(raw["amount_fen"]),
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


def _text(raw: dict[str, Any], name: str, max_length: int, path: str = "") -> str:
    return _judged(inputs.text, _sent(raw, name, path), name, path, max_length=max_length)


def _optional_text(raw: dict[str, Any], name: str, max_length: int, path: str = "") -> str:
    return _text(raw, name, max_length, path) if raw.get(name) not in (None, "") else ""


def _number(raw: dict[str, Any], name: str, path: str = "", *, default: int | None = None) -> int:
    """From 1 up."""
    if default is not None and raw.get(name) is None:
        return default
    return _judged(inputs.whole, _sent(raw, name, path), name, path, low=1)


def _amount(raw: dict[str, Any], name: str, path: str = "", *, default: int | None = None) -> int:
    """Whole fen, not negative."""
    if default is not None and raw.get(name) is None:
        return default
    return _judged(inputs.amount, _sent(raw, name, path), name, path)


def _moment(raw: dict[str, Any], name: str, now: datetime) -> datetime:
    at = _judged(inputs.moment, _sent(raw, name), name)
    if at > now + CLOCK_SKEW:
        raise OccurredInFuture(field=name, value=raw[name])
    return at


def _sent(raw: dict[str, Any], name: str, path: str = "") -> Any:
    value = raw.get(name)
    if value is None or value == "":
        raise FieldMissing(field=_named(name, path))
    return value


def _judged(judge: Callable[..., T], value: Any, name: str, path: str = "", **limits: int) -> T:
    """What ``judge`` makes of ``value``; a refusal names the field."""
    try:
        return judge(value, **limits)
    except inputs.InputInvalid as invalid:
        raise FieldInvalid(field=_named(name, path), value=_quoted(value), why=invalid.why) from None


def _named(name: str, path: str) -> str:
    return f"{path}.{name}" if path else name


def _quoted(value: Any) -> str:
    """``value`` short enough for a message, however large or deep it is."""
    try:
        return _SHORT.repr(value)
    except ValueError:  # a number of thousands of digits
        return "…"


_SHORT = Repr()
_SHORT.maxstring = _SHORT.maxlong = _SHORT.maxother = 60
