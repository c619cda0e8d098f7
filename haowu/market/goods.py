"""Products of a market file, each in its leaf category, added as drafts and listed."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from bases import cities
from haowu.ground import inputs
from haowu.market.answer import Market
from haowu.market.entries import EntryInvalid, amount, chunks, text, whole
from haowu.tenants.models import Tenant
from merchants import categories, listing
from merchants.editing import check_origin
from merchants.models import Category, Product

PLENTY = 9_999
"""Stock of a product whose entry says nothing of stock."""
TITLE_LENGTH = 120
DESCRIPTION_LENGTH = 2000
PATH_LENGTH = 1000


@dataclass(frozen=True)
class Catalogue:
    """One merchant's list of products as it stands in the file at ``place``; they are listed from ``at`` on."""

    place: str
    merchant: Tenant
    entries: Any
    at: datetime


@dataclass(frozen=True)
class _Good:
    place: str
    merchant: Tenant
    at: datetime
    code: str
    title: str
    path: categories.Path
    price_fen: int
    stock: int
    description: str
    provenance: str
    origin: str

    def draft(self, leaves: dict[categories.Path, Category]) -> listing.ProductDraft:
        kept = {name: getattr(self, name) for name in ("description", "provenance", "origin")}
        return listing.ProductDraft(self.code, self.title, leaves[self.path], self.price_fen, self.stock, **kept)


def load_products(market: Market, catalogues: Sequence[Catalogue]) -> None:
    read = []
    for catalogue in catalogues:
        for place, entry in market.entries(catalogue.place, catalogue.entries):
            with market.reading(place):
                read.append(_good(place, catalogue, entry))
    leaves = categories.leaves_of({good.path for good in read})
    for chunk in chunks(read):
        answers = listing.add_many([(good.merchant, good.draft(leaves)) for good in chunk])
        new = market.answered([good.place for good in chunk], answers)
        market.loaded["product"] += len(new)
        _list(market, new, {good.place: good.at for good in chunk})
    keys = [{"merchant": good.merchant.code, "code": good.code} for good in read]
    market.look_up_products(keys)


def _list(market: Market, new: Iterable[tuple[str, Product]], at_of: dict[str, datetime]) -> None:
    of_moment: dict[datetime, list[tuple[str, Product]]] = defaultdict(list)
    for place, product in new:
        of_moment[at_of[place]].append((place, product))
    for at, some in of_moment.items():
        listed = listing.list_products([product for _place, product in some], at=at)
        market.answered([place for place, _product in some], listed)
        market.learn_products(product for _place, product in some)


def _good(place: str, catalogue: Catalogue, entry: dict[str, Any]) -> _Good:
    code = text(entry, "code")
    provenance, origin = _provenance(entry)
    return _Good(
        place=place,
        merchant=catalogue.merchant,
        at=catalogue.at,
        code=code,
        title=text(entry, "title", default=code, max_length=TITLE_LENGTH),
        path=_path(text(entry, "category", default="", max_length=PATH_LENGTH)),
        price_fen=amount(entry, "price_fen"),
        stock=whole(entry, "stock", default=PLENTY),
        description=text(entry, "description", default="", max_length=DESCRIPTION_LENGTH),
        provenance=provenance,
        origin=origin,
    )


def _provenance(entry: dict[str, Any]) -> tuple[str, str]:
    """``brand``, ``factory`` with its ``origin`` (a city), ``agent``, ``streamer``; "" where the entry says nothing."""
    provenance, city = text(entry, "provenance", default=""), text(entry, "origin", default="")
    if provenance and provenance not in Product.Provenance.values:
        choices = "、".join(Product.Provenance.values)
        raise EntryInvalid(field="provenance", why=_("须为以下之一：{choices}。").format(choices=choices))
    origin = cities.code_of(city)
    if city and not origin:
        raise EntryInvalid(field="origin", why=_("没有名为「{city}」的城市。").format(city=city))
    check_origin(provenance, origin)
    return provenance, origin


def _path(written: str) -> categories.Path:
    try:
        return categories.path_of(written)
    except inputs.InputInvalid as invalid:
        raise EntryInvalid(field="category", why=invalid.why) from None
