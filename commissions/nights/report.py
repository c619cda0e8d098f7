"""The report of a night: what its rows come to, and the proofs without which it does not close."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Count, Sum

from commissions.models import OrderLine, Run
from commissions.nights.sql import PARTIES, due_lines
from commissions.split import COLUMNS, FROM_MERCHANT, ROLES
from haowu.ground.errors import Refused
from haowu.ledger.models import Account, Posting

REASONS = ("settlement", "stepped", "clawback", "given_back", "fee_corrected")
_NONE = {"gross_fen": 0, "tech_fee_fen": 0, "net_fen": 0}


class ProofFailed(Refused):
    """A closing proof does not hold: nothing was closed, and the run waits for a person."""

    code = "PROOF_FAILED"
    text = "{proof}"


def make_report(run: Run, *, postings: int, stepped: int) -> dict[str, Any]:
    """What the night did, from its rows; raises ProofFailed where they do not add up."""
    reasons, seal = _reasons(run.day)
    settled = reasons["settlement"]
    phases = {"settlement": settled, "adjustment": _added_up(each for each in reasons.values() if each is not settled)}
    held = OrderLine.objects.exclude(held_reason="").values("held_reason").order_by("held_reason")
    report = {
        "day": str(run.day),
        "covers_after": str(run.covers_after) if run.covers_after else None,
        "lines": phases["settlement"]["rows"],
        "adjustments": phases["adjustment"]["rows"],
        "stepped": stepped,
        "totals": phases,
        "reasons": reasons,
        "postings_by_kind": _postings_by_kind(run),
        "held": {each["held_reason"]: each["n"] for each in held.annotate(n=Count("pk"))},
        "postings": postings,
        "shards": run.shards.count(),
        "rows_checksum": seal,
    }
    report["before"] = _before(run.day)
    report["proofs"] = _prove(run, phases, stepped)
    return report


def figures(report: dict[str, Any]) -> dict[str, int]:
    """The headline figures of a report, settlement and adjustments together, by which nights are compared."""
    phases = report["totals"].values()
    nets = {f"{role}_net_fen": sum(phase["roles"].get(role, _NONE)["net_fen"] for phase in phases) for role in ROLES}
    return {
        "lines": report["lines"],
        "adjustments": report["adjustments"],
        "merchant_cost_fen": sum(phase["merchant_cost_fen"] for phase in phases),
        **nets,
        "tech_fee_fen": sum(amounts["tech_fee_fen"] for phase in phases for amounts in phase["roles"].values()),
    }


def _before(day: date) -> dict[str, Any]:
    """The night before this one, and the mean of up to seven before it (whole fen, half up); None for the first."""
    earlier = [figures(run.report) for run in Run.objects.closed().filter(day__lt=day).order_by("-day")[:7]]
    if not earlier:
        return {"previous": None, "mean": None, "nights": 0}
    mean = {name: (2 * sum(each[name] for each in earlier) + len(earlier)) // (2 * len(earlier)) for name in earlier[0]}
    return {"previous": earlier[0], "mean": mean, "nights": len(earlier)}


_METHOD = "values:"
_SEAL = f"sum(hash_record_extended(ROW({', '.join(('line_id', 'phase', 'day', *PARTIES, 'cost_fen', *COLUMNS))}), 0))"
"""Over the rows' values, whatever their order and their ids."""
_SUMMED = ("base_fen", "cost_fen", *(f"{role}{amounts}" for role in ROLES for amounts in ("_fen", "_fee_fen")))
_SUMS = f"{_SEAL}, count(*), {', '.join(f'sum({name})::bigint' for name in _SUMMED)}"
_REASONS = f"""
SELECT 'settlement', {_SUMS} FROM commissions_settlement WHERE day = %(day)s AND phase = 0 HAVING count(*) > 0
UNION ALL
SELECT CASE WHEN is_step THEN 'stepped' WHEN cost_fen < 0 THEN 'clawback'
            WHEN cost_fen > 0 THEN 'given_back' ELSE 'fee_corrected' END AS reason, {_SUMS}
FROM (
    SELECT *, EXISTS (
            SELECT 1 FROM commissions_steppedline
            WHERE line_id = row.line_id AND merchant_id = row.merchant_id AND day = row.day
        ) AND phase = (
            SELECT max(phase) FROM commissions_settlement WHERE line_id = row.line_id AND merchant_id = row.merchant_id
        ) AS is_step
    FROM commissions_settlement AS row WHERE day = %(day)s AND phase > 0
) AS rows GROUP BY reason
"""
"""First phases apart, so that they are added up as they lie; rows grouped by a reason would be sorted, on disk."""


