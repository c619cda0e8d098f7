"""What an export sells: each stock code with its title, its kind, its price and the shop that has it."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median_low
from typing import TYPE_CHECKING

from haowu.demo import cast
from haowu.demo.goods import kinds
from haowu.demo.goods.titles import Title, title_of
from haowu.demo.retail.sample import sample_number

if TYPE_CHECKING:
    from haowu.demo.retail.orders import Line

TITLE_LENGTH = 120


@dataclass(frozen=True)
class Good:
    """``original`` is what the export calls it; ``lines`` how often it was sold."""

    code: str
    original: str
    title: Title
    shop: str
    price_fen: int
    lines: int

    @property
    def name(self) -> str:
        return self.title.chinese[:TITLE_LENGTH]

    @property
    def category(self) -> str:
        return kinds.path_of(self.title.kind, self.title.themes)

    @property
    def field(self) -> str:
        return kinds.kinds()[self.title.kind].field


def goods_of(lines: "Iterable[Line]") -> dict[str, Good]:
    """Titled as most of its rows are, priced at the median, in the order of the codes."""
    sold: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        sold[line.row.code].append(line)
    return {code: _good(code, sold[code]) for code in sorted(sold)}


def _good(code: str, lines: "list[Line]") -> Good:
    titles = Counter(line.row.title for line in lines if line.row.title)
    original = min(titles, key=lambda title: (-titles[title], title), default=code)
    title = title_of(original)
    price_fen = median_low(line.row.price_fen for line in lines)
    return Good(code, original, title, shop_of(code, kinds.kinds()[title.kind].field), price_fen, len(lines))


def shop_of(code: str, field: str) -> str:
    """One of the shops of its field. Codes that differ in case only (a product's colours, mistyped) are one shop's."""
    shops = cast.codes("shop", field)
    return shops[sample_number("merchant", code.upper()) % len(shops)]
