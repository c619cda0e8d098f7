"""A market file from anywhere: what stands in one entry costs that entry alone, whatever it is."""

import copy
import json
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from commissions.models import Policy
from haowu.tenants.models import Tenant
from merchants.models import Plan, Product
from streamers.models import Pick, Profile
from tests.campaign import some
from tests.market_file import POLICY, entries, joined, market, refusals_of
from tuanzhang.models import Activity, SecondLevel

pytestmark = pytest.mark.django_db
Place = tuple[str | int, ...]


FITS_IN_A_POLICY = {
    "null": set(POLICY),
    "empty": {"at"},
    "zero": {"tech_bps", "hold_days", "reserve_bps", "reserve_days"},
    "true": {"return_tech_fee", "front_clawbacks", "subsidy_in_base"},
}
"""The fields in which a value of no use elsewhere is one: nothing is the default, of the time the beginning."""


def places(value: Any, place: Place = ()) -> Iterator[Place]:
    """Every place below ``value``: each list, object and value in it."""
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in below:
        yield (*place, name)
        yield from places(each, (*place, name))


def inner_places(who: str) -> list[Place]:
    """Every place in the entries of ``who``; a code may be a name in them, as in a plan's streamers."""
    return [place for place in places(entries(who)) if len(place) > 1]


