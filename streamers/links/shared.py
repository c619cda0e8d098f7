"""What a share link says: the activity, the second leader whose link it is; and which recommendation it stands in."""

from collections.abc import Sequence
from datetime import datetime

from haowu.ground.inputs import key
from haowu.tenants.models import Tenant
from merchants.models import Product
from streamers.models import Listing
from tuanzhang.models import Activity, Recommendation


def link(token: str, via: str) -> dict[str, Activity | Tenant | None]:
    """``activity`` and ``second_leader`` as ``shelf.pick`` takes them; an unknown token or leader counts as none."""
    activity = Activity.objects.shared_as(key(token))
    leaders = Tenant.objects.of_kind(Tenant.Kind.TUANZHANG)
    second = leaders.filter(public_id=key(via)).first() if activity and via else None
    return {"activity": activity, "second_leader": second}


def activities_of(products: Sequence[Product], at: datetime) -> dict[int, Activity]:
    """By product: the open activity that a pick from the selection centre goes through, where no plan is open."""
    rows = Listing.objects.at(at).of_products([product.pk for product in products]).through_activities()
    through = dict(rows.values_list("product", "activity_id"))
    known = Activity.objects.in_bulk(set(through.values()))
    return {product: known[activity] for product, activity in through.items() if activity in known}


def recommendation(
    streamer: Tenant, public_id: str, product: Product, activity: Activity | None
) -> Recommendation | None:
    """The running recommendation that ``streamer`` sees and that names ``product`` in ``activity``; else none."""
    if not public_id or activity is None:
        return None
    visible = Recommendation.objects.visible_to(streamer).running().filter(public_id=key(public_id))
    named = visible.filter(items__enrolment__product=product, items__enrolment__activity=activity)
    return named.distinct().first()
