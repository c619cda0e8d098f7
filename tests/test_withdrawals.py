"""Rulebook §10: the caller's own number, limits, a second person, and never a fen more than there is."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from commissions.models import Withdrawal, WithdrawalStep
from commissions.payments import withdrawals
from commissions.statements.earnings import buckets
from haowu.audit.invariants import run_audit
from haowu.ground.errors import Refused
from haowu.ground.states import MoveRefused
from haowu.ledger.models import Account, Posting
from haowu.tenants.scope import PLATFORM, enter_scope
from tests.build import (
    bank_account,
    bought,
    event,
    in_threads,
    member,
    merchant,
    moment,
    money,
    normal_plan,
    paid,
    pick,
    policy,
    product,
    push,
    settle,
    source,
    staff,
    streamer,
)

pytestmark = pytest.mark.django_db
AT = moment("2024-06-10 12:00")
DAY_ENDS = moment("2024-06-10 23:59:59")
NEXT_DAY = moment("2024-06-11 00:00")


@pytest.fixture
def seller():
    """A streamer with 100.00 available and a bank account; above 50.00 a second person checks, 80.00 a day."""
    policy(min_withdrawal_fen=100, daily_withdrawal_fen=8_000, checked_above_fen=5_000)
    made = streamer("s1")
    bank_account(made)
    money(made, 10_000)
    return made


def ask(seller, amount_fen: int, number: str = "n1", by=None, at=AT) -> Withdrawal:
    return withdrawals.request(seller, number, amount_fen, by, at)


def in_hand(seller) -> tuple[int, int, int]:
    """Available, withdrawing, paid."""
    kinds = dict(Account.objects.visible_to(seller).values_list("kind", "balance_fen"))
    return kinds.get("available", 0), kinds.get("withdrawing", 0), kinds.get("paid", 0)


def everything() -> list:
    return [list(model.objects.order_by("pk").values()) for model in (Account, Posting, Withdrawal, WithdrawalStep)]


def refused(act, *args, **kwargs) -> str:
    """The code with which ``act`` is refused, having changed nothing."""
    before = everything()
    with pytest.raises(Refused) as caught, transaction.atomic():
        act(*args, **kwargs)
    assert everything() == before
    assert caught.value.message
    return caught.value.code


def test_a_small_withdrawal_is_approved_at_once_and_its_money_is_on_the_way(seller):
    withdrawal = ask(seller, 5_000)
    assert (withdrawal.status, withdrawal.requested_on) == ("approved", date(2024, 6, 10))
    assert in_hand(seller) == (5_000, 5_000, 0)
    assert list(Posting.objects.filter(kind="withdrawal").values_list("amount_fen", "day", "reference")) == [
        (5_000, date(2024, 6, 10), f"withdrawal:{withdrawal.pk}:in")
    ]
    assert list(withdrawal.steps.order_by("pk").values_list("status", flat=True)) == ["requested", "approved"]


def test_a_large_one_waits_for_a_second_person(seller):
    withdrawal = ask(seller, 5_001)
    assert withdrawal.status == "requested"
    assert withdrawals.approve(withdrawal, staff(), AT).status == "approved"
    assert in_hand(seller) == (4_999, 5_001, 0)


def test_the_same_number_with_the_same_amount_is_the_same_withdrawal(seller):
    first = ask(seller, 4_000)
    before = everything()
    assert ask(seller, 4_000, at=NEXT_DAY) == first
    assert everything() == before
    assert refused(ask, seller, 4_001) == "WITHDRAWAL_NUMBER_TAKEN"


def test_a_repeat_is_answered_even_when_a_new_request_would_be_refused(seller):
    first = ask(seller, 8_000)
    withdrawals.refuse(first, staff(), AT, reason="资料不符")
    money(seller, -500, "debt")
    again = ask(seller, 8_000)
    assert (again.pk, again.status) == (first.pk, "refused")


def test_numbers_are_each_partys_own(seller):
    other = streamer("s2")
    bank_account(other)
    money(other, 1_000)
    assert ask(seller, 1_000).pk != ask(other, 1_000).pk


@pytest.mark.parametrize("number", ["", " ", " n1", "n1\n", "a\x00b", "x" * 65])
def test_a_number_that_nobody_could_repeat_is_refused(seller, number):
    assert refused(ask, seller, 1_000, number) == "WITHDRAWAL_NUMBER_INVALID"


@pytest.mark.parametrize("amount_fen", [99, 0, -100])
def test_less_than_the_minimum_is_refused(seller, amount_fen):
    assert refused(ask, seller, amount_fen) == "WITHDRAWAL_BELOW_MINIMUM"
    assert ask(seller, 100).amount_fen == 100


def test_more_than_there_is_is_refused(seller):
    assert refused(ask, seller, 10_001) == "BALANCE_TOO_LOW"


def test_who_is_in_debt_withdraws_nothing_until_it_is_repaid(seller):
    money(seller, -1, "debt")
    assert refused(ask, seller, 1_000) == "IN_DEBT"
    money(seller, 1, "debt")
    assert ask(seller, 1_000).status == "approved"


def test_without_a_bank_account_nothing_is_taken(seller):
    other = streamer("s2")
    money(other, 1_000)
    assert refused(ask, other, 1_000) == "BANK_ACCOUNT_MISSING"


def test_the_daily_limit_begins_anew_at_midnight_in_shanghai(seller):
    ask(seller, 3_000, "a", at=moment("2024-06-10 00:00"))
    assert refused(ask, seller, 5_001, "b", at=DAY_ENDS) == "OVER_DAILY_LIMIT"
    ask(seller, 5_000, "b", at=DAY_ENDS)
    assert refused(ask, seller, 100, "c", at=DAY_ENDS) == "OVER_DAILY_LIMIT"
    assert ask(seller, 100, "c", at=NEXT_DAY).requested_on == date(2024, 6, 11)


def test_what_was_returned_does_not_count_towards_the_limit(seller):
    withdrawals.cancel(ask(seller, 8_000, "a"), None, AT)
    assert ask(seller, 8_000, "b").status == "requested"


def test_the_checker_is_not_whoever_touched_it_last(seller):
    clerk = staff()
    withdrawal = ask(seller, 6_000, by=clerk)
    assert refused(withdrawals.approve, withdrawal, clerk, AT) == "SECOND_PERSON_NEEDED"
    assert withdrawals.approve(withdrawal, staff(), AT).status == "approved"


def test_only_active_staff_decide(seller):
    withdrawal, gone = ask(seller, 6_000), staff()
    gone.is_active = False
    for somebody in (member(seller, "finance"), gone):
        assert refused(withdrawals.approve, withdrawal, somebody, AT) == "STAFF_ONLY"
        assert refused(withdrawals.refuse, withdrawal, somebody, AT, reason="x") == "STAFF_ONLY"


@pytest.mark.parametrize("end", ["refuse", "cancel"])
def test_a_withdrawal_given_up_returns_its_money_once(seller, end):
    withdrawal, checker = ask(seller, 6_000), staff()

    def give_up():
        if end == "cancel":
            return withdrawals.cancel(withdrawal, None, AT)
        return withdrawals.refuse(withdrawal, checker, AT, reason=" 账户  不符 ")

    ended = give_up()
    assert (ended.status, ended.reason) == (("cancelled", "") if end == "cancel" else ("refused", "账户 不符"))
    assert in_hand(seller) == (10_000, 0, 0)
    assert refused(give_up) == MoveRefused.code
    assert refused(withdrawals.approve, withdrawal, staff(), AT) == MoveRefused.code


def test_a_refusal_says_why(seller):
    assert refused(withdrawals.refuse, ask(seller, 6_000), staff(), AT, reason=" \n") == "REASON_MISSING"


def test_the_database_lets_money_leave_the_withdrawing_account_once(seller):
    withdrawal = withdrawals.cancel(ask(seller, 1_000, "a"), None, AT)
    ask(seller, 2_000, "b")
    withdrawal.status = "paid"
    with pytest.raises(IntegrityError), transaction.atomic():
        withdrawals.post_ends([withdrawal], AT.date())
    assert in_hand(seller) == (8_000, 2_000, 0)


def test_a_party_asks_and_cancels_in_its_own_scope_and_sees_nobody_elses(seller):
    other = streamer("s2")
    enter_scope(seller.pk)
    mine = ask(seller, 1_000, by=member(seller, "finance"))
    assert list(Withdrawal.objects.values_list("pk", flat=True)) == [mine.pk]
    assert Withdrawal.objects.update(amount_fen=1) == 0
    assert withdrawals.cancel(mine, None, AT).status == "cancelled"
    assert WithdrawalStep.objects.count() == 3
    enter_scope(other.pk)
    assert (Withdrawal.objects.count(), WithdrawalStep.objects.count()) == (0, 0)
    enter_scope(PLATFORM)
    assert in_hand(seller) == (10_000, 0, 0)


@pytest.mark.django_db(transaction=True)
def test_two_hundred_parallel_withdrawals_pay_exactly_the_balance(seller):
    policy(min_withdrawal_fen=1, daily_withdrawal_fen=10**9, checked_above_fen=10**9)
    results = in_threads(200, lambda number: ask(seller, 300, f"n{number}"), at_once=40)
    codes = [result.code if isinstance(result, Refused) else type(result).__name__ for result in results]
    assert (codes.count("Withdrawal"), codes.count("BALANCE_TOO_LOW")) == (33, 167)
    assert in_hand(seller) == (100, 9_900, 0)
    assert_audit_holds()


@pytest.mark.django_db(transaction=True)
def test_one_number_sent_forty_times_at_once_is_one_withdrawal(seller):
    results = in_threads(40, lambda number: ask(seller, 1_000, "same"))
    assert len({result.pk for result in results}) == 1
    assert in_hand(seller) == (9_000, 1_000, 0)


@pytest.mark.django_db(transaction=True)
def test_a_withdrawal_approved_refused_and_cancelled_at_once_ends_one_way(seller):
    checkers = [staff() for _ in range(12)]
    for turn in range(5):
        waiting = ask(seller, 6_000, f"n{turn}")
        acts = (
            lambda by, row=waiting: withdrawals.approve(row, by, AT),
            lambda by, row=waiting: withdrawals.refuse(row, by, AT, reason="x"),
            lambda by, row=waiting: withdrawals.cancel(row, None, AT),
        )
        in_threads(12, lambda number, acts=acts: acts[number % 3](checkers[number]))
        waiting.refresh_from_db()
        if waiting.status == "approved":
            waiting = withdrawals.cancel(waiting, None, AT)
        assert waiting.status in {"refused", "cancelled"}
        assert in_hand(seller) == (10_000, 0, 0)
    assert_audit_holds()


def test_the_buckets_are_the_ledgers_and_a_statement_opens_into_the_withdrawal(seller):
    goods, by = product(merchant("m1")), source()
    normal_plan(goods, 2_000)
    pick(seller, goods, "x1")
    for order_no, received in (("o1", "2024-06-01 12:00"), ("o2", "2024-06-05 12:00")):
        push(by, [paid(order_no, "2024-06-01 08:00", [bought(goods, "x1")])])
        push(by, [event("received", order_no, received)])
    push(by, [paid("o3", "2024-06-02 08:00", [bought(goods, "x1")])])
    settle("2024-06-09")
    withdrawals.cancel(ask(seller, 1_000, "a"), None, AT)
    withdrawal = ask(seller, 3_000, "b")
    money(seller, 250, "frozen", "2024-06-10")
    found = buckets(seller)
    assert (found.pending_fen, found.holding_fen) == (1_800, 1_800)
    assert (found.available_fen, found.frozen_fen, found.withdrawing_fen) == (8_800, 250, 3_000)
    assert (found.paid_fen, found.debt_fen) == (0, 0)
    ledger = dict(Account.objects.visible_to(seller).values_list("kind", "balance_fen"))
    for kind in ("available", "frozen", "withdrawing", "paid"):
        assert getattr(found, f"{kind}_fen") == ledger.get(kind, 0)
    assert Posting.objects.get(reference=f"withdrawal:{withdrawal.pk}:in").day == date(2024, 6, 10)
    settle("2024-06-10")
    assert ask(seller, 100, "c", at=moment("2024-06-10 03:00")).status == "approved"
    assert Posting.objects.filter(kind="withdrawal").latest("pk").day == date(2024, 6, 11)
    assert_audit_holds()


@pytest.mark.parametrize(
    ("statement", "finding"),
    [
        ("UPDATE commissions_withdrawal SET status = 'cancelled'", "I6"),
        ("UPDATE commissions_withdrawal SET amount_fen = amount_fen + 1", "I6.2"),
    ],
)
def test_the_audit_names_a_withdrawal_that_its_postings_contradict(seller, statement, finding):
    ask(seller, 1_000)
    assert_audit_holds()
    with connection.cursor() as cursor:
        cursor.execute(statement)
    assert finding in [found.code for found in run_audit() if not found.holds]


def assert_audit_holds() -> None:
    assert [finding.code for finding in run_audit() if not finding.holds] == []
