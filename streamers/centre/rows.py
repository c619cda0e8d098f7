"""What the listing says of products, made anew from what it is made of. Reads only; platform scope."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import F, Max, Min, Sum

from bases.models import Stock
from haowu.ground import days
from haowu.ground.money import share
from merchants.models import Category, Product, ProductImage
from merchants.scores import FEW_LINES
from streamers.centre.open_offers import OpenOffer, OpenOffers
from streamers.centre.words import index_words, letters
from streamers.models import Listing, ListingFigures
from streamers.offers import Kind

Row = dict[str, Any]
COUNTED = ("sales_30d", "exposure", "conversion_bps", "value")
UNCOUNTED: Row = {name: getattr(ListingFigures(), name) for name in COUNTED}


def listing_rows(products: Sequence[int], at: datetime) -> list[Row]:
    """The rows, by column, of those of ``products`` (ids) that are listed, for ``at`` and every moment after it."""
    shown = _listed(products)
    ids = [facts["product_id"] for facts in shown]
    offers = OpenOffers(ids, at)
    holdings = _holdings(shown, at)
    counted = ListingFigures.objects.filter(product__any_of=ids).values("product", *COUNTED)
    figures = {each.pop("product"): each for each in counted}
    covers = _covers(ids)
    paths = CategoryPaths()
    rows: list[Row] = []
    for facts in shown:
        pk = facts["product_id"]
        fixed = _fixed(facts, paths, figures.get(pk, UNCOUNTED), covers.get(pk, ""))
        rows += _periods(fixed, offers, holdings[pk], at)
    return rows


def popularity(sales_30d: int, shop_score: int) -> int:
    """How good goods are that match a query alike: 100 × log2(1 + 30-day sales), and the shop's score above 4.00.

    So each doubling of sales weighs as much as a whole point of the shop.
    """
    return sales_points(sales_30d) + max(0, shop_score - 400)


def sales_points(sales_30d: int) -> int:
    return math.floor(100 * math.log2(1 + sales_30d))


class CategoryPaths:
    """The categories, all of them: there are few beside the products."""

    def __init__(self) -> None:
        self._known = {pk: (parent, name) for pk, parent, name in Category.objects.values_list("pk", "parent", "name")}

    def of(self, leaf: int | None) -> list[tuple[int, str]]:
        """The ids and names from the top down to ``leaf``."""
        path: list[tuple[int, str]] = []
        while leaf is not None:
            parent, name = self._known[leaf]
            path.insert(0, (leaf, name))
            leaf = parent
        return path


def _listed(products: Sequence[int]) -> list[Row]:
    """What is asked of the catalogue itself, by the listing's columns where they are the same."""
    rows = Product.objects.listed().filter(pk__any_of=list(products), listed_at__isnull=False, skus__isnull=False)
    shown = rows.values(
        "public_id", "merchant_id", "code", "title", "brand_id", "listed_at", "category_id", "provenance", "origin",
        product_id=F("pk"), merchant_code=F("merchant__code"), shop_name=F("merchant__name"),
        shop_score=F("merchant__shop__score"), scored_lines=F("merchant__shop__scored_lines"),
        brand_name=F("brand__name"), price_fen=Min("skus__price_fen"), price_to_fen=Max("skus__price_fen"),
        stock=Sum("skus__stock"),
    )  # fmt: skip
    return [dict(facts) for facts in shown]


def _covers(products: Sequence[int]) -> dict[int, str]:
    pictures = ProductImage.objects.filter(product__any_of=list(products)).order_by("-position", "-pk")
    return dict(pictures.values_list("product", "image"))


def _fixed(facts: Row, paths: CategoryPaths, figures: Row, cover: str) -> Row:
    """What does not depend on the moment."""
    path = paths.of(facts["category_id"])
    top, middle, leaf, *_deeper = [*(pk for pk, _name in path), None, None, None]
    brand, title = facts["brand_name"] or "", facts["title"] or facts["code"]
    same = {name: value for name, value in facts.items() if name not in ("category_id", "scored_lines")}
    return (
        same
        | figures
        | {
            "title": title,
            "letters": letters(title)[:400],
            "cover": cover,
            "brand_name": brand,
            "top_id": top,
            "middle_id": middle,
            "leaf_id": leaf,
            "shop_has_few_orders": facts["scored_lines"] < FEW_LINES,
            "popularity": popularity(figures["sales_30d"], facts["shop_score"]),
            "words": index_words(title, brand, (name for _pk, name in path), facts["shop_name"]),
        }
    )


