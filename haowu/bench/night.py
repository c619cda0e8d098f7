"""``bench night``: a whole night through the real code, beside the bare server and beside the loop over orders."""

from collections.abc import Collection
from datetime import date, timedelta

from commissions.models import Run, Settlement
from commissions.split import ROLES
from haowu.audit.invariants import run_audit
from haowu.bench import crowd, extras, floor, lines, loop, workers
from haowu.bench.house import superuser
from haowu.bench.report import Figures
from haowu.ledger.models import Posting

DAY = date(2026, 6, 9)
SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
LOOP_LINES = 2_000
ONE_WORKER_UP_TO = 1_000_000
AUDITED_WHOLE_UP_TO = 200_000
TRANSFERS_PER_SECOND = 220_000
"""What the fastest ledger's own benchmark accepts on two such cores (TigerBeetle 0.17: 186,000–220,000)."""


def measure(figures: Figures, size: int, *, added: Collection[str] = ()) -> None:
    """A night of ``size`` lines, with refunds of one in a hundred that the night before settled.

    ``added``: which of ``extras.EXTRAS`` the night has too. A line that a deposit does not cover is not counted.
    """
    made = crowd.Crowd.for_night(size)
    audited = size <= AUDITED_WHOLE_UP_TO
    before = max(100, size // 100)
    figures.progress(
        f"{size:,} lines, {made.merchants:,} merchants, {made.streamers:,} streamers, {made.leaders:,} leaders"
    )
    _prepare(made, size, before, audited, added)
    figures.progress("the floor")
    floor_seconds, floor_used = floor.bare_night(DAY)
    figures.progress("the loop")
    looped, loop_seconds = loop.settle_in_a_loop(DAY, LOOP_LINES)
    rate = looped / loop_seconds
    figures.progress("the night")
    two = workers.settle_with(2, DAY)
    settled = Settlement.objects.of_day(DAY).count()
    figures.add("the loop over orders (select_for_update, four rows, save)", looped, loop_seconds)
    figures.add("bare SQL night, one session", size, floor_seconds)
    peer = {"peer": "loop over orders", "peer_per_s": rate}
    figures.add("whole night, two workers", settled, two.seconds, floor_seconds=floor_seconds, **peer)
    figures.add("the same in processor seconds", settled, two.processor_seconds, floor_seconds=floor_used)
    _paid_parties(figures, two.seconds)
    figures.add("postings of the night", Posting.objects.of_day(DAY).count(), two.seconds)
    figures.add("peak memory of a worker, MB", round(two.memory_mb))
    if added:
        figures.add("sealing: intake waits", size, two.sealing_seconds)
    if size <= ONE_WORKER_UP_TO:
        _one_worker(figures, made, 1 + before + size, size, added)
    _audit(figures, whole=audited)


def _prepare(made: crowd.Crowd, size: int, before: int, audited: bool, added: Collection[str]) -> None:
    """The crowd; ``before`` lines settled the night before, half of them refunded; ``size`` lines of the night."""
    with superuser() as cursor:
        crowd.settle_in(cursor, made)
    eve = DAY - timedelta(days=1)
    extras.arrange(added, eve)
    lines.write_lines(made, 1, before, eve, with_events=audited, extras=added)
    extras.pay_in(added, eve, share=1)
    workers.settle_with(1, eve)
    lines.refund_half(1, 1 + before, DAY, with_events=audited)
    lines.write_lines(made, 1 + before, size, DAY, with_events=audited, extras=added)
    extras.pay_in(added, DAY, share=0.5)


def _paid_parties(figures: Figures, seconds: float) -> None:
    peer = {"peer": "TigerBeetle 0.17 (220,000/s)", "peer_per_s": TRANSFERS_PER_SECOND}
    figures.add("lines × parties paid, two workers", parties_paid(DAY), seconds, **peer)


def parties_paid(night: date) -> int:
    """Lines × parties whose money ``night`` moved: merchant, each role with an amount."""
    with superuser() as cursor:
        moved = " + ".join(f"({role}_fen <> 0)::int" for role in ROLES)
        cursor.execute(
            f"SELECT sum((cost_fen <> 0)::int + {moved}) FROM commissions_settlement WHERE day = %s", [night]
        )
        return int(cursor.fetchone()[0])


def _one_worker(figures: Figures, made: crowd.Crowd, first: int, size: int, added: Collection[str]) -> None:
    """Another night of the same size by one worker, beside a floor of its own."""
    night = DAY + timedelta(days=1)
    lines.write_lines(made, first, size, night, with_events=size <= AUDITED_WHOLE_UP_TO, extras=added)
    extras.pay_in(added, night, share=0.5)
    floor_seconds, floor_used = floor.bare_night(night)
    one = workers.settle_with(1, night)
    settled = Settlement.objects.of_day(night).count() if added else size
    figures.add("whole night, one worker", settled, one.seconds, floor_seconds=floor_seconds)
    figures.add("the same in processor seconds", settled, one.processor_seconds, floor_seconds=floor_used)
    if added:
        figures.add("peak memory of the one worker, MB", round(one.memory_mb))


def _audit(figures: Figures, *, whole: bool) -> None:
    """Every invariant but those of the trail, since parties and plans were written without acts; without the events
    (I8) too where the lines were written without them."""
    left_out = crowd.WITHOUT_ACTS if whole else ["I8", *crowd.WITHOUT_ACTS]
    broken = [finding for finding in run_audit() if not finding.holds and finding.code not in left_out]
    for finding in broken:
        figures.add(f"AUDIT {finding.code} {finding.title} {finding.examples}", finding.broken)
    if not broken:
        figures.add(f"audit: invariants broken ({', '.join(left_out)} left out)", 0)
    figures.add("nights closed", Run.objects.closed().count())
