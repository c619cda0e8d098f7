"""``ratings streamers|buyers FILE``: this house's order lines as a file that ``bench matching`` reads."""

from pathlib import Path

from django.core.management.base import BaseCommand

from haowu.bench import ratings
from haowu.embedded.ready import make_ready


class Command(BaseCommand):
    help = "Writes who sold, or who bought, what and when, as CSV: user,item,rating,time."

    def add_arguments(self, parser):
        parser.add_argument("by", choices=[*ratings.SOLD])
        parser.add_argument("file", type=Path)

    def handle(self, *, by, file, **options):
        make_ready()
        self.stdout.write(f"{ratings.write(file, by):,} rows in {file}")
