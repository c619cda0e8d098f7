"""Whole fen and basis points. The only place, with ``commissions.split``, where money is computed.

Source: rulebook §2. Every amount is an ``int`` of fen; every rate an ``int`` of basis points (1/10,000).
"""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal

BPS = 10_000
MAX_FEN = 2**63 - 1
_EXACT = Context(prec=60, rounding=ROUND_HALF_UP)


def share(amount_fen: int, bps: int) -> int:
    """``bps`` of ``amount_fen``, half a fen rounded up. Both must be ≥ 0 (ValueError otherwise)."""
    if amount_fen < 0 or bps < 0:
        raise ValueError(f"share() takes no negatives: {amount_fen} fen at {bps} bps")
    return (amount_fen * bps + BPS // 2) // BPS


def divide(total_fen: int, weights: Sequence[int]) -> list[int]:
    """``total_fen`` ≥ 0 over ``weights`` ≥ 0 by largest remainder, ties to the lower index; sums to the total.

    With no weight at all everything goes to the first share; with no shares only a total of 0 can be divided.
    """
    if total_fen < 0 or any(weight < 0 for weight in weights):
        raise ValueError("divide() takes no negatives")
    if not weights:
        if total_fen:
            raise ValueError(f"{total_fen} fen cannot be divided over nothing")
        return []
    whole = sum(weights)
    if whole == 0:
        return [total_fen] + [0] * (len(weights) - 1)
    shares = [total_fen * weight // whole for weight in weights]
    remainders = [total_fen * weight % whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda index: (-remainders[index], index))
    for index in by_remainder[: total_fen - sum(shares)]:
        shares[index] += 1
    return shares


def fen_from_yuan(text: str) -> int:
    """``"12.90"`` → 1290. For files and forms, at the door. More than two decimals round half up.

    Raises ValueError when ``text`` is not a finite decimal number or does not fit into 64 bits.
    """
    try:
        fen = int((Decimal(text.strip()) * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    except (ArithmeticError, ValueError) as error:
        raise ValueError(f"{text!r} is not an amount in yuan") from error
    if abs(fen) > MAX_FEN:
        raise ValueError(f"{text!r} is too large an amount")
    return fen


def line_fen(unit_yuan: Decimal, quantity: int) -> int:
    """What ``quantity`` units come to: multiplied exactly, then rounded once, half a fen up (rulebook §2).

    ``quantity`` ≥ 0; a unit may cost less than a fen: 300 × 0.005678 yuan is 1.70.
    """
    return int(_EXACT.quantize(_EXACT.multiply(unit_yuan, Decimal(quantity * 100)), Decimal(1)))


def yuan(fen: int) -> str:
    """1290 → ``"12.90"``; -5 → ``"-0.05"``; 123456789 → ``"1,234,567.89"``. Always two decimals, for people."""
    whole, cents = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{whole:,}.{cents:02d}"


def percent(bps: int) -> str:
    """1550 → ``"15.5%"``; 2000 → ``"20%"``. For people."""
    whole, rest = divmod(bps, 100)
    return f"{whole}.{rest:02d}".rstrip("0").rstrip(".") + "%"
