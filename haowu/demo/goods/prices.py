"""Prices of the export, in pounds, as prices in yuan that a shop would write: nine times, ending in 0, .80 or .90.

The rule is for one unit. What a row comes to is that price times its quantity, so that orders and catalogue agree to
the fen.
"""

from decimal import Decimal

RATE = 9
_LEAST = Decimal("0.10")
_STEPS = (
    (Decimal(1), Decimal("0.1"), tuple(map(Decimal, range(10)))),
    (Decimal(100), Decimal(1), (Decimal(0), Decimal("0.8"), Decimal("0.9"))),
    (Decimal("Infinity"), Decimal(10), (Decimal(0), Decimal("0.5"), Decimal("0.8"), Decimal("0.9"))),
)
"""Below this price: endings, in this unit."""


def yuan_of(pounds: Decimal) -> Decimal:
    """2.55 → 22.90, 12.75 → 115, 0.42 → 3.80. Never less than 0.10, and never a lower price for a dearer thing."""
    wanted = pounds * RATE
    unit, endings = next((unit, endings) for below, unit, endings in _STEPS if wanted < below)
    if unit < 1:
        return max(_LEAST, (wanted / unit).to_integral_value(rounding="ROUND_HALF_UP") * unit)
    whole = wanted // unit
    choices = [(base + ending) * unit for base in (whole, whole + 1) for ending in endings]
    return min(choices, key=lambda price: (abs(price - wanted), price))
