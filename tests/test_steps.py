"""Rulebook §11: 10% → 15% after 100 orders of 50.00."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from commissions.models import Settlement, SteppedLine
from commissions.nights import night
from commissions.split import Rates, split
from haowu.audit.invariants import run_audit
from haowu.ground import days
from haowu.ground.errors import Refused
from merchants.models import Plan
from merchants.steps import Comparator, Mode, Step, step_applies
from tests.build import (
    bought,
    event,
    listed_plan,
    merchant,
    nets,
    normal_plan,
    paid,
    pick,
    policy,
    product,
    push,
    settle,
    source,
    story_of,
    streamer,
)

RETRO = Step(3, 1500, Mode.RETROACTIVE, Comparator.REACHED)


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


class Market:
    """A product at 10 % with a step, picked by s1 (x1) and s2 (x2); orders of 50.00."""

    def __init__(self, step: Step) -> None:
        self.goods = product(merchant("m1"))
        self.plan = normal_plan(self.goods, 1000, step=step)
        for number in (1, 2):
            pick(streamer(f"s{number}"), self.goods, f"x{number}")
        self.source = source()

    def sell(self, *orders: str, pid: str = "x1", received: str = "2024-06-01 12:00", lines: int = 1) -> None:
        """Orders that settle in the night after ``received`` + 7 days."""
        events = []
        for order_no in orders:
            bags = [bought(self.goods, pid, line_no=number, price_fen=5_000) for number in range(1, lines + 1)]
            events += [paid(order_no, "2024-05-20 12:00", bags), event("received", order_no, received)]
        push(self.source, events)

    def refund(self, order_no: str, at: str, fen: int = 5_000) -> None:
        push(self.source, [event("refunded", order_no, at, line_no=1, refund_no=f"r{at}", amount_fen=fen)])


def gross() -> int:
    return sum(Settlement.objects.values_list("streamer_fen", flat=True))


def is_clean() -> bool:
    broken = [finding for finding in run_audit() if not finding.holds]
    assert broken == []
    return True


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("orders", "mode", "comparator", "expected"),
    [
        (101, Mode.INCREMENTAL, Comparator.OVER, 50_750),
        (101, Mode.RETROACTIVE, Comparator.OVER, 75_750),
        (100, Mode.INCREMENTAL, Comparator.OVER, 50_000),
        (100, Mode.RETROACTIVE, Comparator.REACHED, 75_000),
        (100, Mode.RETROACTIVE, Comparator.OVER, 50_000),
    ],
)
def test_nights_pay_the_worked_figures(orders, mode, comparator, expected):
    market = Market(Step(100, 1500, mode, comparator))
    market.sell(*(f"o{number}" for number in range(60)))
    market.sell(*(f"o{number}" for number in range(60, orders)), received="2024-06-02 12:00")
    settle("2024-06-09")
    settle("2024-06-10")
    assert gross() == expected
    assert is_clean()


@pytest.mark.django_db
def test_two_orders_refunded_whole_after_101_take_back_262_50():
    market = Market(Step(100, 1500, Mode.RETROACTIVE, Comparator.OVER))
    market.sell(*(f"o{number}" for number in range(101)))
    settle("2024-06-09")
    assert gross() == 75_750
    market.refund("o3", "2024-06-10 09:00")
    market.refund("o7", "2024-06-10 10:00")
    settle("2024-06-11")
    assert gross() == 49_500
    assert is_clean()


@pytest.mark.django_db
def test_each_streamer_is_counted_alone_and_only_what_has_settled():
    market = Market(RETRO)
    market.sell("a1", "a2")
    market.sell("b1", pid="x2")
    market.sell("later", received="2024-06-05 12:00")
    settle("2024-06-09")
    assert gross() == 1_500
    settle("2024-06-13")
    assert [sum(gross for gross, _fee, _net in nets(order)) for order in ("a1", "a2", "later", "b1")] == [750] * 3 + [
        500
    ]
    assert nets("a1") == [(500, 50, 450), (250, 25, 225)]
    assert is_clean()


@pytest.mark.django_db
def test_an_order_of_several_lines_counts_once():
    market = Market(RETRO)
    market.sell("o1", "o2", lines=2)
    settle("2024-06-09")
    assert gross() == 2_000
    assert not SteppedLine.objects.exists()
    assert is_clean()


@pytest.mark.django_db
def test_a_later_refund_of_a_stepped_line_goes_by_the_rate_that_it_came_to():
    market = Market(RETRO)
    market.sell("o1", "o2", "o3", "o4")
    settle("2024-06-09")
    market.refund("o1", "2024-06-10 09:00", fen=1_000)
    settle("2024-06-11")
    assert nets("o1") == [(500, 50, 450), (250, 25, 225), (-150, -15, -135)]
    assert story_of("o1")["phases"][2]["kind"] == "clawback"
    assert is_clean()


@pytest.mark.django_db
def test_a_refund_that_is_called_off_brings_the_step_back():
    market = Market(RETRO)
    market.sell("o1", "o2", "o3")
    settle("2024-06-09")
    market.refund("o1", "2024-06-10 09:00")
    settle("2024-06-11")
    assert gross() == 1_000
    reversal = event("refund_reversed", "o1", "2024-06-12 09:00", line_no=1, refund_no="r2024-06-10 09:00")
    push(market.source, [reversal])
    settle("2024-06-13")
    assert gross() == 2_250
    assert is_clean()


@pytest.mark.django_db
def test_a_refund_that_comes_in_while_its_step_is_taken_back_goes_by_the_rate_after_it():
    """Its target was reckoned at the step's rate, since the night that takes the step back had not closed yet."""
    market = Market(RETRO)
    market.sell("o1", "o2", "o3")
    settle("2024-06-09")
    market.refund("o3", "2024-06-10 09:00")
    night.open_run(date(2024, 6, 11), now=days.now())
    market.refund("o1", "2024-06-11 09:00", fen=1_000)
    settle("2024-06-11")
    settle("2024-06-12")
    assert sum(gross for gross, _fee, _net in nets("o1")) == 400
    assert is_clean()


