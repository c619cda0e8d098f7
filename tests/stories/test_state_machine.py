"""The house as a machine: random acts on PostgreSQL, and after every single one the audit and the model are asked.

Hypothesis chooses the acts, from a seed. In an exact house every account must be the model's after each step. In a
disputed house disputes move money too; the model does not follow what is frozen for them, so that there each line's
phases and the sum of each party's accounts must be the model's.
"""

from contextlib import ExitStack
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from tests.campaign import SEED, Tally, parts, tallied
from tests.histories import FIRST, PRICES, PROVIDERS, RATES, STREAMERS, make_market
from tests.house_acts import House
from tests.world import World, undone

pytestmark = [pytest.mark.django_db, pytest.mark.campaign]
STEPS, EXAMPLES = 50, 3
AMOUNTS = st.sampled_from((1, 33, 333, 5_000, 10_000, 30_000))
SOME, YES = st.integers(0, 1_000), st.booleans()
"""One of what there is, whatever there is; and yes or no."""


class Machine(RuleBasedStateMachine):
    """Its time goes on by a second with each act, and by days with ``wait``."""

    world: World
    tally: Tally
    has_disputes = False

    def __init__(self) -> None:
        super().__init__()
        self.undoing = ExitStack()
        self.undoing.enter_context(undone())
        self.world.fresh()
        self.house = House(self.world, FIRST + timedelta(hours=9))

    def teardown(self) -> None:
        self.undoing.close()

    # What buyers and shops do

    @rule(
        products=st.lists(SOME, min_size=1, max_size=3),
        price=st.sampled_from(PRICES),
        pid=SOME,
        buyer=st.sampled_from(("somebody", "somebody", "buys-s1", "buys-m1")),
        coupon=st.sampled_from((0, 0, 299)),
        ago=st.sampled_from((0, 0, 1, 30)),
    )
    def buy(self, products, price, pid, buyer, coupon, ago):
        self.house.buy(products, price, pid, buyer, coupon, timedelta(hours=ago))

    @precondition(lambda self: self.house.orders)
    @rule(order=SOME, kind=st.sampled_from(("shipped", "received", "received", "received", "cancelled")), line=SOME)
    def report(self, order, kind, line):
        self.house.tell(kind, order, line)

    @precondition(lambda self: self.house.orders)
    @rule(order=SOME, line=SOME, amount=AMOUNTS, late=st.sampled_from((0, 0, 3, 20)))
    def refund(self, order, line, amount, late):
        at = self.house.now - timedelta(days=late)
        self.house.tell("refunded", order, line, at, refund_no=f"r{len(self.house.sent)}", amount_fen=amount)

    @precondition(lambda self: self.house.sent_of("refunded"))
    @rule(refund=SOME)
    def call_off_a_refund(self, refund):
        self.house.end("refunded", "refund_reversed", refund, "refund_no")

    @precondition(lambda self: self.house.orders)
    @rule(order=SOME, line=SOME)
    def open_a_case(self, order, line):
        self.house.tell("after_sale_opened", order, line, case_no=f"c{len(self.house.sent)}")

    @precondition(lambda self: self.house.sent_of("after_sale_opened"))
    @rule(case=SOME)
    def close_a_case(self, case):
        self.house.end("after_sale_opened", "after_sale_closed", case, "case_no")

    @precondition(lambda self: self.house.sent)
    @rule(events=st.lists(SOME, min_size=1, max_size=5))
    def send_again(self, events):
        self.house.send_again(events)

    # The nights

    @rule(days=st.sampled_from((1, 1, 2, 8)))
    def wait_and_settle(self, days):
        self.house.now += timedelta(days=days)
        self.house.settle()

    @precondition(lambda self: self.world.model.nights)
    @rule(night=SOME)
    def settle_again(self, night):
        self.house.settle_again(night)

    # What merchants, streamers and staff do

    @rule(plan=SOME, streamer=st.sampled_from(STREAMERS), bps=st.sampled_from((None, *RATES)))
    def change_a_rate(self, plan, streamer, bps):
        self.house.change_rate(plan, streamer, bps)

    @rule(merchant=st.sampled_from(("m1", "m2")), fen=AMOUNTS)
    def top_up(self, merchant, fen):
        self.house.act("top_up", merchant, fen)

    @rule(party=st.sampled_from((*STREAMERS, *PROVIDERS)), number=st.integers(0, 3), tenths=st.sampled_from((3, 10)))
    def withdraw(self, party, number, tenths):
        self.house.withdraw(party, f"w{number}", tenths)

    @precondition(lambda self: self.house.asked)
    @rule(which=SOME, is_paid=YES)
    def end_a_withdrawal(self, which, is_paid):
        self.house.act("end_withdrawal", *self.house.one_of(sorted(self.house.asked), which), is_paid)

    @precondition(lambda self: self.house.orders)
    @rule(order=SOME, line=SOME, is_held=YES)
    def hold_or_release_a_line(self, order, line, is_held):
        self.house.act("hold" if is_held else "release", *self.house.line(order, line), self.house.now)

    @rule(party=st.sampled_from(STREAMERS), is_frozen=YES)
    def freeze_or_release_a_party(self, party, is_frozen):
        self.house.act("freeze", party, is_frozen)

    @precondition(lambda self: self.world.model.nights)
    @rule(posting=SOME)
    def reverse_a_posting(self, posting):
        self.house.reverse(posting)

    @precondition(lambda self: self.has_disputes and self.house.orders)
    @rule(order=SOME, line=SOME, is_by_merchant=YES)
    def dispute(self, order, line, is_by_merchant):
        self.house.dispute(order, line, is_by_merchant)

    @precondition(lambda self: self.has_disputes and self.house.disputes)
    @rule(which=SOME, tenths=st.integers(0, 10))
    def decide_a_dispute(self, which, tenths):
        self.house.decide(which, tenths)

    @invariant()
    def everything_holds(self):
        self.tally.count("steps")
        found = self.world.differences(statements=self.house.has_settled, by_account=not self.has_disputes)
        assert found == [], self.house.now
        self.house.has_settled = False


@pytest.mark.parametrize("part", parts(1, 134))
def test_no_act_in_any_order_breaks_an_invariant(part, record_property):
    with tallied(record_property, "state machine") as tally, undone():
        market = make_market(f"{SEED} machine {part}")
        has_disputes = part % 2 == 1
        world = World(market | {"prepaid": []} if has_disputes else market)

        class Here(Machine):
            pass

        Here.world, Here.tally, Here.has_disputes = world, tally, has_disputes
        quiet = settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        run_state_machine_as_test(seed(f"{SEED} {part}")(Here), settings=quiet)
        tally.count("houses", EXAMPLES)
