"""The programs that the demo starts: Celery worker and beat, gunicorn. Each is stopped by its pid, with its pool.

Where the demo is killed and cannot stop them, Linux tells each to end.
"""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path

from django.utils.translation import gettext as _

from haowu import embedded

CELERY = (sys.executable, "-m", "celery", "-A", "haowu")
WORKER_CLASS = "haowu.embedded.serving.ReceivingWorker"
FIRST_PORT = 8000
LAST_PORT = 8049
PATIENCE_SECONDS = 30
PROJECT = Path(__file__).resolve().parents[2]
PR_SET_PDEATHSIG = 1
_NOTHING: Mapping[str, str] = {}
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


class ProgramEnded(RuntimeError):
    """A program of the demo ended by itself; the text names its log."""


class Programs:
    """As a context: everything started inside is stopped at its end, the last first."""

    def __init__(self) -> None:
        self._running: list[tuple[str, subprocess.Popen[bytes]]] = []

    def __enter__(self) -> "Programs":
        return self

    def __exit__(self, *_error: object) -> None:
        for _name, program in reversed(self._running):
            if program.poll() is None:
                program.send_signal(signal.SIGTERM)
        for _name, program in reversed(self._running):
            _wait(program)

    def start_worker(self) -> None:
        quiet = ("--without-gossip", "--without-mingle", "--loglevel", "WARNING")
        self._start("worker", *CELERY, "worker", "--concurrency", "2", *quiet, scope="platform")

    def start_beat(self) -> None:
        self._start("beat", *CELERY, "beat", "--loglevel", "WARNING", scope="platform")

    def start_web(self, *, workers: int = 1, threads: int = 8, environment: Mapping[str, str] = _NOTHING) -> int:
        """Serve on the first free port from 8000 on; returns it once it answers. ``environment`` is added to ours."""
        port = _free_port()
        collected = {"STATIC_COLLECTED": "yes", "STATIC_BROTLI": "no"}
        collect = (sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0")
        subprocess.run(collect, env=os.environ | collected, cwd=PROJECT, check=True)
        hands = ("--workers", str(workers), "--threads", str(threads), "--worker-class", WORKER_CLASS)
        bind = ("--bind", f"127.0.0.1:{port}", "--log-level", "warning")
        settings = collected | dict(environment)
        self._start("web", sys.executable, "-m", "gunicorn", "haowu.wsgi", *bind, *hands, environment=settings)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not _answers(port):
            self.check()
            if time.monotonic() > deadline:
                raise ProgramEnded(_("网站没有响应。日志：{log}").format(log=log_of("web")))
            time.sleep(0.1)
        return port

    def pid(self, name: str) -> int:
        """Of the program ``name`` (worker, beat, web)."""
        return next(program.pid for running, program in self._running if running == name)

    def check(self) -> None:
        """Raises ProgramEnded where one of them is gone."""
        for name, program in self._running:
            if program.poll() is not None:
                raise ProgramEnded(
                    _("{name} 已退出（{code}）。日志：{log}").format(
                        name=name, code=program.returncode, log=log_of(name)
                    )
                )

    def _start(self, name: str, *command: str, scope: str = "", environment: Mapping[str, str] = _NOTHING) -> None:
        """In a session of its own, so that Ctrl-C reaches the demo alone, which then stops the others in order."""
        inherited = {key: value for key, value in os.environ.items() if key != "HAOWU_SCOPE"}
        scoped = {"HAOWU_SCOPE": scope} if scope else {}
        with log_of(name).open("ab") as log:
            program = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=inherited | scoped | dict(environment),
                cwd=PROJECT,
                start_new_session=True,
                preexec_fn=partial(_end_with, os.getpid()) if _LIBC else None,
            )
        self._running.append((name, program))


def _end_with(parent: int) -> None:
    """In the child: be sent SIGTERM when ``parent`` is gone, however it went."""
    assert _LIBC is not None, "Linux has it"
    _LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os._exit(1)


def log_of(name: str) -> Path:
    embedded.home().mkdir(parents=True, exist_ok=True)
    return embedded.home() / f"demo-{name}.log"


def _wait(program: subprocess.Popen[bytes]) -> None:
    try:
        program.wait(PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(program.pid, signal.SIGKILL)  # its own session: the program and its pool, nobody else
        program.wait()


def _free_port() -> int:
    for port in range(FIRST_PORT, LAST_PORT + 1):
        with socket.socket() as listener, suppress(OSError):
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(("127.0.0.1", port))
            return port
    raise ProgramEnded(_("端口 {first}–{last} 都被占用。").format(first=FIRST_PORT, last=LAST_PORT))


def _answers(port: int) -> bool:
    with socket.socket() as client:
        client.settimeout(1)
        return client.connect_ex(("127.0.0.1", port)) == 0
