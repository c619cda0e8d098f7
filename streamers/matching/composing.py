"""One streamer's list out of what is known of him and of goods. Rules only: no rows, no clock, whole numbers.

A good's *match* is the sum of its ``Parts``; its score is the match times its exposure. Some of every ten places are
kept for goods with little exposure, drawn by chance among the categories that he sells: the same for a streamer and a
day. Why a good stands at its place is the largest of its parts, or that its place was kept for it.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from functools import cached_property

from streamers.models import ForYou

Why = ForYou.Why
MILLION = 1_000_000
LENGTH = 1_000
FULL_EXPOSURE = 100
NEW_FOR = timedelta(days=30)

CATEGORY = 300_000
BRAND = 100_000
PRICE = 50_000
EARNS = 50_000
SELLING = 50_000
"""The most that each part can give, beside 1,000,000 for a companion whose streamers are all the same."""
EARNS_FROM = 120
"""Percent of the category's middle commission from which a sale earns more than its like."""


@dataclass(frozen=True)
class Held:
    """A product that the streamer picked or sold, by what it weighs. ``price_fen`` 0: not listed any more."""

    product: int
    weight: float
    title: str
    sold: int = 0
    leaf: int | None = None
    brand: int | None = None
    price_fen: int = 0


@dataclass(frozen=True)
class Facts:
    """What the listing says of a product. ``exposure`` in hundredths."""

    product: int
    leaf: int | None
    brand: int | None
    price_fen: int
    per_sale_fen: int
    listed_at: datetime
    exposure: int = FULL_EXPOSURE


@dataclass(frozen=True)
class Pool:
    """Of one leaf category. ``popular``: the best-selling first."""

    popular: Sequence[int]
    quiet: Sequence[int]
    median_per_sale_fen: int

    @cached_property
    def places(self) -> dict[int, int]:
        return {product: place for place, product in enumerate(self.popular)}


@dataclass
class Parts:
    """What a match is made of, in millionths."""

    together: int = 0
    category: int = 0
    brand: int = 0
    price: int = 0
    earns: int = 0
    selling: int = 0

    @property
    def total(self) -> int:
        return sum(getattr(self, each.name) for each in fields(self))

    @property
    def largest(self) -> str:
        """The name of the first of the largest."""
        return max((each.name for each in fields(self)), key=lambda name: getattr(self, name))


@dataclass
class Taste:
    """What a streamer's goods say of him. Shares of categories and brands are of one.

    ``field_leaves``: the categories of what he says he sells, which speak as long as he has no goods.
    ``price_fen``: the middle price of his goods; for one without goods that of his band of fans. ``has``: all that he
    has, of which only the latest are ``held`` where there are many.
    """

    held: Mapping[int, Held]
    leaves: Mapping[int, float]
    brands: Mapping[int, float]
    price_fen: int
    field_leaves: Collection[int] = ()
    has: Collection[int] = ()

    @property
    def is_empty(self) -> bool:
        return not self.leaves

    def alike(self, leaf: int | None) -> tuple[int, int]:
        """How many of his goods are of ``leaf``: of those sold, and in all."""
        goods = [each for each in self.held.values() if each.leaf == leaf]
        return sum(1 for each in goods if each.sold), len(goods)


