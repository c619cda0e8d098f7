"""What came of links and live sessions: counted by the floor of orders above, shown by the pages here.

``urls`` hands the two functions of ``SalesAbove`` to the views; this floor knows no order line.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from haowu.tenants.models import Tenant
from streamers.models import Link, LiveSession


@dataclass(frozen=True)
class Sold:
    """Of some order lines. ``gmv_fen``: what buyers paid for goods; ``kept_fen``: what refunds have left of it.

    ``paid``, ``received``, ``kept``: lines that were paid, that arrived, that arrived and were not given back whole.
    ``estimate_fen`` and ``settled_fen``: what whoever asks gets by these lines, net (a merchant: what they cost him),
    as ordered and as nights have booked it.
    """

    orders: int = 0
    buyers: int = 0
    paid: int = 0
    received: int = 0
    kept: int = 0
    pieces: int = 0
    gmv_fen: int = 0
    kept_fen: int = 0
    estimate_fen: int = 0
    settled_fen: int = 0

    @property
    def refunded_fen(self) -> int:
        return self.gmv_fen - self.kept_fen


NOTHING = Sold()


@dataclass(frozen=True)
class SessionSold:
    """``by_product``: by product id; ``by_slice``: by the beginning of each ten minutes in which something sold."""

    total: Sold = NOTHING
    by_product: Mapping[int, Sold] = field(default_factory=dict)
    by_slice: Mapping[datetime, Sold] = field(default_factory=dict)


@dataclass(frozen=True)
class SalesAbove:
    """By link id, by session id, and one session whole; of sessions as far as the party has a role in their lines."""

    of_links: Callable[[Tenant, Collection[Link]], Mapping[int, Sold]]
    of_sessions: Callable[[Collection[LiveSession], Tenant], Mapping[int, Sold]]
    of_session: Callable[[LiveSession, Tenant], SessionSold]
