"""Random histories: the project and the second model of the rulebook say the same, to the fen and to the day."""

import random
from datetime import datetime

import pytest

from commissions import split as project
from haowu.ground import money
from tests import model, model_events, model_offers
from tests.campaign import SEED, parts, tallied
from tests.foretold import foretold
from tests.histories import LAST_NIGHT, make_history, make_market
from tests.world import World, undone

pytestmark = pytest.mark.django_db
HISTORIES = 25
LAST = ("settle", LAST_NIGHT)


@pytest.mark.campaign
@pytest.mark.parametrize("part", parts(2, 400))
def test_every_line_account_and_statement_is_what_the_model_says(part, record_property):
    with tallied(record_property, "model agrees") as tally, undone():
        world = World(make_market(f"{SEED} {part}"))
        for number in range(HISTORIES):
            seed = f"{SEED} {part} {number}"
            with undone():
                world.fresh()
                for act in make_history(world.market, seed):
                    world.act(*act)
                assert world.differences() == [], f"history {seed}"
                tally.count("histories")
                tally.count("lines", len(list(world.model.known.lines())))
                tally.count("phases", sum(map(len, world.model.phases.values())))
                tally.count("statements", len(world.model.statements))


@pytest.mark.campaign
@pytest.mark.parametrize("part", parts(1, 80))
def test_nights_in_between_change_no_partys_sum(part, record_property):
    """Settled night by night with corrections, or all at once when everything is known: the same nets for each role."""
    with tallied(record_property, "sums equal") as tally, undone():
        market = make_market(f"{SEED} {part}") | {"prepaid": []}
        world = World(market)
        returns_fees = all(policy["return_tech_fee"] for policy in market["policies"])
        for number in range(HISTORIES // 2):
            acts = _one_payment_all_cases_closed(make_history(market, f"{SEED} {part} {number}"))
            sums = []
            for kinds in ({"events", "rate", "end", "settle"}, {"events", "rate", "end"}):
                with undone():
                    world.fresh()
                    for act in [*(act for act in acts if act[0] in kinds and act[1] != LAST_NIGHT), LAST]:
                        world.act(*act)
                    gross_and_fee = world.sums()
                    sums.append(gross_and_fee if returns_fees else _nets(gross_and_fee))
            assert sums[0] == sums[1], f"history {SEED} {part} {number}"
            tally.count("histories")


def _nets(sums: dict) -> dict:
    """Where the platform keeps its fees, those depend on what was settled first; the nets do not."""
    return {key: gross - fee for key, (gross, fee) in sums.items() if gross != fee}


def _one_payment_all_cases_closed(acts: list[tuple]) -> list[tuple]:
    """A payment that a night settled stays, and an open case holds: here the order of nights would rightly matter."""
    paid, kept_acts, closings = {}, [], []
    for act in acts:
        if act[0] == "events":
            kept = []
            for event in act[2]:
                if event["type"] == "paid":
                    first = paid.setdefault((act[1], event["order_no"]), event["event_id"])
                    if event["event_id"] != first:
                        continue
                if event["type"] == "after_sale_opened":
                    same = ("order_no", "occurred_at", "case_no", "line_no")
                    closing = {name: event[name] for name in same if name in event}
                    closings.append((act[1], closing | {"type": "after_sale_closed", "event_id": f"x{len(closings)}"}))
                kept.append(event)
            act = ("events", act[1], kept)
        kept_acts.append(act)
    return [*kept_acts, *(("events", by, [closing]) for by, closing in closings)]


def test_the_histories_hold_all_that_moves_money():
    """Run by the model alone, which is quick: a campaign in which nothing goes wrong would prove little."""
    parts_of_money = {"cost", "commission", "provider_fee", "agency_fee", "tech_fee", "withheld", "top_up"}
    undone_again = {"clawback", "tech_fee_returned", "reimbursed", "debt_drawn", "debt_repaid", "owed"}
    in_hand = {"withdrawal", "paid_out", "withdrawal_returned", "frozen", "released", "beyond the deposit"}
    offers = {"exclusive", "item_targeted", "shop_targeted", "normal", "SELF_PURCHASE", "EXCLUSIVE_NOT_LISTED"}
    missing, part = parts_of_money | undone_again | in_hand | offers, 0
    while missing and part < 100:
        market = make_market(f"{SEED} {part}")
        for number in range(HISTORIES):
            missing -= foretold(market, make_history(market, f"{SEED} {part} {number}"))
        part += 1
    assert missing == set()


def test_shares_are_the_models_for_every_small_base_and_many_large_ones():
    rng = random.Random(SEED)
    bases = [*range(1, 400), *(rng.randrange(1, 10**14) for _ in range(2_000))]
    for base in bases:
        second = rng.randrange(0, 500)
        service_fee = rng.randrange(second, 3_000)
        rates = (rng.randrange(0, 6_001), service_fee, second, rng.randrange(0, 1_001))
        tech_bps, agency_bps = rng.choice((0, 333, 1_000, 10_000)), rng.randrange(0, 9_001)
        ours = project.split(base, project.Rates(*rates, tech_bps, agency_bps))
        names = ("commission_bps", "service_fee_bps", "second_bps", "provider_bps")
        theirs = model.roles(
            base, dict(zip(names, rates, strict=True)) | {"tech_bps": tech_bps, "agency_bps": agency_bps}
        )
        for role, amounts in theirs.items():
            assert (getattr(ours, f"{role}_fen"), getattr(ours, f"{role}_fee_fen")) == amounts, (base, rates, role)
        assert ours.cost_fen == sum(amounts[0] for role, amounts in theirs.items() if role != "agency")


def test_divisions_are_the_models():
    rng = random.Random(SEED)
    for _ in range(3_000):
        weights = [rng.choice((0, 1, 99, 333, rng.randrange(10**6))) for _ in range(rng.randrange(1, 6))]
        total = rng.randrange(sum(weights) + 1)
        assert money.divide(total, weights) == model.divide(total, weights), (total, weights)


def test_bases_are_the_models():
    rng = random.Random(SEED)
    for _ in range(3_000):
        lines = []
        for _ in range(rng.randrange(1, 6)):
            price = rng.choice((0, 1, 99, 333, rng.randrange(10**6)))
            own = rng.choice((0, 0, price // 3, price - (price > 0), price))
            lines.append({"price_fen": price, "merchant_coupon_fen": own, "platform_coupon_fen": 0})
        coupon = rng.randrange(sum(line["price_fen"] - line["merchant_coupon_fen"] for line in lines) + 2)
        prices = [project.Price(line["price_fen"], line["merchant_coupon_fen"]) for line in lines]
        theirs = model_events.bases({"lines": lines, "order_coupon_fen": coupon})
        if theirs is None:
            with pytest.raises(ValueError, match="coupons"):
                project.bases(prices, coupon)
        else:
            assert project.bases(prices, coupon) == theirs, (lines, coupon)


def test_the_model_knows_the_rulebooks_own_figures():
    assert [model.share(*pair) for pair in ((99, 1550), (500, 290), (50, 500), (30, 100), (50, 100))] == [
        15,
        15,
        3,
        0,
        1,
    ]
    assert model.divide(2_999, [12_900, 9_900, 7_200]) == [1_289, 990, 720]
    terms = {"commission_bps": 2500, "service_fee_bps": 800, "second_bps": 500, "tech_bps": 1000}
    shares = model.roles(19_900, terms | {"provider_bps": 0, "agency_bps": 0})
    assert [shares[role] for role in ("streamer", "first_leader", "second_leader")] == [
        (4975, 498),
        (597, 60),
        (995, 100),
    ]
    changed = [(_at("2024-06-01T00:00"), 2000), (_at("2024-06-01T11:00"), 2500), (_at("2024-06-01T14:00"), 1500)]
    times = ("2024-06-01T10:30", "2024-06-01T11:30", "2024-06-01T23:59:59", "2024-06-02T00:00")
    assert [model_offers.rate_at(changed, _at(text)) for text in times] == [2000, 2500, 2500, 1500]


def _at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")
