"""Promises 4, 6, 7 under concurrency: late events, repeats, refunds beside the night, withdrawals, transfers."""

import random
import time

import pytest
from django.db import DatabaseError, IntegrityError, OperationalError, connection, models

from commissions.models import OrderEvent, OrderLine, Settlement, Withdrawal
from commissions.nights import night
from commissions.orders import calendar, intake
from commissions.orders.lines import LineBook
from commissions.payments import withdrawals
from haowu.ground import days
from haowu.ground.errors import Refused
from haowu.ledger import books
from haowu.ledger.models import Account
from tests.build import (
    bank_account,
    bought,
    event,
    in_threads,
    moment,
    money,
    paid,
    policy,
    push,
    streamer,
)
from tests.faults.market import DAY_DATE, audit_complaints
from tests.faults.rows import catches, row, seeds

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.campaign]
CLOSING = "events arrive while their day closes"
REPEATS = "every event 1–5 times, 20% at once, shuffled"
REFUNDS = "refund races settlement"
WITHDRAWALS = "64 threads withdraw a balance that allows 10"
TRANSFERS = "transfers among 5 accounts in random lock order"


def sold(goods, number: int) -> list[dict]:
    """An order of one line, received in the minutes before the hold would end with the night of 9 June."""
    order_no = f"late{number}"
    return [
        paid(order_no, "2024-06-01 08:00", [bought(goods, f"x{number % 6}", price_fen=2000 + number)]),
        event("received", order_no, "2024-06-01 23:59:59"),
    ]


def settle_until(day) -> None:
    night.settle(day, now=days.now())


def close_beside_events(goods, by, seed: int, orders: int = 40) -> tuple[list[str], int]:
    """Push events from threads while the night seals and settles, then settle the next night."""
    chance = random.Random(seed)
    batches = [sold(goods, number) for number in range(orders)]
    chance.shuffle(batches)

    def act(number: int) -> None:
        if number == 0:
            time.sleep(chance.uniform(0, 0.05))
            settle_until(DAY_DATE)
        else:
            push(by, batches[number - 1])

    answers = in_threads(orders + 1, act, at_once=8)
    answers += in_threads(1, lambda _number: settle_until(DAY_DATE + days.ONE_DAY))
    complaints, checks = audit_complaints()
    complaints += [str(answer) for answer in answers if answer]
    settled = Settlement.objects.filter(line__order_no__startswith="late").count()
    if settled != orders:
        complaints.append(f"{settled} of {orders} late orders settled")
    return complaints, checks + 1


@seeds(1, 20)
def test_events_that_arrive_while_their_day_closes_settle_that_night_or_the_next(due_day, seed, record_property):
    with row(record_property, CLOSING, seed) as case:
        case.holds(*close_beside_events(*due_day, seed))


def test_intake_that_does_not_hold_the_frontier_would_be_noticed(due_day, monkeypatch, record_property):
    def read_and_dawdle():
        frontier = night.Run.objects.frontier()
        time.sleep(0.2)
        return frontier

    monkeypatch.setattr(intake, "hold_frontier", read_and_dawdle)
    complaints, _checks = close_beside_events(*due_day, 1)
    catches(record_property, CLOSING, "a frontier that is read and not held", complaints)


def lives(goods, prefix: str) -> list[dict]:
    """The events of ten orders, each with refunds and a case; ids carry the prefix."""
    made = []
    for number in range(10):
        no = f"{prefix}{number}"
        each = [
            paid(no, "2024-06-01 08:00", [bought(goods, f"x{number % 6}", price_fen=9_999)]),
            event("shipped", no, "2024-06-01 09:00"),
            event("after_sale_opened", no, "2024-06-01 10:00", line_no=1, case_no=f"{no}c"),
            event("refunded", no, "2024-06-01 11:00", line_no=1, refund_no=f"{no}r1", amount_fen=3_333),
            event("after_sale_closed", no, "2024-06-01 12:00", case_no=f"{no}c"),
            event("refunded", no, "2024-06-01 13:00", line_no=1, refund_no=f"{no}r2", amount_fen=1_111),
            event("received", no, "2024-06-01 14:00"),
        ]
        for index, raw in enumerate(each):
            raw["event_id"] = f"{no}-{index}"
        made += each
    return made


