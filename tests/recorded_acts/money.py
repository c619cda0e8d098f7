"""Acts about money: withdrawals and nights."""

from collections.abc import Iterator
from datetime import date, datetime

from django.db import DataError

from commissions.models import Run, Withdrawal
from commissions.nights import closing, failing, night, operating
from commissions.payments import payouts, withdrawals
from haowu.ground import days
from haowu.tenants.models import User
from tests import build
from tests.build import bank_account, streamer
from tests.casework import open_market, sell, staff
from tests.recorded_acts.kept import AT, Kept, Line
from tests.test_payouts import results


def of_withdrawals(it: Kept) -> Iterator[Line]:
    seller, clerk = streamer("s1"), staff("clerk")
    build.policy(min_withdrawal_fen=1, daily_withdrawal_fen=10**9, checked_above_fen=1_000)
    bank_account(seller)
    build.money(seller, 50_000)

    def asked(number: str) -> Withdrawal:
        return withdrawals.request(seller, number, 5_000, None, AT)

    yield "commissions.payments.withdrawals.request", "withdrawal", "applied", lambda: it.keep(first=asked("n1"))
    yield (
        "commissions.payments.withdrawals.approve",
        "withdrawal",
        "approved",
        lambda: withdrawals.approve(it.first, clerk, AT),
    )
    yield "commissions.payments.payouts.make_batch", "payout-batch", "created", lambda: payouts.make_batch(clerk, AT)
    yield (
        "commissions.payments.payouts.read_results",
        "withdrawal",
        "paid",
        lambda: payouts.read_results(results((it.first, 5_000, True, "")), clerk, AT),
    )
    second, third = asked("n2"), asked("n3")
    yield (
        "commissions.payments.withdrawals.refuse",
        "withdrawal",
        "refused",
        lambda: withdrawals.refuse(second, clerk, AT, reason="户名不符"),
    )
    yield (
        "commissions.payments.withdrawals.cancel",
        "withdrawal",
        "cancelled",
        lambda: withdrawals.cancel(third, None, AT),
    )


def of_nights(it: Kept) -> Iterator[Line]:
    sell(open_market(), "o1", "2024-06-01 12:00")
    clerk, now = staff("值班"), days.now()
    yield (
        "commissions.nights.night.open_run",
        "night",
        "opened",
        lambda: it.keep(run=night.open_run(date(2024, 6, 9), now=now)),
    )
    yield (
        "commissions.nights.operating.pause",
        "night",
        "paused",
        lambda: operating.pause(it.run, "维护", by=clerk, at=now),
    )
    yield (
        "commissions.nights.operating.resume",
        "night",
        "resumed",
        lambda: operating.resume(it.run, "维护完", by=clerk, at=now),
    )
    yield from _of_failures(it, clerk, now)
    yield "commissions.nights.closing.close_run", "night", "closed", lambda: closing.close_run(it.run.pk)
    yield (
        "commissions.nights.operating.backfill",
        "night",
        "opened backfilled",
        lambda: operating.backfill(date(2024, 6, 12), "停电", by=clerk, at=now),
    )


def _of_failures(it: Kept, clerk: User, now: datetime) -> Iterator[Line]:
    """What fails in the night of ``it``, and is tried again or skipped."""
    shard = night.claim(it.run)
    shard.failures = failing.TRIES - 1
    yield (
        "commissions.nights.failing.fail",
        "shard",
        "failed",
        lambda: failing.fail(shard, "DataError: out of range", at=now, is_transient=False),
    )
    yield (
        "commissions.nights.operating.retry",
        "shard",
        "retried",
        lambda: operating.retry(it.run, "已修复", by=clerk, at=now),
    )
    it.run.shards.update(status="failed", failures=failing.TRIES)
    yield (
        "commissions.nights.operating.retry_shard",
        "shard",
        "retried",
        lambda: operating.retry_shard(it.run.shards.get(), "已修复", by=clerk, at=now),
    )
    Run.objects.update(failures=failing.TRIES - 1)
    yield (
        "commissions.nights.failing.fail_closing",
        "night",
        "failed",
        lambda: failing.fail_closing(it.run, DataError("does not add up")),
    )
    it.run.shards.update(status="failed", failures=failing.TRIES)
    yield (
        "commissions.nights.operating.skip",
        "shard",
        "skipped",
        lambda: operating.skip(it.run.shards.get(), "查故障", by=clerk, at=now),
    )
