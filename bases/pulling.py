"""Pull feeds: the platform reads a base's own address on schedule.

What is read is a CSV snapshot whose first line tells its number and time, or the JSON of a ``POST`` to the API::

    # sequence=42 counted_at=2024-06-01T08:30:00+08:00
    merchant,product,sku,price_fen,quantity
"""

import io
import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from bases import feed_rows, feeding, recorded, refusals
from bases.models import Base, Feed, PullSource
from haowu.approvals.words import Act
from haowu.ground import inputs
from haowu.ground.errors import Refused
from haowu.partners import outbound
from haowu.tenants.models import Tenant

LEAST_MINUTES = 5
MOST_MINUTES = 24 * 60
JSON_LIMIT = 20 * 2**20
"""A CSV may be as large as is read at all; JSON takes ten times its size to open."""
MOST_BACKOFF = timedelta(hours=6)
_FIRST_LINE = re.compile(rb"#\s*sequence=(\d{1,18})\s+counted_at=(\S{1,40})\s*\Z")


@transaction.atomic
def register(base: Tenant, url: str, every_minutes: int, *, at: datetime) -> PullSource:
    """Read ``url`` from now on, or instead of the address so far. PullAddressRefused where its shape will not do;
    where it leads is judged whenever it is read."""
    if not Base.objects.working().filter(base=base).exists():
        raise refusals.BaseNotWorking
    if not LEAST_MINUTES <= every_minutes <= MOST_MINUTES:
        raise refusals.PullAddressRefused(why=_("间隔须为 {least} 到 {most} 分钟。").format(
            least=LEAST_MINUTES, most=MOST_MINUTES))  # fmt: skip
    try:
        outbound.check_url(url)
    except outbound.OutboundRefused as refused:
        raise refusals.PullAddressRefused(why=refused.message) from refused
    fresh = {"url": url, "every_minutes": every_minutes, "next_at": at, "outcome": "", "explanation": "", "failures": 0}
    source, _new = PullSource.objects.update_or_create(base=base, defaults=fresh)
    recorded.pull_source(Act.RECORDED, source, at)
    return source


@transaction.atomic
def forget(base: Tenant, *, at: datetime) -> None:
    for source in PullSource.objects.visible_to(base):
        recorded.pull_source(Act.DELETED, source, at)
        source.delete()


def claim_due(*, at: datetime, most: int = 20) -> list[int]:
    """The addresses that are due, each put off to its next time at once, so that no two workers read it."""
    with transaction.atomic():
        due = list(PullSource.objects.due(at).select_for_update(skip_locked=True, of=("self",))[:most])
        for source in due:
            source.next_at = at + timedelta(minutes=source.every_minutes)
            source.save(update_fields=["next_at"])
    return [source.pk for source in due]


def pull(source: PullSource, *, at: datetime, **reading: Any) -> PullSource:
    """Read the address and take what it says; what came of it stands on the row. Failures are tried ever more rarely.

    ``reading`` goes to ``outbound.read``.
    """
    try:
        body = outbound.read(source.url, **reading)
        count, rows = parse(body)
        receipt = feeding.receive(source.base, count, feed_rows.pack(rows), at=at)
    except Refused as refused:
        outcome = getattr(refused, "reason", refused.code)
        return _note(source, outcome, refused.message, source.failures + 1, at)
    return _note(source, "REPEATED" if receipt.is_repeated else receipt.feed.status.upper(), "", 0, at)


def parse(body: bytes) -> tuple[feeding.Count, Iterator[list[str]]]:
    """What a pulled body says of itself, and its rows. FeedInvalid where it is neither of the two forms."""
    body = body.removeprefix(BOM_UTF8)
    if body.lstrip()[:1] == b"{":
        if len(body) > JSON_LIMIT:
            raise refusals.FeedInvalid(why=_("JSON 超过 {limit} MB，请改用 CSV。").format(limit=JSON_LIMIT // 2**20))
        return _from_json(body)
    first, _newline, rest = body.partition(b"\n")
    found = _FIRST_LINE.match(first)
    if not found:
        raise refusals.FeedInvalid(why=_("第一行须为 # sequence=序号 counted_at=盘点时间。"))
    count = _count(int(found[1]), found[2].decode("ascii", "replace"))
    return count, feed_rows.from_csv(io.BytesIO(rest))


def _from_json(body: bytes) -> tuple[feeding.Count, Iterator[list[str]]]:
    try:
        document = inputs.json_of_entries(body)
        sequence, rows, at = document["sequence"], document["rows"], document.get("counted_at")
    except (inputs.InputInvalid, TypeError, KeyError) as error:
        raise refusals.FeedInvalid(why=_("JSON 须有 sequence、counted_at 和 rows。")) from error
    if not isinstance(rows, list):
        raise refusals.FeedInvalid(why=_("rows 须为数组。"))
    return _count(sequence, at), feed_rows.from_json(rows)


def _count(sequence: Any, counted_at: Any) -> feeding.Count:
    try:
        number = inputs.whole(sequence, low=1, high=feeding.MAX_SEQUENCE)
    except inputs.InputInvalid as error:
        raise refusals.FeedInvalid(why=f"sequence：{error.why}") from error
    try:
        return feeding.Count(Feed.Kind.SNAPSHOT, number, inputs.moment(counted_at))
    except inputs.InputInvalid as error:
        raise refusals.FeedInvalid(why=f"counted_at：{error.why}") from error


def _note(source: PullSource, outcome: str, explanation: str, failures: int, at: datetime) -> PullSource:
    source.pulled_at, source.failures = at, failures
    source.outcome, source.explanation = outcome[:32], explanation[:300]
    wait = timedelta(minutes=source.every_minutes)
    source.next_at = at + max(wait, min(MOST_BACKOFF, wait * 2 ** min(failures, 10)) if failures else wait)
    source.save(update_fields=["pulled_at", "outcome", "explanation", "failures", "next_at"])
    return source
