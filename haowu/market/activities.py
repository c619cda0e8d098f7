"""The activities of a market file: drafted, published, their goods enrolled and passed, second leaders let in."""

from collections.abc import Iterator
from typing import Any

from haowu.ground import days
from haowu.market.answer import Market
from haowu.market.entries import (
    MAX_BPS,
    code_of,
    inside,
    list_of,
    moment,
    object_of,
    optional_moment,
    text,
    whole,
)
from haowu.tenants.models import Tenant
from tuanzhang import activities, enrolling, second_level
from tuanzhang.models import Activity, Enrolment

TITLE_LENGTH = 120
LEADER, STREAMER = Tenant.Kind.TUANZHANG, Tenant.Kind.STREAMER


def load_activities(market: Market, entries: Any) -> None:
    """Each as it stands at the end of the file, with the items that passed.

    Everything is done at the beginning of time, so that only the windows in the file decide.
    """
    _look_up(market, entries)
    for place, entry in market.entries("activities", entries):
        with market.reporting(place):
            _load(market, place, entry)


def _load(market: Market, place: str, entry: dict[str, Any]) -> None:
    items, closed_at = list_of(entry, "items"), optional_moment(entry, "closed_at")
    leader = market.tenant(LEADER, text(entry, "leader"))
    activity = activities.draft(leader, _draft(market, entry, items), at=days.BEGINNING)
    activities.publish(activity, at=days.BEGINNING)
    market.loaded["activity"] += 1
    market.learn_activity(activity)
    _load_items(market, f"{place}.items", activity, items)
    if closed_at:
        with market.reporting(f"{place}.closed_at"):
            activities.close(activity, at=closed_at)


def _draft(market: Market, entry: dict[str, Any], items: list[Any]) -> activities.ActivityDraft:
    code = text(entry, "code")
    partners = [leader for leader in _second_leaders(items) if market.is_known(LEADER, leader)]
    return activities.ActivityDraft(
        code=code,
        type=text(entry, "type"),
        title=text(entry, "title", default=code, max_length=TITLE_LENGTH),
        begins_at=moment(entry, "begins_at"),
        ends_at=optional_moment(entry, "ends_at"),
        minimum=(
            whole(entry, "min_commission_bps", default=0, high=MAX_BPS),
            whole(entry, "min_service_fee_bps", default=0, high=MAX_BPS),
        ),
        streamers=[
            market.tenant(STREAMER, code_of(code, f"streamers[{index}]"))
            for index, code in enumerate(list_of(entry, "streamers"))
        ],
        joining=Activity.Joining.LISTED if partners else Activity.Joining.NONE,
        partners=[market.tenant(LEADER, leader) for leader in sorted(set(partners))],
    )


def _load_items(market: Market, place: str, activity: Activity, items: list[Any]) -> None:
    wishes: list[tuple[str, enrolling.NewEnrolment]] = []
    second_of: dict[str, Any] = {}
    for item_place, item in market.entries(place, items):
        with market.reading(item_place):
            wishes.append((item_place, _wish(market, activity, item)))
            second_of[item_place] = item.get("second")
    answers = enrolling.enrol_many([wish for _place, wish in wishes], at=days.BEGINNING)
    new = market.answered([item_place for item_place, _wish in wishes], answers)
    answers = enrolling.pass_many([enrolment for _place, enrolment in new], at=days.BEGINNING)
    passed = market.answered([item_place for item_place, _enrolment in new], answers)
    market.loaded["enrolment"] += len(passed)
    shared = [(item_place, item, second_of[item_place]) for item_place, item in passed]
    _load_seconds(market, [each for each in shared if each[2] is not None])


def _wish(market: Market, activity: Activity, item: dict[str, Any]) -> enrolling.NewEnrolment:
    return enrolling.NewEnrolment(
        activity,
        market.product(item.get("product")),
        whole(item, "commission_bps", high=MAX_BPS),
        whole(item, "service_fee_bps", default=0, high=MAX_BPS),
        optional_moment(item, "from"),
        optional_moment(item, "until"),
    )


def _load_seconds(market: Market, shared: list[tuple[str, Enrolment, Any]]) -> None:
    """A second leader of every sale of the item: the file names him for the item, not for a link."""
    wishes: list[tuple[str, second_level.NewSecondLevel]] = []
    for place, item, value in shared:
        with market.reading(f"{place}.second"):
            entry = object_of(value, "second")
            with inside("second"):
                code, bps = text(entry, "leader"), whole(entry, "bps", high=MAX_BPS)
            wish = second_level.NewSecondLevel(market.tenant(LEADER, code), item, bps, whole_item=True)
            wishes.append((f"{place}.second", wish))
    answers = second_level.apply_many([wish for _place, wish in wishes], at=days.BEGINNING)
    new = market.answered([place for place, _wish in wishes], answers)
    answers = second_level.pass_many([applied for _place, applied in new], at=days.BEGINNING)
    market.answered([place for place, _applied in new], answers)


def _second_leaders(items: list[Any]) -> Iterator[str]:
    """The codes of second leaders that ``items`` name, as far as they are text."""
    for item in items:
        second = item.get("second") if isinstance(item, dict) else None
        if isinstance(second, dict) and isinstance(second.get("leader"), str):
            yield second["leader"]


def _look_up(market: Market, entries: Any) -> None:
    """Everything that the activities name, whatever else is wrong with them."""
    objects = [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    lists = {
        name: [value for entry in objects if isinstance(entry.get(name), list) for value in entry[name]]
        for name in ("items", "streamers")
    }
    market.look_up_tenants(LEADER, (entry.get("leader") for entry in objects))
    market.look_up_tenants(LEADER, _second_leaders(lists["items"]))
    market.look_up_tenants(STREAMER, lists["streamers"])
    market.look_up_products(item.get("product") for item in lists["items"] if isinstance(item, dict))
