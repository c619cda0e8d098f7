"""``demo [--no-serve] [--days N]``: months of real orders replayed and settled night by night, then served.

The replay ends last night.

A second run keeps what is there: it goes on where the last one stopped, up to last night. While it serves, the orders
of today come in as their times come.
"""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from commissions.nights.report_text import run_lines
from commissions.statements import daily
from haowu.demo import matches, people, profiles, quarters, selection_desk, sessions, shelves, story, supply
from haowu.demo.goods.prices import yuan_of
from haowu.demo.pictures.studio import Studio
from haowu.demo.retail import replay, shops
from haowu.demo.retail.existing import without_existing
from haowu.demo.retail.laps import Lap, shift_to_end_yesterday
from haowu.demo.retail.orders import Book, load
from haowu.demo.retail.replay import Day
from haowu.demo.retail.report import ImportReport
from haowu.demo.story import Today
from haowu.embedded.programs import ProgramEnded, Programs
from haowu.embedded.ready import gather_statistics, make_ready
from haowu.ground import days
from haowu.ground.errors import Refused
from haowu.ground.progress import Progress, write_line
from haowu.market import loading as market

ORDERS = settings.BASE_DIR / "haowu" / "demo" / "orders" / "online_retail_2010-12_2011-06.csv.gz"
MOST_BEHIND = timedelta(days=400)
"""A demo left alone for longer is begun anew rather than caught up with."""


class Command(BaseCommand):
    help = "Replays real orders with every night settled by a Celery worker, shows the last night, and serves."

    def add_arguments(self, parser):
        parser.add_argument("--no-serve", action="store_true", help="end after the report")
        parser.add_argument(
            "--days",
            type=int,
            default=os.environ.get("DEMO_DAYS"),
            help="how many business days the first start replays (env DEMO_DAYS); later ones go on from there",
        )
        parser.add_argument("--orders", type=Path, default=ORDERS, help="an order export other than the demo's own")

    def handle(self, *, orders, no_serve, **options):
        if options["days"] is not None and options["days"] < 1:
            raise CommandError(_("天数须至少为 1。"))
        make_ready()
        with _ended_by_signals(), Programs() as programs, Studio() as studio:
            try:
                programs.start_worker()
                write_line(_("读取订单文件……"))
                book = load(orders, now=days.now(), price=yuan_of)
                today = self._replay(book, options["days"], programs, studio)
                supply.open_bases(at=days.now())
                shelves.prepare(people.busiest("streamer"), at=days.now())
                sessions.open_sessions(at=days.now())
                selection_desk.open_centre(at=days.now())
                matches.learn(at=days.now())
                studio.begin(book.goods.values())
                self._show_last_night()
                self._say_what_is_drawn(studio)
                if not no_serve:
                    self._serve(programs, studio, today)
            except (Refused, ProgramEnded) as error:
                raise CommandError(str(error)) from error
            except KeyboardInterrupt:
                self.stdout.write("\n" + _("正在停止。数据保留；再次运行会从停下的地方继续。"))

    def _replay(self, book: Book, wanted_days: int | None, programs: Programs, studio: Studio) -> Today | None:
        """Up to yesterday. Answers what goes on today; None where the orders are too far behind for that."""
        if not book.orders:
            raise CommandError(_("{file} 里没有可导入的订单。").format(file=book.path))
        today, shift = days.day_of(days.now()), replay.kept_shift(book)
        if shift is None:
            shift = shift_to_end_yesterday(book, today=today, wanted_days=wanted_days)
        elif (last := story.last_day()) and today - last > MOST_BEHIND:
            text = _("演示数据停在 {day}，离今天太久，不再补。重新开始：make demo-reset。")
            self.stdout.write(text.format(day=last))
            return None
        calendar = story.calendar(book, shift, today - days.ONE_DAY)
        todo = story.remaining(calendar)
        if todo:
            self._play(book, shift, calendar, todo, programs, studio)
        else:
            self.stdout.write(_("回放已完成（{last} 止），数据保留。").format(last=calendar[-1].day))
        return Today(book, shift, since=today)

    def _play(
        self, book: Book, shift: timedelta, calendar: list[Day], todo: list[Day], programs: Programs, studio: Studio
    ) -> None:
        started = time.monotonic()
        quarters.make_policy(calendar[0].day)
        write_line(_("建立市场……"))
        built = market.load(without_existing(shops.market(book, Lap(shift))))
        profiles.introduce(at=days.now())
        studio.begin(book.goods.values())
        gather_statistics()
        sent = replay.Sent()
        with Progress(sum(len(day.parcels) for day in todo), _("事件")) as progress:
            for stored in story.play(todo, programs, sent):
                progress.advance(stored, str(sent.day))
                studio.publish()
        if len(todo) == len(calendar):
            report = ImportReport(book, built, sent, calendar[0].day, calendar[-1].day)
            self.stdout.write("\n".join(report.sentences(each_row=False)))
        text = _("回放 {n} 天，每夜经 Celery 结算，用时 {s} 秒")
        self.stdout.write(text.format(n=len(todo), s=round(time.monotonic() - started)))

    def _show_last_night(self) -> None:
        self.stdout.write("\n".join(["", *run_lines(daily.last_run()), ""]))
        call_command("audit", stdout=self.stdout)

    def _say_what_is_drawn(self, studio: Studio) -> None:
        if waiting := studio.publish():
            text = _("还有约 {n} 张图片没有画完：服务时在后台接着画，否则下次启动再画。")
            self.stdout.write(text.format(n=waiting))

    def _serve(self, programs: Programs, studio: Studio, today: Today | None) -> None:
        ways = people.ways_in()
        port = programs.start_web(environment={"DEMO_LOGINS": people.sign_in_offers(ways)})
        programs.start_beat()
        self.stdout.write("\n" + " | ".join([_("角色"), _("网址"), _("登录"), _("试试看")]))
        for way in ways:
            self.stdout.write(f"{way.role} | http://127.0.0.1:{port}{way.path} | {way.login} | {way.task}")
        self.stdout.write(_("按 Ctrl-C 停止。"))
        self.stdout.flush()
        while True:
            programs.check()
            studio.publish()
            if today:
                today.send_due(days.now())
            time.sleep(0.5)


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """SIGTERM ends the demo as Ctrl-C does: in order."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
