"""A private PostgreSQL and Redis for development, where DATABASE_URL or REDIS_URL is not set.

Both live under HAOWU_HOME (``.dev`` beside manage.py) and listen only on Unix sockets. Every process that uses them
holds a shared lock on ``users.lock``; the last to end stops them. Nothing here imports Django.
"""

import atexit
import base64
import fcntl
import os
import secrets
import shutil
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

from haowu.embedded import postgres, redis
from haowu.embedded.places import NotReady, elsewhere, home, make_run_dir, run_dir

__all__ = [
    "NotReady",
    "attach",
    "broker_url",
    "data_keys",
    "database_url",
    "home",
    "in_use",
    "redis_url",
    "remove",
    "secret_key",
]

REMOVED_WITH_HOME = ("postgresql", "redis.log", "secret_key", "data_keys", "celerybeat-schedule*")

_users: TextIO | None = None
_for_children: list[TextIO] = []


def in_use() -> bool:
    """True in development: at least one of the two servers is ours to run."""
    return not (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"))


def secret_key() -> str:
    """A random key, made once and kept in home; refused in production, which must bring its own."""
    if not in_use():
        raise NotReady("DJANGO_SECRET_KEY is not set. With DATABASE_URL and REDIS_URL it must be set too.")
    return _kept("secret_key", lambda: secrets.token_urlsafe(50))


def data_keys() -> str:
    """The key that seals personal data in our own database (``haowu.tenants.sealing``), made once and kept in home.

    Empty where the database is somebody else's: what is sealed there must not hang on a file here.
    """
    if os.environ.get("DATABASE_URL"):
        return ""
    return _kept("data_keys", lambda: "dev:" + base64.b64encode(secrets.token_bytes(32)).decode())


def database_url(role: str) -> str:
    """``role`` is ``owner``, ``app`` or ``jobs``. Known before the server runs."""
    return f"postgres://haowu_{role}@/haowu?host={run_dir()}"


def redis_url() -> str:
    return f"unix://{redis.socket_path()}?db=0"


def broker_url(url: str) -> str:
    """The same Redis in Celery's spelling: sockets are ``redis+socket://`` and the number is ``virtual_host``."""
    if not url.startswith("unix://"):
        return url
    return url.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=", 1)


def attach() -> None:
    """Start what is ours to run and is not running, and count this process among its users until it ends.

    Ending by SIGTERM or SIGHUP counts too, unless somebody else handles these already. Raises NotReady.
    """
    global _users
    if _users or not in_use():
        return
    try:
        with _alone():
            _users = _joined()
            atexit.register(_leave)
            os.register_at_fork(before=_join_for_child, after_in_parent=_forget_child, after_in_child=_rejoin)
            make_run_dir()
            if not os.environ.get("DATABASE_URL"):
                postgres.start()
            if not os.environ.get("REDIS_URL"):
                redis.start()
    except OSError as error:
        raise NotReady(f"{error}. HAOWU_HOME chooses another directory; it is {home()}.") from error
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) == signal.SIG_DFL:
                signal.signal(number, lambda number, _: sys.exit(128 + number))


def remove() -> None:
    """Stop both servers and delete what this package and Celery keep in home. Raises NotReady while a process uses it.

    The two lock files stay: deleting one would let two processes in at once.
    """
    with _alone(), open(home() / "users.lock", "a") as users:
        if not _only_user(users):
            raise NotReady(f"{home()} is in use by another process: end it first.")
        _stop()
        for pattern in REMOVED_WITH_HOME:
            for path in home().glob(pattern):
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                else:
                    path.unlink()
        shutil.rmtree(elsewhere(), ignore_errors=True)


def _kept(name: str, make: Callable[[], str]) -> str:
    """What ``make`` gave the first time, in a file for its owner alone."""
    path = home() / name
    if not path.exists():
        with _alone():
            if not path.exists():
                draft = path.with_suffix(".new")
                draft.touch(mode=0o600)
                draft.write_text(make())
                draft.replace(path)
    return path.read_text()


@contextmanager
def _alone() -> Iterator[None]:
    """One process at a time starts or stops servers."""
    home().mkdir(parents=True, exist_ok=True)
    with open(home() / "start.lock", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _joined() -> TextIO:
    """Held until the process ends, however it ends. Python's files are not inherited by the programs it starts."""
    users = open(home() / "users.lock", "a")  # noqa: SIM115
    fcntl.flock(users, fcntl.LOCK_SH | fcntl.LOCK_NB)
    return users


def _join_for_child() -> None:
    """A forked child has a lock of its own from birth: it would otherwise share its parent's, who may end before it."""
    with suppress(OSError):
        _for_children.append(_joined())


def _forget_child() -> None:
    if _for_children:
        _for_children.pop().close()


def _rejoin() -> None:
    global _users
    if _users and _for_children:
        _users.close()
        _users = _for_children.pop()


def _leave() -> None:
    assert _users
    with _alone(), _users:
        if _only_user(_users):
            _stop()


def _only_user(users: TextIO) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _stop() -> None:
    redis.stop()
    postgres.stop()
    with suppress(OSError):
        run_dir().rmdir()
