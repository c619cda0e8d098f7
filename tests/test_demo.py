"""The demo from one end to the other: a real Celery worker settles each night, and nothing is left running."""

import os
import re
import signal
import subprocess
import sys
import urllib.request
from datetime import date
from pathlib import Path

import pytest

from commissions.models import OrderEvent, OrderLine, Run, Settlement
from commissions.nights import night
from haowu.demo.retail.rows import COLUMNS
from haowu.ground import days
from haowu.ledger.models import Account
from haowu.tenants.models import User

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[1]
ORDERS = """
2001,22423,CAKESTAND,10,2011-01-03T10:00,12.75,17,France
3015,22086,PAPER CHAIN,4,2011-01-03T10:00,2.95,18,France
2011,22423,CAKESTAND,2,2011-01-03T10:00,12.75,19,France
C2100,22086,PAPER CHAIN,-1,2011-01-08T10:00,2.95,18,France
C2101,22086,PAPER CHAIN,-1,2011-01-14T12:00,2.95,18,France
2050,22423,CAKESTAND,1,2011-01-14T13:00,12.75,17,France
"""
"""Normal plans: 22423 at 29.5%, 22086 at 8.5%. Received on 7, 6, 6 January by their numbers; 2011 without pid."""


@pytest.fixture
def house(process_environment, tmp_path) -> dict[str, str]:
    """The environment of a demo, whose home marks every process that it starts."""
    (tmp_path / "orders.csv").write_text(",".join(COLUMNS) + ORDERS)
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


def told_by(program: subprocess.Popen) -> str:
    told, _nothing = program.communicate(timeout=50)
    assert program.returncode == 0, told
    return told


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


def test_a_demo_cut_short_goes_on_where_it_stopped_and_settles_every_night_through_celery(house):
    told = told_by(demo(house, "--no-serve", "--days", "3"))
    assert "6 行 = 订单行 3 + 退款 0 + 未导入 0 + 截止日之后 3  ✓" in told
    assert [str(run) for run in Run.objects.order_by("day")] == ["2011-01-04", "2011-01-05", "2011-01-06"]
    assert shares() == []

    told = told_by(demo(house, "--no-serve"))
    assert Run.objects.closed().count() == 12
    assert OrderLine.objects.get(order_no="2050").status == "paid"
    assert shares() == [
        ("2011-01-14", "2011", 0, 2550, 0, 0),
        ("2011-01-14", "3015", 0, 885, 75, 8),
        ("2011-01-15", "2001", 0, 12750, 3761, 376),
        ("2011-01-15", "3015", 1, -295, -25, -3),
    ]
    assert "结算夜 2011-01-15\n  结算 1 行  调整 1 行" in told
    assert "✗" not in told
    assert sum(Account.objects.values_list("balance_fen", flat=True)) == 0

    assert "回放已完成（2011-01-14 止），数据保留。" in told_by(demo(house, "--no-serve"))
    assert Run.objects.count() == 12
    assert running(house) == []


def test_the_demo_serves_until_it_is_told_to_end_and_takes_its_programs_with_it(house):
    program = demo(house, "--days", "1")
    told = ""
    while "Ctrl-C" not in told:
        line = program.stdout.readline()
        assert line, told
        told += line
    port = re.search(r"http://127\.0\.0\.1:(\d+)/admin/", told)[1]
    assert urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10).status == 200
    kinds = {kind for kind in ("worker", "beat", "gunicorn", "demo") for line in running(house) if f" {kind}" in line}
    assert kinds == {"worker", "beat", "gunicorn", "demo"}

    os.kill(program.pid, signal.SIGTERM)
    told = told_by(program)
    assert "数据保留" in told
    assert running(house) == []
    assert not User.objects.exists()  # a password that everybody knows is for the private database alone


def test_a_replay_cut_short_and_overtaken_by_a_later_night_says_so_and_sends_nothing(house):
    told_by(demo(house, "--no-serve", "--days", "3"))
    events = OrderEvent.objects.count()
    night.settle(date(2012, 1, 1), now=days.now())
    told = told_by(demo(house, "--no-serve"))
    assert "2012-01-01 的结算夜已经封账" in told
    assert OrderEvent.objects.count() == events
