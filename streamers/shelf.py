"""Picking products onto a shelf and taking them off. Many at a call, each with its own answer."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from haowu import days
from haowu.errors import Refused, single
from haowu.tenants.models import Tenant
from haowu.tenants.scope import platform_scope
from merchants.models import Product
from streamers.models import Pick, new_pid
from streamers.offers import EXCLUSIVE_KINDS
from streamers.terms import OfferBook


class ProductNotListed(Refused):
    code = "PRODUCT_NOT_LISTED"
    text = _("「{product}」已下架或尚未上架，不能选入。")


class AlreadyPicked(Refused):
    code = "ALREADY_PICKED"
    text = _("「{product}」已在你的货架上。")
    status = 409


class ExclusiveOffer(Refused):
    code = "EXCLUSIVE_OFFER"
    text = _("「{product}」正由商家指定的达人独家推广，名单外不能选入。")


class NotOnShelf(Refused):
    code = "NOT_ON_SHELF"
    text = _("该商品不在货架上。")
    status = 409


class PidTaken(Refused):
    code = "PID_TAKEN"
    text = _("推广位「{pid}」已被使用。请换一个。")
    status = 409


@dataclass(frozen=True)
class Wish:
    """One product for one shelf. ``pid`` is given where another system issued it."""

    streamer: Tenant
    product: Product
    at: datetime
    pid: str = field(default_factory=new_pid)


@transaction.atomic
def pick_many(wishes: Sequence[Wish]) -> list[Pick | Refused]:
    """Put each product on its shelf; one answer per wish, in order, and one refusal never spoils the others.

    Refuses products that are not listed, what is on the shelf already, a pid in use, and products that an exclusive
    offer keeps for other streamers.
    """
    streamers = sorted({wish.streamer.pk for wish in wishes})
    list(Tenant.objects.select_for_update(no_key=True).filter(pk__in=streamers).order_by("pk"))
    products = {wish.product.pk: wish.product for wish in wishes}
    shown = Product.objects.listed().supplied(max((wish.at for wish in wishes), default=days.BEGINNING))
    listed = set(shown.filter(pk__in=products).values_list("pk", flat=True))
    on_shelves = set(
        Pick.objects.on_shelf()
        .filter(streamer__in=streamers, product__in=products)
        .values_list("streamer_id", "product_id")
    )
    with platform_scope():
        book = OfferBook(products.values())
        pids = set(Pick.objects.filter(pid__in=[wish.pid for wish in wishes]).values_list("pid", flat=True))
    answers: list[Pick | Refused] = []
    for wish in wishes:
        place = (wish.streamer.pk, wish.product.pk)
        if wish.product.pk not in listed:
            answers.append(ProductNotListed(product=wish.product))
        elif wish.pid in pids:
            answers.append(PidTaken(pid=wish.pid))
        elif place in on_shelves:
            answers.append(AlreadyPicked(product=wish.product))
        elif _kept_for_others(book, wish):
            answers.append(ExclusiveOffer(product=wish.product))
        else:
            on_shelves.add(place)
            pids.add(wish.pid)
            answers.append(Pick(pid=wish.pid, streamer=wish.streamer, product=wish.product, picked_at=wish.at))
    Pick.objects.bulk_create(answer for answer in answers if isinstance(answer, Pick))
    return answers


def pick(streamer: Tenant, product: Product, *, at: datetime) -> Pick:
    """``pick_many`` for one, its refusal raised."""
    return single(pick_many([Wish(streamer, product, at)]))


def _kept_for_others(book: OfferBook, wish: Wish) -> bool:
    offers = book.offers(wish.product.pk, wish.streamer.pk, wish.at)
    exclusive = [offer for offer in offers if offer.kind in EXCLUSIVE_KINDS]
    return bool(exclusive) and not any(offer.listed for offer in exclusive)


@transaction.atomic
def unpick(streamer: Tenant, product: Product, *, at: datetime) -> None:
    """Take ``product`` off the shelf. Links shared before keep paying: the trade honours what a buyer clicked."""
    if not Pick.objects.on_shelf().filter(streamer=streamer, product=product).update(unpicked_at=at):
        raise NotOnShelf
