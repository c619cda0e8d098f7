"""``report YYYY-MM-DD [--format html|json|csv]``: the report of a closed night, as it was kept."""

from django.core.management.base import BaseCommand, CommandError

from commissions.models import Run
from commissions.nights import report_files
from haowu.embedded.ready import make_ready
from haowu.management import arguments

FORMATS = {"html": report_files.as_html, "json": report_files.as_json, "csv": report_files.as_csv}


class Command(BaseCommand):
    help = "Writes the report of a closed night to standard output."

    def add_arguments(self, parser):
        parser.add_argument("day", type=arguments.day)
        parser.add_argument("--format", choices=FORMATS, default="html")

    def handle(self, *, day, **options):
        make_ready()
        run = Run.objects.closed().filter(day=day).first()
        if run is None:
            raise CommandError(f"{day} 没有已关账的结算批次。请先运行 settle --day {day}。")
        self.stdout.write(FORMATS[options["format"]](run))
