"""The shared library opened: the goods of one brand, and how many lie free in which city."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import F, Sum
from django.utils.translation import get_language

from bases import cities
from bases.models import BrandedProduct, Stock

MOST_CITIES = 5


@dataclass(frozen=True)
class City:
    """``km``: from the reader's own city, None where it has none or is this one."""

    code: str
    name: str
    km: int | None
    is_own: bool


@dataclass(frozen=True)
class Cell:
    free: int
    is_nearest: bool


@dataclass(frozen=True)
class GoodsInCities:
    """``cells`` in the order of the columns; ``nearest`` where the goods are found first, None where nowhere."""

    merchant_id: int
    product_code: str
    cells: list[Cell] = field(default_factory=list)
    free: int = 0
    nearest: City | None = None


@dataclass(frozen=True)
class Table:
    cities: list[City]
    rows: list[GoodsInCities]

    @property
    def totals(self) -> list[int]:
        return [sum(row.cells[place].free for row in self.rows) for place in range(len(self.cities))]

    @property
    def free(self) -> int:
        return sum(row.free for row in self.rows)

    @property
    def most(self) -> int:
        return max((cell.free for row in self.rows for cell in row.cells), default=0)


def by_city(goods: Sequence[BrandedProduct], near: str, *, at: datetime) -> Table:
    """What working bases have free of ``goods``; columns from the nearest city of ``near`` to the farthest."""
    free: dict[tuple[int, str], dict[str, int]] = defaultdict(dict)
    for row in _free(goods, at):
        free[row["merchant_id"], row["product_code"]][row["city"]] = row["pieces"]
    known = {code for found in free.values() for code in found}
    columns = sorted((_city(code, near) for code in known), key=lambda city: (not city.is_own, city.km or 0, city.code))
    columns = columns[:MOST_CITIES]
    return Table(columns, [_row(each, free[each.merchant_id, each.product_code], columns) for each in goods])


def _free(goods: Sequence[BrandedProduct], at: datetime) -> Iterable[Any]:
    merchants, codes = {each.merchant_id for each in goods}, {each.product_code for each in goods}
    stock = Stock.objects.filter(merchant__in=merchants, product_code__in=codes).in_stock().sold_by_working(at)
    grouped: Any = stock.values("merchant_id", "product_code", city=F("base__base__city"))
    found: Iterable[dict[str, Any]] = grouped.annotate(pieces=Sum(F("quantity") - F("reserved"))).order_by()
    return found


def _city(code: str, near: str) -> City:
    km = cities.distance_km(near, code) if near and near != code else None
    return City(code, cities.name_of(code, get_language() or "zh"), km, code == near)


def _row(goods: BrandedProduct, free: dict[str, int], columns: Sequence[City]) -> GoodsInCities:
    nearest = next((city for city in columns if free.get(city.code)), None)
    cells = [Cell(free.get(city.code, 0), city == nearest) for city in columns]
    return GoodsInCities(goods.merchant_id, goods.product_code, cells, sum(free.values()), nearest)
