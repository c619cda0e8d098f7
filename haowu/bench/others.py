"""``bench others``: books of other packages beside a night, where somebody has installed them; they are no
requirement. Two processes each, as the night has two workers, on the same server with the same durability.
"""

import importlib.metadata
import importlib.util
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import date

from haowu.bench import crowd, lines, workers
from haowu.bench.house import PROJECT, processor_seconds, superuser
from haowu.bench.night import DAY, parties_paid
from haowu.bench.report import Figures
from haowu.embedded.places import run_dir

CHILD = "haowu.bench.other_books"
PROCESSES = 2


@dataclass(frozen=True)
class Package:
    """``books``: what ``other_books`` calls them; ``module``: what is imported when ``project`` is installed."""

    project: str
    module: str
    books: str
    way: str

    @property
    def is_installed(self) -> bool:
        return importlib.util.find_spec(self.module) is not None


PACKAGES = (
    Package("django-hordak", "hordak", "hordak", "a transaction of four legs a line"),
    Package("django-hordak", "hordak", "hordak-in-bulk", "1,000 lines in two bulk_create"),
    Package("django-ledger", "django_ledger", "django-ledger", "a posted journal entry of four a line"),
)


def measure(figures: Figures, size: int) -> None:
    """A night of ``size`` lines, then the same payments by each package for at most twenty seconds."""
    parties, night = _night(size)
    figures.add("our night, two workers: lines", size, night.seconds)
    figures.add("our night: processor s", size, night.processor_seconds)
    figures.add("our night: lines × parties paid", parties, night.seconds)
    for package in PACKAGES:
        beside(figures, package, size, parties / night.seconds)


def _night(size: int, day: date = DAY) -> tuple[int, workers.Measured]:
    made = crowd.Crowd.for_night(size)
    with superuser() as cursor:
        crowd.settle_in(cursor, made)
    lines.write_lines(made, 1, size, day)
    runs = workers.settle_with(PROCESSES, day)
    return parties_paid(day), runs


def beside(figures: Figures, package: Package, size: int, ours: float) -> None:
    """``ours``: lines × parties a second. Where the package is missing, a row says how to get it."""
    if not package.is_installed:
        figures.add(f"skipped: {package.books} is not here (pip install {package.project})", 0)
        return
    runs = settle_with(package, size)
    called = f"{package.project} {importlib.metadata.version(package.project)}, {package.way}"
    figures.add(f"{called}: transactions", runs["lines"], runs["seconds"])
    figures.add(f"{called}: processor s", runs["lines"], runs["processor_seconds"])
    peer = {"peer": "its legs", "peer_per_s": runs["legs"] / runs["seconds"]}
    figures.add(f"{called}: our lines × parties of a second", round(ours), 1.0, **peer)


def settle_with(package: Package, count: int, processes: int = PROCESSES) -> dict[str, float]:
    """``count`` lines over so many processes: lines done, legs found in its books, seconds, processor seconds.

    RuntimeError where a process fails or the books do not hold four legs a line.
    """
    database = f"other_{package.books.replace('-', '_')}"
    with superuser() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {database}")
        cursor.execute(f"CREATE DATABASE {database}")
    try:
        before = _result_of(_child(package, database, "prepare"))["legs"]
        used = processor_seconds()
        share = count // processes
        children = [_child(package, database, "run", n * 10_000_000, share) for n in range(processes)]
        for child in children:
            if child.stdout.readline().strip() != "ready":
                raise RuntimeError(f"{package.books}: {child.communicate()[1]}")
        for child in children:
            child.stdin.write("go\n")
            child.stdin.flush()
        runs = [_result_of(child) for child in children]
        used = processor_seconds() - used + sum(each["processor_seconds"] for each in runs)
        legs = _result_of(_child(package, database, "count"))["legs"] - before
    finally:
        with superuser() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
    done = sum(each["lines"] for each in runs)
    if legs != 4 * done:
        raise RuntimeError(f"{package.books}: {done} lines, {legs} legs")
    return {
        "lines": done,
        "legs": legs,
        "seconds": max(each["seconds"] for each in runs),
        "processor_seconds": used,
    }


def _child(package: Package, database: str, *act: object) -> subprocess.Popen:
    named = {"ENGINE": "django.db.backends.postgresql", "HOST": str(run_dir()), "USER": "postgres", "NAME": database}
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", CHILD, package.books, *map(str, act)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=PROJECT,
        env=os.environ | {"OTHER_BOOKS_DATABASE": json.dumps(named)},
    )


def _result_of(child: subprocess.Popen) -> dict[str, float]:
    out, err = child.communicate()
    if child.returncode:
        raise RuntimeError(err.strip() or out)
    return json.loads(out.strip().splitlines()[-1])
