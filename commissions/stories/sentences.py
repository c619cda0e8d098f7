"""A line's story in words: the whole of it, or what one party may read."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commissions.models import Dispute, LineHold, OrderEvent, OrderLine
from commissions.party_share import role_labels
from commissions.stories.line_story import Amounts, LineStory, NextStep, RoleAmounts, amounts_of
from haowu.ground.money import percent, yuan
from haowu.ledger.models import Account, Posting

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


EVENTS = {
    "paid": gettext_lazy("买家付款"),
    "shipped": gettext_lazy("发货"),
    "received": gettext_lazy("收货"),
    "refunded": gettext_lazy("退款"),
    "refund_reversed": gettext_lazy("退款撤销"),
    "after_sale_opened": gettext_lazy("售后开启"),
    "after_sale_closed": gettext_lazy("售后结束"),
    "cancelled": gettext_lazy("取消"),
}

HELD = {
    "AFTER_SALE_OPEN": gettext_lazy("因售后未结束暂缓，售后结束后的当晚结算。"),
    "DISPUTE": gettext_lazy("因争议处理中暂缓，裁定后的当晚结算。"),
    "STAFF_HOLD": gettext_lazy("因平台核查暂缓，解除后的当晚结算。"),
    "INSUFFICIENT_DEPOSIT": gettext_lazy("因商家佣金账户余额不足暂缓，充值后的当晚结算。"),
}


def sentences(story: LineStory) -> Iterator[str]:
    """The whole story, one sentence a line."""
    yield state(story)
    yield from ("  · " + rule for rule in rules(story))
    if story["terms"]["offer"]:
        yield terms(story)
    yield from ("  · " + each for each in events(story))
    yield from amounts(story)
    yield from cases(story)
    yield from steps(story)
    yield from waiting(story)
    yield from postings(story)
    yield from credits(story)
    yield what_comes_next(story)


def credits(story: LineStory) -> Iterator[str]:
    """In which quarter of which leader the line's base counts."""
    for credit in story["credits"]:
        yield _("{day} 的 ¥{amount} 计入团长 {leader} 的 {quarter} 成交额。").format(
            day=credit["day"], amount=yuan(credit["gmv_fen"]), leader=credit["leader"], quarter=credit["quarter"]
        )


def state(story: LineStory) -> str:
    return _("订单 {no} 第 {line} 行：{status}，计佣基数 ¥{base}。").format(
        no=story["order_no"],
        line=story["line_no"],
        status=OrderLine.Status(story["status"]).label,
        base=yuan(story["base_fen"] or 0),
    )


def rules(story: LineStory) -> Iterator[str]:
    """The rules that were tried, in order; the last one decided."""
    return (str(TRACE.get(code, code)) for code in story["terms"]["trace"])


def terms(story: LineStory) -> str:
    rates = story["terms"]
    return _("条款（下单时冻结）：佣金 {c}，服务费 {s}，技术服务费为各方所得的 {t}。").format(
        c=percent(rates["commission_bps"]), s=percent(rates["service_fee_bps"]), t=percent(rates["tech_bps"])
    )


def events(story: LineStory, *, amounts: bool = True) -> Iterator[str]:
    """What was received, when, and why it was parked or rejected where it was."""
    for event in story["events"]:
        text = f"{_moment(event['occurred_at'])} {EVENTS.get(event['type'], event['type'])}"
        fen = event.get("amount_fen", event.get("goods_fen"))
        if amounts and event["type"] == "paid":
            text += _("：{n} 件，优惠前 ¥{price}").format(n=event["quantity"], price=yuan(event["price_fen"]))
        elif amounts and fen is not None:
            text += f" ¥{yuan(fen)}"
        if event["verdict"] != OrderEvent.Verdict.ACCEPTED:
            text += _("（{verdict}，{code}）").format(
                verdict=OrderEvent.Verdict(event["verdict"]).label, code=event["code"]
            )
        yield text


class Share(RoleAmounts):
    """What one role gets by the estimate or in one phase, with the words for both."""

    title: str
    label: str


def shares(story: LineStory) -> Iterator[Share]:
    """One for each role of the estimate and of each phase."""
    kinds = {"settlement": _("结算"), "clawback": _("追回")}
    phases = [(f"{phase['day']} {kinds[phase['kind']]}", phase) for phase in story["phases"]]
    by_title: list[tuple[str, Amounts]] = [(_("预估"), story["estimate"]), *phases]
    for title, roles in by_title:
        for role, label in role_labels().items():
            if amounts := amounts_of(roles, role):
                yield {"title": title, "label": label, **amounts}


