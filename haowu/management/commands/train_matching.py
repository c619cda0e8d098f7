"""``train_matching``: learn anew which goods match which streamers, and serve it when it is whole."""

from django.core.management.base import BaseCommand, CommandError

from haowu.embedded.ready import make_ready
from haowu.ground import days
from haowu.ground.errors import Refused
from haowu.ground.garbage import collected_seldom
from haowu.ground.progress import Progress
from streamers.matching import training
from streamers.models import MatchModel


class Command(BaseCommand):
    help = "Learns the match of streamers and goods anew; what was learned before is served until this is whole."

    def handle(self, **options):
        make_ready()
        try:
            with collected_seldom(), Progress(1, "goods") as progress:
                for step in training.train(at=days.now()):
                    progress.total = step.total
                    progress.advance(step.done - progress.done)
                progress.total = progress.done
        except Refused as error:
            raise CommandError(str(error)) from error
        model = MatchModel.objects.served().get()
        self.stdout.write(
            f"{model}: {model.streamers:,} streamers, {model.events:,} picks and sales, {model.goods:,} goods with"
            f" companions ({model.pairs:,} pairs), {model.categories:,} categories"
        )
