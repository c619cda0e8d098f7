"""The activities of a market file: drafted, published, their goods enrolled and passed, second leaders taken in."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol

from django.utils.translation import gettext_lazy as _

from haowu.ground import days
from haowu.market.entries import EntryInvalid, list_of, moment, text, whole
from haowu.tenants.models import Tenant
from merchants.models import Product
from tuanzhang import activities, enrolling, seconds
from tuanzhang.models import Activity, Enrolment

MAX_BPS = 10_000


class Loading(Protocol):
    """What the loader of a market offers to the loader of one of its lists."""

    known: Callable[[str, str], Tenant]
    named_product: Callable[[Any], Product]
    reading: Callable[[str], AbstractContextManager[None]]
    reporting: Callable[[str], AbstractContextManager[None]]
    answered: Callable[[list[str], list[Any]], list[tuple[str, Any]]]
    entries: Callable[[str, Any], Iterator[tuple[str, dict[str, Any]]]]


def load_activity(loading: Loading, place: str, entry: dict[str, Any]) -> tuple[Activity, int]:
    """The activity in ``entry`` as it stands at the end of the file, and how many items passed.

    Everything is done at the beginning of time, so that only the windows in the file decide.
    """
    items = list_of(entry, "items")
    leader = loading.known(Tenant.Kind.TUANZHANG, text(entry, "leader"))
    activity = activities.draft(leader, _draft(loading, entry, items), at=days.BEGINNING)
    activities.publish(activity, at=days.BEGINNING)
    enrolled = _items(loading, f"{place}.items", activity, items)
    if closed_at := _optional(entry, "closed_at"):
        with loading.reporting(f"{place}.closed_at"):
            activities.close(activity, at=closed_at)
    return activity, enrolled


def _draft(loading: Loading, entry: dict[str, Any], items: list[Any]) -> activities.Draft:
    named = [item["second"] for item in items if isinstance(item, dict) and isinstance(item.get("second"), dict)]
    partners = {second["leader"] for second in named if isinstance(second.get("leader"), str)}
    return activities.Draft(
        code=text(entry, "code"),
        type=text(entry, "type"),
        title=entry.get("title") or text(entry, "code"),
        begins_at=moment(entry, "begins_at"),
        ends_at=_optional(entry, "ends_at"),
        minimum=(
            whole(entry, "min_commission_bps", default=0, high=MAX_BPS),
            whole(entry, "min_service_fee_bps", default=0, high=MAX_BPS),
        ),
        streamers=[
            loading.known(Tenant.Kind.STREAMER, text({"streamers": code}, "streamers"))
            for code in list_of(entry, "streamers")
        ],
        joining=Activity.Joining.LISTED if partners else Activity.Joining.NONE,
        partners=[loading.known(Tenant.Kind.TUANZHANG, code) for code in sorted(partners)],
    )


def _items(loading: Loading, place: str, activity: Activity, items: list[Any]) -> int:
    wishes: list[tuple[str, enrolling.Wish]] = []
    second_of: dict[str, dict[str, Any]] = {}
    for part, item in loading.entries(place, items):
        with loading.reading(part):
            wishes.append((part, _wish(loading, activity, item)))
            second_of[part] = item.get("second")
    answers = enrolling.enrol_many([wish for _part, wish in wishes], at=days.BEGINNING)
    new = loading.answered([part for part, _wish in wishes], answers)
    answers = enrolling.pass_many([enrolment for _part, enrolment in new], at=days.BEGINNING)
    passed = loading.answered([part for part, _enrolment in new], answers)
    for part, enrolment in passed:
        if second_of[part]:
            with loading.reporting(f"{part}.second"):
                _second(loading, enrolment, second_of[part])
    return len(passed)


def _wish(loading: Loading, activity: Activity, item: dict[str, Any]) -> enrolling.Wish:
    return enrolling.Wish(
        activity,
        loading.named_product(item.get("product")),
        whole(item, "commission_bps", high=MAX_BPS),
        whole(item, "service_fee_bps", default=0, high=MAX_BPS),
        _optional(item, "from"),
        _optional(item, "until"),
    )


def _second(loading: Loading, enrolment: Enrolment, entry: Any) -> None:
    """A second leader of every sale of the item: the file names him for the item, not for a link."""
    if not isinstance(entry, dict):
        raise EntryInvalid(field="second", why=_('须为 {"leader", "bps"} 对象。'))
    leader = loading.known(Tenant.Kind.TUANZHANG, text(entry, "leader"))
    bps = whole(entry, "bps", high=MAX_BPS)
    applied = seconds.apply(leader, enrolment, bps, whole_item=True, at=days.BEGINNING)
    (answer,) = seconds.pass_many([applied], at=days.BEGINNING)
    if isinstance(answer, Exception):
        raise answer


def _optional(entry: dict[str, Any], field: str) -> datetime | None:
    return moment(entry, field) if entry.get(field) else None
