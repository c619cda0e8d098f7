"""The second opinion, second part: who is paid for a line, and at which rates, as of its order (rulebook §5, §6).

Plain Python. A market is ``{"policies": [{"at", "tech_bps", "hold_days", "return_tech_fee", "front_clawbacks"}],
"holds": {merchant: days}, "prepaid": [merchant], "merchants": [code], "products": [(merchant, code)],
"buyers": {buyer_ref: tenant}, "picks": {pid: {"streamer", "product", "at"}},
"plans": {key: {"merchant", "type", "product", "at", "rates": {streamer or None: bps}}},
"engaged": {merchant or streamer: {"provider", "bps", "at", "until"}}}``.
"""

from collections import defaultdict
from datetime import datetime, time, timedelta

from tests.model_events import CHINA


def midnight_after(at):
    return datetime.combine(at.astimezone(CHINA).date() + timedelta(days=1), time(), CHINA)


def rate_at(asked, at):
    """What was asked of one rate, ``[(when, bps or None)]`` in order of time → the rate at ``at``."""
    rate, waiting = None, None
    for when, wanted in [*(one for one in asked if one[0] <= at), (at, ...)]:
        if waiting and waiting[0] <= when:
            rate, waiting = waiting[1], None
        if wanted == rate:
            waiting = None
        elif wanted is not ... and (rate is None or (wanted is not None and wanted > rate)):
            rate, waiting = wanted, None
        elif wanted is not ... and when.astimezone(CHINA).time() < time(23, 50):
            waiting = (midnight_after(when), wanted)
    return rate


class Offers:
    def __init__(self, market):
        self.market = market
        self.plans = {key: plan | {"ends": None} for key, plan in market["plans"].items()}
        self.asked = defaultdict(list)
        for key, plan in market["plans"].items():
            for streamer, bps in plan["rates"].items():
                self.asked[key, streamer].append((plan["at"], bps))

    def set_rate(self, key, streamer, bps, at):
        self.asked[key, streamer].append((at, bps))

    def end_plan(self, key, at):
        if at.astimezone(CHINA).time() < time(23, 50) and self.plans[key]["ends"] is None:
            self.plans[key]["ends"] = midnight_after(at)

    def policy(self, at):
        return max((one for one in self.market["policies"] if one["at"] <= at), key=lambda one: one["at"])

    def terms(self, facts):
        """What is frozen on a line: its policy, who is paid in each role, all rates, the days it is held."""
        at, product = facts["at"], (facts["product"]["merchant"], facts["product"]["code"])
        policy = self.policy(at)
        kind, streamer, bps = self.speaking(facts, product, at)
        provider = self.engaged(product[0], at) if streamer else {}
        agency = self.engaged(streamer, at)
        return policy | {
            "kind": kind,
            "merchant": product[0],
            "streamer": streamer,
            "provider": provider.get("provider"),
            "agency": agency.get("provider"),
            "commission_bps": bps,
            "service_fee_bps": 0,
            "second_bps": 0,
            "provider_bps": provider.get("bps", 0),
            "agency_bps": agency.get("bps", 0),
            "hold_days": self.market["holds"].get(product[0], policy["hold_days"]),
        }

    def engaged(self, client, at):
        engagement = self.market["engaged"].get(client)
        return engagement if engagement and engagement["at"] <= at < engagement["until"] else {}

    def speaking(self, facts, product, at):
        """(kind of the offer or why there is none, who is paid, rate)."""
        pick = self.market["picks"].get(facts.get("pid"))
        buyer = self.market["buyers"].get(facts["buyer"])
        for holds, why in (
            (not facts.get("pid"), "NO_PID"),
            (pick is None, "UNKNOWN_PID"),
            (pick and pick["product"] != product, "PID_PRODUCT_MISMATCH"),
            (pick and pick["at"] > at, "PICKED_LATER"),
            (pick and buyer in (pick["streamer"], product[0]), "SELF_PURCHASE"),
        ):
            if holds:
                return why, None, 0
        for kind in ("exclusive", "item_targeted", "shop_targeted", "normal"):
            for key, plan in self.plans.items():
                ends = plan["ends"]
                if plan["type"] == kind and plan["merchant"] == product[0] and plan["product"] in (None, product):
                    bps = rate_at(self.asked[key, None if kind == "normal" else pick["streamer"]], at)
                    is_live = plan["at"] <= at and (ends is None or at < ends)
                    if is_live and bps is not None:
                        return kind, pick["streamer"], bps
                    if is_live and kind == "exclusive":
                        return "EXCLUSIVE_NOT_LISTED", None, 0
        return "NORMAL_NONE", None, 0
