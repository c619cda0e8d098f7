"""``push_events FILE.jsonl [--json]``: order events, one a line, as if they came through the API."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from commissions.orders.intake import Receipt, receive
from haowu.embedded.ready import make_ready
from haowu.ground import days
from haowu.tenants.models import Tenant

BATCH = 500


class Command(BaseCommand):
    help = "Pushes the order events of FILE.jsonl; prints what became of each that was not accepted."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--source", default="cli", help="code of the partner whose events these are")
        parser.add_argument("--json", action="store_true")

    def handle(self, *, file, source, **options):
        make_ready()
        partner, _new = Tenant.objects.get_or_create(kind=Tenant.Kind.PARTNER, code=source, defaults={"name": source})
        counts: Counter[str] = Counter()
        results = []
        for batch in _batches(_lines(file)):
            good = [(number, event) for number, event, error in batch if error is None]
            receipts = dict(
                zip(
                    [number for number, _event in good],
                    receive(partner, [event for _number, event in good], now=days.now()),
                    strict=True,
                )
            )
            for number, _event, error in batch:
                receipt = receipts.get(number) or Receipt("", "rejected", "LINE_UNREADABLE", error)
                counts[receipt.status] += 1
                results.append({"line": number} | asdict(receipt))
        self._print(counts, results, options["json"])

    def _print(self, counts: Counter[str], results: list[dict], as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps({"counts": dict(counts), "results": results}, ensure_ascii=False))
            return
        for result in results:
            if result["status"] in {"rejected", "parked"}:
                self.stdout.write("第 {line} 行 {event_id} {status} {code}: {message}".format(**result))
        self.stdout.write("  ".join(f"{status}: {count}" for status, count in sorted(counts.items())))


def _lines(file: Path) -> Iterator[tuple[int, object, str | None]]:
    """``(line number, event, error)``; blank lines are passed over."""
    try:
        with file.open(encoding="utf-8", errors="surrogateescape") as lines:
            for number, text in enumerate(lines, start=1):
                if text.strip():
                    yield number, *_event(text)
    except OSError as error:
        raise CommandError(f"{file}: {error.strerror}") from error


def _event(text: str) -> tuple[object, str | None]:
    try:
        text.encode()
        return json.loads(text), None
    except UnicodeEncodeError:
        return None, "不是 UTF-8 编码。请另存为 UTF-8。"
    except ValueError as error:
        return None, f"不是有效的 JSON（{error}）。每行须为一个完整的 JSON 对象。"


def _batches(lines: Iterator) -> Iterator[list]:
    while batch := list(islice(lines, BATCH)):
        yield batch
