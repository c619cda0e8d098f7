"""Stepped commission: a higher rate once enough orders have come (rulebook §11). Pure; no rows here."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Mode(StrEnum):
    INCREMENTAL = "incremental"
    RETROACTIVE = "retroactive"


class Comparator(StrEnum):
    OVER = ">"
    REACHED = ">="


@dataclass(frozen=True)
class Step:
    """From ``threshold`` valid orders on, ``step_bps``: for the orders after it, or for all of them."""

    threshold: int
    step_bps: int
    mode: Mode
    comparator: Comparator

    def rate(self, applies: bool, commission_bps: int) -> int:
        """The rate of a line whose terms froze at ``commission_bps``. A step never lowers a rate."""
        return max(self.step_bps, commission_bps) if applies else commission_bps


def step_applies(step: Step, orders: Sequence[bool]) -> list[bool]:
    """For each order, in the order of settlement, whether the step rate holds. ``orders``: still worth something.

    Orders refunded whole do not count. Incremental: the valid orders after the threshold. Retroactive: all, once the
    number of valid orders is over the threshold (``>``) or has reached it (``>=``).
    """
    valid = sum(orders)
    if step.mode == Mode.RETROACTIVE:
        reached = valid > step.threshold or (step.comparator == Comparator.REACHED and valid == step.threshold)
        return [reached] * len(orders)
    applies = []
    seen = 0
    for is_valid in orders:
        seen += is_valid
        applies.append(seen > step.threshold)
    return applies
