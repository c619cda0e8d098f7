"""What exposure is made of (rulebook §17), in whole numbers. No Django, no rows; the SQL of ``weighing`` says the same.

Each part is 0 to 10,000: as far as the listing reaches the median of those that it stands beside, and whole from there
on. It is rounded down, so that a part is whole only where the median is reached: what would raise it is exact.
"""

WHOLE = 10_000
FLOOR, FULL = 20, 100
"""Hundredths: what is weak on everything is shown less, never hidden."""
WEAK = 7_000
SMOOTHING_CLICKS = 100
"""A new listing stands at the mean of its category until it has clicks of its own to speak of."""
COMPARABLES = 3
"""So many listings, itself among them, say what is usual; fewer say nothing."""


def price_part(price_fen: int, median_fen: int | None) -> int:
    """10,000 where nothing is comparable."""
    return WHOLE if median_fen is None else min(WHOLE, WHOLE * median_fen // price_fen)


def commission_part(bps: int | None, median_bps: int | None) -> int:
    """What pays only listed streamers stands beside nothing."""
    return min(WHOLE, WHOLE * bps // median_bps) if bps is not None and median_bps else WHOLE


def conversion_part(orders: int, clicks: int, all_orders: int, all_clicks: int) -> int:
    """``all_…`` are those of the category: ``(orders + 100 × mean) / (clicks + 100)`` beside the mean."""
    if not all_orders or not all_clicks:
        return WHOLE
    smoothed = orders * all_clicks + SMOOTHING_CLICKS * all_orders
    return min(WHOLE, WHOLE * smoothed // ((clicks + SMOOTHING_CLICKS) * all_orders))


def weight(price: int, commission: int, conversion: int) -> int:
    """Between FLOOR and FULL as the mean of the three parts stands between nothing and whole, half-up.

    >>> weight(10_000, 10_000, 10_000), weight(4_100, 6_600, 7_900), weight(0, 0, 0)
    (100, 70, 20)
    """
    whole = 3 * WHOLE
    return (2 * (FLOOR * whole + (FULL - FLOOR) * (price + commission + conversion)) + whole) // (2 * whole)


def price_to_cut(price_fen: int, median_fen: int | None) -> int:
    return 0 if median_fen is None else max(0, price_fen - median_fen)


def rate_to_add(bps: int | None, median_bps: int | None) -> int:
    return max(0, median_bps - bps) if bps is not None and median_bps is not None else 0


def orders_to_add(orders: int, clicks: int, all_orders: int, all_clicks: int) -> int:
    """The fewest more orders with which the smoothed conversion reaches the mean as it is."""
    return max(0, -(-all_orders * clicks // all_clicks) - orders) if all_clicks else 0