def states(prefix: str) -> list[tuple]:
    return [
        (line.order_no.removeprefix(prefix), line.status, line.due_base_fen, str(line.settles_on), line.held_reason)
        for line in OrderLine.objects.filter(order_no__startswith=prefix).order_by("order_no")
    ]


def push_again_and_again(goods, by, seed: int) -> list[str]:
    """The same lives once in order, and once 1–5 times each, shuffled, a fifth of them at once from threads."""
    chance = random.Random(seed)
    push(by, lives(goods, "once"))
    many = [raw for raw in lives(goods, "many") for _ in range(chance.randint(1, 5))]
    chance.shuffle(many)
    at_once = many[: len(many) // 5]
    answers = in_threads(len(at_once), lambda number: push(by, [at_once[number]]), at_once=8)
    complaints = [str(answer) for answer in answers if isinstance(answer, Exception)]
    rest = many[len(at_once) :]
    while rest:
        size = chance.randint(1, 30)
        push(by, rest[:size])
        rest = rest[size:]
    if states("once") != states("many"):
        complaints.append("another state than in order and once")
    stored = OrderEvent.objects.filter(order__order_no__startswith="many").count()
    if stored != 70:
        complaints.append(f"{stored} events stored of 70")
    return complaints


@seeds(1, 10)
def test_every_event_up_to_five_times_shuffled_and_partly_at_once(due_day, seed, record_property):
    with row(record_property, REPEATS, seed) as case:
        complaints = push_again_and_again(*due_day, seed)
        found, checks = audit_complaints()
        case.holds(complaints + found, checks + 72)


def test_orders_that_are_not_locked_would_be_noticed(due_day, monkeypatch, record_property):
    goods, by = due_day
    write = LineBook.write
    monkeypatch.setattr(models.QuerySet, "select_for_update", lambda self, **_how: self)
    monkeypatch.setattr(LineBook, "write", lambda self, lives: (time.sleep(0.05), write(self, lives))[1])
    events = lives(goods, "many")
    for first, order in ((0, "many0"), (7, "many1")):
        push(by, [events[first]])
        assert OrderLine.objects.filter(order_no=order).exists()
    late = [*events[1:7], *events[8:14]]
    in_threads(len(late), lambda number: push(by, [late[number]]), at_once=12)
    push(by, lives(goods, "once"))
    complaints, _checks = audit_complaints()
    if states("once")[:2] != states("many"):
        complaints.append("another state than in order and once")
    catches(record_property, REPEATS, "orders that are not locked", complaints)


@seeds(1, 10)
def test_refunds_that_race_the_night_take_back_exactly_what_they_must(due_day, small_shards, seed, record_property):
    chance, (_goods, by) = random.Random(seed), due_day
    lines = chance.sample(range(1, 61), 24)

    def act(number: int) -> None:
        if number == 0:
            time.sleep(chance.uniform(0, 0.1))
            settle_until(DAY_DATE)
        else:
            refund = {"line_no": lines[number - 1], "refund_no": f"r{number}", "amount_fen": 500}
            push(by, [event("refunded", "o1", "2024-06-08 12:00", **refund)])

    with row(record_property, REFUNDS, seed) as case:
        answers = in_threads(25, act, at_once=8)
        settle_until(DAY_DATE + days.ONE_DAY)
        complaints, checks = audit_complaints()
        complaints += [str(answer) for answer in answers if answer]
        case.holds(complaints + wrong_nets(dict.fromkeys(lines, 500)), checks + 60)


def wrong_nets(refunded: dict[int, int]) -> list[str]:
    """Lines whose phases do not add up to the commission of what was kept, to the fen."""
    complaints = []
    for line in OrderLine.objects.prefetch_related("settlements"):
        kept = 1000 + line.line_no - refunded.get(line.line_no, 0)
        gross = sum(phase.streamer_fen for phase in line.settlements.all())
        if gross != (kept * 2000 + 5000) // 10_000:
            complaints.append(f"line {line.line_no}: {gross} of {kept}")
    return complaints


def test_a_refund_of_a_sealed_line_that_changes_its_due_amount_would_be_noticed(due_day, monkeypatch, record_property):
    _goods, by = due_day
    monkeypatch.setattr(calendar, "is_sealed", lambda line, frontier: False)
    settle_until(DAY_DATE)
    with pytest.raises(IntegrityError) as refused:
        push(by, [event("refunded", "o1", "2024-06-08 12:00", line_no=1, refund_no="r", amount_fen=500)])
    catches(record_property, REFUNDS, "a sealed line that still changes", [str(refused.value)])


@pytest.fixture
def seller(transactional_db):
    """100.00 available."""
    policy(min_withdrawal_fen=100, daily_withdrawal_fen=10**9, checked_above_fen=10**9)
    made = streamer("seller")
    bank_account(made)
    money(made, 10_000)
    return made


def withdraw_at_once(seller) -> list[str]:
    at = moment("2024-06-10 12:00")
    answers = in_threads(64, lambda number: withdrawals.request(seller, f"n{number}", 1_000, None, at), at_once=64)
    complaints = [f"not refused but broken: {answer!r}" for answer in answers if isinstance(answer, DatabaseError)]
    made = Withdrawal.objects.count()
    refused = sum(isinstance(answer, Refused) for answer in answers)
    left = Account.objects.get(owner=seller, kind="available").balance_fen
    if (made, refused, left) != (10, 54, 0):
        complaints.append(f"{made} made, {refused} refused, {left} left")
    return complaints


@seeds(1, 5)
def test_sixty_four_threads_withdraw_what_allows_ten(seller, seed, record_property):
    with row(record_property, WITHDRAWALS, seed) as case:
        complaints = withdraw_at_once(seller)
        found, checks = audit_complaints()
        case.holds(complaints + found, checks + 4)


def test_a_balance_that_is_looked_at_and_not_locked_would_be_noticed(seller, monkeypatch, record_property):
    monkeypatch.setattr(models.QuerySet, "select_for_update", lambda self, **_how: self)
    catches(record_property, WITHDRAWALS, "check, then write", withdraw_at_once(seller))


def transfer_at_random(seed: int, post, batches: int = 120) -> list[str]:
    """Batches of up to four transfers of one fen to a hundred among five accounts."""
    owners = [streamer(f"t{seed}-{number}") for number in range(5)]
    accounts = sorted(books.open_accounts([(owner.pk, "available") for owner in owners]).values())
    for owner in owners:
        money(owner, 10**6)

    def act(number: int) -> None:
        chance = random.Random(seed * 1000 + number)
        batch = []
        for part in range(chance.randint(1, 4)):
            source, target = chance.sample(accounts, 2)
            reference = f"t{seed}:{number}:{part}"
            batch.append(books.Transfer(source, target, chance.randint(1, 100), "correction", reference, "test"))
        post(batch)

    answers = in_threads(batches, act, at_once=16)
    complaints = [type(answer).__name__ for answer in answers if isinstance(answer, Exception)]
    total = sum(Account.objects.filter(pk__in=accounts).values_list("balance_fen", flat=True))
    return complaints + ([f"{total} fen in all"] if total != 5 * 10**6 else [])


@seeds(1, 10)
def test_transfers_among_five_accounts_never_lock_each_other(transactional_db, seed, record_property):
    with row(record_property, TRANSFERS, seed) as case:
        complaints = transfer_at_random(seed, lambda batch: books.post(batch, day=DAY_DATE))
        found, checks = audit_complaints()
        case.holds(complaints + found, checks + 121)


def test_accounts_locked_as_they_come_would_be_noticed(transactional_db, record_property):
    def lock_as_they_come(batch) -> None:
        with night.transaction.atomic(), connection.cursor() as cursor:
            for transfer in batch:
                for account in (transfer.from_account, transfer.to_account):
                    cursor.execute("SELECT 1 FROM ledger_account WHERE id = %s FOR UPDATE", [account])
                    time.sleep(0.005)
            books.post(batch, day=DAY_DATE)

    complaints = transfer_at_random(1, lock_as_they_come, batches=16)
    assert OperationalError.__name__ in complaints
    catches(record_property, TRANSFERS, "accounts locked as they come", complaints)
