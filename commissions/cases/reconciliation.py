"""What an upstream file says against what the books say, line by line; and what two people do about a difference.

Read once, compared in one statement. Each difference is an item with a fingerprint of both sides' figures: the same
disagreement in another file is the same item, open or resolved. A later file that speaks of a line again clears what
it no longer disagrees with.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from pathlib import Path

from django.db.models import Max, Min
from django.utils.translation import gettext_lazy as _

from commissions.cases import corrections, upstream
from commissions.cases.casework import act, locked, note
from commissions.cases.reconciliation_sql import compare
from commissions.models import Correction, OrderLine, ReconciliationItem, UpstreamFile, UpstreamRow
from haowu.approvals.rules import require_reason, require_staff, second_person
from haowu.approvals.trail import Entry, facts, record, record_many
from haowu.approvals.words import Act, Subject
from haowu.ground import days, inputs
from haowu.ground.bulk import insert_rows
from haowu.ground.errors import Refused
from haowu.ground.money import yuan
from haowu.ledger.books import open_accounts
from haowu.ledger.models import Account, Posting
from haowu.tenants.models import Tenant, User

BATCH = 5_000
AGES = ((3, "0-3"), (7, "4-7"), (30, "8-30"))
"""Days open, at most, and how reports name them; older ones are ``31+``."""


class AdjustmentInvalid(Refused):
    code = "ADJUSTMENT_INVALID"
    text = _("调整金额不能超过差额 ¥{difference}，方向须与差额一致。")


class PartyMissing(Refused):
    code = "PARTY_MISSING"
    text = _("平台没有这条订单行，请指明调整入账的当事方。")


@dataclass(frozen=True)
class Reading:
    """What became of a file. ``found`` counts its rows' outcomes; ``bad`` rows were not compared."""

    file: UpstreamFile
    is_new: bool
    found: dict[str, int]
    bad: list[upstream.BadRow] = field(default_factory=list)


@act
def read(file: Path, *, source: Tenant | None = None, at: datetime) -> Reading:
    """Compare ``file`` with the lines of ``source``, or of all sources. The same content again changes nothing."""
    known, is_new = UpstreamFile.objects.get_or_create(
        digest=upstream.digest_of(file),
        source=source,
        defaults={"name": inputs.printable(file.name)[:200], "read_at": at},
    )
    bad: list[upstream.BadRow] = []
    rows = 0
    for batch in _batches(upstream.rows_of(file)):
        bad += [row for row in batch if isinstance(row, upstream.BadRow)]
        good = [{"file_id": known.pk} | row for row in batch if isinstance(row, dict)]
        rows += len(good)
        if is_new:
            insert_rows(UpstreamRow, good)
    if is_new:
        known.rows = rows
        span = known.entries.aggregate(first=Min("settled_on"), last=Max("settled_on"))
        known.first_on, known.last_on = span["first"], span["last"]
        found, cleared = compare(known, found_on=days.day_of(at))
        for kind, count in found.items():
            setattr(known, kind, count)
        known.save()
        terms = facts(known, "name", "digest", "rows", "first_on", "last_on")
        record(Act.RECORDED, Subject.UPSTREAM_FILE, known.pk, at=at, tenant=source, after=terms)
        _note_all(cleared, Act.CLEARED, str(_("后续文件不再有此差异")), at=at)
    return Reading(known, is_new, _outcome(known), bad)


def ages(today: date) -> dict[str, int]:
    """``{days open: items}`` of everything that is not resolved."""
    waiting = ReconciliationItem.objects.filter(status__in=["open", "proposed"]).values_list("found_on", flat=True)
    counted = Counter(_age((today - found_on).days) for found_on in waiting)
    return {name: counted[name] for name in (*(name for _days, name in AGES), "31+") if counted[name]}


@act
def propose(
    item: ReconciliationItem, reason: str, *, by: User, at: datetime, amount_fen: int = 0, party: Tenant | None = None
) -> None:
    """Propose how ``item`` is resolved: with ``amount_fen`` to ``party`` (negative: from it), or with words alone.

    The party is by default the line's streamer. Never more than the difference, nor against it.
    """
    require_staff(by)
    require_reason(reason)
    current = locked(item)
    correction = _adjustment(current, reason, amount_fen, party, by, at) if amount_fen else None
    current.move("propose", reason=reason, proposed_by=by, correction=correction)
    note(current, Act.PROPOSED, by=by, at=at, reason=reason)


@act
def resolve(item: ReconciliationItem, *, by: User, at: datetime) -> None:
    """A second person agrees: the adjustment is posted against the platform's correction account."""
    current = locked(item)
    second_person(current.proposed_by_id, by)
    current.move("resolve", resolved_by=by, closed_on=days.day_of(at))
    if current.correction is not None:
        corrections.approve(current.correction, by=by, at=at)
    note(current, Act.APPROVED, by=by, at=at, reason=current.reason)


@act
def send_back(item: ReconciliationItem, reason: str, *, by: User, at: datetime) -> None:
    """A second person does not agree: the item is open again, nothing is posted."""
    require_reason(reason)
    current = locked(item)
    second_person(current.proposed_by_id, by)
    refused = current.correction
    current.move("return", correction=None, proposed_by=None, reason="")
    if refused is not None:
        corrections.refuse(refused, reason, by=by, at=at)
    note(current, Act.REJECTED, by=by, at=at, reason=reason)


def _adjustment(
    item: ReconciliationItem, reason: str, amount_fen: int, party: Tenant | None, by: User, at: datetime
) -> Correction:
    difference = 0 if item.kind == ReconciliationItem.Kind.DUPLICATE else item.difference_fen
    if amount_fen * difference <= 0 or abs(amount_fen) > abs(difference):
        raise AdjustmentInvalid(difference=yuan(difference))
    line = OrderLine.objects.filter(pk=item.line_id).first() if item.line_id else None
    owner = party.pk if party else line.streamer_id if line else None
    if owner is None:
        raise PartyMissing
    bucket = (owner, Account.Kind.AVAILABLE)
    ends = [corrections.correction_account(), open_accounts([bucket])[bucket]]
    source, target = ends if amount_fen > 0 else reversed(ends)
    return corrections.propose(
        kind=Posting.Kind.CORRECTION,
        reference=f"{item.CASE}:{item.pk}",
        source=source,
        target=target,
        amount_fen=abs(amount_fen),
        cause=reason,
        by=by,
        at=at,
    )


def _outcome(file: UpstreamFile) -> dict[str, int]:
    """``{kind: lines}`` of what the file was found to say when it was read."""
    return {kind: getattr(file, kind) for kind in ("matched", *ReconciliationItem.Kind.values)}


def _note_all(items: list[int], act: str, reason: str, *, at: datetime) -> None:
    record_many(act, [Entry(ReconciliationItem.CASE, pk) for pk in items], at=at, reason=reason)


def _age(open_for: int) -> str:
    return next((name for most, name in AGES if open_for <= most), "31+")


def _batches(rows: Iterator) -> Iterator[list]:
    while batch := list(islice(rows, BATCH)):
        yield batch
