"""The page of one night, for people: what it came to, its checks, its shards, what failed, and who acted on it."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from commissions.admin import words
from commissions.models import Run, Shard
from commissions.nights import operating
from commissions.nights.desk import acts_on
from commissions.nights.report import figures
from commissions.party_share import role_labels
from commissions.split import FROM_MERCHANT
from haowu.ground.money import yuan
from haowu.ledger.models import Posting

SHARDS_SHOWN = 60
NEIGHBOURS = 7


def facts(run: Run, may_decide: bool) -> dict[str, Any]:
    """What the template shows of ``run``; nothing of money before its report is there."""
    shards = list(run.shards.order_by("no"))
    stopped = [shard for shard in shards if shard.error and shard.status in (Shard.Status.FAILED, Shard.Status.WAITING)]
    return {
        "run": run,
        "state": state(run, stopped),
        "headline": headline(run, stopped),
        "took": took(run),
        "days_taken": operating.days_settled_by(run),
        "shards": _shards(shards),
        "shards_left_out": max(0, len(shards) - SHARDS_SHOWN),
        "stopped": stopped[:SHARDS_SHOWN],
        "may_decide_shards": may_decide,
        "acts_on_run": [row for row in acts_on(run, shards) if row.user_id],
        **(_money(run, sum(shard.lines or 0 for shard in shards)) if run.report else {"report": None}),
        **_neighbours(run),
    }


def state(run: Run, stopped: list[Shard] | None = None) -> dict[str, str]:
    """``tone`` and ``word`` of a night's seal."""
    failing = run.failures or any(shard.status == Shard.Status.FAILED for shard in stopped or [])
    if run.status == Run.Status.CLOSED:
        return {"tone": "j", "word": _("账平")}
    if run.status == Run.Status.PAUSED or not failing:
        return {"tone": "a", "word": run.get_status_display()}
    return {"tone": "p", "word": _("没关账")}


def headline(run: Run, stopped: list[Shard]) -> str:
    if run.status == Run.Status.CLOSED:
        held = sum(run.report["proofs"].values())
        text = _("结了 {lines} 行，{held} 项核对都过，已关账")
        return text.format(lines=f"{run.report['lines']:,}", held=held)
    failed = [shard for shard in stopped if shard.status == Shard.Status.FAILED]
    if failed:
        return _("{n} 个分片失败，等人处理；没有关账").format(n=len(failed))
    if run.failures:
        return _("关账失败了 {n} 次；没有写下任何东西").format(n=run.failures)
    return _("已暂停，等人恢复") if run.status == Run.Status.PAUSED else _("还在结算")


def took(run: Run) -> str:
    """How long it took, in minutes and seconds."""
    if run.closed_at is None:
        return "–"
    minutes, rest = divmod(max(0, int((run.closed_at - run.opened_at).total_seconds())), 60)
    return _("{m} 分 {s} 秒").format(m=minutes, s=rest) if minutes else _("{s} 秒").format(s=rest)


def _shards(shards: list[Shard]) -> list[dict[str, Any]]:
    """Those with something to say first; ``width`` of a bar compares their lines, 0 to 100."""
    most = max((shard.lines or 0 for shard in shards), default=0) or 1
    by_need = sorted(shards, key=lambda shard: (shard.status == Shard.Status.DONE and not shard.error, shard.no))
    return [{"shard": shard, "width": f"{(shard.lines or 0) * 100 / most:.1f}"} for shard in by_need[:SHARDS_SHOWN]]


