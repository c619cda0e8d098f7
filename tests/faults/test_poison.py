"""A line that cannot be settled holds up itself alone; messages that mean nothing hold up nobody."""

import json

import pytest
import redis
from celery import current_app
from django.conf import settings

from commissions.models import OrderLine, Run, Settlement, Shard
from commissions.nights import failing, night, operating
from commissions.tasks import settle_night
from haowu.ground import days
from tests.build import staff
from tests.faults.market import DAY, DAY_DATE, LINES, audit_complaints, night_complaints
from tests.faults.processes import edit, forked, wait_for, working
from tests.faults.rows import catches, row, seeds

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.campaign,
    pytest.mark.usefixtures("due_day", "small_shards"),
]
LINE = "poisoned line"
MESSAGE = "poison messages"


def poison(line_no: int) -> None:
    """By the owner's hand the fee becomes more than the gross, which no settlement row may say."""
    edit(
        "commissions_orderline", f"UPDATE commissions_orderline SET {FEE} = due_streamer_fen + 1 WHERE {NO} = {line_no}"
    )


def heal(line_no: int) -> None:
    right = "estimate_streamer_fee_fen"
    edit("commissions_orderline", f"UPDATE commissions_orderline SET {FEE} = {right} WHERE {NO} = {line_no}")


FEE, NO = "due_streamer_fee_fen", "line_no"


def work_all() -> None:
    run = night.open_run(DAY_DATE, now=days.now())
    while run.shards.in_hands().exists():
        if not night.work_on(run):
            night.time.sleep(0.05)


def held_up() -> list[str]:
    """Other lines than the poisoned one that its shard keeps from being settled."""
    settled = Settlement.objects.count()
    return [] if settled == LINES - 1 else [f"{LINES - 1 - settled} good lines held up"]


@seeds(1, 5)
def test_a_poisoned_line_holds_up_itself_alone_and_is_skipped_to_the_next_night(seed, monkeypatch, record_property):
    monkeypatch.setattr(failing, "LONGEST_PAUSE", night.timedelta(seconds=0.2))
    line_no = seed % LINES + 1
    with row(record_property, LINE, seed) as case:
        poison(line_no)
        workers = [forked(work_all), forked(work_all)]
        for worker in workers:
            worker.join(120)
        assert [worker.exitcode for worker in workers] == [0, 0]
        case.holds(held_up(), 1)
        run = Run.objects.get()
        (shard,) = run.shards.filter(status=Shard.Status.FAILED)
        operating.skip(shard, "费用大于毛额", by=staff("值班"), at=days.now())
        assert night.settle(DAY_DATE, now=days.now()).status == "closed"
        assert OrderLine.objects.get(line_no=line_no).settles_on == DAY_DATE + days.ONE_DAY
        heal(line_no)
        night.settle(DAY_DATE + days.ONE_DAY, now=days.now())
        complaints, checks = audit_complaints()
        if Settlement.objects.count() != LINES:
            complaints.append(f"{Settlement.objects.count()} rows")
        case.holds(complaints, checks + 1)


def test_a_shard_that_is_only_tried_again_would_be_noticed(monkeypatch, record_property):
    monkeypatch.setattr(failing, "LONGEST_PAUSE", night.timedelta(0))
    monkeypatch.setattr(failing.sql, "middle", lambda run, shard: None)
    poison(7)
    work_all()
    catches(record_property, LINE, "shards are never cut", held_up())


def send_garbage() -> None:
    queue = redis.Redis.from_url(settings.REDIS_URL)
    current_app.send_task("no.such.task", ["?"])
    current_app.send_task("commissions.tasks.settle_night", ["yesterday"])
    current_app.send_task("commissions.tasks.settle_night", [DAY, "one too many"])
    message = {"body": "bm90IGpzb24=", "content-type": "application/json", "content-encoding": "utf-8", "headers": {}}
    tag = {"delivery_tag": "poison", "delivery_mode": 2, "body_encoding": "base64", "priority": 0}
    tag["delivery_info"] = {"exchange": "", "routing_key": "celery"}
    queue.lpush("celery", json.dumps(message | {"properties": tag}))


@pytest.mark.slow
def test_messages_that_mean_nothing_hold_up_nobody(environment, record_property):
    with row(record_property, MESSAGE) as case:
        send_garbage()
        settle_night.delay(DAY)
        with working(environment):
            wait_for(lambda: Run.objects.closed().filter(day=DAY).exists())
            wait_for(lambda: not redis.Redis.from_url(settings.REDIS_URL).llen("celery"))
        case.holds(*night_complaints())


def test_a_worker_that_stops_at_the_first_refusal_would_be_noticed(record_property):
    """What a worker does with a bad message before the good one, without Celery around it."""
    try:
        for day in ("yesterday", DAY):
            settle_night(day)
    except ValueError:
        pass
    catches(record_property, MESSAGE, "a loop over messages without a guard around each", night_complaints()[0])
