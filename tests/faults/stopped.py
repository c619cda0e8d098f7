"""``python -m tests.faults.stopped SEED [broken]``: a night on a PostgreSQL that is stopped at once and started.

Runs on the private servers of its own HAOWU_HOME. Prints what does not hold as JSON. In the broken variant a shard is
marked done in one transaction and its rows are written in the next.
"""

import json
import os
import random
import signal
import sys
import time

import django

from haowu import embedded
from haowu.embedded import postgres

embedded.attach()
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import DatabaseError, connection  # noqa: E402

from commissions.models import Run, Shard  # noqa: E402
from commissions.nights import night, sql  # noqa: E402
from haowu.ground import days  # noqa: E402
from haowu.ground.transient import is_transient  # noqa: E402
from tests.faults.market import DAY_DATE, make_due_day, night_complaints  # noqa: E402
from tests.faults.processes import forked, kill, wait_for  # noqa: E402


def settle_shard_in_two_steps(run, shard) -> None:
    Shard.objects.filter(pk=shard.pk).update(status="done", lines=10)
    time.sleep(0.3)
    sql.settle_lines(run, shard)


def work(is_broken: bool) -> None:
    settle_lines = sql.settle_lines
    sql.settle_lines = lambda run, shard: (settle_lines(run, shard), time.sleep(0.3))[0]
    if is_broken:
        night.settle_shard = settle_shard_in_two_steps
    while True:
        try:
            night.settle(DAY_DATE, now=days.now())
            return
        except DatabaseError as error:
            if not is_transient(error):
                raise
            connection.close()
            time.sleep(0.1)


def stop_and_start() -> None:
    pid = postgres._pid()
    os.kill(pid, signal.SIGQUIT)  # its immediate shutdown: no checkpoint, recovery at the next start
    wait_for(lambda: postgres._pid() != pid)
    postgres.start()
    connection.close()


def main(seed: int, is_broken: bool) -> None:
    night.settings.NIGHT_SHARD_LINES, night.settings.NIGHT_LEASE_SECONDS = 10, 2
    chance = random.Random(seed)
    call_command("migrate", verbosity=0, interactive=False)
    make_due_day()
    workers = [forked(work, is_broken) for _ in range(2)]
    wait_for(lambda: Run.objects.exists())
    stops = 0
    for _ in range(2):
        time.sleep(chance.uniform(0.1, 0.9))
        stop_and_start()
        stops += 1
    for each in workers:
        each.join(10 if is_broken else 120)
        kill(each.pid)
    complaints, checks = night_complaints()
    report = {"complaints": complaints, "checks": checks, "stops": stops, "variant": "done committed before its rows"}
    print(json.dumps(report, ensure_ascii=False))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:] == ["broken"])
