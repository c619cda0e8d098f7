"""What money and nights show on the admin's home: last night and its checks, a month of nights, money that waits."""

from datetime import timedelta
from typing import Any

from django.db.models import BigIntegerField, Count, IntegerField, QuerySet, Sum, Value
from django.http import HttpRequest
from django.utils.translation import gettext as _

from commissions.admin import run_page
from commissions.models import Correction, RebateBatch, Run, Shard, TopUp, Withdrawal
from haowu.approvals.site import list_address
from haowu.approvals.staff_home import Panel, panels
from haowu.ground import days
from haowu.ledger.models import Posting

NIGHTS = 30
RECENT = timedelta(days=7)


def nights(request: HttpRequest) -> dict[str, Any] | None:
    """The last nights, newest last; asked once for both of their sheets."""
    if not hasattr(request, "nights_of_home"):
        request.nights_of_home = _nights()
    return request.nights_of_home


def _nights() -> dict[str, Any] | None:
    runs = list(Run.objects.order_by("-day")[:NIGHTS])
    if not runs:
        return None
    failing = set(Shard.objects.filter(run__in=runs, status=Shard.Status.FAILED).values_list("run", flat=True))
    states = [{"run": run, "state": _state(run, run.pk in failing)} for run in reversed(runs)]
    last = next((run for run in runs if run.report), None)
    shown: dict[str, Any] = {
        "nights": states,
        "last": last,
        "open": [each for each in states if not each["run"].report],
    }
    if last is not None:
        totals = last.report["totals"]
        shown |= {
            "cost_fen": totals["settlement"]["merchant_cost_fen"],
            "returned_fen": last.report["reasons"]["clawback"]["merchant_cost_fen"],
            "net_fen": sum(each["net_fen"] for phase in totals.values() for each in phase["roles"].values()),
            "proofs": list(run_page.proof_titles(last.report)),
            "took": run_page.took(last),
        }
    return shown


def _state(run: Run, has_failed: bool) -> dict[str, str]:
    return {"tone": "p", "word": _("没关账")} if has_failed and not run.closed_at else run_page.state(run)


def money(request: HttpRequest) -> dict[str, Any] | None:
    """Money that waits for people, by what has to be done, counted in one statement."""
    asked = Withdrawal.objects.filter(status=Withdrawal.Status.REQUESTED)
    wanted = [
        (_("提现，待第二人复核"), Withdrawal, "status__exact=requested", asked, "amount_fen"),
        (_("提现，待打款"), Withdrawal, "status__exact=approved", Withdrawal.objects.approved(), "amount_fen"),
        (_("打款中，等银行结果"), Withdrawal, "status__exact=sent",
         Withdrawal.objects.filter(status=Withdrawal.Status.SENT), "amount_fen"),
        (_("充值，待第二人复核"), TopUp, "status__exact=proposed",
         TopUp.objects.filter(status=Correction.Status.PROPOSED), "amount_fen"),
        (_("冲正与调整，待第二人复核"), Correction, "status__exact=proposed",
         Correction.objects.filter(status=Correction.Status.PROPOSED).exclude(kind=Posting.Kind.TOP_UP), "amount_fen"),
        (_("返点，待第二人复核"), RebateBatch, "status__exact=proposed",
         RebateBatch.objects.filter(status=RebateBatch.Status.PROPOSED), "sum_fen"),
    ]  # fmt: skip
    first, *others = [_summed(place, rows, column) for place, (*_rest, rows, column) in enumerate(wanted)]
    found = {row["place"]: row for row in first.union(*others, all=True)}
    rows = [
        {"label": label, "address": list_address(model, query), "count": row["count"], "fen": int(row["fen"] or 0)}
        for place, (label, model, query, *_rest) in enumerate(wanted)
        if (row := found.get(place)) and row["count"]
    ]
    return {"rows": rows, "total_fen": sum(row["fen"] for row in rows), "most": max([1, *(row["fen"] for row in rows)])}


def _summed(place: int, rows: QuerySet, column: str) -> QuerySet:
    numbered = rows.order_by().annotate(place=Value(place, IntegerField())).values("place")
    return numbered.annotate(count=Count("pk"), fen=Sum(column, output_field=BigIntegerField()))


def failures(request: HttpRequest) -> dict[str, Any] | None:
    """What did not go by itself lately and is in no queue: payments that the bank returned, closings that fail."""
    since = days.now() - RECENT
    returned = Withdrawal.objects.filter(status=Withdrawal.Status.FAILED, touched_at__gte=since).count()
    closings = list(Run.objects.unfinished().filter(failures__gt=0)[:3])
    rows = [
        (_("{day} 关账失败").format(day=run.day), f"{list_address(Run)}{run.pk}/change/", run.failures)
        for run in closings
    ]
    if returned:
        query = f"status__exact=failed&touched_at_from={days.day_of(since)}&touched_at_to={days.day_of(days.now())}"
        rows.append((_("近 7 天打款失败，已退回"), list_address(Withdrawal, query), returned))
    return {"rows": rows}


panels.extend(
    [
        Panel("top", "admin/commissions/parts/home_night.html", nights, "commissions.view_run"),
        Panel("main", "admin/commissions/parts/home_money.html", money, "commissions.view_withdrawal"),
        Panel("side", "admin/commissions/parts/home_nights.html", nights, "commissions.view_run"),
        Panel("side", "admin/commissions/parts/home_failures.html", failures, "commissions.view_run"),
    ]
)
