"""The web server we ship, over the test's database, for clients that speak real HTTP."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from haowu.embedded.programs import WORKER_CLASS


@contextmanager
def gunicorn(
    environment: dict[str, str], *, threads: int = 4, worker: str = WORKER_CLASS, output: Path | None = None
) -> Iterator[int]:
    """The port it listens on. As the web, without a scope of its own; what it says goes to ``output``."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "haowu.wsgi", "--bind", f"127.0.0.1:{port}"]
    command += ["--worker-class", worker, "--threads", str(threads), "--log-level", "warning", "--no-control-socket"]
    bare = {name: value for name, value in environment.items() if name != "HAOWU_SCOPE"}
    said = output.open("wb") if output else None
    server = subprocess.Popen(command, env=bare, start_new_session=True, stdout=said, stderr=said)
    try:
        _wait_for(server, f"http://127.0.0.1:{port}/healthz")
        yield port
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(20)
        if said:
            said.close()


def _wait_for(server: subprocess.Popen, url: str) -> None:
    for _ in range(300):
        assert server.poll() is None, "gunicorn ended"
        try:
            urllib.request.urlopen(url, timeout=10).close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"{url} does not answer")