@dataclass
class _Holdings:
    """Where bases hold a product, and when what they may sell changes."""

    permits: list[tuple[int, datetime, datetime, bool]] = field(default_factory=list)
    """Base, since, until, whether some of it is free."""

    def moments(self, at: datetime) -> set[datetime]:
        return {each for _base, since, until, _free in self.permits for each in (since, until) if at < each < days.END}

    def at(self, at: datetime, *, free_only: bool = False) -> list[int]:
        live = {base for base, since, until, free in self.permits if since <= at < until and (free or not free_only)}
        return sorted(live)


def _holdings(products: Sequence[Row], at: datetime) -> dict[int, _Holdings]:
    ids = {(facts["merchant_id"], facts["code"]): facts["product_id"] for facts in products}
    stock = Stock.objects.filter(
        merchant__any_of={merchant for merchant, _code in ids}, product_code__any_of={code for _merchant, code in ids}
    ).filter(permit__until__gt=at)
    found: dict[int, _Holdings] = defaultdict(_Holdings)
    for each in stock.select_related("permit"):
        permit, product = each.permit, ids.get((each.merchant_id, each.product_code))
        if permit is not None and product is not None:
            found[product].permits.append((each.base_id, permit.since, permit.until, each.free > 0))
    return found


def _periods(fixed: Row, offers: OpenOffers, holdings: _Holdings, at: datetime) -> list[Row]:
    """A row for each stretch of time in which nothing changes, from the beginning to the end of time."""
    moments = [at, *sorted({*offers.moments(fixed["product_id"]), *holdings.moments(at)})]
    rows: list[Row] = []
    for moment in moments:
        changing = _changing(fixed, offers, holdings, moment)
        if rows and changing.items() <= rows[-1].items():
            continue
        if rows:
            rows[-1]["valid_until"] = moment
        valid_from = moment if rows else days.BEGINNING
        rows.append(fixed | changing | {"valid_from": valid_from, "valid_until": days.END})
    return rows


def _changing(fixed: Row, offers: OpenOffers, holdings: _Holdings, at: datetime) -> Row:
    product = fixed["product_id"]
    offer = offers.at(product, at)
    picked, kind = offer.picked, _kind(offer)
    through = offer.activities[0] if offer.activities and not offer.is_exclusive else None
    return {
        "offer": kind,
        "is_exclusive": offer.is_exclusive,
        "has_step": bool(picked and picked.step),
        "bps": picked.commission_bps if picked else None,
        "per_sale_fen": share(fixed["price_fen"], picked.commission_bps) if picked else 0,
        "best_bps": offer.best_bps,
        "activity_id": offers.activity_of(product, through) if through else None,
        "held_by": holdings.at(at),
        "tags": _tags(fixed, kind, offers.leaders(product, at), holdings.at(at, free_only=True)),
    }


def _kind(offer: OpenOffer) -> str:
    if offer.picked is None:
        return Listing.Offer.NONE.value
    return (Listing.Offer.NORMAL if offer.picked.kind == Kind.NORMAL else Listing.Offer.ACTIVITY).value


def _tags(fixed: Row, offer: str, leaders: Iterable[int], free_at: Iterable[int]) -> list[str]:
    """What a filter finds by index beside the words: ``c`` category, ``b`` brand, ``m`` merchant, ``o`` offer,
    ``l`` leader, ``f`` base with stock that is free, ``v`` provenance, ``y`` the city of its factory.
    """
    tags = {f"c{fixed[level]}" for level in ("top_id", "middle_id", "leaf_id") if fixed[level]}
    tags |= {f"m{fixed['merchant_id']}", f"o{offer}"} | {f"l{leader}" for leader in leaders}
    tags |= {f"{letter}{fixed[name]}" for letter, name in (("v", "provenance"), ("y", "origin")) if fixed[name]}
    tags |= {f"f{base}" for base in free_at} | ({f"b{fixed['brand_id']}"} if fixed["brand_id"] else set())
    return sorted(tags)
