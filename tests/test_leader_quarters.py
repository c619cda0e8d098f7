"""Rulebook §12: a quarter's level, score and rebate from the nights' rows, figure for figure."""

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from commissions.leaders import levelling, rebates
from commissions.models import OrderLine, Rebate, RebateBatch
from commissions.stories import sentences
from commissions.stories.sections import SectionReader, with_sections
from haowu.ledger.models import Posting
from tests.build import in_threads, leader, member, merchant, moment, second, settle, staff, story_of
from tests.quarters import (
    APPEALS_OVER,
    Q2_CLOSED,
    Stall,
    approved,
    balance,
    closed,
    full_score,
    holds,
    level_of,
    policy,
    proposed,
    q,
)
from tuanzhang import appeals
from tuanzhang import level_refusals as refusals
from tuanzhang.models import LevelPolicy, QuarterLevel

pytestmark = pytest.mark.django_db

MILLION = 1_000_000_00


@pytest.mark.parametrize(
    ("gmv_fen", "level", "score"),
    [
        (300_000_000_00, "gold", 5000 + 100 + 4),
        (299_999_999_99, "silver", 5104),
        (100_000_000_00, "silver", 5104),
        (99_999_999_99, "bronze", 5104),
        (50_000_000_00, "bronze", 2604),
        (49_999_999_99, "potential", 2604),
    ],
)
def test_a_quarters_level_follows_what_settled_in_it(gmv_fen, level, score):
    """One brand of 30 is 100 bps of the score, one promoter of 500 are 4."""
    stall = Stall(leader())
    stall.sell("2024-06-01 10:00", gmv_fen)
    (result,) = closed("2024Q2")
    assert (result.level, result.gmv_fen, result.brands, result.promoters) == (level, gmv_fen, 1, 1)
    assert (result.score_bps, result.lines, result.refunded_fen) == (score, 1, 0)
    assert holds() == []


def test_what_settles_on_the_last_night_of_a_quarter_is_in_it_and_the_next_night_is_not():
    stall = Stall(leader())
    stall.sell("2024-06-22 10:00", 1_00)  # due 29 June 10:00: the night of 30 June
    stall.sell("2024-06-23 00:00", 10_00)  # due 30 June 00:00: the night of 1 July
    settle("2024-06-30")
    settle("2024-07-01")
    assert [each.gmv_fen for each in closed("2024Q2", settled=True)] == [1_00]
    settle("2024-09-30")
    assert [each.gmv_fen for each in closed("2024Q3", settled=True)] == [10_00]


def test_a_quarter_waits_for_its_last_night_and_closes_once():
    stall = Stall(leader())
    stall.sell("2024-06-01 10:00")
    settle("2024-06-29")
    with pytest.raises(refusals.QuarterNotOver):
        levelling.close_quarter(q("2024Q2"), at=moment(Q2_CLOSED))
    settle("2024-06-30")
    with pytest.raises(refusals.QuarterNotOver):  # its last day is not over
        levelling.close_quarter(q("2024Q2"), at=moment("2024-06-30 04:00"))
    assert not QuarterLevel.objects.exists()
    assert [levelling.close_quarter(q("2024Q2"), at=moment(Q2_CLOSED)) for _twice in range(2)] == [1, 0]
    with pytest.raises(DatabaseError), transaction.atomic():
        QuarterLevel.objects.update(gmv_fen=0)
    with pytest.raises(DatabaseError), transaction.atomic():
        QuarterLevel.objects.all().delete()


