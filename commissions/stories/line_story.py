"""The story of one order line: what ``explain --json`` prints and everything else in ``stories/`` reads.

Its values are ready for JSON: times as RFC 3339 in Asia/Shanghai, days as ISO dates, amounts in fen. The keys up to
``held`` are fixed points of the partner API; docs/api.md lists the others.
"""

from typing import Any, NotRequired, TypedDict, cast


class RoleAmounts(TypedDict):
    party: str
    gross_fen: int
    tech_fee_fen: int
    net_fen: int


class MerchantCost(TypedDict):
    cost_fen: int


class Amounts(TypedDict, total=False):
    """By role; one without a party is left out."""

    streamer: RoleAmounts
    first_leader: RoleAmounts
    second_leader: RoleAmounts
    provider: RoleAmounts
    agency: RoleAmounts
    merchant: MerchantCost


class Phase(Amounts):
    """What one night booked. ``kind``: settlement or clawback."""

    day: str
    kind: str


class Offer(TypedDict):
    kind: str
    id: int | None
    version: int | None
    activity: NotRequired[str]


class Terms(TypedDict):
    """Frozen when the order was created. ``trace``: the rules that were tried, in order."""

    offer: Offer | None
    commission_bps: NotRequired[int]
    service_fee_bps: NotRequired[int]
    second_bps: NotRequired[int]
    tech_bps: NotRequired[int]
    trace: list[str]


class Held(TypedDict):
    reason: str
    since: str


class Event(TypedDict):
    """As it was sent; a party of the line sees of a refund of the whole order what it took off this line."""

    event_id: str
    type: str
    line_no: int | None
    occurred_at: str
    received_at: str
    verdict: str
    code: str
    quantity: NotRequired[int]
    price_fen: NotRequired[int]
    merchant_coupon_fen: NotRequired[int]
    platform_coupon_fen: NotRequired[int]
    price_subsidy_fen: NotRequired[int]
    refund_no: NotRequired[str]
    amount_fen: NotRequired[int]
    goods_fen: NotRequired[int]
    freight_fen: NotRequired[int]
    case_no: NotRequired[str]


class Hold(TypedDict):
    """``reason`` is the platform's to know."""

    kind: str
    since: str
    until: str
    released_at: str | None
    reason: NotRequired[str]


class Dispute(TypedDict):
    id: str
    claimant: str
    respondent: str
    status: str
    reason: str
    decision: str
    amount_fen: int
    frozen_fen: int
    take_fen: int
    taken_fen: int
    opened_at: str
    until: str
    decided_at: str | None


class Step(TypedDict):
    """From the night of ``day`` on the plan's step gives the line this rate."""

    day: str
    commission_bps: int


class WaitingAdjustment(TypedDict):
    """What the line comes to in all when the night of ``day`` has booked the difference; nets by role."""

    day: str
    base_fen: int
    tech_bps: int | None
    streamer_net_fen: NotRequired[int]
    first_leader_net_fen: NotRequired[int]
    second_leader_net_fen: NotRequired[int]
    provider_net_fen: NotRequired[int]
    agency_net_fen: NotRequired[int]
    merchant_cost_fen: NotRequired[int]


class LinePosting(TypedDict):
    """A netted posting, signed from ``party``'s side. ``amount_fen``: this line's share of it, None where unknown."""

    day: str
    phase: int
    kind: str
    party: str
    account: str
    amount_fen: int | None
    reference: str
    netted_fen: int


class Credit(TypedDict):
    """A phase's base as it counts in a leader's quarter."""

    quarter: str
    day: str
    leader: str
    gmv_fen: int


class NextStep(TypedDict):
    """``what`` happens next, in which ``night`` where that is known; ``until``: when a hold ends by itself."""

    what: str
    night: str | None
    until: str | None


class FixedPoints(TypedDict):
    order_no: str
    line_no: int
    status: str
    base_fen: int | None
    terms: Terms
    estimate: Amounts
    phases: list[Phase]
    due_at: str | None
    held: Held | None


class Sections(TypedDict):
    settles_on: str | None
    events: list[Event]
    holds: list[Hold]
    disputes: list[Dispute]
    steps: list[Step]
    adjustments: list[WaitingAdjustment]
    postings: list[LinePosting]
    credits: list[Credit]
    next: NextStep | None


class LineStory(FixedPoints, Sections):
    """``base_fen`` and ``next`` are None for an order's source, which reads no money."""


def amounts_of(amounts: Amounts, role: str) -> RoleAmounts | None:
    """What ``role`` gets, of any role but the merchant."""
    return cast("dict[str, Any]", amounts).get(role)
