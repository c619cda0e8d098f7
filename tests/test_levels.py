"""Rulebook §12: level, score, rebate, monthly assessment, with their figures and the boundaries on both sides."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuanzhang.levels import (
    STEPS,
    Band,
    LeaderLevel,
    LevelStep,
    Mode,
    Month,
    Quarter,
    bands,
    is_exempt,
    level_of,
    missing_for_next,
    rebate_fen,
    score_bps,
    shortfalls,
)

MILLION = 1_000_000_00
FULL = 10_000


def brought(gmv_fen: int, brands: int = 0, promoters: int = 0) -> Quarter:
    return Quarter(gmv_fen, brands, promoters)


@pytest.mark.parametrize(
    ("gmv_fen", "level"),
    [
        (300 * MILLION, LeaderLevel.GOLD),
        (299_999_999_99, LeaderLevel.SILVER),
        (100 * MILLION, LeaderLevel.SILVER),
        (99_999_999_99, LeaderLevel.BRONZE),
        (50 * MILLION, LeaderLevel.BRONZE),
        (49_999_999_99, LeaderLevel.POTENTIAL),
        (-1, LeaderLevel.POTENTIAL),
    ],
)
def test_the_level_follows_the_quarters_gmv(gmv_fen, level):
    assert level_of(brought(gmv_fen)) == level


def test_a_level_also_takes_its_brands_and_promoters():
    steps = (STEPS[0], LevelStep(LeaderLevel.SILVER, 100 * MILLION, brands=10, promoters=50, rebate_bps=30), STEPS[2])
    assert level_of(brought(120 * MILLION, 10, 50), steps) == LeaderLevel.SILVER
    assert level_of(brought(120 * MILLION, 9, 50), steps) == LeaderLevel.BRONZE
    lacking = missing_for_next(brought(88 * MILLION, 8, 60), steps)
    assert (lacking.level, lacking.gmv_fen, lacking.brands, lacking.promoters) == (
        LeaderLevel.SILVER,
        12 * MILLION,
        2,
        0,
    )
    assert missing_for_next(brought(300 * MILLION), STEPS) is None


def test_the_worked_score():
    assert score_bps(Quarter(120 * MILLION, 24, 450), Quarter(100 * MILLION, 30, 500)) == 9200
    assert score_bps(Quarter(0, 0, 0), Quarter(1, 1, 1)) == 0
    assert score_bps(Quarter(9, 9, 9), Quarter(1, 1, 1)) == FULL
    with pytest.raises(ValueError, match="above zero"):
        score_bps(Quarter(1, 1, 1), Quarter(1, 0, 1))


def test_the_worked_rebates():
    assert rebate_fen(300 * MILLION, LeaderLevel.GOLD, FULL, Mode.MARGINAL) == 650_000_00
    assert rebate_fen(300 * MILLION, LeaderLevel.GOLD, FULL, Mode.WHOLE) == 1_500_000_00
    assert rebate_fen(120 * MILLION, LeaderLevel.SILVER, 9200, Mode.WHOLE) == 331_200_00


def test_the_bands_of_a_gold_quarter_in_both_modes():
    gmv_fen = 310 * MILLION
    assert bands(gmv_fen, LeaderLevel.GOLD, Mode.MARGINAL) == [
        Band(LeaderLevel.BRONZE, 50 * MILLION, 10),
        Band(LeaderLevel.SILVER, 200 * MILLION, 30),
        Band(LeaderLevel.GOLD, 10 * MILLION, 50),
    ]
    assert bands(gmv_fen, LeaderLevel.GOLD, Mode.WHOLE) == [Band(LeaderLevel.GOLD, gmv_fen, 50)]
    assert bands(gmv_fen, LeaderLevel.POTENTIAL) == bands(-1, LeaderLevel.GOLD) == []


def test_a_rebate_is_nothing_below_the_first_level_and_for_gmv_below_zero():
    assert rebate_fen(49_999_999_99, LeaderLevel.POTENTIAL, FULL) == 0
    assert rebate_fen(-5, LeaderLevel.GOLD, FULL, Mode.WHOLE) == 0


def test_a_leader_without_the_brands_of_gold_is_paid_the_bands_up_to_silver():
    assert rebate_fen(400 * MILLION, LeaderLevel.SILVER, FULL, Mode.MARGINAL) == 50_000_00 + 900_000_00


@given(
    st.integers(0, 10**13),
    st.integers(0, 500),
    st.integers(0, 5000),
    st.integers(1, 10**12),
    st.integers(1, 100),
    st.integers(1, 900),
)
def test_the_score_is_the_fraction_rounded_half_up(gmv, brands, promoters, gmv_goal, brand_goal, promoter_goal):
    exact = (
        Fraction(3, 10) * min(1, Fraction(brands, brand_goal))
        + Fraction(5, 10) * min(1, Fraction(gmv, gmv_goal))
        + Fraction(2, 10) * min(1, Fraction(promoters, promoter_goal))
    ) * FULL
    rounded = (2 * exact + 1).__floor__() // 2
    assert score_bps(Quarter(gmv, brands, promoters), Quarter(gmv_goal, brand_goal, promoter_goal)) == rounded


@given(st.integers(0, 10**13), st.sampled_from(LeaderLevel), st.integers(0, FULL))
def test_marginal_never_pays_more_than_whole(gmv, level, score):
    assert rebate_fen(gmv, level, score, Mode.MARGINAL) <= rebate_fen(gmv, level, score, Mode.WHOLE)


GOOD = Month(orders=200, gmv_fen=10_000_00, shipments=1000, late=100, new_promoters=3, new_merchants=0)


@pytest.mark.parametrize(
    ("changes", "failed"),
    [
        ({}, []),
        ({"orders": 199}, ["ORDERS"]),
        ({"gmv_fen": 9_999_99}, ["GMV"]),
        ({"late": 101}, ["LATE_SHIPMENTS"]),
        ({"shipments": 2000, "late": 201}, ["LATE_SHIPMENTS"]),
        ({"new_promoters": 2, "new_merchants": 3}, []),
        ({"new_promoters": 2, "new_merchants": 2}, ["NEW_PARTNERS"]),
        ({"orders": 0, "gmv_fen": 0, "shipments": 0, "late": 0, "new_promoters": 0}, ["ORDERS", "GMV", "NEW_PARTNERS"]),
    ],
)
def test_a_month_is_weighed_condition_by_condition(changes, failed):
    assert shortfalls(Month(**(vars(GOOD) | changes))) == failed


def test_the_first_thirty_days_are_exempt():
    assert [is_exempt(days) for days in (0, 29, 30)] == [True, True, False]
