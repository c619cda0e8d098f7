"""Where the private servers live, as whom they run, and which of the processes are theirs.

Sockets are in a directory under /tmp, since their paths must be short. PostgreSQL refuses to run as root, so root runs
it as ``nobody``; where that account may not enter HAOWU_HOME or the virtual environment (/root is closed to others),
the cluster and a copy of the programs are under /var/lib/haowu, with a link in home.
"""

import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

PATIENCE_SECONDS = 60


class NotReady(RuntimeError):
    """The servers cannot be had; the text says what to do."""


def home() -> Path:
    chosen = os.environ.get("HAOWU_HOME") or Path(__file__).resolve().parents[2] / ".dev"
    return Path(chosen).expanduser().resolve()


def run_dir() -> Path:
    return Path("/tmp") / _name()


def elsewhere() -> Path:
    return Path("/var/lib/haowu") / _name()


def _name() -> str:
    return f"haowu-{os.geteuid()}-{hashlib.sha256(str(home()).encode()).hexdigest()[:12]}"


def cluster() -> Path:
    """PostgreSQL's directory: ``data``, ``server.log``, perhaps a copy of its programs."""
    place = home() / "postgresql"
    return elsewhere() if place.is_symlink() else place


def make_run_dir() -> None:
    run_dir().mkdir(mode=0o700, exist_ok=True)
    found = run_dir().lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {os.geteuid(), account().get("user")}:
        raise NotReady(f"{run_dir()} belongs to somebody else: remove it.")
    _give(run_dir())


def make_cluster_dir() -> None:
    place = home() / "postgresql"
    if place.is_symlink() and (not place.exists() or place.resolve() != elsewhere().resolve()):
        place.unlink()  # its cluster is gone, or this home is a copy of another
    if not place.exists():
        place.mkdir()
        if not allowed("-x", place):
            place.rmdir()
            shutil.rmtree(elsewhere(), ignore_errors=True)  # of an earlier home at the same path
            elsewhere().mkdir(parents=True)
            place.symlink_to(elsewhere())
    _give(cluster())


def account() -> dict[str, Any]:
    """As whom to run PostgreSQL's programs, for subprocess: as ourselves, or, being root, as nobody."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def allowed(test: str, path: Path) -> bool:
    """What ``test -x path`` says to that account."""
    return subprocess.run(["test", test, str(path)], cwd="/", **account()).returncode == 0


def _give(path: Path) -> None:
    path.chmod(0o700)
    if owner := account():
        os.chown(path, owner["user"], owner["group"])


def pid_of(pid_file: Path, mark: str) -> int | None:
    """The pid in ``pid_file``, if ``mark`` is on its command line: after a crash the number may be another's."""
    try:
        pid = int(pid_file.read_text().split()[0])
    except (FileNotFoundError, ValueError, IndexError):
        return None
    return pid if mark in _command_line(pid) else None


def _command_line(pid: int) -> str:
    """Empty for a process that is gone or a zombie."""
    if not Path("/proc/self").exists():
        return subprocess.run(["ps", "-ww", "-p", str(pid), "-o", "args="], capture_output=True, text=True).stdout
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def end(running: Callable[[], int | None], number: int) -> None:
    """Send the signal to the process that ``running`` names, if any, and wait until it is gone."""
    if pid := running():
        os.kill(pid, number)
        until(lambda: not running(), f"process {pid} to end")


def until(true: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not true():
        if time.monotonic() > deadline:
            raise NotReady(f"Waited {PATIENCE_SECONDS} s for {what}. See {cluster()}/server.log, {home()}/redis.log")
        time.sleep(0.02)
