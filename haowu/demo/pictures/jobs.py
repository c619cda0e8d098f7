"""What a process of the studio draws, and into which files. Knows no Django, so that it starts at once."""

import contextlib
import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from haowu.demo.pictures import faces, goods
from haowu.demo.pictures.looks import look_of

QUALITY, METHOD = 80, 1
IDLE = 19
"""As nice as can be: whoever replays or serves goes first."""


@dataclass(frozen=True)
class Goods:
    """A product's picture, large and small. ``key`` names it among all that are drawn."""

    key: str
    code: str
    kind: str
    colours: tuple[str, ...]
    motif: str

    @property
    def name(self) -> str:
        return f"products/demo/{self.key}.webp"

    @property
    def small_name(self) -> str:
        return f"products/demo/{self.key}-small.webp"


@dataclass(frozen=True)
class Avatar:
    """A face, or the seal with ``motif``."""

    key: str
    is_man: bool = False
    motif: str = ""

    @property
    def name(self) -> str:
        return f"avatars/demo/{self.key}.webp"


Job = Goods | Avatar


def draw(root: str, jobs: Sequence[Job]) -> Sequence[Job]:
    """Draw what is not there yet. Answers ``jobs``."""
    for job in jobs:
        if not (Path(root) / job.name).exists():
            _draw(Path(root), job)
    return jobs


def work_quietly() -> None:
    """In each process of the pool: give way to all others, and leave Ctrl-C to the demo."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(OSError):
        os.nice(IDLE)


def _draw(root: Path, job: Job) -> None:
    if isinstance(job, Goods):
        canvas = goods.draw(look_of(job.code, job.kind, job.colours, job.motif))
        _save(canvas.small(), root / job.small_name)
        _save(canvas.large(), root / job.name)
    else:
        canvas = faces.seal(job.key, job.motif) if job.motif else faces.face(job.key, is_man=job.is_man)
        _save(canvas.small(), root / job.name)


def _save(image: Image.Image, path: Path) -> None:
    """All of it or nothing: a process that is killed leaves no half picture."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(f".{os.getpid()}")
    image.save(unfinished, "WEBP", quality=QUALITY, method=METHOD)
    unfinished.replace(path)
