"""``selection rebuild``: every row of the selection centre made anew while it is read. ``selection words``: counted."""

from django.core.management.base import BaseCommand

from haowu.embedded.ready import make_ready
from haowu.ground import days
from haowu.ground.garbage import collected_seldom
from haowu.ground.progress import Progress
from merchants.models import Product
from streamers.centre import lexicon, sync


class Command(BaseCommand):
    help = "Makes the selection centre's listing anew from what it is made of, or counts the words that it holds."

    def add_arguments(self, parser):
        parser.add_argument("act", choices=["rebuild", "words"])

    def handle(self, *, act, **options):
        make_ready()
        if act == "rebuild":
            with collected_seldom(), Progress(Product.objects.count(), "products") as progress:
                for count in sync.rebuild(days.now()):
                    progress.advance(count)
        self.stdout.write(f"{lexicon.recount():,} words")
