"""``bench NAME [--size N] [--json] [--keep]``: measured figures, in a private house that is removed afterwards."""

import json
import sys

from django.core.management.base import BaseCommand, CommandError

from haowu.management.bench import feed, history, house, intake, levels, night, others, parts
from haowu.management.bench.figures import Figures
from haowu.management.bench.parts import SUBJECTS

BENCHES = {
    "night": (night, 1_000_000),
    "intake": (intake, 50_000),
    "history": (history, 1_000_000),
    "levels": (levels, 1_000_000),
    "feed": (feed, 1_000_000),
    "parts": (parts, 5_000_000),
    "others": (others, 100_000),
}


class Command(BaseCommand):
    help = "Measures a night, the intake, the cost of history, leaders' levels or a stock feed, beside the floor."

    def add_arguments(self, parser):
        parser.add_argument("name", choices=BENCHES, nargs="?", default="night")
        parser.add_argument(
            "--size", type=int, help="lines of the night, events, settled lines or rows behind, or rows of the feed"
        )
        parser.add_argument("--table", choices=SUBJECTS, help="of `parts`: this one alone")
        parser.add_argument("--json", action="store_true")
        parser.add_argument("--keep", action="store_true", help="leave the bench's own house as it is")

    def handle(self, *, name, size, table, json: bool, keep, **options):
        bench, default_size = BENCHES[name]
        size = size or default_size
        if table and bench is not parts:
            raise CommandError("--table belongs to `bench parts`.")
        if not house.is_inside():
            arguments = [name, "--size", str(size), *(["--json"] if json else []), *(["--keep"] if keep else [])]
            arguments += ["--table", table] if table else []
            sys.exit(house.run_inside(arguments, keep=keep))
        figures = Figures(name, house.open_house(), lambda text: self.stderr.write(f"… {text}"))
        bench.measure(figures, size, *([table] if table else []))
        self._tell(figures, as_json=json)

    def _tell(self, figures: Figures, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(figures.told(), ensure_ascii=False))
        else:
            self.stdout.write("\n".join(figures.lines()))
