"""Making share links, many at a call, each with its own answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from haowu.ground.bulk import insert_rows
from haowu.ground.errors import Refused, single
from haowu.tenants.models import Tenant
from merchants.models import Product
from merchants.refusals import ProductNotListed
from streamers.models import Link, Pick
from streamers.models.link import new_code
from streamers.shelf import NotOnShelf

MOST = 100
"""Links of one batch."""


class PickUnknown(Refused):
    code = "PICK_UNKNOWN"
    text = _("你没有推广位「{pid}」。请用自己货架上的推广位。")
    status = 404


class TooManyLinks(Refused):
    code = "TOO_MANY_LINKS"
    text = _("一次最多生成 {most} 条链接。请分几次。")


@dataclass(frozen=True)
class NewLink:
    """``sub_id``: the streamer's mark, '' for none."""

    pid: str
    sub_id: str = ""


@transaction.atomic
def make_many(streamer: Tenant, wishes: Sequence[NewLink], *, at: datetime) -> list[Link | Refused]:
    """One link or refusal for each wish, in order. A pick and a mark have one link: asked for again, it is given again.

    Refused: pids of others, what has left the shelf, and goods that are off sale: such a link would lead nowhere.
    """
    if len(wishes) > MOST:
        raise TooManyLinks(most=MOST)
    picks = _picks(streamer, {wish.pid for wish in wishes})
    listed = set(
        Product.objects.listed().filter(pk__any_of=[p.product_id for p in picks.values()]).values_list("pk", flat=True)
    )
    refused = {wish: why for wish in wishes if (why := _objection(wish, picks.get(wish.pid), listed))}
    links = _written(streamer, [(picks[wish.pid], wish.sub_id) for wish in wishes if wish not in refused], at)
    return [refused.get(wish) or links[picks[wish.pid].pk, wish.sub_id] for wish in wishes]


def make(streamer: Tenant, pid: str, sub_id: str = "", *, at: datetime) -> Link:
    """``make_many`` for one, its refusal raised."""
    return single(make_many(streamer, [NewLink(pid, sub_id)], at=at))


def _picks(streamer: Tenant, pids: set[str]) -> dict[str, Pick]:
    mine = Pick.objects.visible_to(streamer).filter(pid__any_of=pids).select_related("product")
    return {pick.pid: pick for pick in mine}


def _objection(wish: NewLink, pick: Pick | None, listed: set[int]) -> Refused | None:
    if pick is None:
        return PickUnknown(pid=wish.pid)
    if pick.unpicked_at is not None:
        return NotOnShelf()
    if pick.product_id not in listed:
        return ProductNotListed(product=pick.product)
    return None


def _written(streamer: Tenant, wanted: list[tuple[Pick, str]], at: datetime) -> dict[tuple[int, str], Link]:
    """``{(pick id, mark): link}``: those that are there, and new ones for the others."""
    rows = {
        (pick.pk, sub_id): {
            "code": new_code(),
            "pick_id": pick.pk,
            "streamer_id": streamer.pk,
            "product_id": pick.product_id,
            "sub_id": sub_id,
            "made_at": at,
        }
        for pick, sub_id in wanted
    }
    insert_rows(Link, list(rows.values()), conflict=["pick_id", "sub_id"])
    mine = Link.objects.visible_to(streamer).with_goods().filter(pick__any_of={pick for pick, _sub_id in rows})
    return {(link.pick_id, link.sub_id): link for link in mine}
