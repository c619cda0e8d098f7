"""One line's whole story, as JSON for machines and as sentences for people. Shape: partner API, ``explain``."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commissions.models import Adjustment, OrderLine, Settlement
from commissions.split import ROLES, Shares
from haowu import days
from haowu.money import percent, yuan
from haowu.tenants.models import Tenant

TRACE = {
    "NO_PID": gettext_lazy("订单没有推广位：自然成交，不计佣。"),
    "UNKNOWN_PID": gettext_lazy("推广位不存在：自然成交，不计佣。"),
    "PID_PRODUCT_MISMATCH": gettext_lazy("推广位属于另一件商品：自然成交，不计佣。"),
    "PICKED_LATER": gettext_lazy("下单时达人还没有选入这件商品：自然成交，不计佣。"),
    "SELF_PURCHASE": gettext_lazy("达人或商家自己购买：不计佣。"),
    "EXCLUSIVE_NOT_LISTED": gettext_lazy("商品有专属计划或专属活动，名单里没有这位达人：不计佣。"),
    "EXCLUSIVE_LISTED": gettext_lazy("专属计划或专属活动列有这位达人：按它计佣。"),
    "EXCLUSIVE_NONE": gettext_lazy("没有专属计划或专属活动。"),
    "ITEM_TARGETED_LISTED": gettext_lazy("商品定向计划列有这位达人：按它计佣。"),
    "ITEM_TARGETED_NOT_LISTED": gettext_lazy("商品定向计划没有列出这位达人。"),
    "ITEM_TARGETED_NONE": gettext_lazy("没有商品定向计划。"),
    "SHOP_TARGETED_LISTED": gettext_lazy("店铺定向计划列有这位达人：按它计佣。"),
    "SHOP_TARGETED_NOT_LISTED": gettext_lazy("店铺定向计划没有列出这位达人。"),
    "SHOP_TARGETED_NONE": gettext_lazy("没有店铺定向计划。"),
    "ACTIVITY_PICKED_THROUGH": gettext_lazy("经团长活动选入，活动在有效期内：按活动计佣。"),
    "ACTIVITY_NOT_LIVE": gettext_lazy("经团长活动选入，但下单时活动不在有效期内。"),
    "ACTIVITY_NOT_PICKED": gettext_lazy("没有经团长活动选入。"),
    "NORMAL_OPEN": gettext_lazy("普通计划有效：按普通计划计佣。"),
    "NORMAL_NONE": gettext_lazy("没有有效的普通计划：自然成交，不计佣。"),
}


def stories(lines: QuerySet[OrderLine]) -> Iterator[dict[str, Any]]:
    """The JSON story of each line, read a thousand lines at a time."""
    for line in with_story(lines).iterator(chunk_size=1000):
        yield story(line)


def with_story(lines: QuerySet[OrderLine]) -> QuerySet[OrderLine]:
    """``lines`` with all that ``story`` reads of them."""
    phases = Prefetch("settlements", Settlement.objects.order_by("phase"))
    waiting = Prefetch("adjustments", Adjustment.objects.order_by("day"))
    return lines.select_related("merchant", *ROLES).prefetch_related(phases, waiting)


def story(line: OrderLine) -> dict[str, Any]:
    """Everything known of ``line``. Amounts in fen; a role without a party is left out."""
    phases = list(line.settlements.all())
    adjustments = list(line.adjustments.all())
    return {
        "order_no": line.order_no,
        "line_no": line.line_no,
        "status": OrderLine.Status.SETTLED.value if phases else line.status,
        "base_fen": adjustments[-1].base_fen if adjustments else line.due_base_fen,
        "terms": {
            "offer": _offer(line),
            "commission_bps": line.commission_bps,
            "service_fee_bps": line.service_fee_bps,
            "second_bps": line.second_bps,
            "tech_bps": line.tech_bps,
            "trace": line.trace,
        },
        "estimate": _roles(line, line.estimate),
        "phases": [{"day": str(phase.day), "kind": phase.kind} | _roles(line, phase.shares) for phase in phases],
        "due_at": line.due_at.astimezone(days.SHANGHAI).isoformat() if line.due_at else None,
        "held": {"reason": line.held_reason, "since": line.held_since.astimezone(days.SHANGHAI).isoformat()}
        if line.held_reason
        else None,
    }


def _offer(line: OrderLine) -> dict[str, Any] | None:
    if not line.offer_kind:
        return None
    offer = {"kind": line.offer_kind, "id": line.offer_id, "version": line.offer_version}
    return offer | ({"activity": line.activity} if line.activity else {})


def _roles(line: OrderLine, shares: Shares) -> dict[str, Any]:
    paid = {
        role: {
            "party": party.code,
            "gross_fen": getattr(shares, f"{role}_fen"),
            "tech_fee_fen": getattr(shares, f"{role}_fee_fen"),
            "net_fen": getattr(shares, f"{role}_fen") - getattr(shares, f"{role}_fee_fen"),
        }
        for role in ROLES
        if (party := line.party(role)) is not None
    }
    return paid | ({"merchant": {"cost_fen": shares.cost_fen}} if line.offer_kind else {})


def as_seen_by(tenant: Tenant, line: OrderLine) -> dict[str, Any]:
    """``story`` with only the roles that ``tenant`` fills; the merchant, who pays them all, sees every role.

    Platform scope: the rows behind a story are not all visible to each of its parties.
    """
    told = story(line)
    if line.merchant_id == tenant.pk:
        return told
    hidden = {"merchant"} | {role for role in ROLES if getattr(line, f"{role}_id") != tenant.pk}
    for roles in (told["estimate"], *told["phases"]):
        for role in hidden & roles.keys():
            del roles[role]
    return told


def shares(told: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """One row for each role of the estimate and of each phase: the role's amounts with ``title`` and ``label``."""
    labels = {
        "streamer": _("达人"),
        "first_leader": _("一级团长"),
        "second_leader": _("二级团长"),
        "provider": _("服务商"),
        "agency": _("达人机构"),
    }
    kinds = {"settlement": _("结算"), "clawback": _("追回")}
    phases = [(f"{phase['day']} {kinds[phase['kind']]}", phase) for phase in told["phases"]]
    for title, roles in [(_("预估"), told["estimate"]), *phases]:
        for role, label in labels.items():
            if role in roles:
                yield {"title": title, "label": label} | roles[role]


