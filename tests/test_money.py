"""Rulebook §2–§4: whole fen, half up, largest remainder, the shares of one line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commissions.split import Price, Rates, Shares, bases, split
from haowu.ground import money


@pytest.mark.parametrize(
    ("amount_fen", "bps", "expected"),
    [(99, 1550, 15), (500, 290, 15), (50, 500, 3), (30, 100, 0), (50, 100, 1), (0, 9000, 0), (10_000, 10_000, 10_000)],
)
def test_a_share_is_rounded_half_up_in_whole_fen(amount_fen, bps, expected):
    assert money.share(amount_fen, bps) == expected


def test_rounding_happens_per_line_and_never_on_totals():
    assert sum(money.share(99, 1550) for _ in range(3)) == 45
    assert money.share(3 * 99, 1550) == 46


@pytest.mark.parametrize(("amount_fen", "bps"), [(-1, 100), (100, -1)])
def test_a_share_of_something_negative_is_a_bug_and_raises(amount_fen, bps):
    with pytest.raises(ValueError, match="no negatives"):
        money.share(amount_fen, bps)


def test_an_order_coupon_is_divided_by_price_with_the_largest_remainder():
    assert money.divide(2999, [12900, 9900, 7200]) == [1289, 990, 720]


def test_ties_of_the_remainder_go_to_the_lower_index():
    assert money.divide(2, [1, 1, 1]) == [1, 1, 0]


@given(st.integers(0, 10**12), st.lists(st.integers(0, 10**9), min_size=1, max_size=8))
def test_the_parts_of_a_division_add_up_and_none_strays_by_a_fen(total, weights):
    parts = money.divide(total, weights)
    assert sum(parts) == total
    if whole := sum(weights):
        assert all(abs(part * whole - total * weight) < whole for part, weight in zip(parts, weights, strict=True))


def test_the_base_is_what_the_buyer_paid_for_goods_after_coupons():
    assert bases([Price(25_800, merchant_coupon_fen=2000, platform_coupon_fen=1000)]) == [22_800]


def test_bases_after_an_order_coupon():
    assert bases([Price(12_900), Price(9_900), Price(7_200)], 2_999) == [11_611, 8_910, 6_480]


def test_what_a_welfare_item_cannot_bear_of_the_order_coupon_goes_to_the_other_line():
    """woocommerce #7837: 100.00 beside a gift of 50.00 with its own 49.99 off, and 20.00 off the order: 80.01 paid."""
    assert bases([Price(10_000), Price(5_000, merchant_coupon_fen=4_999)], 2_000) == [8_001, 0]


def test_what_is_over_is_divided_again_by_price_until_nothing_is():
    prices = [Price(10_000, 10_000), Price(6_000, 0, 5_000), Price(3_000), Price(1_000), Price(0)]
    assert bases(prices, 4_500) == [0, 0, 375, 125, 0]
    assert bases(prices, 5_000) == [0, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("prices", "order_coupon_fen"),
    [([Price(100, 101), Price(100)], 0), ([Price(100, 60, 41), Price(100)], 0), ([Price(100, 50), Price(50)], 101)],
)
def test_coupons_beyond_a_lines_own_price_or_beyond_all_prices_are_refused(prices, order_coupon_fen):
    with pytest.raises(ValueError, match="coupons exceed prices"):
        bases(prices, order_coupon_fen)


@st.composite
def coupons(draw) -> tuple[list[Price], int]:
    """Lines whose own coupons leave anything from nothing to all, and an order coupon that all of them can bear."""
    prices = []
    for price in draw(st.lists(st.integers(0, 10**6), min_size=1, max_size=6)):
        own = draw(st.one_of(st.just(0), st.just(price), st.integers(0, price)))
        prices.append(Price(price, own // 2, own - own // 2))
    left = sum(price.price_fen - price.merchant_coupon_fen - price.platform_coupon_fen for price in prices)
    return prices, draw(st.one_of(st.just(left), st.integers(0, left)))


@given(coupons())
def test_bases_add_up_to_what_the_buyer_paid_and_are_divided_by_price_where_no_line_is_full(bought):
    prices, order_coupon_fen = bought
    left = [price.price_fen - price.merchant_coupon_fen - price.platform_coupon_fen for price in prices]
    found = bases(prices, order_coupon_fen)
    assert sum(found) == sum(left) - order_coupon_fen
    assert all(0 <= base <= rest for base, rest in zip(found, left, strict=True))
    by_price = money.divide(order_coupon_fen, [price.price_fen for price in prices])
    if all(share <= rest for share, rest in zip(by_price, left, strict=True)):
        assert found == [rest - share for share, rest in zip(by_price, left, strict=True)]


def test_one_line_with_a_leader():
    shares = split(22_800, Rates(commission_bps=2000, service_fee_bps=500, tech_bps=1000))
    assert shares == Shares(22_800, 4_560, 456, 1_140, 114)
    assert shares.cost_fen == 5_700


def test_one_line_with_two_leaders():
    shares = split(19_900, Rates(commission_bps=2500, service_fee_bps=800, second_bps=500, tech_bps=1000))
    assert (shares.streamer_fen, shares.streamer_fee_fen) == (4_975, 498)
    assert (shares.first_leader_fen, shares.first_leader_fee_fen) == (597, 60)
    assert (shares.second_leader_fen, shares.second_leader_fee_fen) == (995, 100)
    assert shares.streamer_fee_fen + shares.first_leader_fee_fen + shares.second_leader_fee_fen == 658
    assert shares.cost_fen == 6_567


@given(st.integers(0, 10**12), st.integers(0, 9000), st.integers(0, 3000), st.integers(0, 3000), st.integers(0, 10_000))
def test_the_merchant_pays_all_nets_and_all_fees_to_the_fen(base, commission, fee, second, tech):
    shares = split(base, Rates(commission, fee, min(second, fee), 0, tech))
    grosses = (shares.streamer_fen, shares.first_leader_fen, shares.second_leader_fen)
    fees = (shares.streamer_fee_fen, shares.first_leader_fee_fen, shares.second_leader_fee_fen)
    nets = [gross - fee for gross, fee in zip(grosses, fees, strict=True)]
    assert min(nets) >= 0
    assert shares.cost_fen == sum(nets) + sum(fees)
    assert shares.cost_fen == money.share(base, commission) + money.share(base, fee)


@pytest.mark.parametrize(
    ("text", "fen"), [("12.90", 1290), ("2.55", 255), ("0.001", 0), ("0.005", 1), ("-1.5", -150), (" 7 ", 700)]
)
def test_yuan_become_fen_at_the_door(text, fen):
    assert money.fen_from_yuan(text) == fen


@pytest.mark.parametrize("text", ["", "abc", "NaN", "Infinity", "1e30", "¥5"])
def test_what_is_no_amount_is_refused_by_name(text):
    with pytest.raises(ValueError, match="amount"):
        money.fen_from_yuan(text)


def test_amounts_and_rates_for_people():
    assert [money.yuan(fen) for fen in (0, 5, -5, 1290, 123_456_789)] == [
        "0.00",
        "0.05",
        "-0.05",
        "12.90",
        "1,234,567.89",
    ]
    assert [money.percent(bps) for bps in (0, 1, 2000, 1550, 10_000)] == ["0%", "0.01%", "20%", "15.5%", "100%"]
