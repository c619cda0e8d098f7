"""An operator's hand on a night: pause, resume, retry, skip, backfill. What is skipped is settled later, once."""

import pytest
from django.db import DataError, OperationalError

from commissions.models import OrderLine, Run, Settlement, Shard
from commissions.nights import failing, night, operating, sql
from haowu.approvals.models import Trail
from haowu.audit.invariants import run_audit
from haowu.ground import days
from haowu.ledger.models import Posting
from tests.build import (
    bought,
    event,
    merchant,
    moment,
    normal_plan,
    paid,
    pick,
    product,
    push,
    settle,
    source,
    streamer,
)
from tests.build import staff as member_of_staff

pytestmark = pytest.mark.django_db

DAY = night.date(2024, 6, 9)
SETTLE = sql.settle_lines


@pytest.fixture
def market():
    """A product at 12.5% and its streamer; orders o1 to o4 of 100.00 each, due in the night of 9 June."""
    goods, by = product(merchant("m1")), source()
    normal_plan(goods, 1250)
    pick(streamer("s1"), goods, "x1")
    for number in range(1, 5):
        push(by, [paid(f"o{number}", "2024-06-01 08:00", [bought(goods, "x1")])])
        push(by, [event("received", f"o{number}", "2024-06-01 12:00")])
    return goods, by


@pytest.fixture
def operator():
    return member_of_staff("值班")


@pytest.fixture
def shards_of_two(settings):
    settings.NIGHT_SHARD_LINES = 2


@pytest.fixture
def no_pause(monkeypatch):
    """Failures pause for no time at all."""
    monkeypatch.setattr(failing, "pause_after", lambda failures: night.timedelta(0))


def poison(monkeypatch, order_no: str, error: Exception) -> list[int]:
    """Let every shard that holds ``order_no`` fail; the numbers of those that did."""
    line, failed = OrderLine.objects.get(order_no=order_no), []

    def settle_lines(run, shard):
        if shard.first_id <= line.pk < shard.end_id:
            failed.append(shard.no)
            raise error
        return SETTLE(run, shard)

    monkeypatch.setattr(sql, "settle_lines", settle_lines)
    return failed


def assert_audit_is_clean() -> None:
    assert [finding.code for finding in run_audit() if not finding.holds] == []


def open_night(day=DAY) -> Run:
    return night.open_run(day, now=days.now())


def work(run: Run) -> None:
    while night.work_on(run):
        pass
    run.refresh_from_db()


def statuses(run: Run) -> list[str]:
    return [shard.status for shard in run.shards.order_by("no")]


def trail() -> list[tuple[str, str | None, str, str]]:
    """Whatever happened to nights and shards but that they were opened and closed."""
    return [
        (each.subject_kind, each.user and each.user.username, each.act, each.reason)
        for each in Trail.objects.filter(subject_kind__in=["night", "shard"])
        .exclude(act__in=["opened", "closed"])
        .order_by("pk")
    ]


def test_a_paused_night_takes_no_further_shard_and_goes_on_when_resumed(market, operator, shards_of_two):
    run = open_night()
    assert night.work_on(run)
    operating.pause(run, "数据库维护", by=operator, at=days.now())
    assert not night.work_on(run)
    assert (statuses(run), Settlement.objects.count()) == (["done", "waiting"], 2)
    with pytest.raises(night.NightPaused):
        settle("2024-06-09")
    with pytest.raises(night.NightPaused):
        settle("2024-06-10")  # later nights wait as well
    operating.resume(run, "维护结束", by=operator, at=days.now())
    work(run)
    assert (run.status, Settlement.objects.count()) == ("closed", 4)
    assert trail() == [("night", "值班", "paused", "数据库维护"), ("night", "值班", "resumed", "维护结束")]
    assert_audit_is_clean()


def test_a_night_paused_after_its_last_shard_does_not_close(market, operator):
    run = open_night()
    night.work_on(run)
    operating.pause(run, "先核对", by=operator, at=days.now())
    assert not night.work_on(run)
    night.close_run(run.pk)
    run.refresh_from_db()
    assert (run.status, Posting.objects.count()) == ("paused", 0)


def test_pausing_twice_or_a_closed_night_is_refused_and_leaves_no_trail(market, operator):
    run = settle("2024-06-09")
    for act in (operating.pause, operating.resume):
        with pytest.raises(operating.Refused) as refused:
            act(run, "再来", by=operator, at=days.now())
        assert refused.value.code == "STATE_REFUSED"
    assert trail() == []


