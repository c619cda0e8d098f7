"""Who would get what of one sale under a plan that is being written, and what else it would change. Stores nothing."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from haowu.ground.money import percent, yuan
from haowu.tenants.models import Tenant
from merchants.models import Plan, Product
from merchants.overview import Offered, offered
from merchants.steps import Step

GROUPS = 3
"""Rates of a list that are shown one by one, the highest first."""
Previews = Callable[..., list[Any]]


@dataclass(frozen=True)
class Wish:
    """What a form holds of a plan so far; whatever is missing or wrong in it is left out."""

    type: str
    product: Product | None = None
    commission_bps: int | None = None
    streamers: Mapping[Tenant, int] = field(default_factory=dict)
    step: Step | None = None


@dataclass(frozen=True)
class Side:
    """One kind of seller: ``share`` is what each party gets of the sale."""

    who: str
    bps: int
    share: Any = None
    badge: str = ""


@dataclass(frozen=True)
class Note:
    look: str
    text: str
    plan: Plan | None = None


@dataclass(frozen=True)
class PlanPreview:
    """``rows``: for each listed streamer's code, what a sale brings and a warning where it is less than now."""

    price_fen: int
    sides: Sequence[Side]
    notes: Sequence[Note]
    rows: Mapping[str, tuple[int, str]]

    @property
    def more(self) -> tuple[int, int, int] | None:
        """What a listed sale costs beyond an unlisted one, and what of that the streamer and the platform get."""
        if len(self.sides) < 2 or not self.sides[-1].badge:
            return None
        listed, others = self.sides[0].share, self.sides[-1].share
        costs = listed.shares.cost_fen - others.shares.cost_fen
        gets = listed.streamer_net_fen - others.streamer_net_fen
        return (costs, gets, costs - gets) if costs > 0 else None


def preview_plan(wish: Wish, price_fen: int, pickers: int, previews: Previews, at: datetime) -> PlanPreview:
    """``pickers``: how many streamers have the product on their shelf."""
    offer = offered([wish.product], at)[0] if wish.product else None
    sides = _sides(wish, offer)
    normal = _normal_bps(wish, offer)
    asked = [side.bps for side in sides] + list(wish.streamers.values()) + ([normal] if normal is not None else [])
    shares = dict(zip(asked, previews([(price_fen, bps) for bps in asked], at=at), strict=True))
    rows = {
        streamer.code: (shares[bps].streamer_net_fen, _warning(bps, normal, shares))
        for streamer, bps in wish.streamers.items()
    }
    drawn = [Side(side.who, side.bps, shares[side.bps], side.badge) for side in sides]
    return PlanPreview(price_fen, drawn, _notes(wish, offer, pickers), rows)


def _sides(wish: Wish, offer: Offered | None) -> list[Side]:
    if wish.type == Plan.Type.NORMAL:
        sides = [] if wish.commission_bps is None else [Side(_("任何达人卖一件"), wish.commission_bps)]
    else:
        sides = _groups(wish.streamers)
    if wish.step and sides:
        who = ngettext("满 {n} 单以后", "满 {n} 单以后", wish.step.threshold).format(n=wish.step.threshold)
        sides.append(Side(who, wish.step.step_bps))
    normal = _normal_bps(wish, offer)
    if normal is not None and sides:
        sides.append(Side(_("名单外的人卖一件"), normal, badge=_("普通计划")))
    return sides


def _groups(streamers: Mapping[Tenant, int]) -> list[Side]:
    names: dict[int, list[str]] = defaultdict(list)
    for streamer, bps in streamers.items():
        names[bps].append(streamer.name)
    return [Side(_sellers(names[bps]), bps) for bps in sorted(names, reverse=True)[:GROUPS]]


def _sellers(names: Sequence[str]) -> str:
    if len(names) > 2:
        return _("{name} 等 {n} 位卖一件").format(name=names[0], n=len(names))
    return _("{names} 卖一件").format(names="、".join(names))


def _normal_bps(wish: Wish, offer: Offered | None) -> int | None:
    """What those outside of the list get of this product, where a plan says so."""
    if wish.type != Plan.Type.ITEM_TARGETED or offer is None or offer.normal is None:
        return None
    return offer.normal.bps


def _warning(bps: int, normal: int | None, shares: Mapping[int, Any]) -> str:
    if normal is None or bps >= normal:
        return ""
    less = shares[normal].streamer_net_fen - shares[bps].streamer_net_fen
    return _("比普通计划 {rate} 低，名单里反而少得 ¥{less}").format(rate=percent(normal), less=yuan(less))


def _notes(wish: Wish, offer: Offered | None, pickers: int) -> list[Note]:
    notes = []
    if wish.type == Plan.Type.EXCLUSIVE and wish.product:
        said = ngettext(
            "已有 {n} 位达人选入：名单外的从现在起不能再卖，他们已有的订单照旧结算。",
            "已有 {n} 位达人选入：名单外的从现在起不能再卖，他们已有的订单照旧结算。",
            pickers,
        )
        notes.append(Note("p", said.format(n=pickers)))
    if wish.type == Plan.Type.SHOP_TARGETED:
        notes.append(Note("", _("另有商品定向的商品先按商品定向；名单外的人按各商品的普通计划。")))
    if wish.type == Plan.Type.ITEM_TARGETED and offer and _normal_bps(wish, offer) is None:
        notes.append(Note("a", _("这件商品没有普通计划：名单外的人卖它没有佣金。")))
    if offer and (same := _same(wish.type, offer)):
        said = _("已有一个进行中的「{type}」。改它的佣金率，或先结束它。").format(type=same.get_type_display())
        notes.append(Note("a", said, same))
    elif offer and offer.is_exclusive:
        notes.append(Note("a", _("这件商品有专属计划：结束之前只有它的名单能卖。"), offer.others[0]))
    return notes


def _same(type: str, offer: Offered) -> Plan | None:
    plans = [*offer.others, *([offer.normal_plan] if offer.normal_plan else [])]
    return next((plan for plan in plans if plan.type == type), None)
