"""``push_events FILE.jsonl [--json]``: order events, one a line, as if they came through the API."""

from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from commissions.orders.intake import EventAnswer, receive
from haowu.embedded.ready import make_ready
from haowu.ground import days, inputs
from haowu.management import arguments
from haowu.tenants import opening
from haowu.tenants.models import Tenant

BATCH = 500


class Command(BaseCommand):
    help = "Pushes the order events of FILE.jsonl; prints what became of each that was not accepted."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--source", type=arguments.code, default="cli", help="code of the partner whose events these are"
        )
        parser.add_argument("--json", action="store_true")

    def handle(self, *, file, source, **options):
        make_ready()
        partner = opening.opened(Tenant.Kind.PARTNER, source, source, at=days.now())
        counts: Counter[str] = Counter()
        results = []
        for batch in _batches(_lines(file)):
            good = [(number, event) for number, event, error in batch if error is None]
            answers = dict(
                zip(
                    [number for number, _event in good],
                    receive(partner, [event for _number, event in good], now=days.now()),
                    strict=True,
                )
            )
            for number, _event, error in batch:
                answer = answers.get(number) or EventAnswer("", "rejected", "LINE_UNREADABLE", error)
                counts[answer.status] += 1
                results.append({"line": number} | asdict(answer))
        self._print(counts, results, options["json"])

    def _print(self, counts: Counter[str], results: list[dict], as_json: bool) -> None:
        if as_json:
            self.stdout.write(inputs.json_line({"counts": dict(counts), "results": results}))
            return
        for result in results:
            if result["status"] in {"rejected", "parked"}:
                line = "第 {line} 行 {event_id} {status} {code}: {message}".format(**result)
                self.stdout.write(inputs.printable(line))
        self.stdout.write("  ".join(f"{status}: {count}" for status, count in sorted(counts.items())))


def _lines(file: Path) -> Iterator[tuple[int, object, str | None]]:
    """``(line number, event, error)``; blank lines are passed over."""
    try:
        with file.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                if line.removeprefix(BOM_UTF8).strip():
                    yield number, *_event(line)
    except OSError as error:
        raise CommandError(f"{file}: {error.strerror}") from error


def _event(line: bytes) -> tuple[object, str | None]:
    """The value in ``line``, which may begin with a byte order mark; what makes it unreadable otherwise."""
    try:
        return inputs.json_of(line), None
    except inputs.InputInvalid as invalid:
        return None, str(invalid.why)


def _batches(lines: Iterator) -> Iterator[list]:
    while batch := list(islice(lines, BATCH)):
        yield batch
