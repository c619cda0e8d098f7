"""Which goods run in leaders' activities, for pages on the floor below, to which the addresses give it."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Least

from merchants.models import Product
from merchants.standing import Running
from tuanzhang.models import Enrolment, EnrolmentRate


def is_running(at: datetime) -> Q:
    """A condition on products: an activity that promotes now has it."""
    return Q(Exists(Enrolment.objects.live(at).filter(product=OuterRef("pk"))))


def running_in(products: Iterable[Product], at: datetime) -> dict[int, list[Running]]:
    """By product: the activities in which it runs at ``at``, the one that pays most first. One query."""
    rates = EnrolmentRate.objects.filter(enrolment=OuterRef("pk"), cancelled_at__isnull=True, effective_from__lte=at)
    rows = Enrolment.objects.live(at).filter(product__in=products)
    rows = rows.annotate(
        bps=Coalesce(Subquery(rates.order_by("-effective_from", "-pk").values("commission_bps")[:1]), 0),
        over_at=Least(F("ends_at"), F("ended_at"), F("activity__ends_at"), F("activity__closed_at")),
    )
    found: dict[int, list[Running]] = defaultdict(list)
    for row in rows.select_related("activity").order_by("-bps", "pk"):
        found[row.product_id].append(Running(str(row.activity), row.bps, row.over_at))
    return found
