"""What pages of products show that floors above know. The addresses give it to them, since imports only point down."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.db.models import Q

from merchants.models import Product
from merchants.standing import Running


@dataclass(frozen=True)
class KnownAbove:
    """``previews(pairs of price and rate, at=)``: who gets what of one sale each. ``running``: activities by product,
    ``is_running``: the same as a condition. ``pickers``: how many streamers picked each. ``sales``: pieces by day.
    ``exposures``: how each is shown in the selection centre."""

    previews: Callable[..., list[Any]]
    running: Callable[[Sequence[Product], datetime], Mapping[int, Sequence[Running]]]
    is_running: Callable[[datetime], Q]
    pickers: Callable[[Sequence[Product]], Mapping[int, int]]
    sales: Callable[[Sequence[Product], datetime], Mapping[int, Sequence[int]]]
    exposures: Callable[[Sequence[Product]], Mapping[int, Any]]


class ShowsKnown:
    """A page that is given ``known`` by ``as_view``."""

    known: KnownAbove = cast("KnownAbove", None)
