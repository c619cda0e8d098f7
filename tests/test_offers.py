"""Rulebook §5: first match wins, never the best."""

import pytest

from streamers.offers import Kind, Offer, choose

NORMAL = Offer(Kind.NORMAL, 1, commission_bps=1000)
SHOP = Offer(Kind.SHOP_TARGETED, 2, commission_bps=1500)
ITEM = Offer(Kind.ITEM_TARGETED, 3, commission_bps=1800)
ACTIVITY = Offer(Kind.NORMAL_ACTIVITY, 4, commission_bps=2000, service_fee_bps=600, activity="a1")


def other(offer: Offer) -> Offer:
    """The same offer as it stands for a streamer whom it does not list."""
    return Offer(offer.kind, offer.offer_id, listed=False)


@pytest.mark.parametrize(
    ("offers", "picked_through", "expected"),
    [
        ([NORMAL, SHOP, ITEM, ACTIVITY], None, ITEM),
        ([NORMAL, SHOP, ITEM, ACTIVITY], "a1", ITEM),
        ([NORMAL, SHOP, other(ITEM), ACTIVITY], None, SHOP),
        ([NORMAL, other(SHOP), other(ITEM), ACTIVITY], "a1", ACTIVITY),
        ([NORMAL, other(SHOP), other(ITEM), ACTIVITY], "a2", NORMAL),
        ([NORMAL, other(SHOP), other(ITEM), ACTIVITY], None, NORMAL),
        ([ACTIVITY], None, None),
        ([], None, None),
    ],
)
def test_the_first_matching_rule_speaks(offers, picked_through, expected):
    assert choose(offers, picked_through).offer == expected


def test_the_trace_names_every_rule_that_was_tried():
    choice = choose([NORMAL, other(SHOP), ACTIVITY], None)
    assert choice.trace == [
        "EXCLUSIVE_NONE",
        "ITEM_TARGETED_NONE",
        "SHOP_TARGETED_NOT_LISTED",
        "ACTIVITY_NOT_PICKED",
        "NORMAL_OPEN",
    ]


def test_an_exclusive_plan_excludes_everything_else_for_those_it_does_not_list():
    choice = choose([other(Offer(Kind.EXCLUSIVE, 9)), NORMAL, SHOP, ITEM, ACTIVITY], "a1")
    assert (choice.offer, choice.trace) == (None, ["EXCLUSIVE_NOT_LISTED"])


def test_of_two_exclusive_offers_the_higher_commission_speaks_then_the_cheaper_for_the_merchant():
    plan = Offer(Kind.EXCLUSIVE, 1, commission_bps=2500)
    cheaper = Offer(Kind.EXCLUSIVE_ACTIVITY, 2, commission_bps=2500, service_fee_bps=100)
    richer = Offer(Kind.EXCLUSIVE_ACTIVITY, 3, commission_bps=2600, service_fee_bps=900)
    assert choose([cheaper, plan]).offer == plan
    assert choose([plan, richer]).offer == richer
