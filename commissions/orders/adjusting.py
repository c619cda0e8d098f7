"""What waits for open nights on sealed lines: for each line and night, the shares that it should have come to by then.

Three things change a sealed line: refunds shrink its base, a resettlement corrects the rate of its tech fee, and a
plan's step moves its commission rate. Each row is the whole target, so that the night books one difference, whatever
came together.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from django.db.models import F

from commissions.models import Adjustment, OrderLine, PostponedLine, ResettledLine, Resettlement, SteppedLine
from commissions.models.order import PARTIES
from commissions.orders.calendar import BookedBase, open_day
from commissions.split import Rates, split
from haowu.ground import days
from haowu.ground.bulk import insert_rows, update_rows

Nights = dict[date, BookedBase]
Corrections = list[tuple[date, dict[str, int]]]
"""``[(first night, {name of a rate: bps})]``, in the order in which they speak; the last of each rate that has begun
holds."""


def replace_adjustments(wanted: Sequence[tuple[OrderLine, BookedBase, Nights]], frontier: date | None) -> None:
    """Replace what waits on each sealed line (with what is booked of it) by its nights and its corrected rates."""
    corrections = corrections_of(line.pk for line, _booked, _nights in wanted)
    rows: list[dict[str, Any]] = []
    for line, booked, nights in wanted:
        for night, target in _with_corrections(nights, booked, corrections[line.pk], frontier).items():
            rates = rates_on(night, line.rates, corrections[line.pk])
            corrected = rates.tech_bps if rates.tech_bps != line.tech_bps else None
            rows.append(
                {"line_id": line.pk, "merchant_id": line.merchant_id, "day": night, "through": target.through}
                | {"tech_bps": corrected, "readers": _readers(line)}
                | asdict(split(target.base_fen, rates))
            )
    first_open = open_day(days.BEGINNING.date(), frontier)
    Adjustment.objects.filter(line__in=[line.pk for line, _booked, _nights in wanted], day__gte=first_open).delete()
    insert_rows(Adjustment, rows)
    adjusted = sorted({row["line_id"] for row in rows})
    update_rows(OrderLine, [{"id": line_id, "updated_at": "now"} for line_id in adjusted], key="id")


def _readers(line: OrderLine) -> list[int]:
    """The tenants that may read the line: its source and everybody who has a role in it."""
    ids = (line.source_id, *(getattr(line, f"{party}_id") for party in PARTIES))
    return [tenant_id for tenant_id in ids if tenant_id]


def last_booked(lines: Iterable[OrderLine], frontier: date | None) -> dict[int, BookedBase]:
    """What the sealed nights have to book of each line: by its last adjustment, else by the line itself."""
    lines = list(lines)
    booked = {line.pk: BookedBase(line.due_base_fen, line.due_through) for line in lines}
    for row in Adjustment.objects.filter(line__in=lines, day__lte=frontier).order_by("line", "day"):
        booked[row.line_id] = BookedBase(row.base_fen, row.through)
    return booked


def corrections_of(lines: Iterable[int]) -> dict[int, Corrections]:
    """What moved each line's rates after they froze, oldest first; empty for most."""
    lines = list(lines)
    found: dict[int, Corrections] = defaultdict(list)
    rows = ResettledLine.objects.filter(line__in=lines, resettlement__status=Resettlement.Status.APPLIED)
    resettled = list(
        rows.order_by("resettlement__checked_at", "pk").values_list(
            "line_id", "resettlement__books_on", "resettlement__tech_bps"
        )
    )
    postponed = _postponed({line_id for line_id, _books_on, _tech_bps in resettled})
    for line_id, books_on, tech_bps in resettled:
        assert books_on is not None, "an applied resettlement books on a day"
        later = [to_day for since, day, to_day in postponed[line_id] if since <= books_on <= day]
        found[line_id].append((max(later, default=books_on), {"tech_bps": tech_bps}))
    for row in SteppedLine.objects.filter(line__in=lines).order_by("line", "day").only("line", "day", "commission_bps"):
        found[row.line_id].append((row.day, {"commission_bps": row.commission_bps}))
    return found


def _postponed(lines: Iterable[int]) -> dict[int, list[tuple[date, date, date]]]:
    """``[(since, day, to_day)]`` of each line that skipped shards left to a later night; empty for nearly all."""
    found: dict[int, list[tuple[date, date, date]]] = defaultdict(list)
    if lines := list(lines):
        rows = PostponedLine.objects.filter(order__lines__in=lines, order__lines__line_no=F("line_no"))
        for line_id, since, day, to_day in rows.values_list("order__lines", "since", "day", "to_day"):
            found[line_id].append((since, day, to_day))
    return found


def rates_on(night: date, frozen: Rates, corrections: Corrections) -> Rates:
    """The rates by which ``night`` settles: as frozen, but for those that something moved by then."""
    for first_night, moved in corrections:
        if first_night <= night:
            frozen = replace(frozen, **moved)
    return frozen


def _with_corrections(nights: Nights, booked: BookedBase, corrections: Corrections, frontier: date | None) -> Nights:
    """``nights``, and each open night in which a correction begins, with the base that holds by then."""
    nights = dict(nights)
    for books_on, _moved in corrections:
        if (frontier is None or books_on > frontier) and books_on not in nights:
            earlier = [night for night in nights if night < books_on]
            nights[books_on] = nights[max(earlier)] if earlier else booked
    return nights
