"""``import_orders FILE.csv[.gz] [--until DATE] [--json]``: an order export replayed as events. Settles nothing."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from haowu.demo.retail import replay, shops
from haowu.demo.retail.existing import without_existing
from haowu.demo.retail.orders import load
from haowu.demo.retail.report import ImportReport
from haowu.embedded.ready import make_ready
from haowu.ground import days, inputs
from haowu.ground.errors import Refused
from haowu.ground.progress import Progress, write_line
from haowu.management import arguments
from haowu.market import loading as market


class Command(BaseCommand):
    help = "Replays an order export as events through the same door as the API, and accounts for every row."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--until", type=arguments.day, help="the last business day to replay")
        parser.add_argument("--json", action="store_true")

    def handle(self, *, file, until, **options):
        now = days.now()
        write_line(_("读取订单文件……"))
        try:
            book = load(file, now=now)
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        make_ready()
        write_line(_("建立市场……"))
        built = market.load(without_existing(shops.market(book)))
        calendar = replay.calendar(book, until)
        sent = replay.Sent()
        partner = replay.source()
        with Progress(sum(len(day.parcels) for day in calendar), _("事件")) as progress:
            for day in calendar:
                for stored in replay.send(partner, replay.written(day), sent, now=now):
                    progress.advance(stored, str(day.day))
        first, last = (calendar[0].day, calendar[-1].day) if calendar else (None, None)
        self._print(ImportReport(book, built, sent, first, last), options["json"])

    def _print(self, report: ImportReport, as_json: bool) -> None:
        if as_json:
            self.stdout.write(inputs.json_line(report.as_json()))
        else:
            self.stdout.write("\n".join(report.sentences()))
