"""The bench's own house: an embedded PostgreSQL and Redis under ``HAOWU_HOME/bench``, never the user's data."""

import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import psycopg2
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connections

from haowu import embedded
from haowu.embedded.places import run_dir

INSIDE = "HAOWU_BENCH"
FOREIGN = ("DATABASE_URL", "DATABASE_APP_URL", "DATABASE_JOBS_URL", "REDIS_URL", "DATA_KEYS", "DJANGO_SECRET_KEY")
PROJECT = Path(__file__).resolve().parents[2]
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "wal_level": "replica"}


def is_inside() -> bool:
    """Whether this process was started by ``run_inside``: its database is the bench's own."""
    return os.environ.get(INSIDE) == str(embedded.home())


def run_inside(arguments: Sequence[str], *, keep: bool) -> int:
    """Run ``manage.py bench`` again with a house of its own; returns its exit code.

    Whatever database the environment names is left alone. An earlier house is removed first, this one at the end
    unless ``keep``.
    """
    home = embedded.home() / "bench"
    home.mkdir(parents=True, exist_ok=True)
    environment = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    environment |= {"HAOWU_HOME": str(home), INSIDE: str(home), "HAOWU_SCOPE": "platform"}
    _remove(environment)
    try:
        return subprocess.run([sys.executable, PROJECT / "manage.py", "bench", *arguments], env=environment).returncode
    finally:
        if not keep:
            _remove(environment)


def open_house() -> dict[str, str]:
    """Start the servers and migrate; the settings of durability as the server says them. CommandError if one is off."""
    embedded.attach()
    call_command("migrate", verbosity=0, interactive=False)
    connections["owner"].close()
    with superuser() as cursor:
        found = {name: _setting(cursor, name) for name in DURABLE}
    wrong = {name: value for name, value in found.items() if value != DURABLE[name]}
    if wrong:
        raise CommandError(f"the bench measures a durable server; here {wrong}")
    return found


@contextmanager
def superuser():
    """A cursor that no policy binds, each statement its own transaction: for market, floor and inspection."""
    with closing(psycopg2.connect(host=str(run_dir()), user="postgres", dbname="haowu")) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor


def processor_seconds() -> float:
    """What the bench's PostgreSQL has used of the processors so far: its live processes and those that ended.

    On a machine that others share, the ratio of two such figures holds where that of two waits does not.
    """
    return processor_seconds_of(int((run_dir() / ".s.PGSQL.5432.lock").read_text().split()[0]))


def processor_seconds_of(parent: int) -> float:
    """What the process ``parent`` and its children have used so far, those that ended included."""
    used = 0
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                stat = (entry / "stat").read_text().rpartition(")")[2].split()
                if int(entry.name) == parent:
                    used += sum(map(int, stat[11:15]))  # its own, and its ended children's
                elif int(stat[1]) == parent:
                    used += sum(map(int, stat[11:13]))
    return used / os.sysconf("SC_CLK_TCK")


def _setting(cursor, name: str) -> str:
    cursor.execute(f"SHOW {name}")
    return cursor.fetchone()[0]


def _remove(environment: dict[str, str]) -> None:
    subprocess.run([sys.executable, "-m", "haowu.embedded", "remove"], env=environment, cwd=PROJECT, check=True)
