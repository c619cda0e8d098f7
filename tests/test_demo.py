"""The demo from one end to the other: a real Celery worker settles each night, and nothing is left running."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from datetime import date, timedelta
from pathlib import Path

import pytest

from commissions.models import OrderEvent, OrderLine, Run, Settlement
from commissions.nights import night
from haowu.demo import story
from haowu.demo.goods.prices import yuan_of
from haowu.demo.retail import replay, shops
from haowu.demo.retail.laps import Lap, shift_to_end_yesterday
from haowu.demo.retail.orders import Book, load
from haowu.demo.retail.rows import COLUMNS
from haowu.ground import days
from haowu.ledger.models import Account
from haowu.market import loading as market
from haowu.tenants.models import User

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[1]
YESTERDAY = days.day_of(days.now()) - days.ONE_DAY
SHIFT = timedelta(weeks=52 * 15)
ORDERS = """
2001,22423,CAKESTAND,10,{0}T10:00,12.75,17,France
3015,22086,PAPER CHAIN,4,{0}T10:00,2.95,18,France
2011,22423,CAKESTAND,2,{0}T10:00,12.75,19,France
C2100,22086,PAPER CHAIN,-1,{5}T10:00,2.95,18,France
2040,22086,PAPER CHAIN,3,{5}T11:00,2.95,19,France
C2101,22086,PAPER CHAIN,-1,{11}T12:00,2.95,18,France
2050,22423,CAKESTAND,1,{11}T13:00,12.75,17,France
"""
"""Twelve days; the last becomes yesterday. Normal plans: 22423 at 29.5%, 22086 at 8.5%. Received on the days 4, 3 and 3
by their numbers; 2011 without pid. In yuan a cake stand is 115.00 and a paper chain 26.80."""


def day_of(number: int) -> date:
    """The day ``number`` of the file as it is replayed."""
    return YESTERDAY - timedelta(days=11 - number)


def orders_until(last: date) -> str:
    """The export, some fifteen years old, whose last day has the weekday of ``last``."""
    return ORDERS.format(*(last - SHIFT - timedelta(days=11 - number) for number in range(12)))


@pytest.fixture
def house(process_environment, tmp_path) -> dict[str, str]:
    """The environment of a demo, whose home marks every process that it starts."""
    (tmp_path / "orders.csv").write_text(",".join(COLUMNS) + orders_until(YESTERDAY))
    return process_environment | {"HAOWU_HOME": str(tmp_path), "PYTHONUNBUFFERED": "1"}


def demo(house: dict[str, str], *arguments: str) -> subprocess.Popen:
    orders = str(Path(house["HAOWU_HOME"]) / "orders.csv")
    return subprocess.Popen(
        [sys.executable, "manage.py", "demo", "--orders", orders, *arguments],
        cwd=ROOT,
        env=house,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def output_of(program: subprocess.Popen) -> str:
    output, _nothing = program.communicate(timeout=50)
    assert program.returncode == 0, output
    return output


def running(house: dict[str, str]) -> list[str]:
    """The command lines of the processes whose environment names this demo's home."""
    mark = f"HAOWU_HOME={house['HAOWU_HOME']}".encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (process / "environ").read_bytes().split(b"\0"):
                found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue
    return [line for line in found if line]


def shares() -> list[tuple]:
    rows = Settlement.objects.order_by("day", "line__order_no", "phase")
    return [
        (str(row.day), row.line.order_no, row.phase, row.base_fen, row.streamer_fen, row.streamer_fee_fen)
        for row in rows.select_related("line")
    ]


def test_the_replay_ends_last_night_and_every_night_is_settled_through_celery(house):
    output = output_of(demo(house, "--no-serve"))
    assert "7 行 = 订单行 5 + 退款 2 + 未导入 0 + 截止日之后 0  ✓" in output
    assert [run.day for run in Run.objects.closed().order_by("day")] == [day_of(number) for number in range(1, 13)]
    assert Run.objects.frontier() == days.day_of(days.now())
    assert OrderLine.objects.get(order_no="2050").status == "paid"
    assert days.day_of(OrderLine.objects.get(order_no="2050").ordered_at) == YESTERDAY
    assert shares() == [
        (str(day_of(11)), "2011", 0, 23000, 0, 0),
        (str(day_of(11)), "3015", 0, 8040, 683, 68),
        (str(day_of(12)), "2001", 0, 115000, 33925, 3393),
        (str(day_of(12)), "3015", 1, -2680, -227, -22),
    ]
    assert f"结算夜 {day_of(12)}\n  结算 1 行  调整 1 行" in output
    assert "✗" not in output
    assert sum(Account.objects.values_list("balance_fen", flat=True)) == 0

    assert f"回放已完成（{YESTERDAY} 止），数据保留。" in output_of(demo(house, "--no-serve"))
    assert Run.objects.count() == 12
    assert running(house) == []


