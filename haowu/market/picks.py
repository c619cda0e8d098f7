"""Picks of a market file: products put on streamers' shelves, in the order of time."""

from typing import Any

from haowu.market.answer import Market
from haowu.market.entries import chunks, moment, text
from haowu.tenants.models import Tenant
from streamers import shelf

CHUNK = 10_000
"""All offers on a chunk's products are read for it, so that it pays to be long."""


def load_picks(market: Market, entries: Any) -> None:
    objects = [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    market.look_up_tenants(Tenant.Kind.STREAMER, (entry.get("streamer") for entry in objects))
    market.look_up_products(entry.get("product") for entry in objects)
    wishes: list[tuple[str, shelf.NewPick]] = []
    for place, entry in market.entries("picks", entries):
        with market.reading(place):
            wishes.append((place, _wish(market, entry)))
    wishes.sort(key=lambda wish: wish[1].at)
    for chunk in chunks(wishes, CHUNK):
        answers = shelf.pick_many([wish for _place, wish in chunk])
        market.loaded["pick"] += len(market.answered([place for place, _wish in chunk], answers))


def _wish(market: Market, entry: dict[str, Any]) -> shelf.NewPick:
    through = entry.get("activity")
    return shelf.NewPick(
        streamer=market.tenant(Tenant.Kind.STREAMER, text(entry, "streamer")),
        product=market.product(entry.get("product")),
        at=moment(entry, "at"),
        pid=text(entry, "pid"),
        activity=market.activity(through) if through is not None and through != "" else None,
    )
