"""``settle --day YYYY-MM-DD [--workers N] [--json]``: one night."""

import json
from datetime import date
from functools import partial
from multiprocessing import Process

from django.core.management.base import BaseCommand, CommandError
from django.db import Error, connections
from django.utils.translation import gettext as _

from commissions.models import Run
from commissions.nights import night
from commissions.nights.report_text import run_lines
from haowu.embedded.ready import make_ready
from haowu.ground import days
from haowu.ground.errors import Refused
from haowu.ground.progress import Watch
from haowu.management import arguments


class Command(BaseCommand):
    help = "Settles the night of a day. Any day may be settled any number of times, by any number of workers."

    def add_arguments(self, parser):
        parser.add_argument("--day", required=True, type=arguments.day)
        parser.add_argument("--workers", type=arguments.whole, default=1)
        parser.add_argument("--json", action="store_true")

    def handle(self, *, day, workers, **options):
        make_ready()
        try:
            night.open_run(day, now=days.now())
            helpers = _start_helpers(day, workers - 1)
            with Watch(partial(_shards_done, day)):
                run = night.settle(day, now=days.now())
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        for helper in helpers:
            helper.join()
        self._print(run, options["json"])

    def _print(self, run: Run, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(run.report | {"checksum": run.checksum}, ensure_ascii=False))
        else:
            self.stdout.write("\n".join(run_lines(run)))


def _shards_done(day: date) -> str:
    """How far the night is, asked on a connection of its own."""
    try:
        shards = Run.objects.get(day=day).shards
        total, left = shards.count(), shards.not_over().count()
    except Error:  # the database is away: the work itself says so
        return ""
    finally:
        connections.close_all()
    return _("{day}：{share}% 分片 {done}/{total}").format(
        day=day, share=100 * (total - left) // (total or 1), done=total - left, total=total
    )


def _start_helpers(day: date, count: int) -> list[Process]:
    """``count`` processes beside this one that settle the same day, each with its own connections."""
    if count > 0:
        connections.close_all()  # a forked child must not speak on its parent's
    helpers = [Process(target=_help, args=(day,)) for _ in range(count)]
    for helper in helpers:
        helper.start()
    return helpers


def _help(day: date) -> None:
    night.settle(day, now=days.now())
    connections.close_all()
