"""The clicks of a live session, by product: on links that name it, and on the streamer's others while it runs."""

from collections import Counter
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Sum

from haowu.tenants.scope import platform_scope
from streamers.models import Click, Link, LinkDay, LiveSession, SessionItem

SETTLED_AFTER = timedelta(days=1)
"""When no late click is under way any more."""


def clicks_of(session: LiveSession, at: datetime) -> dict[int, int]:
    """``{product id: clicks}``. Inside a transaction. From the session's own rows once they are kept there."""
    if session.clicks_kept_at is not None:
        return dict(SessionItem.objects.of_session(session).values_list("product", "clicks"))
    begin, end = session.real_window(at)
    with platform_scope():
        links = Link.objects.filter(streamer=session.streamer_id)
        named = LinkDay.objects.filter(link__in=links.marked(session.public_id)).order_by().values("product")
        found = Counter(dict(named.annotate(n=Sum("clicks")).values_list("product", "n")))
        sessions = LiveSession.objects.filter(streamer=session.streamer_id).values("public_id")
        others = Click.objects.counted().between(begin, end).filter(link__in=links.exclude(sub_id__in=sessions))
        by_product = others.order_by().values("link__product").annotate(n=Count("visitor"))
        found += Counter(dict(by_product.values_list("link__product", "n")))
    return dict(found)


def keep_clicks(*, at: datetime) -> int:
    """Write the clicks of ended sessions onto their running orders, before single clicks are thrown away."""
    kept = 0
    with transaction.atomic(), platform_scope():
        for session in LiveSession.objects.clicks_not_kept(at - SETTLED_AFTER):
            clicks = clicks_of(session, at)
            items = list(SessionItem.objects.of_session(session))
            for item in items:
                item.clicks = clicks.get(item.product_id, 0)
            SessionItem.objects.bulk_update(items, ["clicks"])
            LiveSession.objects.filter(pk=session.pk).update(clicks_kept_at=at)
            kept += 1
    return kept
