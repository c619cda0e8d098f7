"""A night by worker processes, each with its own connections, as ``manage.py settle`` starts them."""

import multiprocessing
import resource
import time
from dataclasses import dataclass
from datetime import date

from django.db import connections

from commissions.nights import night
from haowu.bench.house import processor_seconds
from haowu.ground import days

FORK = multiprocessing.get_context("fork")


@dataclass(frozen=True)
class Measured:
    """One night: wall seconds from sealing to the report, processor seconds of server and workers, the largest
    resident memory of a worker, and the seconds of them in which the day was being sealed and intake waited."""

    seconds: float
    processor_seconds: float
    memory_mb: float
    sealing_seconds: float


def settle_with(workers: int, day: date) -> Measured:
    """Settle ``day`` with so many processes. They stand ready before the clock starts, as workers do at night."""
    connections.close_all()
    start, ready, answers = FORK.Event(), FORK.Semaphore(0), FORK.Queue()
    processes = [FORK.Process(target=_work, args=(day, start, ready, answers)) for _ in range(workers)]
    for process in processes:
        process.start()
    for _ in processes:
        ready.acquire()
    started, used = time.monotonic(), processor_seconds()
    start.set()
    results = [answers.get() for _ in processes]
    seconds, used = time.monotonic() - started, processor_seconds() - used
    for process in processes:
        process.join()
    peaks, own, sealing, errors = zip(*results, strict=True)
    failed = [error for error in errors if error]
    if failed:
        raise RuntimeError(failed[0])
    return Measured(seconds, used + sum(own), max(peaks), max(sealing))


def _work(day: date, start, ready, answers) -> None:
    connections["default"].ensure_connection()
    ready.release()
    start.wait()
    error, sealed, started = "", 0.0, time.monotonic()
    try:
        night.open_run(day, now=days.now())
        sealed = time.monotonic() - started
        night.settle(day, now=days.now())
    except Exception as failure:  # sent to the parent, which raises it
        error = f"{type(failure).__name__}: {failure}"
    own = resource.getrusage(resource.RUSAGE_SELF)
    answers.put((own.ru_maxrss / 1024, own.ru_utime + own.ru_stime, sealed, error))
    connections.close_all()
