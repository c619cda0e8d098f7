"""What the rows of a table would do to a merchant's goods: what each adds or changes, or what is wrong with it.

A row is one SKU; what it says of the product counts for the whole product. Each row is judged by itself: a bad one
stops nothing but itself. Columns that the table does not have stay as they are; an empty cell of a column that it has
empties what may be empty.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from haowu.ground import inputs
from haowu.ground.inputs import InputInvalid
from haowu.ground.money import yuan
from haowu.tenants.models import Tenant
from merchants.importing import cells
from merchants.importing.columns import FEN, LABELS, YUAN
from merchants.importing.known import Known, known
from merchants.importing.reading import Sheet
from merchants.models import Product, Sku


class Effect(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    BAD = "bad"


@dataclass(frozen=True)
class Problem:
    """``why`` says what to do, as a sentence; ``column`` where."""

    column: Any
    why: str


@dataclass(frozen=True)
class Change:
    column: Any
    before: str
    after: str


@dataclass
class Row:
    """``of_product`` and ``of_sku``: the columns that it writes, by the name of the field."""

    number: int
    cells: list[str]
    code: str = ""
    sku: str = ""
    of_product: dict[str, Any] = field(default_factory=dict)
    of_sku: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    effect: Effect = Effect.SAME

    @property
    def title(self) -> str:
        return self.of_product.get("title") or self.code


@dataclass(frozen=True)
class Judged:
    rows: list[Row]
    known: Known

    def having(self, effect: str) -> list[Row]:
        return [row for row in self.rows if row.effect == effect]

    @property
    def good(self) -> list[Row]:
        """Those that change something, in the order of the file."""
        return [row for row in self.rows if row.effect in (Effect.NEW, Effect.CHANGED)]

    @property
    def counts(self) -> dict[str, int]:
        return {effect.value: len(self.having(effect)) for effect in Effect}


def judge(merchant: Tenant, sheet: Sheet) -> Judged:
    """Every row of ``sheet`` against the goods of ``merchant`` as they are now. A few queries, however many rows."""
    places = sheet.places
    rows = [Row(number, row) for number, row in sheet.rows]
    for row in rows:
        row.code = row.cells[places["code"]].strip()
        row.sku = (row.cells[places["sku"]].strip() if "sku" in places else "") or row.code
    found = known(merchant, rows, places)
    readers = _readers(found)
    seen: dict[tuple[str, str], int] = {}
    said: dict[tuple[str, str], tuple[Any, int]] = {}
    for row in rows:
        _read(row, places, readers)
        _compare_with_others(row, seen, said)
    weighed: set[str] = set()
    for row in rows:
        _weigh(row, found, said, is_first=row.code not in weighed)
        if not row.problems:
            weighed.add(row.code)
    return Judged(rows, found)


OF_PRODUCT = ("title", "category", "brand", "description")
OF_SKU = {YUAN: "price_fen", FEN: "price_fen", "spec": "spec", "stock": "stock"}


def _readers(found: Known) -> dict[str, Callable[[str], Any]]:
    return {
        "title": lambda cell: inputs.text(cell, max_length=120) if cell.strip() else "",
        "description": lambda cell: inputs.text(cell, max_length=2000, lines=True) if cell.strip() else "",
        "spec": lambda cell: inputs.text(cell, max_length=120) if cell.strip() else "",
        "category": found.category,
        "brand": found.brand,
        YUAN: cells.fen_of_yuan,
        FEN: cells.fen,
        "stock": cells.stock,
    }


def _read(row: Row, places: dict[str, int], readers: dict[str, Callable[[str], Any]]) -> None:
    for key, text in (("code", row.code), ("sku", row.sku)):
        try:
            inputs.text(text, max_length=inputs.MAX_KEY)
        except InputInvalid as error:
            if key == "code" or text != row.code:
                row.problems.append(Problem(LABELS[key], str(error)))
    for key, reader in readers.items():
        if key not in places:
            continue
        cell = row.cells[places[key]]
        if not cell.strip() and key not in ("description", "brand", "category", "spec"):
            continue
        try:
            value = reader(cell)
        except InputInvalid as error:
            row.problems.append(Problem(LABELS[key], str(error)))
        else:
            (row.of_product if key in OF_PRODUCT else row.of_sku)[OF_SKU.get(key, key)] = value


def _compare_with_others(row: Row, seen: dict[tuple[str, str], int], said: dict[tuple[str, str], Any]) -> None:
    """The same SKU twice, or another row that says something else of the product, is refused at the later one."""
    if row.problems:
        return
    first = seen.setdefault((row.code, row.sku), row.number)
    if first != row.number:
        why = _("规格「{sku}」在第 {n} 行已经有了。每个规格只留一行。").format(sku=row.sku, n=first)
        row.problems.append(Problem(LABELS["sku"], why))
        return
    for name in [name for name in OF_PRODUCT if name in row.of_product]:
        value = row.of_product[name]
        if not value and (row.code, name) in said:
            continue  # an empty cell below a filled one
        before, n = said.setdefault((row.code, name), (value, row.number))
        if not before and value:
            said[row.code, name] = (value, row.number)
        elif before != value:
            why = _("和第 {n} 行写的不一样。同一件商品的几行要一致，或只在第一行写。").format(n=n)
            row.problems.append(Problem(LABELS[name], why))


def _weigh(row: Row, found: Known, said: dict[tuple[str, str], tuple[Any, int]], *, is_first: bool) -> None:
    """What the row comes to, once it is known what all rows say of its product; the first good one speaks for it."""
    if not row.problems:
        row.of_product = {name: said[row.code, name][0] for name in OF_PRODUCT if (row.code, name) in said}
        product = found.products.get(row.code)
        sku = found.skus.get((row.code, row.sku))
        row.problems += _missing(row, product, sku)
        if not row.problems:
            row.changes = [*(_product_changes(row, product) if is_first else ()), *_sku_changes(row, sku)]
            row.effect = Effect.NEW if sku is None else Effect.CHANGED if row.changes else Effect.SAME
    if row.problems:
        row.effect = Effect.BAD


def _missing(row: Row, product: Product | None, sku: Sku | None) -> Iterable[Problem]:
    if product is None and not row.of_product.get("title"):
        yield Problem(LABELS["title"], _("须填标题。"))
    if sku is None and "price_fen" not in row.of_sku:
        yield Problem(LABELS[YUAN], _("这个规格是新的，须填售价。"))
    if product and product.status == Product.Status.LISTED and row.of_product.get("category", product.category) is None:
        yield Problem(LABELS["category"], _("商品正在售卖，类目不能清空。先下架，或写上类目。"))


def _product_changes(row: Row, product: Product | None) -> Iterable[Change]:
    for name, after in row.of_product.items():
        before = getattr(product, name) if product else None
        if (before or "") != (after or ""):
            yield Change(LABELS[name], _shown(before), _shown(after))


def _sku_changes(row: Row, sku: Sku | None) -> Iterable[Change]:
    for name, after in row.of_sku.items():
        before = getattr(sku, name) if sku else None
        if before != after and not (sku is None and after == ""):
            money = name == "price_fen"
            label = LABELS[YUAN] if money else LABELS[name]
            yield Change(label, _shown(before, money=money), _shown(after, money=money))


def _shown(value: Any, *, money: bool = False) -> str:
    if value is None or value == "":
        return ""
    return f"¥{yuan(value)}" if money else str(getattr(value, "path", value))
