"""Large amounts as people say them."""

from decimal import ROUND_DOWN, ROUND_UP, Decimal

from django.utils.translation import get_language

from haowu.ground.money import yuan

_UNITS = ((1_0000_0000_00, "亿"), (1_0000_00, "万"))
"""Fen of a unit, and its character."""


def large_yuan(fen: int | None, *, is_missing: bool = False) -> str:
    """1,200,000,000 fen → ``1,200 万`` in Chinese, with at most two decimals; smaller amounts and elsewhere ``¥12.90``.

    Cut, so that nobody reads more than there is; what ``is_missing`` is rounded up, so that nobody reads less.
    """
    if fen is None:
        return "–"
    sign = "−" if fen < 0 else ""
    if (get_language() or "").startswith("zh"):
        for unit_fen, unit in _UNITS:
            if abs(fen) >= unit_fen:
                exact = Decimal(abs(fen)) / unit_fen
                said = exact.quantize(Decimal("0.01"), rounding=ROUND_UP if is_missing else ROUND_DOWN)
                return f"{sign}{said:,f}".rstrip("0").rstrip(".") + f" {unit}"
    return f"{sign}¥{yuan(abs(fen))}"
