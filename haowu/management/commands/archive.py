"""``archive export [DAY]`` and ``archive top FIRST LAST [--by ROLE] [--limit N] [--json]``, both with ``--folder DIR``.

``export`` without a day writes every closed night that has no file yet.
"""

import json
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from commissions.models import Run
from haowu.analytics import archive
from haowu.embedded.ready import make_ready
from haowu.ground.errors import Refused
from haowu.ground.money import yuan
from haowu.management import arguments


class Command(BaseCommand):
    help = "Writes closed nights as Parquet files, checked against their reports, and reports over them."

    def add_arguments(self, parser):
        acts = parser.add_subparsers(dest="act", required=True)
        export = acts.add_parser("export", help="write the files of closed nights")
        export.add_argument("day", type=arguments.day, nargs="?")
        export.add_argument("--folder", type=Path, default=Path(settings.ARCHIVE))
        top = acts.add_parser("top", help="who moved most in a range of nights")
        top.add_argument("first", type=arguments.day)
        top.add_argument("last", type=arguments.day)
        top.add_argument("--by", choices=archive.GROSS_OF, default="merchant")
        top.add_argument("--limit", type=int, default=100)
        top.add_argument("--folder", type=Path, default=Path(settings.ARCHIVE))
        top.add_argument("--json", action="store_true")

    def handle(self, *, act, **options):
        make_ready()
        try:
            (self._export if act == "export" else self._top)(**options)
        except Refused as refused:
            raise CommandError(str(refused)) from refused

    def _export(self, *, day, folder, **_options):
        for each in [day] if day else Run.objects.closed().order_by("day").values_list("day", flat=True):
            if not day and archive.path_of(each, folder).exists():
                continue
            self.stdout.write(str(archive.export_night(each, folder)))

    def _top(self, *, first, last, by, limit, folder, json: bool, **_options):
        found = archive.largest(by, first, last, folder, limit)
        if json:
            self.stdout.write(_as_json(found))
            return
        for no, earned in enumerate(found, start=1):
            amounts = f"{yuan(earned.gross_fen):>16} {yuan(earned.fee_fen):>14} {yuan(earned.net_fen):>16}"
            self.stdout.write(f"{no:>4} {amounts} {earned.rows:>9,}  {earned.tenant.name}")


def _as_json(found: list[archive.Earned]) -> str:
    return json.dumps(
        [
            {
                "code": earned.tenant.code,
                "name": earned.tenant.name,
                "rows": earned.rows,
                "gross_fen": earned.gross_fen,
                "tech_fee_fen": earned.fee_fen,
                "net_fen": earned.net_fen,
            }
            for earned in found
        ],
        ensure_ascii=False,
    )
