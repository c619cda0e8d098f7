"""``bench NAME [--size N] [--with …] [--json] [--keep]``: measured figures, in a private house, removed afterwards."""

import json
import sys

from django.core.management.base import BaseCommand, CommandError

from haowu.management.bench import extras, feed, history, house, intake, levels, night
from haowu.management.bench.figures import Figures

BENCHES = {
    "night": (night, 1_000_000),
    "intake": (intake, 50_000),
    "history": (history, 1_000_000),
    "levels": (levels, 1_000_000),
    "feed": (feed, 1_000_000),
}


class Command(BaseCommand):
    help = "Measures a night, the intake, the cost of history, leaders' levels or a stock feed, beside the floor."

    def add_arguments(self, parser):
        parser.add_argument("name", choices=BENCHES, nargs="?", default="night")
        parser.add_argument(
            "--size", type=int, help="lines of the night, events, settled lines behind, or rows of the feed"
        )
        parser.add_argument(
            "--with",
            dest="added",
            default="",
            help=f"what a night has besides, separated by commas: {', '.join(extras.EXTRAS)}",
        )
        parser.add_argument("--json", action="store_true")
        parser.add_argument("--keep", action="store_true", help="leave the bench's own house as it is")

    def handle(self, *, name, size, added, json: bool, keep, **options):
        bench, default_size = BENCHES[name]
        size = size or default_size
        more = [each for each in added.split(",") if each]
        if unknown := set(more) - set(extras.EXTRAS):
            raise CommandError(f"--with knows {', '.join(extras.EXTRAS)}, not {', '.join(sorted(unknown))}")
        if more and bench is not night:
            raise CommandError("--with belongs to the night: manage.py bench night --with …")
        if not house.is_inside():
            arguments = [name, "--size", str(size), *(["--json"] if json else []), *(["--keep"] if keep else [])]
            arguments += ["--with", added] if more else []
            sys.exit(house.run_inside(arguments, keep=keep))
        figures = Figures(name, house.open_house(), lambda text: self.stderr.write(f"… {text}"))
        self._measure(bench, figures, size, {"added": more} if more else {}, as_json=json)

    def _measure(self, bench, figures: Figures, size: int, more: dict, *, as_json: bool) -> None:
        bench.measure(figures, size, **more)
        if as_json:
            self.stdout.write(json.dumps(figures.told(), ensure_ascii=False))
        else:
            self.stdout.write("\n".join(figures.lines()))
