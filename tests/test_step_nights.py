"""Steps counted in the database move the lines that ``step_applies`` moves, on random nights, and bring only these."""

from random import Random

import pytest

from commissions.models import OrderLine, SteppedLine
from commissions.nights import stepping
from commissions.split import Rates, split
from merchants.steps import Comparator, Mode, Step, step_applies
from tests.build import settle
from tests.sets import Market, assert_audit_is_clean, assert_noticed, night, settled_orders

pytestmark = pytest.mark.django_db


SEEDS = range(8)


@pytest.mark.parametrize("seed", SEEDS)
def test_steps_move_the_lines_that_the_rule_moves_whatever_the_size_of_a_batch(seed, monkeypatch):
    play(seed, monkeypatch)


@pytest.mark.parametrize(
    ("sound", "broken"),
    [
        ("bool_or(base_fen > 0)", "bool_or(true)"),
        ("= 1)::int AS counts", ">= 1)::int AS counts"),
        ("min(orders_so_far)", "max(orders_so_far)"),
        ("ELSE order_position > step_threshold", "ELSE order_position >= step_threshold"),
        ("coalesce(adjusted.base_fen, line.due_base_fen)", "line.due_base_fen"),
        ("coalesce(moved_bps, frozen_bps)", "frozen_bps"),
    ],
    ids=[
        "refunded counts",
        "each line counts",
        "counted at the last line",
        "> as >=",
        "refunds forgotten",
        "the moved rate forgotten",
    ],
)
def test_a_broken_variant_is_noticed(monkeypatch, sound, broken):
    assert sound in stepping._MOVED
    monkeypatch.setattr(stepping, "_MOVED", stepping._MOVED.replace(sound, broken))

    def noticing(seed: int) -> None:
        with monkeypatch.context() as patches:
            play(seed, patches)

    assert_noticed(noticing, SEEDS)


def play(seed: int, monkeypatch) -> None:
    """Four nights of random orders and refunds of two streamers; asserts every settled line after each."""
    rng = Random(f"steps {seed}")
    mode = (Mode.INCREMENTAL, Mode.RETROACTIVE)[seed % 2]
    comparator = rng.choice((Comparator.OVER, Comparator.REACHED)) if mode == Mode.RETROACTIVE else Comparator.OVER
    step = Step(rng.randrange(3, 8), 1_500, mode, comparator)
    market = Market(2, step)
    monkeypatch.setattr(stepping, "BATCH", rng.randrange(1, 4))
    read = stepping._book
    monkeypatch.setattr(stepping, "_book", lambda run, moved: batches.append(len(moved)) or read(run, moved))
    sold: list[tuple[str, int, int]] = []
    for number in range(4):
        batches: list[int] = []
        for _ in range(rng.randrange(1, 4) if number else rng.randrange(5, 10)):
            prices = [rng.choice((50, 333, 5_000)) for _ in range(rng.choice((1, 1, 1, 2, 3)))]
            hours = [rng.randrange(9, 18) for _ in prices]
            order_no = market.sell(rng.choice((0, 0, 0, 1)), number, *prices, hours=hours)
            sold += [(order_no, line_no, fen) for line_no, fen in enumerate(prices, 1)]
        for _ in range(rng.randrange(7) if number else 0):
            index = rng.randrange(len(sold))
            order_no, line_no, left = sold[index]
            if left and order_no in settled_orders():
                fen = rng.choice((left, left, left, rng.randrange(1, left + 1)))
                market.refund(order_no, number, fen, line_no)
                sold[index] = (order_no, line_no, left - fen)
        settle(str(night(number)))
        assert_steps_are_right(step)
        assert sum(batches) == SteppedLine.objects.filter(day=night(number)).count()
        assert max(batches, default=0) <= stepping.BATCH
    assert_audit_is_clean()


def assert_steps_are_right(step: Step) -> None:
    """Each settled line has come to what its base is worth at the rate that the rule gives it now."""
    for seller in ("s0", "s1"):
        rows = OrderLine.objects.filter(streamer__code=seller, settlements__phase=0)
        lines = list(rows.order_by("settlements__day", "due_at", "pk"))
        come_to = {line.pk: sum((row.shares for row in line.settlements.all()), split(0, Rates())) for line in lines}
        worth: dict[int, bool] = {}
        for line in lines:
            worth[line.order_id] = worth.get(line.order_id, False) or come_to[line.pk].base_fen > 0
        applies = dict(zip(worth, step_applies(step, list(worth.values())), strict=True))
        for line in lines:
            bps = step.rate(applies[line.order_id], 1_000)
            assert come_to[line.pk] == split(come_to[line.pk].base_fen, Rates(commission_bps=bps, tech_bps=1_000))


def test_of_a_streamer_only_the_lines_that_move_come_to_python(monkeypatch):
    market = Market(1, Step(8, 1_500, Mode.INCREMENTAL, Comparator.OVER))
    for _ in range(10):
        market.sell(0, 0, 5_000)
    came: list[int] = []
    book = stepping._book
    monkeypatch.setattr(stepping, "_book", lambda run, moved: came.append(len(moved)) or book(run, moved))
    settle(str(night(0)))
    assert came == [2]
    market.sell(0, 1, 5_000)
    settle(str(night(1)))
    assert came == [2, 1]