def taste_of(
    held: Iterable[Held], field_leaves: Collection[int], band_price_fen: int, others: Collection[int] = ()
) -> Taste:
    """``others``: goods that he has beside those ``held`` that speak for him."""
    known = {each.product: each for each in held}
    has = frozenset({*known, *others})
    listed = [each for each in known.values() if each.price_fen]
    leaves = _shares((each.leaf, each.weight) for each in listed)
    brands = _shares((each.brand, each.weight) for each in listed)
    prices = sorted(each.price_fen for each in listed)
    price_fen = prices[len(prices) // 2] if prices else band_price_fen
    if leaves:
        return Taste(known, leaves, brands, price_fen, has=has)
    return Taste(known, _shares((leaf, 1.0) for leaf in field_leaves), {}, price_fen, frozenset(field_leaves), has)


def _shares(weighed: Iterable[tuple[int | None, float]]) -> dict[int, float]:
    sums: dict[int, float] = defaultdict(float)
    for key, weight in weighed:
        if key is not None:
            sums[key] += weight
    whole = sum(sums.values())
    return {key: weight / whole for key, weight in sums.items()}


@dataclass
class Together:
    """By product: how strongly it goes with his goods, and with which of them most."""

    sums: Counter[int] = field(default_factory=Counter)
    closest: dict[int, int] = field(default_factory=dict)
    _most: dict[int, int] = field(default_factory=dict)

    def add(self, held: Held, others: Sequence[int], weights: Sequence[int]) -> None:
        for other, weight in zip(others, weights, strict=True):
            strength = round(weight * held.weight)
            self.sums[other] += strength
            if strength > self._most.get(other, 0):
                self._most[other], self.closest[other] = strength, held.product


def parts_of(facts: Facts, taste: Taste, together: Together, pools: Mapping[int, Pool]) -> Parts:
    """Everything that speaks for showing a product to a streamer."""
    pool = pools.get(facts.leaf or 0)
    return Parts(
        together=together.sums[facts.product],
        category=round(CATEGORY * taste.leaves.get(facts.leaf or 0, 0.0) ** 0.5),
        brand=round(BRAND * taste.brands.get(facts.brand or 0, 0.0) ** 0.5),
        price=_price(facts.price_fen, taste.price_fen),
        earns=EARNS if pool and 100 * facts.per_sale_fen > EARNS_FROM * pool.median_per_sale_fen else 0,
        selling=_selling(facts.product, pool),
    )


def _price(price_fen: int, usual_fen: int) -> int:
    """All of it at the usual price, half of it at twice or half as much."""
    if not price_fen or not usual_fen:
        return 0
    return PRICE * min(price_fen, usual_fen) // max(price_fen, usual_fen)


def _selling(product: int, pool: Pool | None) -> int:
    if pool is None or product not in pool.places:
        return 0
    return SELLING - SELLING * pool.places[product] // len(pool.popular)


@dataclass(frozen=True)
class Entry:
    """One place of a list. ``detail``: as ``ForYou`` has it, with the product itself for TOGETHER."""

    product: int
    score: int
    why: int
    detail: int = 0


def compose(
    candidates: Iterable[Facts],
    taste: Taste,
    together: Together,
    pools: Mapping[int, Pool],
    *,
    reserved_of_ten: int,
    streamer: int,
    day: date,
    at: datetime,
) -> list[Entry]:
    """The LENGTH best of ``candidates``, with those places among them that are kept for goods with little exposure."""
    facts = {each.product: each for each in candidates if each.product not in taste.has}
    scored: list[Entry] = []
    for each in facts.values():
        parts = parts_of(each, taste, together, pools)
        score = parts.total * each.exposure // FULL_EXPOSURE
        scored.append(Entry(each.product, score, *why_of(parts, each, taste, together)))
    scored.sort(key=lambda entry: (-entry.score, entry.product))
    score_of = {entry.product: entry.score for entry in scored}
    kept = [
        Entry(product, score_of[product], Why.NEW_CHANCE if at - facts[product].listed_at < NEW_FOR else Why.CHANCE)
        for product in drawn(pools, taste, streamer, day)
        if product in facts
    ]
    return _with_kept_places(scored, kept, reserved_of_ten)


def why_of(parts: Parts, facts: Facts, taste: Taste, together: Together) -> tuple[int, int]:
    """The largest part as a reason, and its detail."""
    match parts.largest:
        case "together":
            return Why.TOGETHER, together.closest[facts.product]
        case "category" if taste.field_leaves:
            return Why.FIELD, 0
        case "category":
            sold, alike = taste.alike(facts.leaf)
            return (Why.SOLD_ALIKE, sold) if sold else (Why.PICKED_ALIKE, alike)
        case "brand":
            return Why.BRAND, 0
        case "price":
            return Why.PRICE, 0
        case "earns":
            return Why.EARNS, 0
    return Why.SELLING, 0


def drawn(pools: Mapping[int, Pool], taste: Taste, streamer: int, day: date) -> list[int]:
    """Goods with little exposure of his categories, in an order of chance in which larger shares come sooner."""
    draws: list[tuple[float, int]] = []
    for leaf, share in taste.leaves.items():
        pool = pools.get(leaf)
        for product in pool.quiet if pool else ():
            draws.append((_chance(streamer, day, product) ** (1 / share), product))
    return [product for _draw, product in sorted(draws, reverse=True)]


def _chance(*values: object) -> float:
    """Above 0 and below 1; the same for the same values."""
    text = "\x1f".join(map(str, values))
    number = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=6).digest(), "big")
    return (number + 1) / (2**48 + 2)


def _with_kept_places(scored: Sequence[Entry], kept: Sequence[Entry], of_ten: int) -> list[Entry]:
    """Kept places lie evenly among ten, never first; where nothing is left to keep them for they are filled as others.

    Each product stands once: at the place that it reaches first.
    """
    found: dict[int, Entry] = {}
    matched, chances = iter(scored), iter(kept)
    is_kept = [bool(of_ten) and (place + 1) * of_ten // 10 > place * of_ten // 10 for place in range(10)]
    while len(found) < LENGTH:
        turns = (chances, matched) if is_kept[len(found) % 10] else (matched, chances)
        entry = next((each for turn in turns for each in turn if each.product not in found), None)
        if entry is None:
            break
        found[entry.product] = entry
    return list(found.values())