def amounts(story: LineStory) -> Iterator[str]:
    for share in shares(story):
        yield _("{title}：{label} {party} 毛额 ¥{gross}，技术服务费 ¥{fee}，净额 ¥{net}。").format(
            title=share["title"],
            label=share["label"],
            party=share["party"],
            gross=yuan(share["gross_fen"]),
            fee=yuan(share["tech_fee_fen"]),
            net=yuan(share["net_fen"]),
        )


def cases(story: LineStory) -> Iterator[str]:
    """Holds and disputes."""
    for hold in story["holds"]:
        ends = _("{at} 已解除") if hold["released_at"] else _("最迟 {at} 解除")
        yield _("暂缓：{kind}，{since} 起，{ends}{reason}。").format(
            kind=LineHold.Kind(hold["kind"]).label,
            since=_moment(hold["since"]),
            ends=ends.format(at=_moment(hold["released_at"] or hold["until"])),
            reason=_("（原因：{reason}）").format(reason=hold["reason"]) if hold.get("reason") else "",
        )
    for dispute in story["disputes"]:
        text = _("争议：{claimant} 对 {respondent}，{since} 起，¥{amount}，现为「{status}」，已扣回 ¥{taken}{reason}。")
        yield text.format(
            claimant=dispute["claimant"],
            respondent=dispute["respondent"],
            since=_moment(dispute["opened_at"]),
            amount=yuan(dispute["amount_fen"]),
            status=Dispute.Status(dispute["status"]).label,
            taken=yuan(dispute["taken_fen"]),
            reason=_("（原因：{reason}）").format(reason=dispute["reason"]),
        )


def steps(story: LineStory) -> Iterator[str]:
    """The nights in which the plan's step moved the line's rate."""
    for row in story["steps"]:
        yield _("阶梯佣金：{day} 的结算夜起按 {bps} 计佣。").format(day=row["day"], bps=percent(row["commission_bps"]))


def waiting(story: LineStory) -> Iterator[str]:
    """Adjustments that wait for a night."""
    for row in story["adjustments"]:
        yield _("待记调整：{day} 的结算夜按计佣基数 ¥{base} 补记差额。").format(
            day=row["day"], base=yuan(row["base_fen"])
        )


def postings(story: LineStory) -> Iterator[str]:
    """The netted postings that the line's phases went into."""
    for row in story["postings"]:
        if row["amount_fen"] is None:
            share = _("本行为其中一部分")
        else:
            share = _("本行 ¥{part}").format(part=yuan(row["amount_fen"]))
        yield _("{day} 记账：{party} {account}「{kind}」{part}，当晚合计 ¥{netted}（{reference}）。").format(
            day=row["day"],
            party=row["party"],
            account=Account.Kind(row["account"]).label,
            kind=Posting.Kind(row["kind"]).label,
            part=share,
            netted=yuan(row["netted_fen"]),
            reference=row["reference"],
        )


def what_comes_next(story: LineStory) -> str:
    """What happens to the line next, and in which night; nothing for an order's source."""
    step = story["next"]
    if step is None:
        return ""
    facts = {"night": step["night"], "due": _moment(story["due_at"]) if story["due_at"] else ""}
    if step["what"] == "HELD" and (held := story["held"]):
        return " ".join(_held(held["reason"], step))
    return str(_NEXT[step["what"]]).format(**facts)


_NEXT = {
    "ADJUSTS": gettext_lazy("已结算；之后的变动在 {night} 凌晨的结算夜补记差额。"),
    "DONE": gettext_lazy("已结算。之后的退款会在下一个结算夜追回差额。"),
    "INVALID": gettext_lazy("已失效：不结算。"),
    "WAITS_FOR_RECEIPT": gettext_lazy("等待买家收货，收货后开始计算超售后期。"),
    "SETTLES": gettext_lazy("{due} 到期，{night} 凌晨的结算夜结算。"),
    "SETTLING": gettext_lazy("{night} 的结算夜正在结算这一行。"),
}


def _held(reason: str, step: NextStep) -> Iterator[str]:
    yield str(HELD.get(reason, reason))
    if step["until"]:
        yield _("最迟 {at} 自动解除。").format(at=_moment(step["until"]))
    if step["night"]:
        yield _("不早于 {night} 凌晨的结算夜。").format(night=step["night"])


def _moment(text: str) -> str:
    return f"{datetime.fromisoformat(text):%Y-%m-%d %H:%M}"
