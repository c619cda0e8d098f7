"""How far a command is: a bar on a terminal; elsewhere plain lines, so that a log is never silent for minutes.

Written to standard error, so that what a command answers stays alone on standard output.
"""

import sys
import time
from collections.abc import Callable
from threading import Event, Thread
from types import TracebackType
from typing import Self, TextIO

from tqdm import tqdm

EVERY_SECONDS = 5.0


class Progress:
    """``total`` things of one ``unit`` to be done. ``clock`` counts seconds."""

    def __init__(
        self, total: int, unit: str, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.total, self.unit, self.done, self.at = total, unit, 0, ""
        self._stream, self._clock = stream or sys.stderr, clock
        self._bar = tqdm(total=total, unit=unit, file=self._stream) if self._stream.isatty() else None
        self._next = clock()
        self._write_when_due()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        if self._bar is not None:
            self._bar.close()
        elif kind is None:
            self._write()

    def advance(self, count: int, at: str = "") -> None:
        """``count`` more are done; ``at`` says where, such as a day."""
        self.done += count
        self.at = at
        if self._bar is not None:
            self._bar.set_description(at, refresh=False)
            self._bar.update(count)
        else:
            self._write_when_due()

    def _write_when_due(self) -> None:
        if self._bar is None and self._clock() >= self._next:
            self._write()
            self._next = self._clock() + EVERY_SECONDS

    def _write(self) -> None:
        share = 100 * self.done // self.total if self.total else 100
        where = f" {self.at}" if self.at else ""
        write_line(f"{share}% {self.done:,}/{self.total:,} {self.unit}{where}", self._stream)


class Watch:
    """While it is open, ``line`` is asked every few seconds and what it says is written; nothing where it says ""."""

    def __init__(self, line: Callable[[], str], stream: TextIO | None = None, every: float = EVERY_SECONDS) -> None:
        self._line, self._stream, self._every = line, stream or sys.stderr, every
        self._over = Event()
        self._thread = Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(self._every):
            if line := self._line():
                write_line(line, self._stream)


def write_line(text: str, stream: TextIO | None = None) -> None:
    print(text, file=stream or sys.stderr, flush=True)
