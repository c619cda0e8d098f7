"""Reserves of all parties at once are what the rule says for each, on random nights, in so many statements."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

import pytest

from commissions.models import Reserve, Settlement
from commissions.postings import reserves
from haowu.ground.money import share
from haowu.ledger.models import Account, Posting
from tests.build import moment, money, policy, settle
from tests.campaign import some
from tests.sets import Market, assert_audit_is_clean, assert_noticed, night, settled_orders, statements_of

pytestmark = pytest.mark.django_db


@dataclass
class Kept:
    """The rule of reserves for one party, one fen at a time."""

    available: int = 0
    debt: int = 0
    reserves: list[list] = field(default_factory=list)
    """``[release on, day, amount, frozen]``"""

    def pass_night(self, day: date, net_fen: int, *, loses: bool, bps: int, length: int) -> None:
        early = []
        for reserve in sorted(self.reserves):
            if reserve[3] and (reserve[0] <= day or loses):
                self.available += reserve[3]
                if reserve[0] > day:
                    early.append((reserve, reserve[3]))
                reserve[3] = 0
        before = self.available
        after = before + net_fen
        repaid = min(max(after, 0), self.debt)
        self.debt += max(-after, 0) - repaid
        self.available = max(after, 0) - repaid
        earned = self.available - before
        for reserve, held in early:
            reserve[3] = min(held, self.available)
            self.available -= reserve[3]
        if earned > 0 and (part := share(earned, bps)):
            self.reserves.append([day + timedelta(days=length), day, part, part])
            self.available -= part


def reserves_in_books(party) -> tuple[int, int, int, list]:
    fen = defaultdict(int, Account.objects.filter(owner=party).values_list("kind", "balance_fen"))
    rows = Reserve.objects.filter(tenant=party).order_by("day")
    return (
        fen["available"],
        fen["frozen"],
        -fen["debt"],
        [[row.release_on, row.day, row.amount_fen, row.frozen_fen] for row in rows],
    )


SEEDS = range(8)


def play(seed: int) -> None:
    """A week of random sales, refunds and payments; asserts every party's accounts and reserves after each night."""
    rng = Random(f"reserves {seed}")
    bps, length = rng.choice((1, 333, 2_000, 5_000, 10_000)), rng.choice((1, 3, 4, 5))
    policy(reserve_bps=bps, reserve_days=length)
    market = Market(3)
    models = [Kept() for _ in market.streamers]
    sold: list[tuple[int, str, int]] = []
    for number in range(7):
        day = night(number)
        for party, model in enumerate(models):
            if rng.random() < 0.6 and model.available:
                fen = rng.choice((model.available, model.available, rng.randrange(1, model.available + 1)))
                money(market.streamers[party], -fen, day=str(day))
                model.available -= fen
            if rng.random() < 0.6:
                fen = rng.choice((1, 7, 99, 333, 10_000, 12_345))
                sold.append((party, market.sell(party, number, fen), fen))
        for index in rng.sample(range(len(sold)), min(len(sold), rng.randrange(5))):
            party, order_no, left = sold[index]
            if order_no in settled_orders() and left:
                fen = rng.choice((left, rng.randrange(1, left + 1)))
                market.refund(order_no, number, fen)
                sold[index] = (party, order_no, left - fen)
        settle(str(day))
        for party, model in zip(market.streamers, models, strict=True):
            nets = [row.shares.streamer_keeps_fen for row in Settlement.objects.filter(day=day, streamer=party)]
            model.pass_night(day, sum(nets), loses=min(nets, default=0) < 0, bps=bps, length=length)
            frozen = sum(reserve[3] for reserve in model.reserves)
            assert reserves_in_books(party) == (model.available, frozen, model.debt, model.reserves)
    assert_audit_is_clean()


@pytest.mark.campaign
@pytest.mark.parametrize("seed", some(SEEDS, 4))
def test_reserves_are_to_the_fen_what_the_rule_says_for_each_party(seed):
    play(seed)


@pytest.mark.parametrize(
    ("statement", "sound", "broken"),
    [
        ("_KEPT", "+ 5000", ""),
        ("_FREED", "release_on <= %(day)s", "release_on < %(day)s"),
        ("_FREED", "reserve.frozen_fen > 0 AND reserve.release_on > %(day)s", "false"),
        ("_REFROZEN", "least(held, ", "(SELECT greatest(held - 1, 0)) + 0 * least(held, "),
        ("_REFROZEN", "- (sum(held) OVER before - held)", ""),
    ],
    ids=["rounded down", "a night late", "not there for clawbacks", "more than is left", "the same money twice"],
)
def test_a_broken_variant_is_noticed(monkeypatch, statement, sound, broken):
    text = getattr(reserves, statement)
    assert sound in text
    monkeypatch.setattr(reserves, statement, text.replace(sound, broken))
    assert_noticed(play, SEEDS)


def test_several_reserves_of_a_party_are_filled_again_in_the_order_of_their_release():
    """A shorter policy later: the youngest reserve is released first."""
    policy(reserve_bps=5_000, reserve_days=4)
    policy(effective_from=moment(f"{night(1)} 00:00"), reserve_bps=10_000, reserve_days=2)
    market = Market(1)
    first, second = market.sell(0, 0, 10_000), market.sell(0, 1, 10_000)
    settle(str(night(0)))
    money(market.streamers[0], -450, day=str(night(1)))
    settle(str(night(1)))
    assert reserves_in_books(market.streamers[0])[:3] == (0, 1_350, 0)
    market.refund(first, 2, 5_000)
    settle(str(night(2)))
    assert list(Reserve.objects.order_by("day").values_list("frozen_fen", flat=True)) == [0, 900]
    market.refund(second, 3, 1_000)
    market.refund(first, 3, 1_000)
    settle(str(night(3)))
    assert reserves_in_books(market.streamers[0])[:3] == (720, 0, 0)
    assert set(Posting.objects.filter(cause__startswith="reserve:").values_list("reference", flat=True)) == {
        f"reserve:{pk}:{kind}:{no}"
        for pk, kind, no in [
            *((reserve_of(0), "frozen", 1), (reserve_of(1), "frozen", 1)),
            *((reserve_of(0), "released", 2), (reserve_of(1), "released", 2), (reserve_of(1), "frozen", 3)),
            (reserve_of(1), "released", 4),
        ]
    }
    assert_audit_is_clean()


def reserve_of(night_no: int) -> int:
    return Reserve.objects.get(day=night(night_no)).pk


@pytest.mark.parametrize("act", ["release_for_night", "keep"])
def test_reserves_take_as_many_statements_for_many_parties_as_for_few(monkeypatch, act):
    policy(reserve_bps=2_000, reserve_days=5)
    market = Market(12)
    sales = {party: market.sell(party, 0, 10_000) for party in range(12)}
    settle(str(night(0)))
    counts = []
    for number, parties in ((1, range(2)), (2, range(2, 12))):
        for party in parties:
            market.refund(sales[party], number, 1_000)
            market.sell(party, number, 10_000)
        counts.append(statements_of(monkeypatch, reserves, act, night(number)))
    assert counts[0] == counts[1] > 1
