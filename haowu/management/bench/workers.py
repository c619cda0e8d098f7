"""A night by worker processes, each with its own connections, as ``manage.py settle`` starts them."""

import multiprocessing
import resource
import time
from dataclasses import dataclass
from datetime import date

from django.db import connections

from commissions import night
from haowu import days

FORK = multiprocessing.get_context("fork")


@dataclass(frozen=True)
class Measured:
    """One night: wall seconds from sealing to the report, and the largest resident memory of a worker."""

    seconds: float
    memory_mb: float


def settle_with(workers: int, day: date) -> Measured:
    """Settle ``day`` with so many processes. They stand ready before the clock starts, as workers do at night."""
    connections.close_all()
    start, ready, peaks = FORK.Event(), FORK.Semaphore(0), FORK.Queue()
    processes = [FORK.Process(target=_work, args=(day, start, ready, peaks)) for _ in range(workers)]
    for process in processes:
        process.start()
    for _ in processes:
        ready.acquire()
    started = time.monotonic()
    start.set()
    memory = [peaks.get() for _ in processes]
    seconds = time.monotonic() - started
    for process in processes:
        process.join()
    failed = [text for _peak, text in memory if text]
    if failed:
        raise RuntimeError(failed[0])
    return Measured(seconds, max(peak for peak, _text in memory))


def _work(day: date, start, ready, peaks) -> None:
    connections["default"].ensure_connection()
    ready.release()
    start.wait()
    error = ""
    try:
        night.settle(day, now=days.now())
    except Exception as failure:  # told to the parent, who raises it
        error = f"{type(failure).__name__}: {failure}"
    peaks.put((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, error))
    connections.close_all()
