"""How a commission rate moves: up at once, down at the next midnight (rulebook §6). No rows here.

A rate is never edited. Each is a row with ``effective_from``, so that any past moment can be asked.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from haowu.ground import days

MAX_COMMISSION_BPS = 9000


class Rate(Protocol):
    """What these rules read of a rate row. ``cancelled_at``: a pending decrease was called off."""

    id: int
    effective_from: datetime
    cancelled_at: datetime | None

    @property
    def commission_bps(self) -> int | None:
        """None: the streamer leaves the plan's list."""


R = TypeVar("R", bound=Rate)


def in_force(rates: Iterable[R], at: datetime) -> R | None:
    """The rate that speaks at ``at``: the latest to have begun, and of two that began together the later row."""
    begun = [rate for rate in rates if rate.cancelled_at is None and rate.effective_from <= at]
    return max(begun, key=lambda rate: (rate.effective_from, rate.id), default=None)


def pending(rates: Iterable[R], at: datetime) -> R | None:
    """The announced decrease that has not begun at ``at``."""
    waiting = [rate for rate in rates if rate.cancelled_at is None and rate.effective_from > at]
    return min(waiting, key=lambda rate: (rate.effective_from, rate.id), default=None)


@dataclass(frozen=True)
class Change:
    """What asking for a new rate does. ``effective_from`` None: nothing begins, a pending decrease is cancelled."""

    effective_from: datetime | None
    refused: bool = False


def change(current_bps: int | None, new_bps: int | None, at: datetime) -> Change:
    """A first rate or a raise begins at once; an equal one only cancels; a decrease waits for the next midnight.

    None stands for no rate: to leave a list is a decrease, to enter it a raise. A decrease asked for from
    23:50:00 on is refused. Every accepted change cancels a pending decrease.
    """
    if new_bps == current_bps:
        return Change(None)
    if current_bps is None or (new_bps is not None and new_bps > current_bps):
        return Change(at)
    if days.decreases_closed(at):
        return Change(None, refused=True)
    return Change(days.next_midnight(at))
