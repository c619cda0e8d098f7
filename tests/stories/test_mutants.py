"""The proofs proved: each test breaks the project in one place, in this process, and names the checks that notice.

Random histories are played on the broken house until something is found. A mutant that got past would mean a check that
cannot fail.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from commissions import split
from commissions.models.payout import WithdrawalQuerySet
from commissions.nights import night, report, sql
from commissions.orders import adjusting, calendar, intake, life, lines
from commissions.orders.life import OrderLife
from commissions.orders.refunds import RefundBook
from commissions.orders.rulings import Type
from commissions.payments import withdrawals
from commissions.postings.transfers import NightTransfers
from haowu.audit.invariants import run_audit
from haowu.ground import days
from haowu.ground.money import divide
from tests.build import bank_account, moment, money, policy, streamer
from tests.campaign import SEED
from tests.foretold import foretold
from tests.histories import FIRST, LAST_NIGHT, make_history, make_market
from tests.house_acts import House
from tests.world import World, undone

pytestmark = pytest.mark.django_db
MARKETS, HISTORIES = 12, 20


def one_fen_more(patch) -> None:
    def broken(base_fen, rates):
        shares = split.split(base_fen, rates)
        return replace(shares, streamer_fen=shares.streamer_fen + 1) if shares.streamer_fen else shares

    patch(lines, "split", broken)
    patch(adjusting, "split", broken)


def rounded_down(patch) -> None:
    patch(split, "share", lambda fen, bps: fen * bps // 10_000)


def todays_rate(patch) -> None:
    frozen = lines.LineBook._sale
    patch(lines.LineBook, "_sale", lambda *args: replace(frozen(*args), ordered_at=FIRST + timedelta(days=90)))


def a_day_early(patch) -> None:
    patch(days, "night_for", days.day_of)


def no_clawbacks(patch) -> None:
    patch(calendar, "adjustments", lambda *_: {})


def fees_kept_and_returned_the_wrong_way_round(patch) -> None:
    patch(sql, "_ADJUST", sql._ADJUST.replace("WHEN policy.return", "WHEN NOT policy.return"))


def open_cases_forgotten(patch) -> None:
    sound = calendar.settles_on
    patch(calendar, "settles_on", lambda state, *args: sound(replace(state, open_cases={}), *args))


def claims_forgotten(patch) -> None:
    patch(NightTransfers, "_claim", lambda *_: {})


def deposits_not_asked(patch) -> None:
    patch(night, "hold_what_deposits_cannot_pay", lambda *_, **__: None)


def withdrawal_numbers_forgotten(patch) -> None:
    patch(WithdrawalQuerySet, "numbered", lambda *_: None)


def lines_paid_by_every_night(patch) -> None:
    """Every night takes lines that have settled, with a phase of its own each time and without the closing proofs."""
    every_night = "settles_on <= %(day)s AND %(days)s::date[] IS NOT NULL"
    patch(sql, "_SETTLE", sql._SETTLE.replace("settles_on = ANY(%(days)s)", every_night))
    phases = "(SELECT count(*) FROM commissions_settlement AS earlier WHERE line_id = commissions_orderline.id)"
    patch(sql, "_SETTLE", sql._SETTLE.replace("SELECT id, 0,", f"SELECT id, {phases},"))
    patch(report, "_prove", lambda *_: {})


def whole_events_reach_lines_that_join_later(patch) -> None:
    def broken(self, event):
        return [line for no, line in sorted(self.lines.items()) if event.line_no in (None, no)]

    patch(OrderLife, "speaks_of", broken)


def cases_closed_on_all_lines(patch) -> None:
    def broken(self, event, _lines):
        return OrderLife._after_sale_closed(self, event, list(self.lines.values()))

    patch(life, "_APPLY", life._APPLY | {Type.AFTER_SALE_CLOSED: broken})


def refund_numbers_forgotten(patch) -> None:
    sound = RefundBook.refund

    def broken(self, event, lines):
        known, self._numbered[event.facts["refund_no"]] = self._numbered[event.facts["refund_no"]], []
        code = sound(self, event, lines)
        self._numbered[event.facts["refund_no"]] = known + self._numbered[event.facts["refund_no"]]
        return code

    patch(RefundBook, "refund", broken)


def whole_refunds_reversed_with_any_line(patch) -> None:
    sound = RefundBook._give_back

    def broken(self, refunds, lines, at):
        return sound(self, refunds, [share.line for each in refunds for share in each.shares.values()] or lines, at)

    patch(RefundBook, "_give_back", broken)


def early_reversals_forgotten(patch) -> None:
    patch(RefundBook, "reverse_early", lambda *_: iter(()))


def coupons_beyond_a_line_dropped(patch) -> None:
    def broken(prices, order_coupon_fen=0):
        shares = divide(order_coupon_fen, [price.price_fen for price in prices])
        own = [price.price_fen - price.merchant_coupon_fen - price.platform_coupon_fen for price in prices]
        return [max(rest - share, 0) for rest, share in zip(own, shares, strict=True)]

    patch(life, "bases", broken)


MUTANTS: list[tuple[Callable, str, set[str]]] = [
    (one_fen_more, "commission", {"line", "account", "statement", "audit I10"}),
    (rounded_down, "commission", {"line", "account", "audit I10"}),
    (todays_rate, "commission", {"line"}),
    (a_day_early, "commission", {"line"}),
    (no_clawbacks, "clawback", {"line", "account"}),
    (fees_kept_and_returned_the_wrong_way_round, "tech_fee_returned", {"line", "account"}),
    (open_cases_forgotten, "commission", {"line"}),
    (claims_forgotten, "owed", {"account"}),
    (deposits_not_asked, "beyond the deposit", {"line"}),
    (withdrawal_numbers_forgotten, "withdrawal", {"constraint withdrawal_number_unique_per_tenant"}),
    (lines_paid_by_every_night, "commission", {"line", "account", "audit I10"}),
    (whole_events_reach_lines_that_join_later, "commission", {"line"}),
    (cases_closed_on_all_lines, "commission", {"line"}),
    (refund_numbers_forgotten, "commission", {"line"}),
    (whole_refunds_reversed_with_any_line, "commission", {"line"}),
    (early_reversals_forgotten, "commission", {"line"}),
    (coupons_beyond_a_line_dropped, "commission", {"line"}),
]
"""What is broken, what a history must hold so that it matters, and the checks that notice."""


FIRST_NOTICED = {
    "todays_rate": (0, 3),
    "a_day_early": (0, 3),
    "fees_kept_and_returned_the_wrong_way_round": (2, 5),
    "open_cases_forgotten": (0, 8),
    "claims_forgotten": (7, 15),
    "deposits_not_asked": (8, 0),
    "withdrawal_numbers_forgotten": (0, 8),
    "whole_events_reach_lines_that_join_later": (0, 8),
    "cases_closed_on_all_lines": (0, 14),
    "refund_numbers_forgotten": (0, 14),
    "whole_refunds_reversed_with_any_line": (0, 16),
    "coupons_beyond_a_line_dropped": (1, 8),
}
"""The market and the history in which the usual seed shows a mutant first: those before it are tried last."""


@pytest.mark.parametrize(("mutant", "needed", "checks"), MUTANTS, ids=[mutant.__name__ for mutant, *_ in MUTANTS])
def test_a_mutant_is_caught_by_the_checks_that_are_named(mutant, needed, checks, monkeypatch):
    mutant(monkeypatch.setattr)
    noticed: set[str] = set()
    for found in played(needed, *FIRST_NOTICED.get(mutant.__name__, (0, 0))):
        noticed |= found
        if noticed >= checks:
            break
    assert noticed >= checks


def played(needed: str, first_market: int, first_history: int) -> Iterator[set[str]]:
    """The names of the checks that notice something, history by history; only of those that hold what is needed.

    All markets and histories, from the first ones named.
    """
    for turn in range(MARKETS):
        part, begin = (first_market + turn) % MARKETS, 0 if turn else first_history
        market = make_market(f"{SEED} mutants {part}")
        numbers = [(begin + step) % HISTORIES for step in range(HISTORIES)]
        tried = (make_history(market, f"{SEED} mutants {part} {number}") for number in numbers)
        wanted = (acts for acts in tried if needed in foretold(market, acts))
        with stopped_by_a_constraint():
            world = World(market)
            for acts in wanted:
                found: set[str] = set()
                with stopped_by_a_constraint() as guards:
                    world.fresh()
                    for act in [*acts, ("settle", LAST_NIGHT)]:
                        world.act(*act)
                    found = {name_of(difference) for difference in world.differences()}
                yield found | guards


def name_of(difference: str) -> str:
    first, second, *_ = difference.split()
    return f"{first} {second.rstrip(':')}" if first == "audit" else first


@contextmanager
def stopped_by_a_constraint() -> Iterator[set[str]]:
    """Undone at the end; the constraint of the database that stops what is done in it, by name."""
    guards: set[str] = set()
    try:
        with transaction.atomic():
            yield guards
            transaction.set_rollback(True)
    except IntegrityError as error:
        guards.add(f"constraint {error.__cause__.diag.constraint_name}")


def test_without_its_constraint_too_a_second_effect_of_a_withdrawal_number_is_named(monkeypatch):
    monkeypatch.setattr(WithdrawalQuerySet, "numbered", lambda *_: None)
    with transaction.atomic():
        with connection.cursor() as cursor:  # stands before the real table until this test ends, and has no constraint
            cursor.execute("CREATE TEMP TABLE commissions_withdrawal (LIKE commissions_withdrawal INCLUDING IDENTITY)")
        policy(min_withdrawal_fen=1, daily_withdrawal_fen=10**9)
        party = streamer("s1")
        bank_account(party)
        money(party, 500)
        for _ in range(2):
            withdrawals.request(party, "n1", 200, None, moment("2024-06-10 12:00"))
        assert [(one.code, one.examples) for one in run_audit() if not one.holds] == [
            ("I16", [f"withdrawal {party.pk} n1"])
        ]
        transaction.set_rollback(True)


def test_an_event_that_is_stored_at_each_arrival_is_caught_by_sending_it_again(monkeypatch):
    """The fold forgives it: an order's second payment, receipt or refund changes no line. The stored rows tell."""
    sound, arrivals = intake.parse, iter(range(1_000))

    def forgetful(raw: dict, *, now: datetime):
        return replace(sound(raw, now=now), event_id=f"{raw['event_id']}-{next(arrivals)}")

    with undone():
        house = House(World(make_market(SEED)), FIRST + timedelta(days=20))
        house.buy([0], 10_000, 0, "somebody", 0, timedelta())
        house.send_again([0])
        monkeypatch.setattr(intake, "parse", forgetful)
        with pytest.raises(AssertionError):
            house.send_again([0])
