"""Found rows as cards: everything that a card shows, ready for a page or the API."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.files.storage import default_storage

from haowu.ground.money import share
from streamers.centre.conditions import Looker
from streamers.centre.overlay import Overlay, Personal, Speaks
from streamers.matching.reasons import Reason
from streamers.models import Listing
from streamers.offers import EXCLUSIVE_KINDS, Kind

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
    shop_has_few_orders: bool
    brand_name: str
    provenance: str
    origin: str
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


def dressed(rows: Sequence[Mapping[str, Any]], looker: Looker) -> list[FoundCard]:
    """A card for each of ``rows`` (of ``statements.found_by``), in their order."""
    return [_card(row, looker, looker.overlay) for row in rows]


def _card(row: Mapping[str, Any], looker: Looker, overlay: Overlay) -> FoundCard:
    own = overlay.products.get(row["product_id"]) or _of_shop(row, overlay)
    is_own = own is not None and own.is_decided
    kind = own.now.kind if own and own.now.kind else _open_kind(row)
    tomorrow = _tomorrow(row, own)
    gross = row["per_sale_fen"]
    best = row["best_bps"] if kind == Kind.NORMAL and row["best_bps"] > row["bps"] else None
    return FoundCard(
        **{name: row[name] for name in FOUND},
        kind=kind,
        net_fen=gross - share(gross, looker.tech_bps),
        next_bps=tomorrow.bps,
        is_kept_tomorrow=tomorrow.is_kept,
        best_bps=best,
        through="" if is_own else row["share_token"] or "",
        tech_bps=looker.tech_bps,
        badges=tuple(_badges(row, kind, best, looker.at)),
    )


FOUND = (
    "product_id", "public_id", "merchant_code", "code", "title", "cover", "shop_name", "shop_score",
    "shop_has_few_orders", "brand_name", "provenance", "origin", "price_fen", "price_to_fen", "stock", "sales_30d",
    "bps", "per_sale_fen", "is_on_shelf",
)  # fmt: skip
"""What a card has as the row has it."""


def _of_shop(row: Mapping[str, Any], overlay: Overlay) -> Personal | None:
    """What a plan on the whole shop makes of a product; another exclusive offer, or the normal one, in its place."""
    shop = overlay.shops.get(row["merchant_id"])
    if shop is None or shop.now.bps is None:
        return None
    if row["next_is_exclusive"]:
        return Personal(shop.now, Speaks(is_kept=True))
    if shop.tomorrow.bps is None and row["next_offer"] == Listing.Offer.NORMAL:
        return Personal(shop.now, Speaks(Kind.NORMAL, row["next_bps"]))
    return shop


def _tomorrow(row: Mapping[str, Any], own: Personal | None) -> Speaks:
    """What speaks from midnight on; where nothing is the streamer's own, as the listing has it for everybody."""
    if own is not None and (own.is_decided or own.tomorrow.bps is not None or own.tomorrow.is_kept):
        return own.tomorrow
    return Speaks(None, row["next_bps"], bool(row["next_is_exclusive"]))


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
