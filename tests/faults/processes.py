"""Real programs for the campaign, and what breaks them: started on the test's database, ended by pid."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg2
from django.conf import settings
from django.db import connection, connections

ROOT = Path(__file__).resolve().parents[2]
CELERY = ("-m", "celery", "-A", "haowu")


def start(environment: dict[str, str], *command: str, **how) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, env=environment, **{"stdout": subprocess.DEVNULL} | how
    )


def run_code(environment: dict[str, str], code: str, **how) -> subprocess.Popen:
    """``code`` in a process of its own with Django set up; it may patch the product before it runs it."""
    return start(environment, "-c", f"import django; django.setup()\n{code}", **how)


def worker(environment: dict[str, str], concurrency: int = 1) -> subprocess.Popen:
    quiet = ("--without-gossip", "--without-mingle", "--loglevel", "ERROR")
    return start(environment, *CELERY, "worker", "--concurrency", str(concurrency), *quiet)


@contextmanager
def working(environment: dict[str, str], concurrency: int = 1) -> Iterator[subprocess.Popen]:
    """A Celery worker for as long as the block lasts."""
    process = worker(environment, concurrency)
    try:
        yield process
    finally:
        end(process)


def wait_for(true: Callable[[], object], seconds: float = 240) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def children_of(pid: int) -> list[int]:
    with suppress(FileNotFoundError):
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def command_of(pid: int) -> str:
    """Its command line; empty where it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def kill(*pids: int) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def kill_with_children(process: subprocess.Popen) -> None:
    """SIGKILL to a worker and its pool children, as when a machine dies."""
    kill(process.pid, *children_of(process.pid))
    process.wait()


def end(process: subprocess.Popen, seconds: float = 120) -> None:
    """Ask a program to end, and see to it that it does: what it was asked for stands in the database by now.

    A Celery worker takes two seconds and half a second of CPU to end, half a minute where twenty others want the cores.
    """
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        kill_with_children(process)


@contextmanager
def owner() -> Iterator[Any]:
    """A cursor of the test database's owner, which Django does not know of; each statement commits."""
    parameters = connections["owner"].get_connection_params() | {"dbname": settings.DATABASES["owner"]["NAME"]}
    link = psycopg2.connect(**parameters)
    link.autocommit = True
    try:
        with link.cursor() as cursor:
            yield cursor
    finally:
        link.close()


def edit(table: str, statement: str) -> None:
    """What only the owner can do, with the triggers of ``table`` off."""
    with owner() as cursor:
        off, on = (f"ALTER TABLE {table} {switch} TRIGGER USER" for switch in ("DISABLE", "ENABLE"))
        cursor.execute(f"{off}; {statement}; {on}")


def waiting_backends() -> bool:
    """Whether PostgreSQL still runs a statement of a process that is gone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND state <> 'idle'"
        )
        return cursor.fetchone()[0] > 0


def forked(act: Callable[..., object], *arguments: object) -> multiprocessing.Process:
    """``act`` in a real process forked from the test, with connections of its own in the platform's scope.

    Cheaper than a program by a second; patches made here or in ``act`` hold there.
    """
    process = multiprocessing.get_context("fork").Process(target=_in_child, args=(act, arguments))
    process.start()
    return process


_PARENTS: list = []
"""Kept by a child until its end: closing them would end the parent's sessions."""


def _in_child(act: Callable[..., object], arguments: tuple) -> None:
    for alias in connections:
        _PARENTS.append(connections[alias].connection)
        connections[alias].connection = None
        options = connections[alias].settings_dict["OPTIONS"]
        options["options"] = f"{options.get('options', '')} -c app.tenant=platform"
    try:
        act(*arguments)
    finally:
        connections.close_all()


PATCHED_WORKER = """
from haowu.celery import app
{patch}
app.worker_main(["worker", "--concurrency", "1", "--without-gossip", "--without-mingle", "--loglevel", "ERROR"])
"""


def patched_worker(environment: dict[str, str], patch: str) -> subprocess.Popen:
    """A Celery worker whose pool inherits what ``patch`` did to the product."""
    return run_code(environment, PATCHED_WORKER.format(patch=patch))
