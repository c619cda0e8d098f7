"""Who acts: known to the doors, asked for by ``trail.record``, so that acts need not pass it along.

Pages and the admin name the user, the API its client, a task itself (a timer), and any other program its command.
"""

import getpass
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.db import models
from django.utils.translation import gettext_lazy as _

MAX_NAME = 150


class ActorKind(models.TextChoices):
    USER = "user", _("用户")
    CLIENT = "client", _("API 客户端")
    TIMER = "timer", _("定时任务")
    COMMAND = "command", _("命令行")
    VISITOR = "visitor", _("未登录")


@dataclass(frozen=True)
class Actor:
    """``acting_for`` is the id of the tenant in whose name it acts, ``role`` the member's role there."""

    kind: str
    name: str
    user_id: int | None = None
    acting_for: int | None = None
    role: str = ""


VISITOR = Actor(ActorKind.VISITOR, "")
_current: ContextVar[Actor | None] = ContextVar("actor", default=None)


def current() -> Actor:
    return _current.get() or of_command()


@contextmanager
def acting(actor: Actor) -> Iterator[None]:
    """Whatever is recorded inside was done by ``actor``, or by whom a door names in ``recognise``."""
    token = _current.set(actor)
    try:
        yield
    finally:
        _current.reset(token)


def recognise(actor: Actor) -> None:
    """Name who acts from here to the end of the ``acting`` around it: the API learns it late, from the token."""
    _current.set(actor)


def timer(name: str) -> Actor:
    return Actor(ActorKind.TIMER, name[:MAX_NAME])


@cache
def of_command() -> Actor:
    """This program: its name, the command of ``manage.py``, and whose shell it is. No options: they may say secrets."""
    program = Path(sys.argv[0])
    name = program.parent.name if program.name == "__main__.py" else program.name
    words = [name, *(sys.argv[1:2] if name == "manage.py" else [])]
    return Actor(ActorKind.COMMAND, f"{' '.join(words)[:100]} ({_shell()})"[:MAX_NAME])


def _shell() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"