def test_a_demo_cut_short_goes_on_where_it_stopped(house):
    program = demo(house, "--no-serve")
    while not OrderEvent.objects.exists():
        time.sleep(0.01)
    program.send_signal(signal.SIGTERM)
    output_of(program)
    output_of(demo(house, "--no-serve"))
    assert Run.objects.closed().count() == 12
    assert OrderEvent.objects.count() == 3 * 5 + 2 - 2  # yesterday's order is on its way
    assert sum(line.base_fen for line in Settlement.objects.filter(phase=0)) == 23000 + 8040 + 115000


def test_a_demo_started_again_days_later_settles_what_has_passed_and_goes_on_with_new_orders(house):
    began = days.day_of(days.now()) - timedelta(days=3)
    path = Path(house["HAOWU_HOME"]) / "orders.csv"
    path.write_text(",".join(COLUMNS) + orders_until(began - days.ONE_DAY))
    replay_until(load(path, now=days.now(), price=yuan_of), began)
    assert Run.objects.frontier() == began

    output = output_of(demo(house, "--no-serve"))
    assert "回放 3 天" in output and "✗" not in output
    assert Run.objects.frontier() == days.day_of(days.now())
    again = OrderLine.objects.get(order_no="2040-2")
    assert (days.day_of(again.ordered_at), again.paid_fen) == (began, 8040)
    assert OrderLine.objects.filter(order_no__endswith="-2").count() == 1


def replay_until(book: Book, today: date) -> None:
    """What a first start on ``today`` does."""
    shift = shift_to_end_yesterday(book, today=today)
    assert shift == SHIFT
    market.load(shops.market(book, Lap(shift)))
    for day in story.calendar(book, shift, today - days.ONE_DAY):
        list(replay.send(replay.source(), replay.written(day), replay.Sent(), now=days.now()))
        night.settle(day.day + days.ONE_DAY, now=days.now())


def test_the_demo_serves_until_it_is_told_to_end_and_takes_its_programs_with_it(house):
    program = demo(house, "--days", "1")
    output = ""
    while "Ctrl-C" not in output:
        line = program.stdout.readline()
        assert line, output
        output += line
    port = re.search(r"http://127\.0\.0\.1:(\d+)/admin/", output)[1]
    assert urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10).status == 200
    kinds = {kind for kind in ("worker", "beat", "gunicorn", "demo") for line in running(house) if f" {kind}" in line}
    assert kinds == {"worker", "beat", "gunicorn", "demo"}

    os.kill(program.pid, signal.SIGTERM)
    output = output_of(program)
    assert "数据保留" in output
    assert running(house) == []
    assert not User.objects.exists()  # a password that everybody knows is for the private database alone


def test_events_that_a_night_has_overtaken_are_sent_late_and_settle_in_the_next(house):
    program = demo(house, "--no-serve")
    while not OrderEvent.objects.exists():
        time.sleep(0.01)
    program.send_signal(signal.SIGTERM)
    output_of(program)
    night.settle(days.day_of(days.now()), now=days.now())
    output = output_of(demo(house, "--no-serve"))
    assert "✗ I" not in output
    assert OrderLine.objects.get(order_no="2050").status == "paid"
    assert not OrderEvent.objects.filter(verdict="parked").exists()


def test_a_demo_left_alone_for_more_than_a_year_says_how_to_begin_anew(house):
    long_ago = YESTERDAY - timedelta(weeks=60)
    path = Path(house["HAOWU_HOME"]) / "orders.csv"
    path.write_text(",".join(COLUMNS) + orders_until(long_ago))
    replay_until(load(path, now=days.now(), price=yuan_of), long_ago + days.ONE_DAY)
    events = OrderEvent.objects.count()
    output = output_of(demo(house, "--no-serve"))
    assert f"演示数据停在 {long_ago}，离今天太久" in output
    assert OrderEvent.objects.count() == events
