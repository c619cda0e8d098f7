"""Why a row of an export is not imported: a stable reason, and what to do about it."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from haowu.ground.errors import Refused

REASONS = {
    "ROW_NOT_UTF8": _("此行不是 UTF-8 编码。请把文件另存为 UTF-8。"),
    "ROW_QUOTES_OPEN": _("引号没有成对。每行须独立成行，引号内的引号写成两个。"),
    "ROW_CUT": _("有 {found} 列，须为 {wanted} 列。此行可能被截断，请重新导出。"),
    "FIELD_UNREADABLE": _("{field} 的值「{value}」缺失或不可读。请按表头说明填写。"),
    "NOT_GOODS": _("「{value}」是运费、折扣或手续费，不是商品，不计佣。无需处理。"),
    "QUANTITY_NOT_POSITIVE": _(
        "数量 {value} 不是正数，而订单号不以 C 开头：库存冲销不是订单。若为退款，请用 C 开头的单号。"
    ),
    "REFUND_NOT_NEGATIVE": _("C 开头的是退款单，数量须为负，收到 {value}。请核对单号。"),
    "PRICE_NOT_POSITIVE": _("金额 {value} 不足一分。赠品与调账不计佣；若为漏填，请补上单价。"),
    "AMOUNT_TOO_LARGE": _("数量 × 单价超过上限一万亿元。请核对数量与单价。"),
    "DATE_IN_FUTURE": _("下单时间 {value} 晚于现在。请核对日期与时区（北京时间）。"),
    "INVOICE_MIXED": _("与同一订单第 {first} 行的 {field} 不同：「{value}」≠「{expected}」。此行可能被截断，请核对。"),
    "REFUND_WITHOUT_BUYER": _("退款没有 CustomerID，找不到原订单。请补上买家号。"),
    "REFUND_WITHOUT_LINE": _(
        "这位买家此前没有买过「{value}」：原订单可能在更早的文件里。请把两个文件合并后再导入，已导入的不会重复。"
    ),
    "REFUND_TOO_MANY": _("退 {value} 件，而此前没有一行还剩这么多。请核对数量，或按原订单行分开退。"),
}


class RowRefused(Refused):
    """``reason`` is a key of ``REASONS``."""

    code = "ROW_REFUSED"

    def __init__(self, reason: str, **facts: Any) -> None:
        super().__init__(REASONS[reason], **facts)
        self.reason = reason
