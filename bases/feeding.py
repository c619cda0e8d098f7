"""Feeds in: received in parts, acknowledged however often they come, applied once whole."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from celery import current_app
from django.db import transaction

from bases import recorded, refusals
from bases.feed_rows import Packed, pack, unpacked
from bases.merging import Merge, MergeResult, WouldEmpty, merge, open_rows
from bases.models import Base, BasePolicy, Feed, Feeder, FeedPart, QuarantinedRow
from haowu.approvals.words import Act
from haowu.ground.states import move_all
from haowu.tenants.models import Tenant, User

AT_ONCE = 20_000
"""A feed of up to so many rows is applied in the request that completes it; a larger one by a worker."""
CLOCKS_MAY_DIFFER = timedelta(minutes=5)
PARTS_LIMIT = 1_000
MAX_SEQUENCE = 2**62


@dataclass(frozen=True)
class Count:
    """What a base says of a feed. ``sequence`` rises with every count; ``counted_at`` is when the base counted."""

    kind: str
    sequence: int
    counted_at: datetime
    part: int = 1
    parts: int = 1


@dataclass(frozen=True)
class FeedAnswer:
    """``is_repeated``: this part was here before and changed nothing. ``missing``: parts still to come."""

    feed: Feed
    is_repeated: bool
    missing: list[int]


@transaction.atomic
def receive(
    base: Tenant, count: Count, packed: Packed, *, at: datetime, is_to_be_confirmed: bool = False
) -> FeedAnswer:
    """Take one part of a feed. Applies it when it is whole and small; a larger one waits for ``apply_waiting``.

    One that ``is_to_be_confirmed`` stays unapplied until somebody has looked at it (``preview``, ``confirm``).

    A part that came before, and a feed older than the newest snapshot, are acknowledged and change nothing.
    SequenceReused: the number was used for something else.
    """
    if not Base.objects.working().filter(base=base).exists():
        raise refusals.BaseNotWorking
    if count.counted_at > at + CLOCKS_MAY_DIFFER:
        raise refusals.CountedInFuture
    if not (1 <= count.part <= count.parts <= PARTS_LIMIT and 1 <= count.sequence <= MAX_SEQUENCE):
        raise refusals.FeedInvalid(why=f"part {count.part}/{count.parts}, sequence {count.sequence}")
    feeder = Feeder.objects.select_for_update().get(base=base)
    feed = Feed.objects.visible_to(base).numbered(count.sequence) or _begin(base, feeder, count, at)
    if (feed.kind, feed.parts, feed.counted_at) != (count.kind, count.parts, count.counted_at):
        raise refusals.SequenceReused(sequence=count.sequence)
    known = {part.number: part.checksum for part in feed.received.defer("packed")}
    if known.get(count.part, packed.checksum) != packed.checksum:
        raise refusals.SequenceReused(sequence=count.sequence)
    if count.part not in known:
        _keep(feed, count, packed)
        known[count.part] = packed.checksum
        is_whole = feed.status == Feed.Status.PARTIAL and len(known) == feed.parts
        if is_whole and not is_to_be_confirmed:
            feed.move("complete")
            _apply_or_wake(feed, at)
        return FeedAnswer(feed, False, missing(feed))
    return FeedAnswer(feed, True, missing(feed))


def apply(feed: Feed, *, at: datetime, is_checked: bool = True) -> Feed:
    """Bring the stock to what a whole feed says. Any number of times, by any number of workers: it happens once.

    A snapshot that would empty too much is held for people, who apply it with ``is_checked=False`` or reject it.
    """
    with transaction.atomic():
        feeder = Feeder.objects.select_for_update().get(base=feed.base_id)
        feed.refresh_from_db()
        if feed.status not in Feed.MOVES["apply"][0] or (feed.status == Feed.Status.HELD and is_checked):
            return feed
        if feed.sequence <= feeder.snapshot_sequence:
            feed.move("supersede", applied_at=at)
            _forget_content(feed)
            return feed
        try:
            with transaction.atomic():
                outcome = _merge(feed, at, is_checked)
        except WouldEmpty:
            feed.move("hold")
            return feed
        _note(feeder, feed, at)
        feed.move(
            "apply",
            applied_at=at,
            changed=outcome.changed,
            emptied=outcome.emptied,
            quarantined=feed.quarantined + outcome.quarantined,
        )
        if not is_checked:
            recorded.feed(Act.CONFIRMED, feed, at)
        _forget_content(feed)
    return feed


@dataclass(frozen=True)
class Preview:
    """What a feed would change were it applied now. ``problems``: the rows that would wait for review, by line."""

    changed: int
    emptied: int
    problems: list[QuarantinedRow]
    empties_too_much: bool = False


def preview(feed: Feed, *, at: datetime) -> Preview:
    """Apply ``feed`` and take it back: the same judgement as the real one, and nothing changes."""
    found: list[Preview] = []
    with suppress(_TakenBack), transaction.atomic():
        Feeder.objects.select_for_update().get(base=feed.base_id)
        try:
            with transaction.atomic():
                outcome = _merge(feed, at, is_checked=True)
        except WouldEmpty:
            outcome = None
        problems = QuarantinedRow.objects.of_feed(feed).open().order_by("line_no", "pk")
        changed, emptied = (outcome.changed, outcome.emptied) if outcome else (0, 0)
        found.append(Preview(changed, emptied, list(problems), empties_too_much=outcome is None))
        raise _TakenBack
    return found[0]


class _TakenBack(Exception):
    """Ends a preview, so that its transaction is undone."""


@transaction.atomic
def confirm(feed: Feed, *, at: datetime) -> Feed:
    """Somebody looked at a feed by hand and lets it in; or at a held snapshot, whose bands are not asked again."""
    if feed.status == Feed.Status.PARTIAL and not missing(feed):
        feed.move("complete")
        _apply_or_wake(feed, at)
        return feed
    return apply(feed, at=at, is_checked=False)


def apply_waiting(*, at: datetime) -> int:
    """Apply whatever is whole and waits, oldest first. For workers."""
    done = 0
    for feed in Feed.objects.waiting():
        apply(feed, at=at)
        done += 1
    return done


@transaction.atomic
def reject(feed: Feed, *, at: datetime) -> None:
    """A held snapshot, or one that never came whole or was not confirmed, is not applied; its rows wait no more."""
    feed.move("reject")
    _forget_content(feed)
    move_all(list(QuarantinedRow.objects.of_feed(feed).open()), "drop", decided_at=at)
    recorded.feed(Act.REJECTED, feed, at)


@transaction.atomic
def accept(row: QuarantinedRow, *, by: User | None, at: datetime) -> None:
    """Somebody looked at a quarantined row and it is right: take it, unless a newer feed has spoken since.

    MerchantUnknown, NotYourGoods: that is not for people to judge, and holds until the merchant or the right is there.
    """
    feeder = Feeder.objects.select_for_update().get(base=row.base_id)
    row.move("accept", decided_by=by, decided_at=at)
    recorded.quarantined_row(Act.PASSED, row, at, by)
    if row.reason == QuarantinedRow.Reason.BELOW_RESERVED or row.feed.sequence < feeder.snapshot_sequence:
        return
    packed = pack([[row.merchant_code, row.product_code, row.sku_code, row.price, row.quantity]])
    if packed.unreadable:
        raise refusals.FeedInvalid(why=row.get_reason_display())
    about = _about(row.feed, at, is_checked=False, is_snapshot=False)
    outcome = merge(about, unpacked([packed.content]))
    if outcome.quarantined and not outcome.changed:
        unknown = not Tenant.objects.coded(Tenant.Kind.MERCHANT, [row.merchant_code])
        raise (refusals.MerchantUnknown if unknown else refusals.NotYourGoods)(merchant=row.merchant_code)


@transaction.atomic
def drop(row: QuarantinedRow, *, by: User | None, at: datetime) -> None:
    row.move("drop", decided_by=by, decided_at=at)
    recorded.quarantined_row(Act.REJECTED, row, at, by)


def missing(feed: Feed) -> list[int]:
    """The parts still to come; none where nobody waits for them any more."""
    if feed.status != Feed.Status.PARTIAL:
        return []
    known = set(feed.received.values_list("number", flat=True))
    return [number for number in range(1, feed.parts + 1) if number not in known]


def _begin(base: Tenant, feeder: Feeder, count: Count, at: datetime) -> Feed:
    is_late = count.sequence <= feeder.snapshot_sequence
    return Feed.objects.create(
        base=base,
        sequence=count.sequence,
        kind=count.kind,
        counted_at=count.counted_at,
        parts=count.parts,
        status=Feed.Status.SUPERSEDED if is_late else Feed.Status.PARTIAL,
        received_at=at,
    )


def _keep(feed: Feed, count: Count, packed: Packed) -> None:
    is_wanted = feed.status == Feed.Status.PARTIAL
    FeedPart.objects.create(
        feed=feed,
        number=count.part,
        checksum=packed.checksum,
        rows=packed.rows,
        packed=packed.content if is_wanted else b"",
    )
    if is_wanted:
        feed.rows += packed.rows
        feed.quarantined += open_rows(feed.base_id, feed.pk, packed.unreadable)
        feed.save(update_fields=["rows", "quarantined"])


def _apply_or_wake(feed: Feed, at: datetime) -> None:
    if feed.rows <= AT_ONCE:
        apply(feed, at=at)
    else:
        # A worker is sent for by name, since tasks stand above acts. Where this is lost, the sweep finds the feed.
        transaction.on_commit(partial(current_app.send_task, "bases.tasks.apply_feed", [feed.pk]), robust=True)


def _merge(feed: Feed, at: datetime, is_checked: bool) -> MergeResult:
    contents = feed.received.order_by("number").values_list("packed", flat=True)
    return merge(_about(feed, at, is_checked, feed.kind == Feed.Kind.SNAPSHOT), unpacked(contents))


def _about(feed: Feed, at: datetime, is_checked: bool, is_snapshot: bool) -> Merge:
    policy = BasePolicy.objects.in_force(at)
    return Merge(
        base_id=feed.base_id,
        feed_id=feed.pk,
        sequence=feed.sequence,
        counted_at=feed.counted_at,
        is_snapshot=is_snapshot,
        price_band_bps=policy.price_band_bps,
        stock_limit=policy.stock_limit,
        empty_band_bps=policy.empty_band_bps,
        at=at,
        is_checked=is_checked,
    )


def _note(feeder: Feeder, feed: Feed, at: datetime) -> None:
    """How far the base's feeds have come; each number only grows."""
    fresh_until = feed.counted_at + timedelta(minutes=BasePolicy.objects.in_force(at).stale_minutes)
    feeder.last_sequence = max(feeder.last_sequence, feed.sequence)
    if feed.kind == Feed.Kind.SNAPSHOT:
        feeder.snapshot_sequence = max(feeder.snapshot_sequence, feed.sequence)
    feeder.counted_at = max(feeder.counted_at or feed.counted_at, feed.counted_at)
    feeder.fresh_until = max(feeder.fresh_until or fresh_until, fresh_until)
    feeder.save()


def _forget_content(feed: Feed) -> None:
    feed.received.update(packed=b"")
