"""Once a day: what the thirty days came to, and what is thrown away."""

from datetime import datetime, timedelta

from django.db import connection, transaction

from haowu.ground import days
from haowu.tenants.scope import platform_scope
from streamers.centre import figures
from streamers.clicks.visitors import forget_old
from streamers.live.clicks import keep_clicks
from streamers.models import LinkDay

COUNTED = timedelta(days=30)
KEPT = timedelta(days=35)
"""Single clicks are kept a little longer than the figures look back; the counts of each link and day stay."""


def keep_up(*, at: datetime) -> None:
    """Of the thirty business days before ``at``; nothing of the day that runs."""
    today = days.day_of(at)
    forget_old(today)
    keep_clicks(at=at)
    with transaction.atomic(), platform_scope():
        clicks = LinkDay.objects.by_product(today - COUNTED, today)
        with connection.cursor() as cursor:
            cursor.execute("SELECT drop_click_partitions(%s)", [today - KEPT])
    figures.set_clicks(clicks, today)
