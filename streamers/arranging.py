"""How a streamer arranges the shelf: groups under names of his own, and the order in which goods stand."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from haowu.ground.bulk import update_rows
from haowu.ground.errors import Refused
from haowu.tenants.models import Tenant
from merchants.models import Product
from streamers.models import Pick, ShelfGroup
from streamers.shelf import NotOnShelf, check_number

MOST_GROUPS = 20
STEP = 1_000_000
"""Between two places after all were numbered anew."""


class GroupNameTaken(Refused):
    code = "SHELF_GROUP_NAME_TAKEN"
    text = _("已有分组「{name}」。请换一个名字。")
    status = 409


class TooManyGroups(Refused):
    code = "TOO_MANY_SHELF_GROUPS"
    text = _("最多 {most} 个分组。请先删掉不用的。")


@transaction.atomic
def add_group(streamer: Tenant, name: str, *, at: datetime) -> ShelfGroup:
    """A group at the end. Refuses a name in use and more than MOST_GROUPS."""
    _lock(streamer)
    groups = list(ShelfGroup.objects.visible_to(streamer))
    if len(groups) >= MOST_GROUPS:
        raise TooManyGroups(most=MOST_GROUPS)
    _check_name(groups, name)
    position = max((group.position for group in groups), default=-1) + 1
    return ShelfGroup.objects.create(streamer=streamer, name=name, position=position, created_at=at)


@transaction.atomic
def rename_group(group: ShelfGroup, name: str) -> None:
    _lock(group.streamer)
    others = ShelfGroup.objects.visible_to(group.streamer).exclude(pk=group.pk)
    _check_name(others, name)
    group.name = name
    group.save(update_fields=["name"])


@transaction.atomic
def drop_group(group: ShelfGroup) -> None:
    """Its goods stay on the shelf, in no group."""
    _lock(group.streamer)
    group.delete()


@transaction.atomic
def move_to_group(streamer: Tenant, products: Sequence[Product], group: ShelfGroup | None) -> list[Pick | Refused]:
    """Each of ``products`` into ``group``, or out of any; one answer each, in order."""
    check_number(len(products))
    mine = Pick.objects.visible_to(streamer).on_shelf().of_products(products).order_by("pk")
    standing = {pick.product_id: pick for pick in mine.select_for_update(no_key=True, of=("self",))}
    for pick in standing.values():
        pick.group = group
    Pick.objects.bulk_update(standing.values(), ["group"])
    return [standing.get(product.pk) or NotOnShelf() for product in products]


@transaction.atomic
def place(streamer: Tenant, product: Product, beside: Product, *, is_before: bool) -> None:
    """Put ``product`` directly before or after ``beside``. Refuses what is not on the shelf."""
    _lock(streamer)
    picks = {pick.product_id: pick for pick in _in_order(streamer)}
    moved, neighbour = picks.pop(product.pk, None), picks.get(beside.pk)
    if moved is None or neighbour is None:
        raise NotOnShelf
    order = list(picks.values())
    at = order.index(neighbour) + (0 if is_before else 1)
    above, below = (order[at - 1] if at else None), (order[at] if at < len(order) else None)
    between = _between(above, below)
    if between is None:
        _number_anew([*order[:at], moved, *order[at:]])
    else:
        moved.place = between
        moved.save(update_fields=["place"])


def _between(above: Pick | None, below: Pick | None) -> int | None:
    """A place with room; None where there is none left."""
    if above is None:
        return (below.place if below else 0) + STEP
    if below is None:
        return above.place - STEP
    middle = below.place + (above.place - below.place) // 2
    return middle if below.place < middle < above.place else None


def _number_anew(order: Sequence[Pick]) -> None:
    """The first keeps about its place, so that goods picked later still come before it."""
    first = max(pick.place for pick in order)
    update_rows(Pick, [{"id": pick.pk, "place": first - n * STEP} for n, pick in enumerate(order)], key="id")


def _in_order(streamer: Tenant) -> list[Pick]:
    return list(Pick.objects.visible_to(streamer).on_shelf().in_own_order())


def _check_name(groups: Iterable[ShelfGroup], name: str) -> None:
    if any(group.name == name for group in groups):
        raise GroupNameTaken(name=name)


def _lock(streamer: Tenant) -> None:
    """As ``shelf.pick_many`` does: one change of a shelf at a time."""
    Tenant.objects.select_for_update(no_key=True).get(pk=streamer.pk)