@pytest.mark.django_db
def test_where_the_platform_keeps_its_fee_a_step_is_charged_and_taken_back_without_it():
    policy(return_tech_fee=False)
    market = Market(RETRO)
    market.sell("o1", "o2", "o3")
    settle("2024-06-09")
    assert nets("o1") == [(500, 50, 450), (250, 25, 225)]
    market.refund("o3", "2024-06-10 09:00")
    settle("2024-06-11")
    assert nets("o1") == [(500, 50, 450), (250, 25, 225), (-225, 0, -225)]
    assert is_clean()


@pytest.mark.django_db
def test_a_step_does_not_lower_a_rate_that_was_raised_above_it():
    goods = product(merchant("m1"))
    high, low = streamer("s1"), streamer("s2")
    with pytest.raises(Refused) as refused:
        listed_plan(goods, "exclusive", {high: 1600, low: 500}, step=RETRO)
    assert refused.value.code == "STEP_NOT_HIGHER"
    assert RETRO.rate(True, 2000) == 2000


@pytest.mark.django_db
def test_a_step_stays_as_it_was_opened():
    market = Market(RETRO)
    with pytest.raises(IntegrityError), transaction.atomic():
        Plan.objects.filter(pk=market.plan.pk).update(step_bps=2000)
    with pytest.raises(Refused) as refused:
        normal_plan(product(market.goods.merchant), 1000, step=Step(0, 1500, Mode.INCREMENTAL, Comparator.OVER))
    assert refused.value.code == "STEP_THRESHOLD_INVALID"


@pytest.mark.django_db
def test_the_audit_names_a_line_that_missed_its_step(monkeypatch):
    market = Market(RETRO)
    market.sell("o1", "o2", "o3")
    monkeypatch.setattr("commissions.nights.closing.apply_steps", lambda run: 0)
    settle("2024-06-09")
    assert [finding.code for finding in run_audit() if not finding.holds] == ["I10.2"]
