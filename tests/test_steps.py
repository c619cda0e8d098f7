"""Rulebook §11: 10% → 15% after 100 orders of 50.00."""

import pytest

from commissions.split import Rates, split
from commissions.steps import Comparator, Mode, Step, step_applies


def commission(orders: int, mode: Mode, comparator: Comparator, refunded: int = 0) -> int:
    """What ``orders`` orders of 50.00, the last ``refunded`` of them given back, earn gross."""
    step = Step(100, 1500, mode, comparator)
    valid = [True] * (orders - refunded) + [False] * refunded
    return sum(
        split(5_000 if is_valid else 0, Rates(commission_bps=1500 if stepped else 1000)).streamer_fen
        for is_valid, stepped in zip(valid, step_applies(step, valid), strict=True)
    )


@pytest.mark.parametrize(
    ("orders", "mode", "comparator", "expected"),
    [
        (101, Mode.INCREMENTAL, Comparator.OVER, 50_750),
        (101, Mode.RETROACTIVE, Comparator.OVER, 75_750),
        (100, Mode.INCREMENTAL, Comparator.OVER, 50_000),
        (100, Mode.INCREMENTAL, Comparator.REACHED, 50_000),
        (100, Mode.RETROACTIVE, Comparator.REACHED, 75_000),
        (100, Mode.RETROACTIVE, Comparator.OVER, 50_000),
    ],
)
def test_a_step_holds_for_the_orders_after_it_or_for_all(orders, mode, comparator, expected):
    assert commission(orders, mode, comparator) == expected


def test_refunds_that_fall_below_the_threshold_take_the_step_back_from_all():
    before = commission(101, Mode.RETROACTIVE, Comparator.OVER)
    after = commission(101, Mode.RETROACTIVE, Comparator.OVER, refunded=2)
    assert (after, before - after) == (49_500, 26_250)