def test_a_refund_after_the_quarter_lowers_the_next_one_and_a_paid_rebate_stands():
    policy(bronze_gmv_fen=50_00, silver_gmv_fen=100_00, gold_gmv_fen=300_00, target_gmv_fen=100_00,
           target_brands=1, target_promoters=1, mode="whole")  # fmt: skip
    lead = leader()
    stall = Stall(lead)
    number = stall.sell("2024-06-01 10:00", 120_00)
    closed("2024Q2")
    approved(proposed())
    rebate = Rebate.objects.get()
    assert (rebate.level, rebate.score_bps, rebate.amount_fen) == ("silver", 10_000, 36)
    stall.refund(number, "2024-07-20 10:00", 120_00)
    settle("2024-09-30")
    (third_quarter,) = closed("2024Q3", settled=True)
    second_quarter = level_of(lead, "2024Q2")
    assert (second_quarter.gmv_fen, third_quarter.gmv_fen, third_quarter.refunded_fen) == (120_00, -120_00, 120_00)
    assert (third_quarter.level, third_quarter.score_bps) == ("potential", 0)
    with pytest.raises(rebates.NothingToRebate):
        proposed("2024Q3", at="2024-10-15 00:00")
    assert Posting.objects.get(kind="rebate").amount_fen == 36
    assert holds() == []


def test_a_refund_inside_the_quarter_is_netted():
    stall = Stall(leader())
    stall.sell("2024-04-01 10:00", 100_00)
    number = stall.sell("2024-04-01 10:00", 50_00)
    settle("2024-04-09")
    stall.refund(number, "2024-04-20 10:00", 50_00)
    (result,) = closed("2024Q2")
    assert (result.settled_fen, result.refunded_fen, result.gmv_fen, result.refund_bps) == (150_00, 50_00, 100_00, 3333)


def test_brands_and_promoters_count_where_something_is_left_of_their_sales():
    """Two products of one brand are one brand; goods without one are their shop's own."""
    stall = Stall(leader())
    shop = merchant()
    branded = [stall.another_product(of, "nike") for of in (shop, merchant())]
    unbranded = [stall.another_product(shop) for _twice in range(2)]
    refunded = stall.another_product(merchant(), "gone")
    sellers = [stall.another_seller(goods) for goods in (*branded, *unbranded, refunded)]
    numbers = [stall.sell("2024-05-01 10:00", 1_00, by=by) for by in sellers]
    stall.refund(numbers[-1], "2024-05-02 10:00", 1_00)
    (result,) = closed("2024Q2")
    assert (result.brands, result.promoters, result.lines) == (2, 4, 4)


def test_every_leader_has_a_level_of_its_own_and_the_second_one_none_of_the_firsts_gmv():
    first, partner, newcomer = leader("l1"), leader("l2"), leader("l3")
    stall = Stall(first, joining="all")
    Stall(partner)
    item = stall.activity.enrolments.get()
    second(partner, item, 500, whole_item=True)
    stall.sell("2024-06-01 10:00", 120_00)
    results = {each.leader.code: each.gmv_fen for each in closed("2024Q2")}
    assert results == {"l1": 120_00, "l2": 0}  # the newcomer registered after the quarter
    assert newcomer.created_at > moment("2024-07-01 00:00")


def test_a_policy_may_credit_the_second_leader_instead_and_nobody_twice():
    policy(credited_to=LevelPolicy.Credit.SECOND)
    first, partner = leader("l1"), leader("l2")
    stall = Stall(first, joining="all")
    Stall(partner)
    second(partner, stall.activity.enrolments.get(), 500, whole_item=True)
    stall.sell("2024-06-01 10:00", 120_00)
    assert {each.leader.code: each.gmv_fen for each in closed("2024Q2")} == {"l1": 0, "l2": 120_00}
    assert holds() == []


def test_a_quarter_goes_by_the_version_in_force_when_it_began():
    policy(effective_from=date(2024, 4, 2), bronze_gmv_fen=1, silver_gmv_fen=2, gold_gmv_fen=3)
    stall = Stall(leader())
    stall.sell("2024-06-01 10:00", 100)
    assert [each.level for each in closed("2024Q2")] == ["potential"]
    stall.sell("2024-08-01 10:00", 100)
    assert [each.level for each in closed("2024Q3")] == ["gold"]