def _reasons(day: date) -> tuple[dict[str, Any], str]:
    """Totals by role for each of ``REASONS``: settled, moved by a step, clawed back, given back, a fee corrected.

    And the seal of the rows, added up beside them.
    """
    with connection.cursor() as cursor:
        cursor.execute(_REASONS, {"day": day})
        rows = cursor.fetchall()
    found = {reason: _named(count, amounts) for reason, _seal, count, *amounts in rows}
    totals = {reason: found.get(reason) or _named(0, [0] * len(_SUMMED)) for reason in REASONS}
    return totals, _seal_text(sum(seal for _reason, seal, *_amounts in rows))


def _named(rows: int, amounts: list[int]) -> dict[str, Any]:
    base, cost, *by_role = amounts
    roles = {
        role: {"gross_fen": gross, "tech_fee_fen": fee, "net_fen": gross - fee}
        for role, gross, fee in zip(ROLES, by_role[::2], by_role[1::2], strict=True)
    }
    return {"rows": rows, "base_fen": base, "merchant_cost_fen": cost, "roles": roles}


def _added_up(totals: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Several totals as one."""
    totals = list(totals)
    summed: dict[str, Any] = {
        name: sum(each[name] for each in totals) for name in ("rows", "base_fen", "merchant_cost_fen")
    }
    return summed | {
        "roles": {role: {name: sum(each["roles"][role][name] for each in totals) for name in _NONE} for role in ROLES}
    }


def _postings_by_kind(run: Run) -> dict[str, dict[str, int]]:
    """``{kind: {count, fen}}`` of everything that the statements of the night hold, also what was posted by day."""
    moved = Posting.objects.filter(day__lte=run.day)
    if run.covers_after:
        moved = moved.filter(day__gt=run.covers_after)
    sums = moved.order_by("kind").values_list("kind").annotate(count=Count("pk"), fen=Sum("amount_fen"))
    return {kind: {"count": count, "fen": int(fen)} for kind, count, fen in sums}


def _prove(run: Run, phases: dict[str, Any], stepped: int) -> dict[str, bool]:
    """The proofs of a night, by name; all True, or ProofFailed."""
    rows = sum(phase["rows"] for phase in phases.values())
    shards = sum(lines or 0 for lines in run.shards.values_list("lines", flat=True))
    paid = sum(
        phase["roles"][role]["net_fen"] + phase["roles"][role]["tech_fee_fen"]
        for phase in phases.values()
        for role in FROM_MERCHANT
    )
    cost = sum(phase["merchant_cost_fen"] for phase in phases.values())
    clearing = Account.objects.get(kind=Account.Kind.CLEARING, code=str(run.day)).balance_fen
    due = due_lines(run)
    proofs = {
        "shards_equal_rows": shards + stepped == rows,
        "every_due_line_settled": due == phases["settlement"]["rows"],
        "merchants_pay_what_others_get": paid == cost,
        "clearing_ends_at_zero": clearing == 0,
    }
    for name, holds in proofs.items():
        if not holds:
            raise ProofFailed(proof=f"{run.day}: {name}")
    return proofs


def rows_are_as_sealed(day: date, seal: str) -> bool:
    """Whether the rows of ``day`` still give ``seal``. Seals of before the partitions were over the rows' text."""
    return seal == (_reasons(day)[1] if seal.startswith(_METHOD) else _checksum_of_texts(day))


def _seal_text(seal: Any) -> str:
    return f"{_METHOD}{seal:f}"


def _checksum_of_texts(day: date) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(hashtextextended(row::text, 0)::numeric), 0)"
            " FROM commissions_settlement AS row WHERE day = %s",
            [day],
        )
        return f"{cursor.fetchone()[0]:f}"
