"""Why a rate is what it is, in words: the rules that were tried, which one matched, what would speak without it."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from streamers.offers import Kind, Offer
from streamers.selection import Card

KIND_NAMES = {
    Kind.EXCLUSIVE_ACTIVITY: _("专属活动"),
    Kind.EXCLUSIVE: _("专属计划"),
    Kind.ITEM_TARGETED: _("商品定向计划"),
    Kind.SHOP_TARGETED: _("店铺定向计划"),
    Kind.NORMAL_ACTIVITY: _("招商活动"),
    Kind.NORMAL: _("普通计划"),
}
RULES = {
    "EXCLUSIVE": _("专属推广"),
    "ITEM_TARGETED": _("商品定向计划"),
    "SHOP_TARGETED": _("店铺定向计划"),
    "ACTIVITY": _("团长的招商活动"),
    "NORMAL": _("普通计划"),
}
SAYS = {
    "EXCLUSIVE_NONE": _("这件没有"),
    "EXCLUSIVE_LISTED": _("商家指定了你"),
    "EXCLUSIVE_NOT_LISTED": _("只给商家指定的达人"),
    "ITEM_TARGETED_NONE": _("这件没有"),
    "ITEM_TARGETED_LISTED": _("商家把你列进了名单"),
    "ITEM_TARGETED_NOT_LISTED": _("名单里没有你"),
    "SHOP_TARGETED_NONE": _("这家店没有"),
    "SHOP_TARGETED_LISTED": _("商家把你列进了名单"),
    "SHOP_TARGETED_NOT_LISTED": _("名单里没有你"),
    "ACTIVITY_PICKED_THROUGH": _("你从这个活动选入"),
    "ACTIVITY_NOT_LIVE": _("你选入的活动现在不生效"),
    "ACTIVITY_NOT_PICKED": _("你没有从活动选入"),
    "NORMAL_OPEN": _("对所有达人开放"),
    "NORMAL_NONE": _("这件没有"),
}
MATCHES = frozenset(
    {
        "EXCLUSIVE_LISTED",
        "EXCLUSIVE_NOT_LISTED",
        "ITEM_TARGETED_LISTED",
        "SHOP_TARGETED_LISTED",
        "ACTIVITY_PICKED_THROUGH",
        "NORMAL_OPEN",
    }
)


@dataclass(frozen=True)
class Reason:
    """One rule: what it is called and how it came out. ``bps``: what it pays, where it pays something."""

    rule: Any
    says: Any
    is_match: bool
    bps: int | None = None
    net_fen: int | None = None


def reasons_of(card: Card, offers: list[Offer]) -> list[Reason]:
    """The rules in the order in which they were tried; then the normal plan, where an earlier one took its place."""
    found = [_reason(code, card) for code in card.choice.trace]
    normal = next((offer for offer in offers if offer.kind == Kind.NORMAL), None)
    if normal and card.choice.offer and card.choice.offer.kind != Kind.NORMAL:
        says = _("只在前面都没有时用")
        bps = normal.commission_bps
        found.append(Reason(RULES["NORMAL"], says, is_match=False, bps=bps, net_fen=card.net_at(bps)))
    return found


def _reason(code: str, card: Card) -> Reason:
    rule = next(label for name, label in RULES.items() if code.startswith(name))
    matches = code in MATCHES
    return Reason(rule, SAYS[code], matches, card.bps if matches else None, card.net_fen if matches else None)
