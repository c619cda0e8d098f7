"""A leader's level, score and rebate by natural quarter (rulebook §12). Pure: whole fen and bps, no rows, no clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

FULL_BPS = 10_000
WEIGHTS = (30, 50, 20)
"""Per cent of the score for brands, GMV and promoters."""


class LeaderLevel(StrEnum):
    POTENTIAL = "potential"
    BRONZE = "bronze"
    SILVER = "silver"
    GOLD = "gold"


class Mode(StrEnum):
    MARGINAL = "marginal"
    WHOLE = "whole"


@dataclass(frozen=True)
class LevelStep:
    """What a level takes, and what it rebates."""

    level: LeaderLevel
    gmv_fen: int
    brands: int = 0
    promoters: int = 0
    rebate_bps: int = 0


STEPS = (
    LevelStep(LeaderLevel.BRONZE, 50_000_000_00, rebate_bps=10),
    LevelStep(LeaderLevel.SILVER, 100_000_000_00, rebate_bps=30),
    LevelStep(LeaderLevel.GOLD, 300_000_000_00, rebate_bps=50),
)
"""The rulebook's own, from the lowest; below the first a leader is a potential one. A policy version may say others."""


@dataclass(frozen=True)
class Quarter:
    """What a leader brought in a quarter. ``gmv_fen``: settled, net of refunds; it may be below zero."""

    gmv_fen: int
    brands: int
    promoters: int


def level_of(quarter: Quarter, steps: Sequence[LevelStep] = STEPS) -> LeaderLevel:
    """The highest level all of whose conditions hold."""
    reached = [step.level for step in steps if _holds(step, quarter)]
    return reached[-1] if reached else LeaderLevel.POTENTIAL


def _holds(step: LevelStep, quarter: Quarter) -> bool:
    return quarter.gmv_fen >= step.gmv_fen and quarter.brands >= step.brands and quarter.promoters >= step.promoters


@dataclass(frozen=True)
class Missing:
    """What is missing for ``level``; nothing is below zero."""

    level: LeaderLevel
    gmv_fen: int
    brands: int
    promoters: int


def missing_for_next(quarter: Quarter, steps: Sequence[LevelStep] = STEPS) -> Missing | None:
    """What a leader lacks for the level above its own; None for the highest."""
    level = level_of(quarter, steps)
    above = [step for step in steps if list(LeaderLevel).index(step.level) > list(LeaderLevel).index(level)]
    if not above:
        return None
    step = above[0]
    return Missing(
        step.level,
        max(0, step.gmv_fen - quarter.gmv_fen),
        max(0, step.brands - quarter.brands),
        max(0, step.promoters - quarter.promoters),
    )


def score_bps(quarter: Quarter, target: Quarter) -> int:
    """0.30 · min(1, brands/target) + 0.50 · min(1, GMV/target) + 0.20 · min(1, promoters/target), half up to whole bps.

    Each target is above zero. The sum is rounded once.
    """
    goals = (
        (quarter.brands, target.brands),
        (quarter.gmv_fen, target.gmv_fen),
        (quarter.promoters, target.promoters),
    )
    if min(goal for _brought, goal in goals) <= 0:
        raise ValueError("a target must be above zero")
    denominator = 1
    for _brought, goal in goals:
        denominator *= goal
    numerator = sum(
        weight * max(0, min(brought, goal)) * (denominator // goal)
        for weight, (brought, goal) in zip(WEIGHTS, goals, strict=True)
    )
    return (2 * numerator * FULL_BPS // 100 + denominator) // (2 * denominator)


@dataclass(frozen=True)
class Band:
    """Some of the GMV and the rate at which it is rebated."""

    level: LeaderLevel
    gmv_fen: int
    rebate_bps: int


def bands(
    gmv_fen: int, level: LeaderLevel, mode: Mode = Mode.MARGINAL, steps: Sequence[LevelStep] = STEPS
) -> list[Band]:
    """What is rebated at which rate. ``WHOLE``: all of it at the level's; ``MARGINAL``: each band at its own, up to
    the level's. Below the first level, and of GMV below zero: nothing."""
    order = list(LeaderLevel)
    held = [step for step in steps if order.index(step.level) <= order.index(level)]
    if not held or gmv_fen <= 0:
        return []
    if mode == Mode.WHOLE:
        return [Band(held[-1].level, gmv_fen, held[-1].rebate_bps)]
    tops = [step.gmv_fen for step in held[1:]] + [gmv_fen]
    return [
        Band(step.level, max(0, min(gmv_fen, top) - step.gmv_fen), step.rebate_bps)
        for step, top in zip(held, tops, strict=True)
    ]


def rebate_fen(
    gmv_fen: int, level: LeaderLevel, score: int, mode: Mode = Mode.MARGINAL, steps: Sequence[LevelStep] = STEPS
) -> int:
    """What the platform rebates: GMV × rate × score over its ``bands``, rounded once, half up. ``score`` in bps."""
    weighted = sum(band.gmv_fen * band.rebate_bps for band in bands(gmv_fen, level, mode, steps))
    whole = FULL_BPS * FULL_BPS
    return (weighted * score * 2 + whole) // (2 * whole)


@dataclass(frozen=True)
class Month:
    """What the monthly assessment looks at. ``shipments`` counts those of the month, ``late`` the late ones of them."""

    orders: int
    gmv_fen: int
    shipments: int
    late: int
    new_promoters: int
    new_merchants: int


MIN_ORDERS = 200
MIN_GMV_FEN = 10_000_00
MIN_NEW = 3
EXEMPT_DAYS = 30
MAX_FAILURES = 3
"""Failed months in all, not in a row: with the third the permission goes."""


def shortfalls(month: Month) -> list[str]:
    """The conditions that ``month`` fails, by stable codes; empty: passed."""
    failed = []
    if month.orders < MIN_ORDERS:
        failed.append("ORDERS")
    if month.gmv_fen < MIN_GMV_FEN:
        failed.append("GMV")
    if month.late * 10 > month.shipments:
        failed.append("LATE_SHIPMENTS")
    if month.new_promoters < MIN_NEW and month.new_merchants < MIN_NEW:
        failed.append("NEW_PARTNERS")
    return failed


def is_exempt(days_as_leader: int) -> bool:
    """The first thirty days: day 29 (counted from 0) is the last."""
    return days_as_leader < EXEMPT_DAYS
