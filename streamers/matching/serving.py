"""A streamer's list of the day, and why a product stands in it."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from haowu.ground import days
from haowu.ground.bulk import insert_rows
from haowu.tenants.models import Tenant
from haowu.tenants.scope import is_reading_only
from streamers.matching import reading
from streamers.matching.composing import FULL_EXPOSURE, Entry, Parts, Why, compose, parts_of
from streamers.models import ForYou, MatchingPolicy, MatchModel


def list_of(streamer: Tenant, at: datetime) -> ForYou | None:
    """His list as it is now: today's, unless the model or his shelf has changed since. In a transaction, in his scope.

    None where no model is served, or nothing is known of him: then nothing is for him more than for others. Staff who
    look through his eyes make none.
    """
    model, mine = _served(streamer, at)
    if model is not None and mine is None and not is_reading_only():
        mine = _made(streamer, MatchModel.objects.get(pk=model), at)
    return mine if mine and mine.goods else None


def list_numbered(streamer: Tenant, number: int) -> ForYou | None:
    """The list into which a cursor points, as long as it is kept."""
    return ForYou.objects.visible_to(streamer).filter(pk=number).first()


def _served(streamer: Tenant, at: datetime) -> tuple[int | None, ForYou | None]:
    """The id of the served model, and his list by it that is fresh, each where there is one: in one statement."""
    names = [field.attname for field in ForYou._meta.concrete_fields]
    columns = ", ".join(f"mine.{name}" for name in names)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT model.id, {columns} {_FRESH}", [streamer.pk, days.day_of(at)])
        found = cursor.fetchone()
    if found is None:
        return None, None
    model, *row = found
    return model, None if row[0] is None else ForYou.from_db("default", names, row)


_FRESH = """
    FROM streamers_matchmodel AS model LEFT JOIN LATERAL (
        SELECT * FROM streamers_foryou AS made
        WHERE made.streamer_id = %s AND made.model_id = model.id AND made.day = %s AND NOT EXISTS (
            SELECT FROM streamers_pick AS pick
            WHERE pick.streamer_id = made.streamer_id
              AND (pick.picked_at > made.made_at OR pick.unpicked_at > made.made_at)
        )
        ORDER BY made.made_at DESC, made.id DESC LIMIT 1
    ) AS mine ON true
    WHERE model.status = 'served'
"""


def _made(streamer: Tenant, model: MatchModel, at: datetime) -> ForYou:
    """An empty one for a streamer of whom nothing is known, so that it is not looked for again with each page."""
    taste = reading.taste_at(streamer, model, at)
    if taste.is_empty and not taste.held:
        return _kept(streamer, model, [], {}, at)
    together = reading.together_of(model, taste)
    pools = reading.pools_of(model, reading.strongest_leaves(taste))
    candidates = reading.candidates_of(together, pools.values(), at)
    policy = MatchingPolicy.objects.in_force(at)
    entries = compose(
        candidates,
        taste,
        together,
        pools,
        reserved_of_ten=policy.reserved_of_ten,
        streamer=streamer.pk,
        day=days.day_of(at),
        at=at,
    )
    return _kept(streamer, model, entries, {pk: held.title for pk, held in taste.held.items()}, at)


def _kept(streamer: Tenant, model: MatchModel, entries: list[Entry], titles: dict[int, str], at: datetime) -> ForYou:
    sources = list(dict.fromkeys(entry.detail for entry in entries if entry.why == Why.TOGETHER))
    places = {product: place for place, product in enumerate(sources)}
    row = {
        "streamer_id": streamer.pk,
        "model_id": model.pk,
        "day": days.day_of(at),
        "made_at": at,
        "goods": [entry.product for entry in entries],
        "scores": [entry.score for entry in entries],
        "whys": [int(entry.why) for entry in entries],
        "details": [places[entry.detail] if entry.why == Why.TOGETHER else entry.detail for entry in entries],
        "sources": sources,
        "source_titles": [titles[product] for product in sources],
    }
    insert_rows(ForYou, [row], conflict=["streamer_id", "made_at"])
    return ForYou.objects.visible_to(streamer).get(made_at=at)


@dataclass(frozen=True)
class Explained:
    """Why a product is, or would be, shown: its parts in millionths, and where it stands in today's list, from 1 on.

    ``title``: of his product that it is most often picked with; ``sold`` and ``alike``: how many of his goods are of
    its category. ``kept``: the place was kept for it.
    """

    parts: Parts
    exposure: int
    score: int
    place: int | None
    kept: Why | None
    title: str
    sold: int
    alike: int
    is_of_field: bool

    @property
    def is_shown_less(self) -> bool:
        return self.exposure < FULL_EXPOSURE


def explain(streamer: Tenant, product: int, at: datetime) -> Explained | None:
    """The same computation as the list's, for one product. None where there is no list, or it is his already."""
    listed = list_of(streamer, at)
    facts = next(iter(reading.facts_of([product], at)), None)
    if listed is None or facts is None:
        return None
    model = listed.model
    taste = reading.taste_at(streamer, model, at)
    if product in taste.has:
        return None
    together = reading.together_of(model, taste)
    pools = reading.pools_of(model, reading.strongest_leaves(taste))
    parts = parts_of(facts, taste, together, pools)
    place = listed.place_of(product)
    why = Why(listed.whys[place]) if place is not None else None
    closest = together.closest.get(product)
    sold, alike = taste.alike(facts.leaf)
    return Explained(
        parts,
        facts.exposure,
        parts.total * facts.exposure // FULL_EXPOSURE,
        None if place is None else place + 1,
        why if why in (Why.NEW_CHANCE, Why.CHANCE) else None,
        taste.held[closest].title if closest is not None else "",
        sold,
        alike,
        bool(taste.field_leaves),
    )
