"""Up to four goods side by side: the same facts of each, where they differ, and which is best at it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from haowu.ground.money import percent, yuan
from merchants.models import Product
from streamers.models import ListingFigures, ProductService
from streamers.popularity import pickers
from streamers.selection import Card
from streamers.supplied import cities_of

AT_MOST = 4


@dataclass(frozen=True)
class Compared:
    """One good with everything that a row shows."""

    card: Card
    sales_30d: int
    service: ProductService | None
    pickers: int
    cities: Sequence[str]
    best_bps: int | None

    @property
    def product(self) -> Product:
        return self.card.product


@dataclass(frozen=True)
class Cell:
    text: str
    is_best: bool


@dataclass(frozen=True)
class Row:
    """``cells`` as ``goods`` stand. ``differs``: not all are the same."""

    key: str
    label: Any
    cells: list[Cell]

    @property
    def differs(self) -> bool:
        return len({cell.text for cell in self.cells}) > 1


@dataclass(frozen=True)
class Fact:
    """``value`` orders goods where one is better: the higher, or (``low_is_good``) the lower. None: not known."""

    key: str
    label: Any
    text: Callable[[Compared], str]
    value: Callable[[Compared], int | None] | None = None
    low_is_good: bool = False


def compared(cards: Sequence[Card], at: datetime) -> list[Compared]:
    """``cards`` with what is counted about them. Within a transaction; five queries."""
    products = [card.product for card in cards]
    ids = [product.pk for product in products]
    sales = dict(ListingFigures.objects.filter(product__any_of=ids).values_list("product", "sales_30d"))
    service = ProductService.objects.in_bulk(ids)
    picked = pickers(products)
    cities = cities_of(products, at)
    return [
        Compared(
            card,
            sales.get(card.product.pk, 0),
            service.get(card.product.pk),
            picked.get(card.product.pk, 0),
            cities.get(card.product.pk, ()),
            card.better[0][1] if card.better else None,
        )
        for card in cards
    ]


def rows_of(goods: Sequence[Compared], count: Callable[[int], str]) -> list[Row]:
    """``count`` writes numbers as the page does."""
    return [_row(fact, goods) for fact in _facts(count)]


def best_net(goods: Sequence[Compared]) -> int | None:
    """The id of the product whose sale leaves most; None where none is better than the others."""
    nets = [good.card.net_fen for good in goods]
    if len(set(nets)) < 2:
        return None
    return max(goods, key=lambda good: good.card.net_fen).product.pk


def _row(fact: Fact, goods: Sequence[Compared]) -> Row:
    values = [fact.value(good) if fact.value else None for good in goods]
    known = [value for value in values if value is not None]
    best = (min(known) if fact.low_is_good else max(known)) if len(set(known)) > 1 else None
    cells = [
        Cell(fact.text(good), is_best=best is not None and value == best)
        for good, value in zip(goods, values, strict=True)
    ]
    return Row(fact.key, fact.label, cells)


def _facts(count: Callable[[int], str]) -> list[Fact]:
    return [
        Fact("net", _("每单净赚"), lambda good: _yuan(good.card.net_fen), lambda good: good.card.net_fen),
        Fact("rate", _("佣金"), lambda good: _percent(good.card.bps), lambda good: good.card.bps),
        Fact("tomorrow", _("明天 0 点起"), lambda good: _percent(good.card.next_bps), lambda good: good.card.next_bps),
        Fact("leader", _("经团长最高"), lambda good: _percent(good.best_bps), lambda good: good.best_bps),
        Fact("price", _("售价"), lambda good: _price(good.card)),
        Fact("stock", _("库存"), lambda good: count(_stock(good)), _stock),
        Fact("sales", _("30 天销量"), lambda good: count(good.sales_30d), lambda good: good.sales_30d),
        Fact("score", _("店铺分"), lambda good: f"{_score(good) / 100:.2f}", _score),
        Fact("late", _("晚发"), lambda good: _percent(_late(good)), _late, low_is_good=True),
        Fact("after_sale", _("售后"), lambda good: _percent(_after_sale(good)), _after_sale, low_is_good=True),
        Fact("pickers", _("在架达人"), lambda good: count(good.pickers)),
        Fact("cities", _("现货城市"), lambda good: " · ".join(good.cities) or "–"),
        Fact("shop", _("店铺"), lambda good: good.product.merchant.name),
    ]


def _stock(good: Compared) -> int:
    return good.product.stock or 0  # type: ignore[attr-defined]  # products are read with_offer_facts


def _score(good: Compared) -> int:
    return good.product.merchant.shop.score


def _late(good: Compared) -> int | None:
    return good.service.late_bps if good.service else None


def _after_sale(good: Compared) -> int | None:
    return good.service.after_sale_bps if good.service else None


def _price(card: Card) -> str:
    dearest = card.product.price_to_fen  # type: ignore[attr-defined]
    price = _yuan(card.price_fen)
    return price if dearest == card.price_fen else f"{price}–{yuan(dearest or 0)}"


def _yuan(fen: int) -> str:
    return f"¥{yuan(fen)}"


def _percent(bps: int | None) -> str:
    return "–" if bps is None else percent(bps)
