"""A module's rule, read from the text in which it is kept: filters and a sort, as the list's address writes them."""

from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl

from haowu.ground.money import fen_from_yuan
from streamers.centre.filters import EVERYTHING, SORTS, Filters

AMOUNTS = ("price_from", "price_to", "per_sale_from", "score_from")
WHOLE = ("sales_from", "new_days")
TEXTS = ("category", "brand", "leader", "city", "base", "provenance", "origin")
RULED = (*AMOUNTS, "rate_from", *WHOLE, *TEXTS, "in_stock")
"""What a rule may narrow by: what is the same for every streamer, and no words."""


def filters_of(query: str) -> Filters:
    """``rate_from=20&sort=rate`` → at least 2000 bps, the highest first. What is no part of a rule says nothing."""
    sent = dict(parse_qsl(query))
    read: dict[str, Any] = {name: _read(name, sent[name]) for name in RULED if sent.get(name)}
    sort = sent.get("sort", EVERYTHING.sort)
    return Filters(**read, sort=sort if sort in SORTS else EVERYTHING.sort)


def _read(name: str, written: str) -> Any:
    if name in AMOUNTS:
        return fen_from_yuan(written)
    if name == "rate_from":
        return int(Decimal(written) * 100)
    if name in WHOLE:
        return int(written)
    return True if name == "in_stock" else written
