"""Numbers as people write them in cells."""

import re

from django.utils.translation import gettext_lazy as _

from haowu.ground import inputs
from haowu.ground.inputs import InputInvalid

_YUAN = re.compile(r"[¥￥]?\s*((?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,12})(?:\.([0-9]{1,2}))?)(?:\s*元)?")
MAX_FEN = 10**11
"""As much as the form of a product takes."""
MAX_STOCK = 1_000_000_000
PRICE = _("须为大于 0 的金额，最多两位小数，例如 129.00。")


def fen_of_yuan(cell: str) -> int:
    """``129``, ``129.9`` or ``¥1,290.00`` → fen."""
    found = _YUAN.fullmatch(cell.strip())
    if not found:
        raise InputInvalid(PRICE)
    whole = found[1].partition(".")[0].replace(",", "")
    return _price(int(whole) * 100 + int((found[2] or "0").ljust(2, "0")))


def fen(cell: str) -> int:
    return _price(inputs.whole_text(cell, high=MAX_FEN))


def stock(cell: str) -> int:
    return inputs.whole_text(cell, high=MAX_STOCK)


def _price(fen: int) -> int:
    if not 0 < fen <= MAX_FEN:
        raise InputInvalid(PRICE)
    return fen
