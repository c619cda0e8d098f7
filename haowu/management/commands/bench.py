"""``bench NAME [--size N] [--json] [--keep]``: measured figures, in a private house that is removed afterwards.

``bench matching FILE`` measures a file of ratings and needs no house.
"""

import json
import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from haowu.bench import (
    clicks,
    extras,
    feed,
    history,
    house,
    intake,
    levels,
    market,
    matching,
    night,
    others,
    partitions,
    ratings,
    second_worker,
    selection,
)
from haowu.bench.report import Figures

BENCHES = {
    "night": (night, 1_000_000),
    "workers": (second_worker, 1_000_000),
    "intake": (intake, 50_000),
    "history": (history, 1_000_000),
    "levels": (levels, 1_000_000),
    "feed": (feed, 1_000_000),
    "market": (market, 5_461),
    "partitions": (partitions, 5_000_000),
    "others": (others, 100_000),
    "selection": (selection, 1_000_000),
    "clicks": (clicks, 100_000),
}
EARLIER_NAMES = {"crews": "workers", "parts": "partitions"}


class Command(BaseCommand):
    help = (
        "Measures a night, a second worker, the intake, the cost of history, leaders' levels, a stock feed, "
        "a market file, clicks, what partitions would give, or other packages' books, beside the floor."
    )

    def add_arguments(self, parser):
        parser.add_argument("name", choices=[*BENCHES, *EARLIER_NAMES, "matching"], nargs="?", default="night")
        parser.add_argument("file", type=Path, nargs="?", help="of `matching`: ratings as CSV (user,item,rating,time)")
        parser.add_argument(
            "--size",
            type=int,
            help="lines of the night, events, settled lines or rows behind, rows of the feed, or products",
        )
        parser.add_argument(
            "--with",
            dest="added",
            default="",
            help=f"what a night has besides, separated by commas: {', '.join(extras.EXTRAS)}",
        )
        parser.add_argument("--table", choices=partitions.SUBJECTS, help="of `partitions`: this one alone")
        parser.add_argument("--json", action="store_true")
        parser.add_argument("--keep", action="store_true", help="leave the bench's own house as it is")

    def handle(self, *, name, size, json: bool, keep, **options):
        if name == "matching":
            self._compare_ways(options["file"])
            return
        name = EARLIER_NAMES.get(name, name)
        bench, default_size = BENCHES[name]
        size = size or default_size
        own = _own_options(bench, options)
        if not house.is_inside():
            arguments = [name, "--size", str(size), *(["--json"] if json else []), *(["--keep"] if keep else [])]
            arguments += ["--with", options["added"]] if "added" in own else []
            arguments += ["--table", own["only"]] if "only" in own else []
            sys.exit(house.run_inside(arguments, keep=keep))
        figures = Figures(name, house.open_house(), lambda text: self.stderr.write(f"… {text}"))
        bench.measure(figures, size, **own)
        self._write(figures, as_json=json)

    def _compare_ways(self, file: Path | None) -> None:
        if file is None:
            raise CommandError("which ratings? manage.py bench matching FILE")
        try:
            read = ratings.read(file)
            rows = matching.compare(read.ratings, lambda text: self.stderr.write(f"… {text}"))
        except ValueError as error:
            raise CommandError(str(error)) from error
        for number, why in read.refused[:5]:
            self.stderr.write(f"row {number} refused: {why}")
        self.stdout.write(f"{len(read.ratings):,} ratings, {len(read.refused):,} rows refused\n")
        self.stdout.write("\n".join(matching.table(rows)))

    def _write(self, figures: Figures, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(figures.as_json(), ensure_ascii=False))
        else:
            self.stdout.write("\n".join(figures.lines()))


def _own_options(bench, options: dict) -> dict:
    """The options that ``bench`` alone has; refuses those of another one."""
    added = [each for each in options["added"].split(",") if each]
    if unknown := set(added) - set(extras.EXTRAS):
        raise CommandError(f"--with knows {', '.join(extras.EXTRAS)}, not {', '.join(sorted(unknown))}")
    if added and bench is not night:
        raise CommandError("--with belongs to the night: manage.py bench night --with …")
    if options["table"] and bench is not partitions:
        raise CommandError("--table belongs to the partitions: manage.py bench partitions --table …")
    own = {"added": added, "only": options["table"]}
    return {name: value for name, value in own.items() if value}