def test_acts_need_a_reason_and_a_member_of_staff(market, operator):
    run = open_night()
    with pytest.raises(operating.Refused) as refused:
        operating.pause(run, "  ", by=operator, at=days.now())
    assert refused.value.code == "REASON_MISSING"
    operator.is_staff = False
    for act in (
        lambda: operating.pause(run, "x", by=operator, at=days.now()),
        lambda: operating.retry(run, "x", by=operator, at=days.now()),
        lambda: operating.skip(run.shards.get(), "x", by=operator, at=days.now()),
        lambda: operating.backfill(night.date(2024, 6, 10), "x", by=operator, at=days.now()),
    ):
        with pytest.raises(operating.Refused) as refused:
            act()
        assert refused.value.code == "STAFF_ONLY"
    run.refresh_from_db()
    assert (run.status, statuses(run), Run.objects.count(), trail()) == ("settling", ["waiting"], 1, [])


def test_a_transient_error_pauses_a_shard_and_the_next_try_settles_it(market, monkeypatch, no_pause):
    failed = poison(monkeypatch, "o1", OperationalError("server closed the connection"))
    run = open_night()
    assert night.work_on(run)
    shard = run.shards.get()
    assert (shard.status, shard.attempts, shard.failures) == ("waiting", 1, 1)
    assert shard.error == "OperationalError: server closed the connection"
    monkeypatch.setattr(sql, "settle_lines", SETTLE)
    work(run)
    shard.refresh_from_db()
    assert (run.status, shard.status, shard.attempts, shard.failures, shard.error) == ("closed", "done", 2, 0, "")
    assert failed == [1]


def test_pauses_grow_from_a_second_to_five_minutes():
    assert [failing.pause_after(failures).total_seconds() for failures in (1, 2, 3, 9, 12)] == [1, 2, 4, 256, 300]


def test_a_shard_that_pauses_is_not_taken_before_its_time(market, monkeypatch):
    poison(monkeypatch, "o1", OperationalError("lost"))
    run = open_night()
    assert night.work_on(run)
    assert not night.work_on(run)
    Shard.objects.update(retry_at=days.now())
    assert night.work_on(run)


def test_a_poisoned_line_is_parted_from_the_others_and_then_waits_for_a_person(market, monkeypatch, no_pause):
    failed = poison(monkeypatch, "o3", DataError("value out of range"))
    run = open_night()
    work(run)
    held = run.shards.get(status="failed")
    line = OrderLine.objects.get(order_no="o3")
    assert (held.first_id <= line.pk < held.end_id, sql.middle(run, held)) == (True, None)
    assert held.failures == failing.TRIES
    assert len(failed) == 2 + failing.TRIES  # of four lines, of two, then of one
    settled = Settlement.objects.values_list("line__order_no", flat=True)
    assert (run.status, sorted(settled)) == ("settling", ["o1", "o2", "o4"])
    assert [(case, by, act) for case, by, act, _reason in trail()] == [
        ("shard", None, "cut"),
        ("shard", None, "cut"),
        ("shard", None, "failed"),
    ]
    assert not night.work_on(run)  # it does not spin
    with pytest.raises(night.NightStuck) as stuck:
        settle("2024-06-09")
    assert f"#{held.no}" in stuck.value.message


def test_what_every_shard_dies_of_cuts_no_night_to_pieces(market, monkeypatch, no_pause, settings):
    settings.NIGHT_SHARD_LINES = 1
    monkeypatch.setattr(failing, "MOST_CUT_AT_ONCE", 1)
    goods, by = market
    for number in range(10, 16):
        push(by, [paid(f"o{number}", "2024-06-02 08:00", [bought(goods, "x1", line_no=n) for n in (1, 2)])])
        push(by, [event("received", f"o{number}", "2024-06-02 12:00")])
    settings.NIGHT_SHARD_LINES = 2

    def settle_lines(run, shard):
        raise DataError("a column is missing")

    monkeypatch.setattr(sql, "settle_lines", settle_lines)
    run = open_night(night.date(2024, 6, 10))
    laid_out = run.shards.count()
    work(run)
    assert set(statuses(run)) == {"failed"}
    assert run.shards.count() - laid_out <= 2