def sentences(told: dict[str, Any]) -> Iterator[str]:
    """``story`` in words, one sentence a line, in the language in force."""
    yield _("订单 {no} 第 {line} 行：{status}，计佣基数 ¥{base}。").format(
        no=told["order_no"],
        line=told["line_no"],
        status=OrderLine.Status(told["status"]).label,
        base=yuan(told["base_fen"]),
    )
    for code in told["terms"]["trace"]:
        yield "  · " + str(TRACE.get(code, code))
    terms = told["terms"]
    if terms["offer"]:
        yield _("条款（下单时冻结）：佣金 {c}，服务费 {s}，技术服务费为各方所得的 {t}。").format(
            c=percent(terms["commission_bps"]), s=percent(terms["service_fee_bps"]), t=percent(terms["tech_bps"])
        )
    for share in shares(told):
        yield _("{title}：{label} {party} 毛额 ¥{gross}，技术服务费 ¥{fee}，净额 ¥{net}。").format(
            title=share["title"],
            label=share["label"],
            party=share["party"],
            gross=yuan(share["gross_fen"]),
            fee=yuan(share["tech_fee_fen"]),
            net=yuan(share["net_fen"]),
        )
    yield what_comes_next(told)


HELD = {
    "AFTER_SALE_OPEN": gettext_lazy("因售后未结束暂缓，售后结束后的当晚结算。"),
    "DISPUTE": gettext_lazy("因争议处理中暂缓，裁定后的当晚结算。"),
    "STAFF_HOLD": gettext_lazy("因平台核查暂缓，解除后的当晚结算。"),
    "INSUFFICIENT_DEPOSIT": gettext_lazy("因商家佣金账户余额不足暂缓，充值后的当晚结算。"),
}


def what_comes_next(told: dict[str, Any]) -> str:
    """What happens to the line next, and when."""
    if told["held"]:
        reason = told["held"]["reason"]
        return str(HELD.get(reason, reason))
    if told["status"] == OrderLine.Status.SETTLED:
        return _("已结算。之后的退款会在下一个结算夜追回差额。")
    if told["status"] == OrderLine.Status.INVALID:
        return _("已失效：不结算。")
    if told["due_at"]:
        due = datetime.fromisoformat(told["due_at"]).strftime("%Y-%m-%d %H:%M")
        return _("{due} 到期，之后的第一个结算夜结算。").format(due=due)
    return _("等待买家收货，收货后开始计算超售后期。")
