"""Promises 1, 2, 7: postings balance, rows stay, accounts keep above zero, whoever asks."""

import random
from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from haowu.audit.invariants import run_audit
from haowu.ledger import books
from haowu.ledger.models import Account, DailyBalance, Posting
from tests.build import in_threads, streamer

pytestmark = pytest.mark.django_db
DAY = date(2024, 6, 9)


@pytest.fixture
def accounts() -> list[int]:
    """The outside world's account, then five parties' with 100.00 each."""
    world = books.open_accounts([(books.platform().pk, "external")])
    parties = [books.open_accounts([(streamer().pk, "available")]) for _ in range(5)]
    ids = [*world.values(), *(account for party in parties for account in party.values())]
    books.post([move(ids[0], to, 10_000, f"start-{to}") for to in ids[1:]], day=DAY)
    return ids


def move(source: int, target: int, amount_fen: int, reference: str) -> books.Transfer:
    return books.Transfer(source, target, amount_fen, "commission", reference, "test")


def balances() -> list[int]:
    return list(Account.objects.order_by("pk").values_list("balance_fen", flat=True))


def everything() -> list:
    return [list(model.objects.order_by("pk").values()) for model in (Account, Posting, DailyBalance)]


def test_balances_follow_postings(accounts):
    books.post([move(accounts[1], accounts[2], 2_500, "a"), move(accounts[2], accounts[3], 12_500, "b")], day=DAY)
    assert balances() == [-50_000, 7_500, 0, 22_500, 10_000, 10_000]


@pytest.mark.parametrize(
    ("source", "target", "amount_fen", "reference"),
    [(1, 2, 0, "a"), (1, 2, -5, "a"), (1, 1, 5, "a"), (1, 2, 5, "start-{}"), (1, 2, 10_001, "a")],
    ids=["nothing", "negative", "one end", "a reference used before", "more than there is"],
)
def test_the_database_refuses_what_is_no_posting_and_all_that_came_with_it(
    accounts, source, target, amount_fen, reference
):
    before = everything()
    bad = move(accounts[source], accounts[target], amount_fen, reference.format(accounts[1]))
    with pytest.raises(IntegrityError), transaction.atomic():
        books.post([move(accounts[1], accounts[3], 1, "good"), bad], day=DAY)
    assert everything() == before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_posting SET amount_fen = amount_fen + 1",
        "DELETE FROM ledger_posting",
        "UPDATE ledger_dailybalance SET closing_fen = 0, opening_fen = 0, inflow_fen = 0, outflow_fen = 0",
        "DELETE FROM ledger_dailybalance",
        "UPDATE ledger_account SET balance_fen = balance_fen + 1",
        "TRUNCATE ledger_posting",
    ],
)
def test_rows_of_the_books_are_never_changed_or_deleted(accounts, statement):
    books.close_day(DAY, after=None)
    before = everything()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert everything() == before


def test_an_account_opens_at_zero():
    with pytest.raises(DatabaseError), transaction.atomic():
        Account.objects.create(owner=streamer(), kind="available", may_go_negative=False, balance_fen=1)


def test_a_closed_day_carries_its_closing_to_the_next(accounts):
    books.close_day(DAY, after=None)
    books.post([move(accounts[1], accounts[2], 4_000, "a")], day=date(2024, 6, 12))
    books.close_day(date(2024, 6, 12), after=DAY)
    days = DailyBalance.objects.filter(account=accounts[1]).order_by("day")
    assert [(day.opening_fen, day.inflow_fen, day.outflow_fen, day.closing_fen) for day in days] == [
        (0, 10_000, 0, 10_000),
        (10_000, 0, 4_000, 6_000),
    ]


@pytest.mark.django_db(transaction=True)
def test_sixty_four_threads_draw_on_a_balance_that_allows_ten(accounts):
    results = in_threads(
        64, lambda number: books.post([move(accounts[1], accounts[0], 1_000, f"draw-{number}")], day=DAY)
    )
    assert sum(result is None for result in results) == 10
    assert Account.objects.get(pk=accounts[1]).balance_fen == 0


@pytest.mark.django_db(transaction=True)
def test_transfers_among_five_accounts_in_any_order_never_deadlock(accounts):
    def act(number: int) -> None:
        dice = random.Random(number)
        for turn in range(10):
            source, target = dice.sample(accounts[1:], 2)
            books.post(
                [move(source, target, 7, f"{number}-{turn}-a"), move(target, source, 5, f"{number}-{turn}-b")], day=DAY
            )

    assert in_threads(8, act) == [None] * 8
    books.close_day(DAY, after=None)
    assert sum(balances()) == 0
    assert [finding.code for finding in run_audit() if not finding.holds] == []
