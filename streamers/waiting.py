"""What pages count for a streamer again and again: counted once a minute, and after each act of his own on it."""

from haowu.ground import days
from haowu.tenants.models import Tenant
from merchants.models import Product
from merchants.models.catalogue import ProductQuerySet
from streamers.centre.memory import forget, remembered
from streamers.changes import to_decide
from tuanzhang.models import Recommendation

KEPT_SECONDS = 60


def on_shelf(streamer: Tenant) -> ProductQuerySet:
    """The goods that ``streamer`` has to decide about, as rows to be counted."""
    return Product.objects.filter(pk__any_of=ids_to_decide(streamer))


def ids_to_decide(streamer: Tenant) -> list[int]:
    """As they were within the last minute: on a shelf of hundreds the question takes most of a second."""
    return remembered(
        _key(streamer),
        lambda: list(to_decide(streamer, days.now()).order_by("pk").values_list("pk", flat=True)),
        seconds=KEPT_SECONDS,
        is_worth=lambda _ids: True,
    )


def recommended_to(streamer: Tenant) -> int:
    """How many leaders' recommendations run that he may open."""
    return remembered(
        f"recommended-to:{streamer.public_id}",
        lambda: Recommendation.objects.visible_to(streamer).running().count(),
        seconds=KEPT_SECONDS,
        is_worth=lambda _count: True,
    )


def count_anew(streamer: Tenant) -> None:
    """After an act on the shelf."""
    forget(_key(streamer))


def _key(streamer: Tenant) -> str:
    return f"shelf-waiting:{streamer.public_id}"
