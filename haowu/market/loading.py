"""A market from one JSON file, built through the same acts as the pages. Format: partner API, "Market file".

Every entry is tried on its own: what is refused is reported with its place, code and remedy, and spoils nothing else.
A list is read whole, what it names is looked up at once, and the acts take it in chunks: no query for each entry.
"""

from typing import Any

from django.db import transaction

from commissions.models import Policy
from haowu.approvals.versions import publish
from haowu.approvals.words import Subject
from haowu.ground.garbage import collected_seldom
from haowu.market.activities import load_activities
from haowu.market.answer import Market
from haowu.market.entries import MAX_BPS, flag, moment, whole
from haowu.market.offers import load_plans
from haowu.market.parties import load_leaders, load_merchants, load_streamers
from haowu.market.picks import load_picks
from streamers.centre.sync import in_step

MAX_DAYS = 365


@collected_seldom()
@transaction.atomic
def load(market: dict[str, Any]) -> Market:
    """Load every list of ``market`` in the order in which they depend on each other, in one transaction.

    What was refused stands in the answer. Loading a market again adds nothing.
    """
    answer = Market()
    if market.get("policy") is not None:
        _load_policy(answer, market["policy"])
    load_merchants(answer, market.get("merchants"))
    load_streamers(answer, market.get("streamers"))
    load_leaders(answer, market.get("leaders"))
    load_plans(answer, market.get("plans"))
    load_activities(answer, market.get("activities"))
    load_picks(answer, market.get("picks"))
    in_step()
    return answer


def _load_policy(market: Market, value: Any) -> None:
    """A new version of the policy, unless the one in force at that moment already says all that the file says."""
    for place, entry in market.entries("policy", [value]):
        with market.reading(place):
            at = moment(entry, "at")
            terms = {
                "tech_bps": whole(entry, "tech_bps", default=1000, high=MAX_BPS),
                "hold_days": whole(entry, "hold_days", default=7, high=MAX_DAYS),
                "return_tech_fee": flag(entry, "return_tech_fee", default=True),
                "front_clawbacks": flag(entry, "front_clawbacks", default=False),
                "reserve_bps": whole(entry, "reserve_bps", default=0, high=MAX_BPS),
                "reserve_days": whole(entry, "reserve_days", default=0, high=MAX_DAYS),
                "subsidy_in_base": flag(entry, "subsidy_in_base", default=False),
            }
            current = Policy.objects.in_force(at)
            if any(getattr(current, name) != value for name, value in terms.items()):
                publish(Policy(effective_from=at, note=place, **terms), Subject.POLICY, at=at)
                market.loaded["policy"] += 1
