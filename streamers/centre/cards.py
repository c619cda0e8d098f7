"""Found rows as cards: everything that a card shows, ready for a page or the API, in a fixed number of queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.files.storage import default_storage

from haowu.ground import days
from haowu.ground.money import share
from streamers.centre.conditions import Looker
from streamers.centre.overlay import Overlay, Personal
from streamers.matching.reasons import Reason
from streamers.models import Listing, Pick
from streamers.offers import EXCLUSIVE_KINDS, Choice, Kind
from tuanzhang.models import Activity

NEW_FOR = timedelta(days=7)


@dataclass(frozen=True)
class FoundCard:
    """One product as one streamer finds it. ``net_fen``: what a sale at the lowest price leaves him.

    ``kind`` is the offer that speaks, as ``streamers.offers.Kind``. ``through``: the token of the activity that a pick
    goes through, "" for none. ``next_bps``: from midnight on; None: nothing speaks then, or (``is_kept_tomorrow``) only
    for others. ``best_bps``: what another open activity pays, where that is more. ``why``: why it stands in his list.
    """

    product_id: int
    public_id: str
    merchant_code: str
    code: str
    title: str
    cover: str
    shop_name: str
    shop_score: int
    brand_name: str
    price_fen: int
    price_to_fen: int
    stock: int
    sales_30d: int
    kind: str
    bps: int
    per_sale_fen: int
    net_fen: int
    next_bps: int | None
    is_kept_tomorrow: bool
    best_bps: int | None
    through: str
    is_on_shelf: bool
    badges: tuple[str, ...]
    tech_bps: int
    why: Reason | None = None

    @property
    def next_net_fen(self) -> int:
        """What a sale at the lowest price leaves from midnight on."""
        gross = share(self.price_fen, self.next_bps or 0)
        return gross - share(gross, self.tech_bps)

    @property
    def cover_url(self) -> str:
        return default_storage.url(self.cover) if self.cover else ""

    @property
    def changes(self) -> bool:
        """Tomorrow pays something else."""
        return self.next_bps != self.bps


@dataclass(frozen=True)
class _Tomorrow:
    bps: int | None
    is_kept: bool


def dressed(rows: Sequence[Mapping[str, Any]], looker: Looker, overlay: Overlay) -> list[FoundCard]:
    """A card for each of ``rows`` (of ``statements``), in their order."""
    ids = [row["product_id"] for row in rows]
    own = {product: overlay.products[product] for product in ids if product in overlay.products}
    of_shops = {row["product_id"] for row in rows if row["merchant_id"] in overlay.shops} - own.keys()
    own |= overlay.personal(of_shops)
    tomorrow = _tomorrow(ids, looker.at) | {product: _of_choice(each.tomorrow) for product, each in own.items()}
    picks = Pick.objects.visible_to(looker.streamer).on_shelf().filter(product__any_of=ids)
    on_shelf = set(picks.values_list("product", flat=True))
    through = {row["activity_id"] for row in rows if row["offer"] == Listing.Offer.ACTIVITY}
    tokens = dict(Activity.objects.filter(pk__in=through).values_list("pk", "share_token")) if through else {}
    return [
        _card(row, looker, own.get(row["product_id"]), tomorrow.get(row["product_id"]), tokens, on_shelf)
        for row in rows
    ]


def _tomorrow(products: Sequence[int], at: datetime) -> dict[int, _Tomorrow]:
    rows = Listing.objects.at(days.next_midnight(at)).of_products(products)
    return {product: _Tomorrow(bps, kept) for product, bps, kept in rows.values_list("product", "bps", "is_exclusive")}


def _of_choice(choice: Choice) -> _Tomorrow:
    bps = choice.offer.commission_bps if choice.offer else None
    return _Tomorrow(bps, "EXCLUSIVE_NOT_LISTED" in choice.trace)


def _card(
    row: Mapping[str, Any],
    looker: Looker,
    own: Personal | None,
    tomorrow: _Tomorrow | None,
    tokens: Mapping[int, str],
    on_shelf: set[int],
) -> FoundCard:
    tomorrow = tomorrow or _Tomorrow(None, is_kept=False)
    is_open_activity = own is None and row["offer"] == Listing.Offer.ACTIVITY
    kind = own.offer.kind if own and own.offer else _open_kind(row)
    gross = row["per_sale_fen"]
    best = row["best_bps"] if kind == Kind.NORMAL and row["best_bps"] > row["bps"] else None
    shown = {name: row[name] for name in FoundCard.__dataclass_fields__ if name in row and name != "best_bps"}
    return FoundCard(
        **shown,
        kind=kind,
        net_fen=gross - share(gross, looker.tech_bps),
        next_bps=tomorrow.bps,
        is_kept_tomorrow=tomorrow.is_kept,
        best_bps=best,
        through=tokens.get(row["activity_id"], "") if is_open_activity else "",
        is_on_shelf=row["product_id"] in on_shelf,
        tech_bps=looker.tech_bps,
        badges=tuple(_badges(row, kind, best, looker.at)),
    )


def _open_kind(row: Mapping[str, Any]) -> Kind:
    return Kind.NORMAL_ACTIVITY if row["offer"] == Listing.Offer.ACTIVITY else Kind.NORMAL


def _badges(row: Mapping[str, Any], kind: str, best: int | None, at: datetime) -> list[str]:
    """Codes of what a card may point out, the strongest first."""
    said = {
        "exclusive": kind in EXCLUSIVE_KINDS,
        "targeted": kind in (Kind.ITEM_TARGETED, Kind.SHOP_TARGETED),
        "activity": kind == Kind.NORMAL_ACTIVITY,
        "more_through_a_leader": best is not None,
        "step": row["has_step"] and kind == Kind.NORMAL,
        "new": row["listed_at"] > at - NEW_FOR,
        "sold_out": row["stock"] == 0,
    }
    return [code for code, holds in said.items() if holds]
