"""Why a product is shown, in words. Codes are stable: the API gives them beside the text."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from streamers.matching.composing import Parts, Why
from streamers.matching.serving import Explained

TITLE = 14
"""Characters of a product's title within a sentence."""
SAYS = {
    Why.FIELD: gettext_lazy("你主营的类目"),
    Why.BRAND: gettext_lazy("你卖过这个品牌"),
    Why.PRICE: gettext_lazy("和你常卖的价位相近"),
    Why.EARNS: gettext_lazy("每单赚得比同类多"),
    Why.SELLING: gettext_lazy("同类里卖得好"),
    Why.NEW_CHANCE: gettext_lazy("新品机会位"),
    Why.CHANCE: gettext_lazy("少曝光商品的机会位"),
}


@dataclass(frozen=True)
class Reason:
    code: str
    text: str


@dataclass(frozen=True)
class Part:
    """One part of a match: what it says, and how many percent of the match it makes."""

    text: Any
    percent: int


def reason(why: Why, title: str, detail: int) -> Reason:
    """What a place of a list says; ``title`` and ``detail`` as ``ForYou.reason_at`` has them."""
    return Reason(why.name.lower(), _says(why, title, detail))


def parts_in_words(explained: Explained) -> list[Part]:
    """The parts that are there, the largest first. Percents add up to 100: what rounding leaves goes to the largest."""
    parts = explained.parts
    total = parts.total
    named = [(name, getattr(parts, name)) for name in Parts.__dataclass_fields__ if getattr(parts, name)]
    named.sort(key=lambda each: -each[1])
    percents = [100 * value // total for _name, value in named]
    if percents:
        percents[0] += 100 - sum(percents)
    return [Part(_part_says(name, explained), share) for (name, _v), share in zip(named, percents, strict=True)]


def _part_says(name: str, explained: Explained) -> str:
    why = {
        "together": Why.TOGETHER,
        "brand": Why.BRAND,
        "price": Why.PRICE,
        "earns": Why.EARNS,
        "selling": Why.SELLING,
    }.get(name)
    if why is not None:
        return _says(why, explained.title, 0)
    if explained.is_of_field:
        return _says(Why.FIELD, "", 0)
    if explained.sold:
        return _says(Why.SOLD_ALIKE, "", explained.sold)
    return _says(Why.PICKED_ALIKE, "", explained.alike)


def _says(why: Why, title: str, detail: int) -> str:
    match why:
        case Why.TOGETHER if title:
            short = title if len(title) <= TITLE else title[: TITLE - 1] + "…"
            return _("和你选的「{title}」常被一起选").format(title=short)
        case Why.TOGETHER:
            return _("常和你选的商品一起被选")
        case Why.SOLD_ALIKE:
            return ngettext("你卖过 {n} 件同类", "你卖过 {n} 件同类", detail).format(n=detail)
        case Why.PICKED_ALIKE:
            return ngettext("你选过 {n} 件同类", "你选过 {n} 件同类", detail).format(n=detail)
    return str(SAYS[why])