@pytest.mark.parametrize(("mode", "amount_fen"), [("marginal", 650_000_00), ("whole", 1_500_000_00)])
def test_the_worked_rebate_of_three_hundred_million_reaches_the_leaders_account(mode, amount_fen):
    full_score(mode)
    lead = leader()
    Stall(lead).sell("2024-06-01 10:00", 300 * MILLION)
    closed("2024Q2")
    before = balance(lead, "available")
    batch = approved(proposed())
    rebate = Rebate.objects.get()
    assert (rebate.score_bps, rebate.amount_fen, batch.sum_fen, batch.count) == (10_000, amount_fen, amount_fen, 1)
    assert balance(lead, "available") - before == amount_fen
    assert balance(None, "rebates") == -amount_fen
    assert holds() == []


def test_the_worked_score_and_rebate_of_silver():
    """24 of 30 brands, 120 of 100 M, 450 of 500 promoters; 331,200.00. The counts are put right by an appeal."""
    policy(mode="whole")
    lead = leader()
    Stall(lead).sell("2024-06-01 10:00", 120 * MILLION)
    (result,) = closed("2024Q2")
    asked = appeals.appeal(lead, result, "品牌数少计", by=member(lead), at=moment("2024-07-02 10:00"))
    appeals.uphold(asked, "核实", by=staff(), at=moment("2024-07-03 10:00"), brands=24, promoters=450)
    revised = level_of(lead, "2024Q2")
    assert (revised.revision, revised.score_bps, revised.level, revised.gmv_fen) == (1, 9200, "silver", 120 * MILLION)
    approved(proposed(at="2024-07-03 11:00"), at="2024-07-03 12:00")
    assert Rebate.objects.get().amount_fen == 331_200_00
    assert holds() == []


def test_explain_says_which_quarter_of_whom_counts_a_line_and_tells_the_merchant_nothing():
    lead = leader("l1")
    stall = Stall(lead)
    number = stall.sell("2024-06-01 10:00", 120_00)
    settle("2024-06-09")
    stall.refund(number, "2024-07-20 10:00", 20_00)
    settle("2024-07-21")
    assert story_of(number)["credits"] == [
        {"quarter": "2024Q2", "day": "2024-06-09", "leader": "l1", "gmv_fen": 120_00},
        {"quarter": "2024Q3", "day": "2024-07-21", "leader": "l1", "gmv_fen": -20_00},
    ]
    assert "¥120.00 计入团长 l1 的 2024Q2 成交额" in "\n".join(sentences.sentences(story_of(number)))
    lines = with_sections(OrderLine.objects.filter(order_no=number))
    for viewer, credits in ((lead, 2), (stall.goods.merchant, 0)):
        assert len(SectionReader(lines).sections(lines[0], viewer)["credits"]) == credits


@pytest.mark.django_db(transaction=True)
def test_many_hands_close_a_quarter_once_and_post_its_rebates_once():
    full_score("whole", bronze_gmv_fen=50_00, silver_gmv_fen=100_00, gold_gmv_fen=300_00, target_gmv_fen=50_00)
    lead = leader("l1")
    Stall(lead).sell("2024-06-01 10:00", 200_00)
    settle("2024-06-30")
    done = in_threads(8, lambda _number: levelling.close_quarter(q("2024Q2"), at=moment(Q2_CLOSED)))
    assert sorted(done) == [0] * 7 + [1]
    people = [staff() for _each in range(8)]
    at = moment(APPEALS_OVER)
    answers = in_threads(8, lambda number: rebates.propose(q("2024Q2"), by=people[number], at=at))
    (batch,) = [answer for answer in answers if isinstance(answer, RebateBatch)]
    assert {type(answer) for answer in answers} == {RebateBatch, rebates.NothingToRebate}
    answers = in_threads(8, lambda number: rebates.approve(batch, by=people[number], at=at))
    assert answers.count(None) == 1
    assert Posting.objects.filter(kind="rebate").count() == 1
    assert balance(lead, "available") == Rebate.objects.get().amount_fen + 10_80
