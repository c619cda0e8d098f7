"""The trade's words for what the models of orders and nights name by their columns."""

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

HELD = {
    "STAFF_HOLD": _("平台冻结"),
    "DISPUTE": _("争议处理中"),
    "AFTER_SALE_OPEN": _("售后未结束"),
    "INSUFFICIENT_DEPOSIT": _("商家佣金账户余额不足"),
}
OFFERS = {
    "exclusive_activity": _("专属活动"),
    "exclusive": _("专属计划"),
    "item_targeted": _("商品定向计划"),
    "shop_targeted": _("店铺定向计划"),
    "activity": _("团长活动"),
    "normal": _("普通计划"),
}
_PARTIES = {
    "streamer": _("达人"),
    "first_leader": _("一级团长"),
    "second_leader": _("二级团长"),
    "provider": _("服务商"),
    "agency": _("达人机构"),
}
_PARTS = {"_fen": _("毛额"), "_fee_fen": _("技术服务费")}
RATES = {
    "commission_bps": _("佣金率"),
    "service_fee_bps": _("一级服务费率"),
    "second_bps": _("二级服务费率"),
    "provider_bps": _("服务商费率"),
    "agency_bps": _("机构分成率"),
    "tech_bps": _("技术服务费率"),
    "step_bps": _("阶梯佣金率"),
}
AMOUNTS = {
    f"{party}{part}": format_lazy(_("{who}{what}"), who=who, what=what)
    for party, who in _PARTIES.items()
    for part, what in _PARTS.items()
} | {"base_fen": _("计佣基数"), "cost_fen": _("商家支出")}
