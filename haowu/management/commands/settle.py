"""``settle --day YYYY-MM-DD [--workers N] [--json]``: one night."""

import json
import multiprocessing
from datetime import date

from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from commissions import night
from commissions.models import Run
from haowu import days
from haowu.errors import Refused
from haowu.management.ready import make_ready
from haowu.management.reports import run_lines


class Command(BaseCommand):
    help = "Settles the night of a day. Any day may be settled any number of times, by any number of workers."

    def add_arguments(self, parser):
        parser.add_argument("--day", required=True, type=_day)
        parser.add_argument("--workers", type=int, default=1)
        parser.add_argument("--json", action="store_true")

    def handle(self, *, day, workers, **options):
        make_ready()
        try:
            night.open_run(day, now=days.now())
            _settle_together(day, workers)
            run = night.settle(day, now=days.now())
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        self._print(run, options["json"])

    def _print(self, run: Run, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(run.report | {"checksum": run.checksum}, ensure_ascii=False))
        else:
            self.stdout.write("\n".join(run_lines(run)))


def _settle_together(day: date, workers: int) -> None:
    """Settle with ``workers - 1`` processes beside this one, each with its own connections."""
    connections.close_all()
    helpers = [multiprocessing.Process(target=_help, args=(day,)) for _ in range(workers - 1)]
    for helper in helpers:
        helper.start()
    night.settle(day, now=days.now())
    for helper in helpers:
        helper.join()


def _help(day: date) -> None:
    connections.close_all()
    night.settle(day, now=days.now())
    connections.close_all()


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"{text} 不是日期。请写成 2024-06-09。") from None
