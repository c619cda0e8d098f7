"""A range of nights settled again with the right policy version, previewed by one person and applied by another.

Only the platform's tech fee follows the policy; base, commission and service fees are the offer's and stay. The
frozen rates of a line stay too: the correction speaks beside them, from the night that books it, also for refunds that
come later. Lines whose policy lets the platform keep its fee are left out: their clawbacks return nets, not fees.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from itertools import islice

from django.utils.translation import gettext_lazy as _

from commissions.cases.casework import act, locked, note
from commissions.models import (
    Adjustment,
    Order,
    OrderLine,
    Policy,
    ResettledLine,
    Resettlement,
    ResettlementTotal,
    Run,
    Settlement,
)
from commissions.orders.adjusting import corrections_of, last_booked, rates_on, replace_adjustments
from commissions.orders.calendar import BookedBase, hold_frontier, open_day
from commissions.split import ROLES, split
from haowu.approvals.rules import require_reason, require_staff, second_person
from haowu.approvals.trail import facts
from haowu.approvals.words import Act
from haowu.ground.bulk import insert_rows
from haowu.ground.errors import Refused
from haowu.tenants.models import User

BATCH = 5_000


class RangeNotSettled(Refused):
    code = "RANGE_NOT_SETTLED"
    text = _("{first} 至 {last} 还没有全部结算关账。请选择已关账的日期。")


class NothingToResettle(Refused):
    code = "NOTHING_TO_RESETTLE"
    text = _("这些日期的订单行都已按该政策版本结算，没有要改的。")


class PreviewStale(Refused):
    code = "PREVIEW_STALE"
    text = _("预览之后又有新的结算，金额已变化。没有任何改动；请作废后重新预览。")
    status = 409


@dataclass
class Total:
    """What changes for one party in one role."""

    lines: int = 0
    gross_change_fen: int = 0
    fee_change_fen: int = 0


Totals = dict[tuple[int, str], Total]


@act
def preview(first_day: date, last_day: date, policy: Policy, *, reason: str, by: User, at: datetime) -> Resettlement:
    """What the lines that settled from ``first_day`` to ``last_day`` would come to by ``policy``: rows, and totals.

    Books nothing. ``totals`` of the answer are by party and role, ``lines`` are the lines affected.
    """
    require_staff(by)
    require_reason(reason)
    frontier = hold_frontier()
    if first_day > last_day or frontier is None or last_day > frontier or _is_open(last_day):
        raise RangeNotSettled(first=first_day, last=last_day)
    made = Resettlement.objects.create(
        first_day=first_day,
        last_day=last_day,
        policy=policy,
        tech_bps=policy.tech_bps,
        reason=reason,
        made_by=by,
        made_at=at,
    )
    totals: Totals = defaultdict(Total)
    affected = 0
    for lines in _batches(_settled_lines(first_day, last_day)):
        wrong = _changed(lines, policy.tech_bps, frontier, totals)
        rows = [{"resettlement_id": made.pk, "line_id": line.pk, "merchant_id": line.merchant_id} for line in wrong]
        insert_rows(ResettledLine, rows)
        affected += len(wrong)
    if not affected:
        raise NothingToResettle
    insert_rows(ResettlementTotal, _rows(made, totals))
    wanted = facts(made, "status", "first_day", "last_day", "tech_bps")
    note(made, Act.PROPOSED, by=by, at=at, reason=reason, after=wanted)
    return made


@act
def apply(preview_id: int, by: User, *, at: datetime) -> Resettlement:
    """A second person agrees: the next open night books the differences. Refuses a preview that no longer holds."""
    frontier = hold_frontier()
    made = locked(Resettlement(pk=preview_id))
    second_person(made.made_by_id, by)
    orders = Order.objects.filter(lines__resettled__resettlement=made)
    list(orders.select_for_update(no_key=True, of=("self",)).order_by("pk").values_list("pk"))
    _refuse_stale(made, frontier)
    made.move("apply", checked_by=by, checked_at=at, books_on=open_day(date.min, frontier))
    for lines in _batches(_lines_of(made)):
        _book_on_next_night(lines, frontier)
    note(made, Act.APPROVED, by=by, at=at, reason=made.reason)
    return made


@act
def discard(preview_id: int, reason: str, by: User, *, at: datetime) -> None:
    """It is not applied, now or later."""
    require_staff(by)
    require_reason(reason)
    made = locked(Resettlement(pk=preview_id))
    made.move("discard")
    note(made, Act.REJECTED, by=by, at=at, reason=reason)


def _is_open(day: date) -> bool:
    return Run.objects.unfinished().filter(day__lte=day).exists()


def _settled_lines(first_day: date, last_day: date) -> Iterator[int]:
    """The lines with an offer that settled on those days, where fees are returned with clawbacks."""
    returning = Policy.objects.filter(return_tech_fee=True).values("pk")
    settled = Settlement.objects.filter(phase=0, day__range=(first_day, last_day), line__policy_id__in=returning)
    return settled.exclude(line__offer_kind="").order_by("line").values_list("line", flat=True).iterator()


def _lines_of(made: Resettlement) -> Iterator[int]:
    return made.lines.order_by("line").values_list("line", flat=True).iterator()


def _batches(lines: Iterator[int]) -> Iterator[list[int]]:
    while batch := list(islice(lines, BATCH)):
        yield batch


def _changed(wanted: list[int], tech_bps: int, frontier: date | None, totals: Totals) -> list[OrderLine]:
    """Those of ``wanted`` that stand at another rate than ``tech_bps``; what that changes is added to ``totals``."""
    lines = list(OrderLine.objects.filter(pk__in=wanted).order_by("pk"))
    booked, corrections = last_booked(lines, frontier), corrections_of(wanted)
    changed = []
    for line in lines:
        now = rates_on(date.max, line.rates, corrections[line.pk])
        if now.tech_bps == tech_bps:
            continue
        changed.append(line)
        base_fen = booked[line.pk].base_fen
        change = split(base_fen, replace(now, tech_bps=tech_bps)) - split(base_fen, now)
        for role in ROLES:
            gross, fee, party = (getattr(change, f"{role}_fen"), getattr(change, f"{role}_fee_fen"), f"{role}_id")
            if gross or fee:
                total = totals[getattr(line, party), role]
                total.lines += 1
                total.gross_change_fen += gross
                total.fee_change_fen += fee
    return changed


def _refuse_stale(made: Resettlement, frontier: date | None) -> None:
    """What was previewed is what is applied: the same lines and the same totals, or nothing."""
    totals: Totals = defaultdict(Total)
    for lines in _batches(_lines_of(made)):
        if len(_changed(lines, made.tech_bps, frontier, totals)) != len(lines):
            raise PreviewStale
    names = ("party_id", "role", "lines", "gross_change_fen", "fee_change_fen")
    previewed = made.totals.order_by("party", "role").values_list(*names)
    if [tuple(row[name] for name in names) for row in _rows(made, totals)] != list(previewed):
        raise PreviewStale


def _rows(made: Resettlement, totals: Totals) -> list[dict]:
    return [
        {"resettlement_id": made.pk, "party_id": party, "role": role} | asdict(total)
        for (party, role), total in sorted(totals.items())
    ]


def _book_on_next_night(wanted: list[int], frontier: date | None) -> None:
    """Let the lines' adjustments, those that wait and one for the next night, follow the corrected rate."""
    lines = list(OrderLine.objects.filter(pk__in=wanted).order_by("pk"))
    booked = last_booked(lines, frontier)
    waiting: dict[int, dict[date, BookedBase]] = defaultdict(dict)
    for row in Adjustment.objects.filter(line__in=wanted, day__gt=frontier):
        waiting[row.line_id][row.day] = BookedBase(row.base_fen, row.through)
    replace_adjustments([(line, booked[line.pk], waiting[line.pk]) for line in lines], frontier)
