"""A new model, learned each night: companions of goods, pools of categories. The old one stays until it is whole.

A training stands as a row: another worker that is woken meanwhile finds it and leaves. One that has shown no progress
for LEASE is given up, and the next begins anew.
"""

import io
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from haowu.ground import days
from haowu.ground.bulk import insert_rows
from haowu.ground.errors import Refused
from streamers.matching import learning, signals
from streamers.models import CategoryPool, Companions, ForYou, MatchingPolicy, MatchModel

log = logging.getLogger(__name__)

LEARNED_DAYS = timedelta(days=180)
"""What lies further back is not learned from."""
LEASE = timedelta(minutes=10)
POOL = 200
LEAST_OF_BAND = 3
"""The middle price of fewer streamers' shelves says whose they are."""


class MatchingUnderWay(Refused):
    code = "MATCHING_UNDER_WAY"
    text = _("推荐模型正在训练（{at} 开始）。请等它完成；十分钟没有进展的训练会自动作废。")
    status = 409


@dataclass(frozen=True)
class Progress:
    """``done`` of ``total`` goods."""

    done: int
    total: int


def train(*, at: datetime) -> Iterator[Progress]:
    """Learn a model and serve it. Platform scope, outside of a transaction: chunks commit as they come.

    Raises MatchingUnderWay where another training is.
    """
    model = _begin(at)
    try:
        events, streamers, goods = _events(at)
        if len(events):
            lift = learning.demand(events)
            for block in learning.companions(learning.strengths(events), lift):
                _write(model, block, goods)
                yield Progress(min(block.first + learning.BLOCK, len(goods)), len(goods))
        _serve(model, streamers=len(streamers), events=len(events))
    except BaseException:
        model.move("abandon")
        raise


def train_once_a_day(*, at: datetime) -> bool:
    """Train, unless today's model is served already or another worker is at it."""
    if MatchModel.objects.served().of_day(days.day_of(at)).exists():
        return False
    try:
        for _progress in train(at=at):
            pass
    except MatchingUnderWay as refused:
        log.info("%s", refused)
        return False
    return True


@transaction.atomic
def _begin(at: datetime) -> MatchModel:
    for lost in MatchModel.objects.not_heard_of_since(at - LEASE):
        lost.move("abandon")
    under_way = MatchModel.objects.training().first()
    if under_way is not None:
        raise MatchingUnderWay(at=under_way.started_at.astimezone(days.SHANGHAI).strftime("%H:%M"))
    return MatchModel.objects.create(day=days.day_of(at), started_at=at, renewed_at=at)


def _events(at: datetime) -> tuple[learning.Events, learning.Whole, learning.Whole]:
    """What streamers did with goods that are listed, and the ids of those streamers and goods, in order."""
    weights = " ".join(f"WHEN '{kind}' THEN {weight}" for kind, weight in signals.WEIGHTS.items())
    table = _copied(
        f"""
        SELECT deed.* FROM (
            SELECT streamer_id, product_id, {signals.PICKED} AS weight,
                   extract(epoch FROM timestamptz '{at.isoformat()}' - picked_at) / 86400 AS age
            FROM streamers_pick WHERE picked_at <= '{at.isoformat()}'
            UNION ALL
            SELECT streamer_id, product_id, CASE kind {weights} END, date '{days.day_of(at)}' - last_on
            FROM streamers_interaction
        ) AS deed
        WHERE age <= {LEARNED_DAYS.days}
          AND EXISTS (SELECT FROM streamers_listing AS listing WHERE listing.product_id = deed.product_id)
        """,
        columns=4,
    )
    streamers, whose = np.unique(table[:, 0].astype(np.int64), return_inverse=True)
    goods, which = np.unique(table[:, 1].astype(np.int64), return_inverse=True)
    ages = np.maximum(table[:, 3], 0.0)
    events = learning.Events(whose, which, table[:, 2], ages, len(streamers), len(goods))
    return events, streamers, goods


def _copied(select: str, *, columns: int) -> learning.Real:
    """All rows of numbers at once: ten million a minute as tuples, a hundred million as text that numpy reads."""
    written = io.StringIO()
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY ({select}) TO STDOUT", written)
    read = np.fromstring(written.getvalue(), sep=" ")
    return read.reshape(-1, columns)


@transaction.atomic
def _write(model: MatchModel, block: learning.Block, goods: learning.Whole) -> None:
    rows = []
    for place in range(len(block.begins) - 1):
        begin, end = block.begins[place], block.begins[place + 1]
        if begin < end:
            rows.append(
                {
                    "model_id": model.pk,
                    "product_id": int(goods[block.first + place]),
                    "others": goods[block.others[begin:end]].tolist(),
                    "weights": block.weights[begin:end].tolist(),
                }
            )
    insert_rows(Companions, rows)
    MatchModel.objects.filter(pk=model.pk).update(renewed_at=days.now())


