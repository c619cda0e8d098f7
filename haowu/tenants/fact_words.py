"""Words for the names and codes that stand in JSON, and the colour of a status: for people who read rows as staff."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db import models
from django.utils.translation import gettext_lazy as _

DONE, WAITING, BAD, PLAIN = "j", "a", "p", ""
MARKS = {DONE: "✓ ", WAITING: "○ ", BAD: "✗ ", PLAIN: ""}
TONES = {
    DONE: (
        "accepted applied approved authorised closed done effected passed paid posted published received resolved"
        " settled upheld active listed served taken dispatched cleared answered"
    ),
    WAITING: (
        "claimed held noticed open parked partial paused pending previewed proposed requested returned sent settling"
        " submitted waiting shipped duplicate downgraded"
    ),
    BAD: "failed refused rejected gone",
}
OF_MODELS = {
    "commissions.orderline": {"paid": WAITING, "received": WAITING, "invalid": BAD},
    "commissions.withdrawal": {"approved": WAITING},
    "tuanzhang.activity": {"unpublished": WAITING, "published": DONE},
}
"""Where a status means something else than the same word elsewhere: an order is paid long before it is done."""
LABELS = {
    "product": _("商品"),
    "products": _("商品"),
    "merchant": _("商家"),
    "activity": _("活动"),
    "code": _("编号"),
    "lines": _("订单行"),
    "line_no": _("行号"),
    "quantity": _("件数"),
    "pid": _("推广位"),
    "sub_id": _("渠道标记"),
    "sku": _("规格"),
    "skus": _("规格"),
    "city": _("城市"),
    "buyer_ref": _("买家"),
    "ordered_at": _("下单时间"),
    "refund_no": _("退款单号"),
    "goods_fen": _("退货款"),
    "freight_fen": _("运费"),
    "amount_fen": _("金额"),
    "price_fen": _("价格"),
    "price_subsidy_fen": _("平台价格补贴"),
    "merchant_coupon_fen": _("商家优惠"),
    "platform_coupon_fen": _("平台优惠"),
    "order_coupon_fen": _("订单优惠"),
    "commission_fen": _("佣金"),
    "commission_bps": _("佣金率"),
    "service_fee_bps": _("服务费率"),
    "tech_bps": _("技术服务费率"),
    "bps": _("费率"),
    "rates": _("费率"),
    "*": _("所有达人"),
    "stock": _("库存"),
    "password": _("密码"),
    "role": _("角色"),
    "user_permissions": _("权限"),
    "services": _("服务"),
    "basis": _("计费依据"),
    "device": _("验证器"),
    "recovery_codes": _("剩余备用码"),
}
"""What no field of a model says in the trade's words, or says with its unit."""


def tone(code: str, model: str = "") -> str:
    """The colour of a status of ``model`` (``app.model``)."""
    known = OF_MODELS.get(model, {}).get(code)
    return known or next((tone for tone, codes in TONES.items() if code in codes.split()), PLAIN)


def label(name: str, model: type[models.Model] | None = None) -> str:
    """The name of a fact: of ``model``'s field, of the list above, of any model's field; codes stay as they are."""
    if name in LABELS:
        return str(LABELS[name])
    field = _field(name, model)
    return str(field.verbose_name).partition("（")[0].partition(" (")[0] if field is not None else name


def choice(name: str, value: Any, model: type[models.Model] | None = None) -> Any:
    """A code by its label, where the field of that name has such a choice."""
    for field in [_field(name, model), *_fields(name)]:
        for code, text in field.flatchoices if field is not None and field.choices else ():
            if code == value:
                return text
    return value


def model_of(row: Any) -> type[models.Model] | None:
    """The model that a row of the trail speaks of, where one is known by its kind."""
    return _models_by_kind().get(getattr(row, "subject_kind", ""))


@cache
def _field(name: str, model: type[models.Model] | None) -> Any:
    own = _columns(model).get(name) if model is not None else None
    return own or next(_fields(name), None)


def _fields(name: str) -> Iterator[Any]:
    return (columns[name] for model in apps.get_models() if name in (columns := _columns(model)))


@cache
def _columns(model: type[models.Model]) -> dict[str, Any]:
    """Fields by name and by column that say what they are in words rather than by their own name."""
    named = [field for field in model._meta.concrete_fields if str(field.verbose_name) != field.name.replace("_", " ")]
    return {name: field for field in named for name in (field.name, field.attname)}


@cache
def _models_by_kind() -> dict[str, type[models.Model]]:
    cases = {str(model.CASE): model for model in apps.get_models() if hasattr(model, "CASE")}
    kinds = {model: getattr(shown, "subject_kind", None) for model, shown in admin.site._registry.items()}
    edited = {str(kind): model for model, kind in kinds.items() if kind}
    return edited | cases
