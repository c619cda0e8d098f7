"""Picking products onto a shelf and taking them off. Many at a call, each with its own answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from haowu.ground import days
from haowu.ground.errors import Refused, single
from haowu.tenants.models import Tenant
from haowu.tenants.scope import platform_scope
from merchants.models import Product
from merchants.refusals import ProductNotListed
from streamers.models import Channel, Pick, new_pid, new_place
from streamers.offers import EXCLUSIVE_KINDS, PickSource
from streamers.terms import OfferBook
from tuanzhang.models import Activity, Recommendation

MOST = 50
"""Goods of one batch."""


class AlreadyPicked(Refused):
    code = "ALREADY_PICKED"
    text = _("「{product}」已在你的货架上。")
    status = 409


class ExclusiveOffer(Refused):
    code = "EXCLUSIVE_OFFER"
    text = _("「{product}」正由商家指定的达人独家推广，名单外不能选入。")


class NotInActivity(Refused):
    code = "NOT_IN_ACTIVITY"
    text = _("「{product}」不在活动「{activity}」里，或合作已结束，不能经它选入。")


class NotOnShelf(Refused):
    code = "NOT_ON_SHELF"
    text = _("该商品不在货架上。")
    status = 409


class PidTaken(Refused):
    code = "PID_TAKEN"
    text = _("推广位「{pid}」已被使用。请换一个。")
    status = 409


class TooManyPicks(Refused):
    code = "TOO_MANY_PICKS"
    text = _("一次最多处理 {most} 款。请分几次选。")


@dataclass(frozen=True)
class NewPick:
    """One product for one shelf. ``pid`` is given where another system issued it.

    ``activity`` and ``second_leader``: whose link led to it; the pick then stands through them. ``module``: the code of
    the selection centre's module that it was picked from.
    """

    streamer: Tenant
    product: Product
    at: datetime
    pid: str = ""
    activity: Activity | None = None
    second_leader: Tenant | None = None
    recommendation: Recommendation | None = None
    module: str = ""

    @property
    def through(self) -> PickSource | None:
        if self.activity is None:
            return None
        return PickSource(self.activity.code, self.second_leader.pk if self.second_leader else None)


@transaction.atomic
def pick_many(wishes: Sequence[NewPick]) -> list[Pick | Refused]:
    """Put each product on its shelf; one answer per wish, in order, and one refusal never spoils the others.

    What is on the shelf already may be picked again through another leader's activity: the pid stays (unless
    another one is given), and later orders go that way. Refuses products that are not listed, what is on the shelf
    already, a pid in use, activities that do not run the product, and what an exclusive offer keeps for others.
    """
    streamers = sorted({wish.streamer.pk for wish in wishes})
    list(Tenant.objects.select_for_update(no_key=True).filter(pk__in=streamers).order_by("pk"))
    shelves = _Shelves(wishes)
    answers = [shelves.put(wish) for wish in wishes]
    shelves.write()
    return answers


def pick(
    streamer: Tenant,
    product: Product,
    *,
    at: datetime,
    activity: Activity | None = None,
    second_leader: Tenant | None = None,
    recommendation: Recommendation | None = None,
    module: str = "",
) -> Pick:
    """``pick_many`` for one, its refusal raised."""
    return single(pick_many([NewPick(streamer, product, at, "", activity, second_leader, recommendation, module)]))


class _Shelves:
    """The shelves that ``wishes`` are about. What one puts there counts for those after it; ``write`` stores it all."""

    def __init__(self, wishes: Sequence[NewPick]) -> None:
        products = {wish.product.pk: wish.product for wish in wishes}
        listed = Product.objects.listed().supplied(max((wish.at for wish in wishes), default=days.BEGINNING))
        self._listed = set(listed.filter(pk__any_of=products).values_list("pk", flat=True))
        picks = Pick.objects.on_shelf().filter(
            streamer__any_of={wish.streamer.pk for wish in wishes}, product__any_of=products
        )
        self._current: dict[tuple[int, int], tuple[Pick, PickSource | None]] = {
            (pick.streamer_id, pick.product_id): (pick, pick.latest_through) for pick in picks.with_channels()
        }
        with platform_scope():
            self._book = OfferBook(products.values())
            pids = Pick.objects.filter(pid__any_of=[wish.pid for wish in wishes if wish.pid])
            self._pids = set(pids.values_list("pid", flat=True))
        self._new: list[Pick] = []
        self._replaced: list[Pick] = []
        self._channels: list[Channel] = []

    def put(self, wish: NewPick) -> Pick | Refused:
        place = (wish.streamer.pk, wish.product.pk)
        current, through = self._current.get(place, (None, None))
        if refused := self._objection(wish, current, through):
            return refused
        kept = current if current is not None and wish.pid in ("", current.pid) else None
        pick = kept or self._pick(wish, current)
        if wish.activity is not None or kept:
            self._channels.append(_channel(pick, wish))
        self._current[place] = (pick, wish.through)
        return pick

    def write(self) -> None:
        Pick.objects.bulk_update([pick for pick in self._replaced if pick.pk], ["unpicked_at"])
        Pick.objects.bulk_create(self._new)
        Channel.objects.bulk_create(self._channels)

    def _objection(self, wish: NewPick, current: Pick | None, through: PickSource | None) -> Refused | None:
        """The first rule that ``wish`` breaks."""
        if wish.product.pk not in self._listed:
            return ProductNotListed(product=wish.product)
        turns = current is not None and _changes_source(wish, through) and not _is_repeated(wish, current)
        if wish.pid in self._pids and not (turns and current and current.pid == wish.pid):
            return PidTaken(pid=wish.pid)
        if current is not None and not turns:
            return AlreadyPicked(product=wish.product)
        if wish.activity and not self._book.runs(wish.product.pk, wish.activity.pk, wish.at):
            return NotInActivity(product=wish.product, activity=wish.activity)
        if self._kept_for_others(wish):
            return ExclusiveOffer(product=wish.product)
        return None

    def _pick(self, wish: NewPick, current: Pick | None) -> Pick:
        """A new pid; what was on the shelf before leaves it, and its links still pay as they did."""
        if current is not None:
            current.unpicked_at = wish.at
            self._replaced.append(current)
        pick = Pick(
            pid=wish.pid or new_pid(),
            streamer=wish.streamer,
            product=wish.product,
            picked_at=wish.at,
            module=wish.module,
        )
        pick.place, pick.group_id = (current.place, current.group_id) if current else (new_place(wish.at), None)
        self._pids.add(pick.pid)
        self._new.append(pick)
        return pick

    def _kept_for_others(self, wish: NewPick) -> bool:
        offers = self._book.offers(wish.product.pk, wish.streamer.pk, wish.at)
        exclusive = [offer for offer in offers if offer.kind in EXCLUSIVE_KINDS]
        return bool(exclusive) and not any(offer.listed for offer in exclusive)


def _changes_source(wish: NewPick, through: PickSource | None) -> bool:
    """Whether ``wish`` leads another way than the current pick; a bare wish for it is only a repetition."""
    return (wish.activity is not None or wish.pid != "") and wish.through != through


def _is_repeated(wish: NewPick, current: Pick) -> bool:
    """Whether ``wish`` was granted at its very moment before, whatever came after: a file that is loaded again."""
    if wish.pid != current.pid:
        return False
    if wish.activity is None and current.picked_at == wish.at:
        return True
    channels = getattr(current, "known_channels", [])
    return any(channel.effective_from == wish.at and channel.through == wish.through for channel in channels)


def _channel(pick: Pick, wish: NewPick) -> Channel:
    """From ``wish.at`` on the pick goes through the wish's activity."""
    return Channel(
        pick=pick,
        streamer=wish.streamer,
        activity=wish.activity,
        leader_id=wish.activity.leader_id if wish.activity else None,
        second_leader=wish.second_leader,
        recommendation=wish.recommendation,
        effective_from=wish.at,
    )


