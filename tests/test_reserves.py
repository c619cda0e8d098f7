"""Rulebook §10: a reserve keeps a part of each night for some days; clawbacks take it before they become a debt."""

from datetime import date

import pytest

from commissions.models import Reserve
from commissions.statements.posting_sources import movements
from haowu.audit.invariants import run_audit
from haowu.ledger.models import Account, Posting
from tests.build import (
    bought,
    event,
    merchant,
    money,
    normal_plan,
    paid,
    pick,
    policy,
    product,
    push,
    settle,
    source,
    streamer,
)
from tests.casework import spend

pytestmark = pytest.mark.django_db


@pytest.fixture
def sell():
    """Orders of 100.00 at 10 %: 9.00 net each, of which the policy keeps 20 % for 3 days."""
    policy(reserve_bps=2000, reserve_days=3)
    goods = product(merchant("m1"))
    normal_plan(goods, 1000)
    pick(streamer("s1"), goods, "x1")
    by = source()

    def sale(order_no: str, received: str) -> None:
        push(by, [paid(order_no, "2024-05-20 08:00", [bought(goods, "x1")]), event("received", order_no, received)])

    def refund(order_no: str, at: str, fen: int = 10_000) -> None:
        push(by, [event("refunded", order_no, at, line_no=1, refund_no=at, amount_fen=fen)])

    sale.refund = refund
    return sale


def stand() -> tuple[int, int, int]:
    """Available, frozen, debt of s1; the audit is clean."""
    assert [finding for finding in run_audit() if not finding.holds] == []
    fen = dict(Account.objects.filter(owner__code="s1").values_list("kind", "balance_fen"))
    return fen["available"], fen.get("frozen", 0), fen.get("debt", 0)


def test_a_part_of_each_night_is_kept_and_comes_back_after_its_days(sell):
    sell("o1", "2024-06-01 12:00")
    sell("o2", "2024-06-02 12:00")
    settle("2024-06-09")
    assert stand() == (720, 180, 0)
    settle("2024-06-10")
    assert stand() == (1_440, 360, 0)
    settle("2024-06-11")
    assert stand() == (1_440, 360, 0)
    settle("2024-06-12")
    assert stand() == (1_620, 180, 0)
    settle("2024-06-20")
    assert stand() == (1_800, 0, 0)
    assert list(Reserve.objects.values_list("release_on", flat=True)) == [date(2024, 6, 12), date(2024, 6, 13)]


def test_a_clawback_takes_the_reserve_before_it_becomes_a_debt(sell):
    sell("o1", "2024-06-01 12:00")
    sell("o2", "2024-06-01 12:00")
    settle("2024-06-09")
    assert stand() == (1_440, 360, 0)
    spend(Account.objects.get(owner__code="s1", kind="available"), 1_440)
    sell.refund("o1", "2024-06-10 09:00", 3_000)
    settle("2024-06-11")
    assert stand() == (0, 90, 0)
    sell.refund("o2", "2024-06-11 09:00")
    settle("2024-06-12")
    assert stand() == (0, 0, -810)


def test_what_a_clawback_took_of_a_reserve_does_not_come_back_into_it(sell):
    sell("o1", "2024-06-01 12:00")
    sell("o2", "2024-06-01 12:00")
    settle("2024-06-09")
    spend(Account.objects.get(owner__code="s1", kind="available"), 1_440)
    sell.refund("o1", "2024-06-09 09:00", 3_000)
    settle("2024-06-10")
    assert stand() == (0, 90, 0)
    money(Account.objects.get(owner__code="s1", kind="available").owner, 1_000, day="2024-06-11")
    sell.refund("o2", "2024-06-10 09:00", 1_000)
    settle("2024-06-11")
    assert stand() == (910, 90, 0)


def test_a_statement_says_what_the_reserve_is_and_when_it_comes_back(sell):
    sell("o1", "2024-06-01 12:00")
    settle("2024-06-09")
    posting = Posting.objects.select_related("from_account").get(kind="frozen")
    (moved,) = movements(posting.from_account, Posting.objects.filter(pk=posting.pk))
    assert (moved.amount_fen, moved.cause.kind, moved.cause.facts["release_on"]) == (-180, "reserve", "2024-06-12")
    assert "2024-06-12" in moved.cause.text


def test_without_such_a_policy_nothing_is_kept():
    goods = product(merchant("m1"))
    normal_plan(goods, 1000)
    pick(streamer("s1"), goods, "x1")
    push(source(), [paid("o1", "2024-05-20 08:00", [bought(goods, "x1")]), event("received", "o1", "2024-06-01 12:00")])
    settle("2024-06-09")
    assert stand() == (900, 0, 0)
    assert not Reserve.objects.exists()
