"""``load_market FILE.json [--json]``: build a market through the same acts as the pages."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from haowu.embedded.ready import make_ready
from haowu.ground import inputs
from haowu.ground.errors import Refused
from haowu.market import files as market_file
from haowu.market import loading as market
from haowu.market.answer import Market


class Command(BaseCommand):
    help = "Builds the market in FILE.json; prints each refusal with its place, code and remedy."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--json", action="store_true")

    def handle(self, *, file, **options):
        make_ready()
        try:
            loaded = market.load(market_file.read(file))
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        self._print(loaded, options["json"])

    def _print(self, loaded: Market, as_json: bool) -> None:
        if as_json:
            self.stdout.write(inputs.json_line(loaded.as_json()))
            return
        for kind, count in loaded.as_json()["loaded"].items():
            self.stdout.write(f"{kind}: {count}")
        for refusal in loaded.refusals:
            self.stdout.write(f"✗ {refusal.entry} {refusal.code}: {refusal.message}")