def with_value(whole: dict[str, Any], place: Place, value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(whole)
    home: Any = changed
    for name in place[:-1]:
        home = home[name]
    home[place[-1]] = value
    return changed


NEIGHBOURS = {
    "merchant": 1, "product": 2, "streamer": 1, "tuanzhang": 2, "plan": 2, "activity": 1, "enrolment": 1, "pick": 2,
}  # fmt: skip
FITS_NOWHERE = {
    "NUL": "a\x00b",
    "a cut emoji": "\ud83d",
    "two lines": "a\nb",
    "long": "好" * 300,
    "negative": -1,
    "a fraction": 1.5,
    "no number": float("nan"),
    "huge": 10**30,
    "lists": [[]],
    "year 1": "0001-01-01T00:00:00+08:00",
}
FITS_SOMEWHERE = {
    "null": None,
    "empty": "",
    "blank": "\u3000",
    "wide digits": "１２",
    "joined emoji": "👨‍👩‍👧",
    "year 9999": "9999-12-31T23:59:59Z",
    "no offset": "2024-06-01T00:00:00",
    "zero": 0,
    "beyond 32 bits": 3_000_000_000,
    "true": True,
    "a list": ["a"],
    "an object": {"a": {"b": 1}},
    "an empty list": [],
    "an empty object": {},
}


MOMENTS = {"at", "begins_at", "ends_at", "from", "until", "closed_at"}


def neighbours() -> dict[str, int]:
    mine = {"merchant__code": "m-good"}
    return {
        "merchant": Tenant.objects.filter(kind="merchant", code="m-good").count(),
        "product": Product.objects.listed().filter(**mine).count(),
        "streamer": Profile.objects.filter(streamer__code="s-good", fans=7).count(),
        "tuanzhang": Tenant.objects.filter(kind="tuanzhang", code__in=["l-good", "l2-good"]).count(),
        "plan": Plan.objects.filter(**mine).count(),
        "activity": Activity.objects.filter(code="a-good").exclude(closed_at=None).count(),
        "enrolment": SecondLevel.objects.filter(enrolment__activity__code="a-good", status="passed").count(),
        "pick": Pick.objects.filter(streamer__code="s-good").count(),
    }


@pytest.mark.campaign
@pytest.mark.parametrize("name", some(FITS_NOWHERE | FITS_SOMEWHERE, 9))
def test_no_value_at_any_place_spoils_a_neighbour(name):
    """One file: a good entry of each kind, and for each place in them a copy that has the value there."""
    value = (FITS_NOWHERE | FITS_SOMEWHERE)[name]
    wrong = inner_places("bad")
    assert len(wrong) > 60
    bad = [(entries(f"b{n}"), inner_places(f"b{n}")[n]) for n in range(len(wrong))]
    copies = [entries("good"), *(with_value(whole, place, value) for whole, place in bad)]
    refused = {each["entry"].partition(".")[0] for each in refusals_of({"policy": POLICY} | joined(copies))}
    assert neighbours() == NEIGHBOURS
    owners = {
        f"{part}[{index}]": n
        for part in copies[0]
        for index, n in enumerate(n for n, lists in enumerate(copies) for _entry in lists[part])
    }
    spared = [place for n, place in enumerate(wrong, start=1) if n not in {owners[entry] for entry in refused}]
    if name == "year 1":  # anywhere else it is a text like any other
        spared = [place for place in spared if place[-1] in MOMENTS]
    assert spared == [] or name in FITS_SOMEWHERE


@pytest.mark.parametrize("name", FITS_NOWHERE | FITS_SOMEWHERE)
def test_no_value_in_a_policy_spoils_the_market(name):
    value = (FITS_NOWHERE | FITS_SOMEWHERE)[name]
    before = Policy.objects.count()
    loaded = set()
    for field in POLICY:
        if not refusals_of({"policy": POLICY | {field: value}, "leaders": [{"code": field}]}):
            loaded.add(field)
        assert Tenant.objects.filter(kind="tuanzhang", code=field).exists()
    assert loaded == FITS_IN_A_POLICY.get(name, set())
    assert (Policy.objects.count() > before) == bool(loaded)


@pytest.mark.parametrize("name", ["a cut emoji", "no number", "zero", "empty", "true", "an object"])
def test_a_list_that_is_none_is_refused_by_its_name_and_the_others_are_loaded(name):
    value = (FITS_NOWHERE | FITS_SOMEWHERE)[name]
    for part in [part for part in market("good") if part != "policy"]:
        with transaction.atomic():
            refused = refusals_of(market("good") | {part: value})
            assert part in {each["entry"] for each in refused}
            assert Profile.objects.filter(fans=7).exists() == (part != "streamers")
            transaction.set_rollback(True)


@pytest.mark.parametrize("key", ["", " ", "\x00", "\ud83d", "x" * 300, "unknown"])
def test_a_streamers_code_that_is_none_costs_its_plan(key):
    plan = {"merchant": "m-good", "type": "item_targeted", "product": "p2", "streamers": {"s-good": 1000, key: 1000}}
    file = market("good")
    assert [each["entry"] for each in refusals_of(file | {"plans": [*file["plans"], plan]})] == ["plans[2]"]
    assert neighbours() == NEIGHBOURS


@pytest.mark.parametrize("document", ["[]", '"text"', "7", "null", "", "{", '{"unknown": []}', "[" * 5000])
def test_a_file_that_is_no_market_is_refused_whole(tmp_path, document):
    (tmp_path / "market.json").write_text(document)
    with pytest.raises(CommandError, match="MARKET_UNREADABLE"):
        call_command("load_market", str(tmp_path / "market.json"), "--json")
    assert not Tenant.objects.of_kind("merchant").exists()


def test_depth_and_digits_in_one_entry_cost_that_entry_alone(tmp_path):
    file = market("good", "bad")
    file["plans"][2]["step"]["threshold"], file["streamers"][1]["name"] = "DIGITS", "DEPTH"
    document = json.dumps(file).replace('"DIGITS"', "9" * 5000).replace('"DEPTH"', "[" * 9000 + "]" * 9000)
    (tmp_path / "market.json").write_text(document)
    out = StringIO()
    call_command("load_market", str(tmp_path / "market.json"), "--json", stdout=out)
    refused = json.loads(out.getvalue())["refusals"]
    assert {"streamers[1]", "plans[2]"} <= {each["entry"] for each in refused}
    assert neighbours() == NEIGHBOURS
