"""Links, clicks and live sessions for the demo's busiest streamer: one that is over, one that can be played tonight."""

import random
from bisect import bisect_left
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count

from commissions.models import OrderLine
from haowu.ground import days
from haowu.tenants.models import Tenant
from haowu.tenants.scope import platform_scope
from streamers.clicks.storing import NewClick, store
from streamers.links import making
from streamers.live import planning, running
from streamers.models import Link, LiveSession, Pick

MARKS = ("粉丝群 1", "短视频橱窗")
GOODS = 8
HOURS = timedelta(hours=3)
LOOKED_BACK = timedelta(days=21)
CLICKS_OF_A_LINE = (9, 22)
SAMPLE = 2011
SET = 5_000


def open_sessions(*, at: datetime) -> None:
    """Once; a later demo plans tonight's session anew where the last one is over."""
    with transaction.atomic(), platform_scope():
        busiest = OrderLine.objects.filter(streamer__isnull=False, ordered_at__gte=at - LOOKED_BACK)
        counted = busiest.order_by().values_list("streamer").annotate(n=Count("pk")).order_by("-n", "streamer").first()
        if counted is None:
            return
        streamer = Tenant.objects.get(pk=counted[0])
        picks = _best_sellers(streamer, at)
        if not Link.objects.visible_to(streamer).exists():
            links = _links(streamer, picks, at - LOOKED_BACK)
            _past_session(streamer, picks, at)
            _click(streamer, links, at)
        if not LiveSession.objects.visible_to(streamer).filter(status=LiveSession.Status.PLANNED).exists():
            _tonight(streamer, picks, at)


def _best_sellers(streamer: Tenant, at: datetime) -> list[Pick]:
    sold = OrderLine.objects.filter(streamer=streamer, ordered_at__gte=at - LOOKED_BACK).order_by()
    best = list(
        sold.values_list("pid").annotate(n=Count("pk")).order_by("-n", "pid").values_list("pid", flat=True)[:40]
    )
    mine = Pick.objects.visible_to(streamer).on_shelf().filter(pid__in=best, product__status="listed")
    picks = {pick.pid: pick for pick in mine.select_related("product")}
    return [picks[pid] for pid in best if pid in picks][:GOODS]


def _links(streamer: Tenant, picks: Sequence[Pick], at: datetime) -> list[Link]:
    wishes = [making.NewLink(pick.pid) for pick in picks]
    wishes += [making.NewLink(pick.pid, mark) for pick in picks[:1] for mark in MARKS]
    return [link for link in making.make_many(streamer, wishes[: making.MOST], at=at) if isinstance(link, Link)]


def _past_session(streamer: Tenant, picks: Sequence[Pick], at: datetime) -> None:
    """Three hours of the last fortnight in which he sold most."""
    sold = OrderLine.objects.filter(streamer=streamer, ordered_at__gte=at - timedelta(days=14), ordered_at__lt=at)
    moments = sorted(sold.values_list("ordered_at", flat=True))
    if not moments:
        return
    begins_at = max(moments, key=lambda begin: bisect_left(moments, begin + HOURS) - bisect_left(moments, begin))
    begins_at = begins_at.replace(minute=begins_at.minute // 10 * 10, second=0, microsecond=0)
    planned_at = begins_at - timedelta(days=1)
    session = planning.plan(streamer, "家居好物专场", begins_at, begins_at + HOURS, at=planned_at)
    _put(session, picks, planned_at)
    running.start(session, at=begins_at)
    for place, item in enumerate(session.items.order_by("position")):
        running.present(session, item.pk, at=begins_at + place * HOURS / GOODS)
    running.end(session, at=begins_at + HOURS)


def _tonight(streamer: Tenant, picks: Sequence[Pick], at: datetime) -> None:
    evening = days.start_of(days.day_of(at)) + timedelta(hours=20)
    begins_at = evening if evening > at else evening + days.ONE_DAY
    session = planning.plan(streamer, "今晚 8 点 清仓专场", begins_at, begins_at + HOURS, at=at)
    _put(session, picks, at)


def _put(session: LiveSession, picks: Sequence[Pick], at: datetime) -> None:
    wishes = [planning.NewItem(pick.pid, 20, "\n".join(pick.product.description.splitlines()[:3])) for pick in picks]
    planning.add_items(session, wishes, at=at)


def _click(streamer: Tenant, links: Sequence[Link], at: datetime) -> None:
    """Some ten to twenty visitors before each line that a link's pid sold, in the half hour before it."""
    chance = random.Random(SAMPLE)
    of_pid: dict[str, list[Link]] = {}
    for link in links:
        if not link.sub_id:  # the replayed orders carry no marks
            of_pid.setdefault(link.pick.pid, []).append(link)
    sold = OrderLine.objects.filter(streamer=streamer, ordered_at__gte=at - LOOKED_BACK, pid__in=of_pid)
    clicks = [
        NewClick(
            chance.choice(of_pid[pid]).pk,
            chance.getrandbits(63),
            ordered_at - timedelta(seconds=chance.randint(1, 1800)),
        )
        for pid, ordered_at in sold.order_by("pk").values_list("pid", "ordered_at")
        for _visitor in range(chance.randint(*CLICKS_OF_A_LINE))
    ]
    for begin in range(0, len(clicks), SET):
        store(clicks[begin : begin + SET])