def _money(run: Run, lines_of_shards: int) -> dict[str, Any]:
    report, totals = run.report, run.report["totals"]
    settled, adjusted = totals["settlement"], totals["adjustment"]
    return {
        "report": report,
        "base_fen": settled["base_fen"],
        "cost_fen": settled["merchant_cost_fen"],
        "returned_fen": report["reasons"]["clawback"]["merchant_cost_fen"],
        "returned_rows": report["reasons"]["clawback"]["rows"],
        "net_fen": sum(_net(phase) for phase in totals.values()),
        "roles": list(_roles(settled, adjusted)),
        "kinds": _kinds(report["postings_by_kind"]),
        "proofs": list(_proofs(report, lines_of_shards)),
        "held": [(words.HELD.get(code, code), count) for code, count in report["held"].items()],
        "compared": list(_compared(report)),
    }


def _net(phase: dict[str, Any]) -> int:
    return sum(each["net_fen"] for each in phase["roles"].values())


def _roles(settled: dict[str, Any], adjusted: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for role, label in role_labels().items():
        first, later = settled["roles"][role], adjusted["roles"][role]
        booked = first["net_fen"] + later["net_fen"]
        if first["gross_fen"] or later["gross_fen"]:
            yield {"label": label, **first, "later_fen": later["net_fen"], "booked_fen": booked}


def _kinds(by_kind: dict[str, dict[str, int]]) -> list[dict[str, Any]]:
    """Money moved, by kind, the largest first."""
    most = max((each["fen"] for each in by_kind.values()), default=0) or 1
    rows = sorted(by_kind.items(), key=lambda pair: -pair[1]["fen"])
    return [
        {"label": Posting.Kind(kind).label, "width": f"{each['fen'] * 100 / most:.1f}", **each} for kind, each in rows
    ]


def _proofs(report: dict[str, Any], lines_of_shards: int) -> Iterator[dict[str, Any]]:
    """Each check in words with both its sides. A report exists only where all hold."""
    phases = report["totals"].values()
    rows = sum(phase["rows"] for phase in phases)
    paid = sum(
        phase["roles"][role]["net_fen"] + phase["roles"][role]["tech_fee_fen"]
        for phase in phases
        for role in FROM_MERCHANT
    )
    cost = sum(phase["merchant_cost_fen"] for phase in phases)
    settled, stepped = report["totals"]["settlement"]["rows"], report["stepped"]
    sides = {
        "shards_equal_rows": (_("各分片行数之和 = 明细行数"), f"{lines_of_shards:,} + {stepped:,} = {rows:,}"),
        "every_due_line_settled": (_("到期的订单行全部结算"), _("{n} 行").format(n=f"{settled:,}")),
        "clearing_ends_at_zero": (_("清分过渡账户归零"), "¥0.00 = ¥0.00"),
        "merchants_pay_what_others_get": (_("商家支出 = 各方所得"), f"¥{yuan(cost)} = ¥{yuan(paid)}"),
    }
    for name, holds in report["proofs"].items():
        title, figures_ = sides.get(name, (name, ""))
        yield {"title": title, "figures": figures_ if holds else "", "holds": holds}


def proof_titles(report: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    return ((each["title"], each["holds"]) for each in _proofs(report, 0))


def _compared(report: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Beside the night before: rows and money, and how much more or less."""
    before, now = (report.get("before") or {}).get("previous"), figures(report)
    if not before:
        return
    for name, label in (("lines", _("行数")), ("adjustments", _("调整的行")), ("merchant_cost_fen", _("商家支出")),
                        ("tech_fee_fen", _("技术服务费"))):  # fmt: skip
        change = now[name] - before[name]
        sign = "+" if change >= 0 else "−"
        yield label, f"{sign}¥{yuan(abs(change))}" if name.endswith("_fen") else f"{sign}{abs(change):,}"


def _neighbours(run: Run) -> dict[str, Any]:
    later = Run.objects.filter(day__gt=run.day).order_by("day").only("pk", "day").first()
    recent = list(Run.objects.filter(day__lte=run.day).order_by("-day")[: NEIGHBOURS + 1])
    return {
        "previous": recent[1] if len(recent) > 1 else None,
        "next": later,
        "recent": [{"run": each, "state": state(each), "took": took(each)} for each in recent[:NEIGHBOURS]],
    }
