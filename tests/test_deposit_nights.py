"""Deposits of all merchants at once cover what the rule says for each, on random nights, in so many statements."""

from datetime import timedelta
from random import Random

import pytest

from commissions.models import OrderLine, Settlement
from commissions.nights import night as nights
from commissions.orders.terms import TermsBook
from commissions.postings import funding
from haowu.audit.invariants import run_audit
from haowu.ledger.models import Account
from merchants.models import Shop
from tests.build import (
    bought,
    event,
    merchant,
    moment,
    normal_plan,
    paid,
    pick,
    product,
    push,
    settle,
    source,
    streamer,
)
from tests.sets import assert_audit_is_clean, assert_noticed, at, night, statements_of

pytestmark = pytest.mark.django_db
HELD = "INSUFFICIENT_DEPOSIT"


def expected_holds(queue: list, deposit_fen: int) -> set[int]:
    """The ids of those beyond the deposit: in the order of due time, each after all before it, covered or not."""
    held, asked = set(), 0
    for line in sorted(queue, key=lambda line: (line.due_at, line.pk)):
        asked += line.due.cost_fen
        if line.due.cost_fen and asked > deposit_fen:
            held.add(line.pk)
    return held


SEEDS = range(6)


@pytest.mark.parametrize("seed", SEEDS)
def test_deposits_cover_what_is_due_first_for_each_merchant_by_itself(seed):
    play(seed)


def test_a_broken_variant_is_noticed(monkeypatch):
    with monkeypatch.context() as patches:
        patches.setattr(TermsBook, "is_prepaid", lambda *_: False)
        assert_noticed(play, SEEDS)
    monkeypatch.setattr(funding, "_HOLD_BACK", f"{funding._HOLD_BACK} AND NOT is_covered")
    assert_noticed(play, SEEDS)


def play(seed: int) -> None:
    """Five nights of four merchants, one of whom turns prepaid; asserts which lines each night holds and takes."""
    rng = Random(f"deposits {seed}")
    shops = [merchant(f"m{number}") for number in range(4)]
    goods = [product(shop) for shop in shops]
    seller, by = streamer("s1"), source()
    for number, (shop, one) in enumerate(zip(shops, goods, strict=True)):
        normal_plan(one, 2_000)
        pick(seller, one, f"x{number}")
        if number and number != 3:
            Shop.objects.filter(merchant=shop).update(funding="prepaid")
    Shop.objects.filter(merchant=shops[2]).update(low_balance_fen=1)
    for number in range(5):
        day = night(number)
        for order in range(rng.randrange(2, 8)):
            shop = rng.randrange(4)
            pid = rng.choice((f"x{shop}", f"x{shop}", ""))
            line = bought(goods[shop], pid, price_fen=rng.choice((1, 50, 4_999, 10_000)))
            order_no, received = f"o{number}-{order}", f"{day - timedelta(days=8)} {rng.randrange(10, 14)}:00"
            push(by, [paid(order_no, "2024-05-20 08:00", [line]), event("received", order_no, received)])
        if number == 2:
            Shop.objects.filter(merchant=shops[3]).update(funding="prepaid")
        for shop in shops[1:]:
            if rng.random() < 0.5:
                fen = rng.choice((1, 1_000, 1_999, 2_000, 5_000))
                funding.top_up(shop, number=f"t{number}", amount_fen=fen, at=moment(at(number)))
        due = OrderLine.objects.filter(settles_on=day) | OrderLine.objects.filter(held_reason=HELD)
        expected = set()
        for shop in shops:
            if Shop.objects.get(merchant=shop).funding == "prepaid":
                balances = dict(Account.objects.filter(owner=shop).values_list("kind", "balance_fen"))
                expected |= expected_holds([*due.filter(merchant=shop)], balances.get("funding", 0))
        wanted = set(due.values_list("pk", flat=True))
        settle(str(day))
        assert set(OrderLine.objects.filter(held_reason=HELD).values_list("pk", flat=True)) == expected
        taken = set(Settlement.objects.filter(day=day, phase=0).values_list("line", flat=True))
        assert taken == wanted - expected
        exhausted = Shop.objects.filter(deposit_exhausted_at__isnull=False).values_list("merchant", flat=True)
        assert set(OrderLine.objects.filter(pk__in=expected).values_list("merchant", flat=True)) <= set(exhausted)
    assert_audit_is_clean()


def test_a_shop_that_turns_prepaid_marks_what_no_night_has_taken_yet():
    shop, by = merchant("m1"), source()
    goods = product(shop)
    normal_plan(goods, 2_000)
    pick(streamer("s1"), goods, "x1")
    for order_no, received in (("sealed", at(-7)), ("due", at(-6))):
        push(by, [paid(order_no, "2024-05-20 08:00", [bought(goods, "x1")]), event("received", order_no, received)])
    push(by, [paid("paid", "2024-05-20 08:00", [bought(goods, "x1")])])
    settle(str(night(0)))
    Shop.objects.filter(merchant=shop).update(funding="prepaid")
    push(by, [paid("new", "2024-06-09 08:00", [bought(goods, "x1")])])
    marked = dict(OrderLine.objects.values_list("order_no", "is_prepaid"))
    assert marked == {"sealed": False, "due": True, "paid": True, "new": True}
    assert_audit_is_clean()
    OrderLine.objects.filter(order_no="due").update(is_prepaid=False)
    assert [finding.code for finding in run_audit() if not finding.holds] == ["I3.5"]


def test_deposits_take_as_many_statements_for_many_merchants_as_for_few(monkeypatch):
    by, seller = source(), streamer("s1")
    counts = []
    for number, size in ((0, 2), (1, 9)):
        for each in range(size):
            shop = merchant()
            Shop.objects.filter(merchant=shop).update(funding="prepaid")
            goods = product(shop)
            normal_plan(goods, 2_000)
            pick(seller, goods, f"x{number}-{each}")
            received = event("received", f"o{number}-{each}", f"{night(number) - timedelta(days=8)} 12:00")
            lines = [bought(goods, f"x{number}-{each}")]
            push(by, [paid(f"o{number}-{each}", "2024-05-20 08:00", lines), received])
        counts.append(statements_of(monkeypatch, nights, "hold_what_deposits_cannot_pay", night(number)))
    assert OrderLine.objects.filter(held_reason=HELD).count() == 11
    assert counts[0] == counts[1] > 1
