"""What is changing on a shelf: what has to be decided before midnight, and what is only to know within the week."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import F, Q, QuerySet

from haowu.ground import days
from haowu.tenants.models import Tenant
from merchants.models import Product
from streamers.models import Pick
from streamers.reasons import KIND_NAMES
from streamers.selection import Card, Turn
from streamers.speaking import may_lose, speaking_bps
from streamers.terms import DatedItem
from tuanzhang.models import Activity

AT_MOST = 50
"""Products to decide about that a shelf shows at once."""


class Kind(StrEnum):
    GONE = "gone"
    HIDDEN = "hidden"
    KEPT = "kept"
    NOTHING = "nothing"
    SOLD_OUT = "sold_out"
    OVER = "over"
    KEPT_SOON = "kept_soon"
    ENDS = "ends"
    FALLS = "falls"
    REPLACED = "replaced"
    RISES = "rises"


@dataclass(frozen=True)
class Change:
    """What changes about one good on a shelf. ``turn``: from when on, and what speaks then; None: it is so already.

    ``activity``: the one that stops speaking for it, or that has stopped. ``better``: an open activity that pays more
    than what follows, and its rate.
    """

    card: Card
    kind: Kind
    turn: Turn | None = None
    activity: Activity | None = None
    better: Activity | None = None
    better_bps: int | None = None

    @property
    def is_to_decide(self) -> bool:
        """Whether it brings nothing, or brings less from midnight on: as ``to_decide`` asks of all goods."""
        card = self.card
        pays_less = card.bps is None or card.next_bps is None or card.next_bps < card.bps
        return pays_less or self.kind in (Kind.GONE, Kind.HIDDEN, Kind.SOLD_OUT)

    @property
    def is_tomorrow(self) -> bool:
        return self.turn is not None and self.turn.at == self.card.changes_at

    @property
    def new_bps(self) -> int | None:
        return self.turn.choice.offer.commission_bps if self.turn and self.turn.choice.offer else None

    @property
    def follows(self) -> Any:
        """What speaks from then on, by its name."""
        choice = self.turn.choice if self.turn else self.card.choice
        offer = choice.offer
        return KIND_NAMES[offer.kind] if offer else ""

    @property
    def better_net_fen(self) -> int:
        return self.card.net_at(self.better_bps)

    @property
    def new_net_fen(self) -> int:
        return self.card.net_at(self.new_bps)


def to_decide(streamer: Tenant, at: datetime) -> QuerySet[Product]:
    """Goods on the shelf that bring nothing, or that bring less from midnight on."""
    midnight = days.next_midnight(at)
    on_shelf = Pick.objects.visible_to(streamer).on_shelf().values("product")
    goods = Product.objects.filter(pk__in=on_shelf).annotate(
        bps_now=speaking_bps(streamer, at), bps_tomorrow=speaking_bps(streamer, midnight)
    )
    shown, sold_out = Product.objects.listed().supplied(at), Product.objects.sold_out(at)
    hidden = ~Q(pk__in=shown.values("pk")) | Q(pk__in=sold_out.values("pk"))
    pays_less = Q(bps_now=None) | Q(bps_tomorrow=None) | Q(bps_tomorrow__lt=F("bps_now"))
    return goods.filter(hidden | may_lose(streamer, at, midnight) & pays_less)


def changes_of(cards: Iterable[Card], at: datetime) -> dict[int, Change]:
    """The changes of those ``cards`` that have one, by product id. At most two queries."""
    cards = list(cards)
    standing = _standing([card.product for card in cards], at)
    changes = [_now(card, standing) or _dated(card) or _over(card) for card in cards]
    found = [change for change in changes if change is not None]
    codes = {change.card.product.pk: _activity_of(change) for change in found}
    items = {change.card.product.pk: _better(change) for change in found}
    wanted = {code for code in codes.values() if code} | {item.activity.code for item, _bps in items.values() if item}
    known = {each.code: each for each in Activity.objects.with_codes(wanted)} if wanted else {}
    answered = {}
    for pk, change in zip(codes, found, strict=True):
        item, bps = items[pk]
        better = known.get(item.activity.code) if item else None
        answered[pk] = replace(change, activity=known.get(codes[pk] or ""), better=better, better_bps=bps)
    return answered


@dataclass(frozen=True)
class _Standing:
    """Ids of goods that the selection centre shows, and of those that are sold out."""

    shown: set[int]
    sold_out: set[int]


def _standing(products: list[Product], at: datetime) -> _Standing:
    """One query, unless the products were read ``with_standing``."""
    if not all(hasattr(product, "is_shown") for product in products):
        goods = Product.objects.filter(pk__any_of=[product.pk for product in products])
        products = list(goods.with_standing(at))
    flags = [(product.pk, product.is_shown, product.is_sold_out) for product in products]  # type: ignore[attr-defined]
    return _Standing({pk for pk, shown, _out in flags if shown}, {pk for pk, _shown, out in flags if out})


def _better(change: Change) -> tuple[DatedItem | None, int | None]:
    card = change.card
    better = card.better_then if change.turn else card.better
    return better[0] if better else (None, None)


def _now(card: Card, standing: _Standing) -> Change | None:
    if not card.is_listed:
        return Change(card, Kind.GONE)
    if card.product.pk not in standing.shown:
        return Change(card, Kind.HIDDEN)
    if card.choice.offer is None:
        return Change(card, Kind.KEPT if card.is_kept else Kind.NOTHING)
    if card.product.pk in standing.sold_out:
        return Change(card, Kind.SOLD_OUT)
    return None


def _dated(card: Card) -> Change | None:
    turn = card.turn
    if (card.next_bps or 0) < (card.bps or 0):
        turn = Turn(card.changes_at, card.next_choice)
    return Change(card, _kind(card, turn), turn) if turn is not None else None


def _kind(card: Card, turn: Turn) -> Kind:
    before, later = card.choice.offer, turn.choice.offer
    if before is None or later is None:
        return Kind.KEPT_SOON if "EXCLUSIVE_NOT_LISTED" in turn.choice.trace else Kind.ENDS
    if (before.kind, before.offer_id) != (later.kind, later.offer_id):
        return Kind.REPLACED
    return Kind.FALLS if later.commission_bps < before.commission_bps else Kind.RISES


def _over(card: Card) -> Change | None:
    """The activity that it was picked through is over; another offer speaks since."""
    return Change(card, Kind.OVER) if "ACTIVITY_NOT_LIVE" in card.choice.trace and card.choice.offer else None


def _activity_of(change: Change) -> str | None:
    """The code of the activity that stops speaking, or has stopped."""
    card, offer = change.card, change.card.choice.offer
    if change.kind == Kind.OVER:
        through = card.pick.latest_through if card.pick else None
        return through.activity if through else None
    return offer.activity if offer else None