def check_number(number: int) -> None:
    """Refuse more than MOST at a time."""
    if number > MOST:
        raise TooManyPicks(most=MOST)


@transaction.atomic
def unpick_many(streamer: Tenant, products: Sequence[Product], *, at: datetime) -> list[Product | Refused]:
    """Take each of ``products`` off the shelf; one answer each, in order.

    Links shared before keep paying: the trade honours what a buyer clicked.
    """
    check_number(len(products))
    mine = Pick.objects.visible_to(streamer).on_shelf().of_products(products).order_by("pk")
    standing = {pick.product_id: pick for pick in mine.select_for_update(no_key=True, of=("self",))}
    answers: list[Product | Refused] = []
    for product in products:
        pick = standing.pop(product.pk, None)
        if pick is None:
            answers.append(NotOnShelf())
            continue
        pick.unpicked_at = at
        pick.save(update_fields=["unpicked_at"])
        answers.append(product)
    return answers


def unpick(streamer: Tenant, product: Product, *, at: datetime) -> None:
    """``unpick_many`` for one, its refusal raised."""
    single(unpick_many(streamer, [product], at=at))


@transaction.atomic
def replace(streamer: Tenant, old: Product, new: Product, *, at: datetime, activity: Activity | None = None) -> Pick:
    """``new`` comes to the shelf where ``old`` stood, in its group. What refuses ``new`` leaves ``old`` there."""
    picked = pick(streamer, new, at=at, activity=activity)
    standing = Pick.objects.visible_to(streamer).on_shelf().of_products([old]).first()
    unpick(streamer, old, at=at)
    if standing is not None:
        picked.place, picked.group_id = standing.place, standing.group_id
        picked.save(update_fields=["place", "group"])
    return picked