@transaction.atomic
def _serve(model: MatchModel, *, streamers: int, events: int) -> None:
    """The pools, the counts that say what is whole, and the change from the old model to this one, at once."""
    policy = MatchingPolicy.objects.in_force(model.started_at)
    with connection.cursor() as cursor:
        cursor.execute(_POOLS, {"model": model.pk, "at": model.started_at, "day": str(model.day), "pool": POOL,
                                "quiet": policy.quiet_sales})  # fmt: skip
        cursor.execute(_COUNTED, {"model": model.pk})
        goods, pairs, categories = cursor.fetchone()
        cursor.execute(_PRICES, {"at": model.started_at, "least": LEAST_OF_BAND})
        prices = dict(cursor.fetchall())
    for old in MatchModel.objects.served():
        old.move("replace")
    model.move(
        "serve",
        served_at=days.now(),
        streamers=streamers,
        events=events,
        goods=goods,
        pairs=pairs,
        categories=categories,
        **{f"{band}_fen": prices.get(band, 0) for band in ("small", "middle", "large")},
    )
    forget(model)


def forget(model: MatchModel) -> None:
    """Models that nothing can be asked of any more: the one before ``model`` may still be on somebody's screen."""
    kept = MatchModel.objects.newest_first().exclude(pk=model.pk).filter(status=MatchModel.Status.REPLACED)[:1]
    ForYou.objects.before(days.day_of(model.started_at) - ForYou.KEPT).delete()
    old = MatchModel.objects.exclude(pk__in=[model.pk, *(each.pk for each in kept)])
    for rows in (ForYou, Companions, CategoryPool):
        rows.objects.filter(model__in=old).delete()
    old.exclude(status=MatchModel.Status.TRAINING).delete()


_POOLS = """
    WITH listed AS (
        SELECT product_id, leaf_id, merchant_id, sales_30d, popularity, per_sale_fen
        FROM streamers_listing
        WHERE valid_from <= %(at)s AND valid_until > %(at)s AND leaf_id IS NOT NULL AND bps IS NOT NULL
    ), placed AS (
        SELECT *, row_number() OVER (PARTITION BY leaf_id ORDER BY popularity DESC, product_id) AS by_sales,
            row_number() OVER (PARTITION BY leaf_id, sales_30d <= %(quiet)s, merchant_id
                               ORDER BY md5(%(day)s || product_id)) AS of_merchant
        FROM listed
    ), drawn AS (
        SELECT *, row_number() OVER (PARTITION BY leaf_id, sales_30d <= %(quiet)s
                                     ORDER BY of_merchant, md5(%(day)s || product_id)) AS by_chance
        FROM placed
    )
    INSERT INTO streamers_categorypool (model_id, leaf_id, popular, quiet, median_per_sale_fen)
    SELECT %(model)s, leaf_id,
        coalesce(array_agg(product_id ORDER BY by_sales) FILTER (WHERE by_sales <= %(pool)s), '{}'),
        coalesce(array_agg(product_id ORDER BY by_chance)
                 FILTER (WHERE sales_30d <= %(quiet)s AND by_chance <= %(pool)s), '{}'),
        percentile_disc(0.5) WITHIN GROUP (ORDER BY per_sale_fen)
    FROM drawn GROUP BY leaf_id
"""
"""Of each leaf category: the POOL goods that sell most; POOL of those that sell next to nothing, drawn anew each day,
one of every merchant before the second of any; the middle commission of a sale.
"""
_COUNTED = """
    SELECT count(*), coalesce(sum(cardinality(others)), 0),
        (SELECT count(*) FROM streamers_categorypool WHERE model_id = %(model)s)
    FROM streamers_companions WHERE model_id = %(model)s
"""
_PRICES = """
    SELECT band, percentile_disc(0.5) WITHIN GROUP (ORDER BY price_fen)
    FROM (
        SELECT pick.streamer_id, listing.price_fen,
            CASE WHEN fans < 100000 THEN 'small' WHEN fans < 1000000 THEN 'middle' ELSE 'large' END AS band
        FROM streamers_pick AS pick
        JOIN streamers_profile AS profile USING (streamer_id)
        JOIN streamers_listing AS listing USING (product_id)
        WHERE pick.unpicked_at IS NULL AND valid_from <= %(at)s AND valid_until > %(at)s
    ) AS held
    GROUP BY band HAVING count(DISTINCT streamer_id) >= %(least)s
"""
