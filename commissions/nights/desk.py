"""How a night stands, for an operator: its shards with their leases, tries and errors, and who did what to it."""

from datetime import datetime
from typing import Any

from commissions.models import Run, Shard
from haowu.approvals.models import Trail
from haowu.ground import days

TRAIL = 50


def night_status(run: Run, *, at: datetime) -> dict[str, Any]:
    """``run`` at the moment ``at`` as JSON values; moments are ISO texts of Asia/Shanghai, to the second."""
    shards = list(run.shards.order_by("no"))
    statuses = [shard.status for shard in shards]
    return {
        "day": str(run.day),
        "status": run.status,
        "covers_after": str(run.covers_after) if run.covers_after else None,
        "opened_at": _text(run.opened_at),
        "closed_at": _text(run.closed_at),
        "lines": sum(shard.lines or 0 for shard in shards),
        "shards_by_status": {status: statuses.count(status) for status in Shard.Status.values if status in statuses},
        "closing": {"failures": run.failures, "retry_at": _text(run.retry_at), "error": run.error}
        if run.error
        else None,
        "shards": [_shard(shard, at) for shard in shards],
        "trail": _trail(run, shards),
    }


def _shard(shard: Shard, at: datetime) -> dict[str, Any]:
    lease_until = shard.lease_until if shard.status == Shard.Status.CLAIMED else None
    return {
        "no": shard.no,
        "status": shard.status,
        "worker": shard.worker,
        "lease_until": _text(lease_until) if lease_until else None,
        "is_lease_over": lease_until is not None and lease_until <= at,
        "attempts": shard.attempts,
        "failures": shard.failures,
        "retry_at": _text(shard.retry_at) if shard.status == Shard.Status.WAITING else None,
        "lines": shard.lines,
        "seconds": shard.seconds,
        "error": shard.error,
    }


def acts_on(run: Run, shards: list[Shard]) -> list[Trail]:
    """The last acts on the night and its shards, oldest first."""
    of_night = Trail.objects.about(Run.CASE, run.trail_reference)
    of_shards = Trail.objects.about_any(Shard.CASE, [shard.trail_reference for shard in shards])
    return list(reversed((of_night | of_shards).newest_first().select_related("user")[:TRAIL]))


def _trail(run: Run, shards: list[Shard]) -> list[dict[str, Any]]:
    numbers = {shard.trail_reference: shard.no for shard in shards}
    return [
        {
            "at": _text(row.at),
            "by": row.user.username if row.user else None,
            "act": row.act,
            "shard": numbers.get(row.subject),
            "reason": row.reason,
        }
        for row in acts_on(run, shards)
    ]


def _text(at: datetime | None) -> str | None:
    return at.astimezone(days.SHANGHAI).isoformat(timespec="seconds") if at else None