def test_a_shard_that_kills_its_workers_is_parted_and_given_up_like_any_other(market, settings, no_pause):
    settings.NIGHT_LEASE_SECONDS = -1  # every lease is over as it begins: the worker is gone
    run = open_night()
    claims = 0
    while night.claim(run):
        claims += 1
        assert claims < 100
    assert set(statuses(run)) == {"failed"}
    assert run.shards.count() == 4
    assert "ran out" in run.shards.first().error


def test_a_person_retries_what_failed_once_the_cause_is_gone(market, operator, monkeypatch, no_pause):
    poison(monkeypatch, "o3", DataError("value out of range"))
    run = open_night()
    work(run)
    held = run.shards.get(status="failed")
    monkeypatch.setattr(sql, "settle_lines", SETTLE)
    operating.retry_shard(held, "已修复", by=operator, at=days.now())
    work(run)
    assert (run.status, Settlement.objects.count()) == ("closed", 4)
    assert trail()[-1] == ("shard", "值班", "retried", "已修复")
    for shard in run.shards.all():
        with pytest.raises(operating.Refused) as refused:
            operating.retry_shard(shard, "再来", by=operator, at=days.now())
        assert refused.value.code == "STATE_REFUSED"
    with pytest.raises(operating.NothingToRetry):
        operating.retry(run, "再来", by=operator, at=days.now())
    assert_audit_is_clean()


def test_a_closing_that_fails_pauses_then_waits_for_a_person(market, operator, monkeypatch, no_pause):
    run = open_night()
    monkeypatch.setattr(night, "close_run", lambda run_id: (_ for _ in ()).throw(DataError("does not add up")))
    night.work_on(run)
    for _ in range(failing.TRIES):
        with pytest.raises(DataError):
            night.work_on(run)
    assert not night.work_on(run)
    with pytest.raises(night.NightStuck):
        settle("2024-06-09")
    assert trail() == [("night", None, "failed", "DataError: does not add up")]
    monkeypatch.undo()
    operating.retry(run, "已修复", by=operator, at=days.now())
    work(run)
    assert (run.status, run.error) == ("closed", "")


def test_a_shard_in_a_workers_hands_is_neither_retried_nor_skipped(market, operator):
    run = open_night()
    shard = night.claim(run)
    for act in (operating.retry_shard, operating.skip):
        with pytest.raises(operating.ShardRunning) as refused:
            act(shard, "等不及", by=operator, at=days.now())
        assert shard.worker in refused.value.message
    night.settle_shard(run, shard)
    assert Settlement.objects.count() == 4


def test_a_worker_that_comes_back_late_writes_nothing_after_a_skip(market, operator):
    run = open_night()
    late = night.claim(run)
    Shard.objects.update(lease_until=days.now() - days.ONE_DAY)
    operating.skip(late, "卡住", by=operator, at=days.now())
    night.settle_shard(run, late)
    assert (statuses(run), Settlement.objects.count()) == (["skipped"], 0)


def test_backfill_takes_all_missing_days_and_refuses_one_that_a_later_night_has(market, operator):
    settle("2024-06-05")
    assert [str(day) for day in operating.missing_days(night.date(2024, 6, 8))] == [
        "2024-06-06",
        "2024-06-07",
        "2024-06-08",
    ]
    done = operating.backfill(DAY, "机房停电三夜", by=operator, at=days.now())
    assert [str(day) for day in done.days_taken] == ["2024-06-06", "2024-06-07", "2024-06-08", "2024-06-09"]
    work(done.run)
    assert (done.is_new, done.run.status, Settlement.objects.count()) == (True, "closed", 4)
    with pytest.raises(night.DayCovered) as refused:
        operating.backfill(night.date(2024, 6, 7), "补一天", by=operator, at=days.now())
    assert "2024-06-09" in refused.value.message
    again = operating.backfill(DAY, "再补", by=operator, at=days.now())
    assert (again.run, again.is_new) == (done.run, False)
    assert trail() == [("night", "值班", "backfilled", "机房停电三夜")]


def test_a_day_that_has_not_begun_is_not_backfilled(market, operator):
    with pytest.raises(night.DayNotEnded):
        operating.backfill(DAY, "提前", by=operator, at=moment("2024-06-08 23:59:59"))
    assert Run.objects.count() == 0
