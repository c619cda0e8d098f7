"""A shop's score: three parts from counted order lines, smoothed, and their total (rulebook §21). No Django, no rows.

A part is 5.00 × (1 − badness). Its badness is ``(bad + 50 × mean) / (whole + 50)``: 50 lines' weight of the mean of the
shop's leaf category, so that a shop without lines begins there and one bad line says little. Everything is computed in
whole numbers, rounded half-up once: each part for the page, and the total from the parts as they are before rounding.
"""

from dataclasses import dataclass

FEW_LINES = 50
SMOOTHING_LINES = 50
FULL = 500
"""5.00 in hundredths."""
WEIGHTS = (4, 3, 3)
"""Tenths of the total: goods, delivery, service."""
COUNTED = ("lines", "received", "refunded", "shipped", "late", "disputed")

Ratio = tuple[int, int]
"""Bad lines of all lines that could be."""


@dataclass(frozen=True)
class Counts:
    """Lines ordered within ninety days. ``refunded``: goods refunded after receipt; ``late``: shipped after 48 hours;
    ``disputed``: with a dispute that was upheld.
    """

    lines: int = 0
    received: int = 0
    refunded: int = 0
    shipped: int = 0
    late: int = 0
    disputed: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*(getattr(self, name) + getattr(other, name) for name in COUNTED))

    @property
    def goods(self) -> Ratio:
        return self.refunded, self.received

    @property
    def delivery(self) -> Ratio:
        return self.late, self.shipped

    @property
    def service(self) -> Ratio:
        return self.disputed, self.lines

    @property
    def ratios(self) -> tuple[Ratio, Ratio, Ratio]:
        return self.goods, self.delivery, self.service


@dataclass(frozen=True)
class Score:
    """In hundredths."""

    goods: int
    delivery: int
    service: int
    total: int


def score(own: Counts, leaf: Counts) -> Score:
    """The score of a shop with ``own`` counts, whose leaf category has those of ``leaf``.

    >>> score(Counts(100, 100, 5, 100, 10, 1), Counts(10_000, 10_000, 500, 10_000, 1000, 100))
    Score(goods=475, delivery=450, service=495, total=474)
    """
    smoothed = [_smoothed(*each) for each in zip(own.ratios, leaf.ratios, strict=True)]
    goods, delivery, service = (_half_up(FULL * (whole - bad), whole) for bad, whole in smoothed)
    (b1, n1), (b2, n2), (b3, n3) = smoothed
    w1, w2, w3 = WEIGHTS
    good = w1 * (n1 - b1) * n2 * n3 + w2 * (n2 - b2) * n1 * n3 + w3 * (n3 - b3) * n1 * n2
    return Score(goods, delivery, service, _half_up(FULL * good, sum(WEIGHTS) * n1 * n2 * n3))


def mean(ratio: Ratio) -> int | None:
    """What a part comes to at exactly the category's mean, in hundredths; None where it has no lines."""
    bad, whole = ratio
    return _half_up(FULL * (whole - bad), whole) if whole else None


def _smoothed(own: Ratio, leaf: Ratio) -> Ratio:
    """``(bad + 50 × mean) / (whole + 50)`` as whole numbers. Without lines anywhere nothing is bad."""
    (bad, whole), (leaf_bad, leaf_whole) = own, leaf
    if not leaf_whole:
        return bad, whole + SMOOTHING_LINES
    return bad * leaf_whole + SMOOTHING_LINES * leaf_bad, (whole + SMOOTHING_LINES) * leaf_whole


def _half_up(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)
