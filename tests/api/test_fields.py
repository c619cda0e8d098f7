"""What clients send is judged once, strictly: no field of a request is one of DRF's lenient ones."""

import importlib
import json
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from rest_framework import serializers

from bases.models import Feed, QuarantinedRow
from commissions.models import Withdrawal
from haowu.ground import inputs
from haowu.partners import fields
from tests.bases import base, stock_of
from tests.build import activity, bank_account, leader, merchant, money, policy, product, source, streamer
from tuanzhang.models import Activity, Enrolment

pytestmark = pytest.mark.django_db

OURS = (fields.InputField, fields.ChoiceField, fields.AnyField)
CONTAINERS = (serializers.ListField, serializers.ListSerializer, serializers.Serializer)
NOT_MOMENTS = [
    "2099-01-01T00:00:00",
    "2099-01-01",
    "0001-01-01T00:00:00+08:00",
    "9999-12-31T23:59:59Z",
    "2024-02-30T00:00:00Z",
    "\ud800",
    "2024-06-01T00:00:00Z\x00",
    1717200000,
    True,
    [],
    {},
]
NOT_AMOUNTS = ["1000", 1000.0, True, 10.5, 1e3, 10**15, 10**60, -1, 0, None, [1000], {"fen": 1000}]
NOT_TEXTS = ["", " ", "\u3000", "x" * 5000, "cut \ud83d", "a\x00b", "\x1b[31m", 7, 7.0, True, None, ["a"], {}]


def requests() -> list[type[serializers.Serializer]]:
    """The serializers of what is sent: those in the apps' rooms ``api`` whose names end with ``In``."""
    rooms = [path.parent for path in Path().glob("*/api/__init__.py") if path.parts[0] != "tests"]
    modules = [
        importlib.import_module(f"{room.parent}.api.{found.name}")
        for room in rooms
        for found in pkgutil.iter_modules([str(room)])
    ]
    found = {each for module in modules for each in vars(module).values() if isinstance(each, type)}
    return [each for each in found if issubclass(each, serializers.Serializer) and each.__name__.endswith("In")]


def fields_of(serializer: serializers.Serializer, path: str) -> Iterator[tuple[str, serializers.Field]]:
    for name, field in serializer.fields.items():
        while isinstance(field, (serializers.ListField, serializers.ListSerializer)):
            yield f"{path}.{name}", field
            field = field.child
        yield f"{path}.{name}", field
        if isinstance(field, serializers.Serializer):
            yield from fields_of(field, f"{path}.{name}")
        if isinstance(field, fields.AnyField):
            yield from fields_of(field.item(), f"{path}.{name}")


def test_no_request_has_a_field_that_reads_more_than_it_says():
    found = [each for serializer in requests() for each in fields_of(serializer(), serializer.__name__)]
    assert len(found) > 80
    assert [path for path, field in found if not isinstance(field, (*OURS, *CONTAINERS))] == []


def test_every_list_of_a_request_says_how_long_it_may_be():
    lists = [
        (path, field)
        for serializer in requests()
        for path, field in fields_of(serializer(), serializer.__name__)
        if isinstance(field, (serializers.ListField, serializers.ListSerializer))
    ]
    endless = {path for path, field in lists if not getattr(field, "max_length", None)}
    assert endless == {"OrderEventIn.lines", "OrderEventsIn.events.lines"}  # bounded by the size of a body


def refused_fields(answer) -> set[str]:
    assert (answer.status_code, answer.json()["code"]) == (422, "BODY_INVALID"), answer.content
    return {error["pointer"] for error in answer.json()["errors"]}


@pytest.mark.parametrize("sent", NOT_MOMENTS, ids=repr)
def test_a_time_without_offset_or_outside_of_our_years_is_refused_wherever_one_is_sent(calling, sent):
    """Case 39: such a time was read as Shanghai time."""
    lead, shop = leader("l1"), merchant("m1")
    wish = {"type": "normal", "title": "夏季", "begins_at": "2024-06-01T00:00:00+08:00"}
    caller = calling(lead)
    assert refused_fields(caller.post("/activities", wish | {"ends_at": sent})) == {"#/ends_at"}
    assert refused_fields(caller.post("/activities", wish | {"begins_at": sent})) == {"#/begins_at"}
    applied = {"applications": [{"enrolment": "x", "bps": 100, "starts_at": sent}]}
    assert refused_fields(caller.post("/second-level", applied)) == {"#/applications/0/starts_at"}
    enrolled = {"activity": "a", "product": "p", "commission_bps": 0, "service_fee_bps": 0, "ends_at": sent}
    answer = calling(shop).post("/enrolments", {"enrolments": [enrolled]})
    assert refused_fields(answer) == {"#/enrolments/0/ends_at"}
    supplier = calling(base("b1").base)
    for path in ("/stock-snapshots", "/stock-changes"):
        body = {"sequence": 1, "counted_at": sent, "rows": []}
        assert refused_fields(supplier.post(path, body)) == {"#/counted_at"}
    assert (Activity.objects.count(), Enrolment.objects.count(), Feed.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize("sent", ["2024-06-01T00:00:00Z", "2024-06-01t00:00:00z", "2024-06-01T08:00:00.000+08:00"])
def test_a_time_with_offset_is_read_as_the_same_moment_in_small_letters_too(calling, sent):
    wish = {"type": "normal", "title": "夏季", "begins_at": sent}
    made = calling(leader("l1")).post("/activities", wish).json()
    assert made["begins_at"] == "2024-06-01T08:00:00+08:00"


@pytest.mark.parametrize("sent", NOT_AMOUNTS, ids=repr)
def test_an_amount_is_a_whole_json_number_or_no_money_moves(calling, sent):
    seller = streamer("s1")
    policy(min_withdrawal_fen=1)
    bank_account(seller)
    money(seller, 5_000)
    answer = calling(seller).post("/withdrawals", {"number": "w1", "amount_fen": sent})
    assert refused_fields(answer) == {"#/amount_fen"}
    assert not Withdrawal.objects.exists()


def test_a_withdrawals_number_is_plain(calling):
    seller = streamer("s1")
    caller = calling(seller)
    for sent in [*NOT_TEXTS, "a b", "-a", "号", "w1\n"]:
        answer = caller.post("/withdrawals", {"number": sent, "amount_fen": 300})
        assert refused_fields(answer) == {"#/number"}, sent
    assert not Withdrawal.objects.exists()


@pytest.mark.parametrize("sent", NOT_TEXTS, ids=lambda value: repr(value)[:20])
def test_a_title_is_text_that_can_be_kept(calling, sent):
    wish = {"type": "normal", "title": sent, "begins_at": "2024-06-01T00:00:00+08:00"}
    assert refused_fields(calling(leader("l1")).post("/activities", wish)) == {"#/title"}
    assert not Activity.objects.exists()


def test_words_may_run_over_several_lines_and_lose_the_blanks_around_them(calling):
    wish = {
        "type": "normal",
        "title": " 夏季👨‍👩‍👧 ",
        "description": " 第一行\n第二行 ",
        "begins_at": "2024-06-01T00:00:00Z",
    }
    assert calling(leader("l1")).post("/activities", wish).status_code == 201
    made = Activity.objects.get()
    assert (made.title, made.description) == ("夏季👨‍👩‍👧", "第一行\n第二行")


@pytest.mark.parametrize("sent", ["true", 1, 0, "yes", None, []])
def test_a_flag_is_true_or_false(calling, sent):
    applied = {"applications": [{"enrolment": "x", "bps": 100, "whole_item": sent}]}
    answer = calling(leader("l1")).post("/second-level", applied)
    assert refused_fields(answer) == {"#/applications/0/whole_item"}


@pytest.mark.parametrize("sent", ["x" * 100_000, "\ud800", 7, None, ["normal"], {"a": 1}])
def test_a_choice_is_one_of_the_listed_words_and_the_answer_does_not_echo_what_was_sent(calling, sent):
    wish = {"type": sent, "title": "夏季", "begins_at": "2024-06-01T00:00:00+08:00"}
    answer = calling(leader("l1")).post("/activities", wish)
    assert refused_fields(answer) == {"#/type"}
    assert len(answer.content) < 1_000


@pytest.mark.parametrize("sent", ["2024-13-01", "0001-01-01", "9999-12-31", "20240101", "2024-1-1", 20240101, None])
def test_an_authorisation_ends_on_a_day_of_our_years(calling, sent):
    wish = {"name": "安克", "document_no": "A-1", "authorised_from": "2024-01-01", "authorised_to": sent}
    answer = calling(base("b1").base).post("/brand-introductions", {"brands": [wish]})
    assert refused_fields(answer) == {"#/brands/0/authorised_to"}


def row(sku: object, **other: object) -> dict[str, object]:
    return {"merchant": "m1", "product": "p1", "sku": sku, "price_fen": 1_000, "quantity": 5} | other


def counted(sequence: int, *rows: object) -> dict[str, object]:
    return {"sequence": sequence, "counted_at": "2024-06-01T08:30:00+08:00", "rows": list(rows)}


UNREADABLE = [
    row("cut \ud83d"),
    row("a\x00b"),
    row(7),
    row(True),
    row(None),
    row(["k1"]),
    row("k1", price_fen="1000"),
    row("k1", price_fen=1000.0),
    row("k1", quantity=True),
    row("k1", quantity=10**400),
    row("k1", quantity="\ud800"),
    row("k1", price_fen="\x00"),
    "\ud800",
    "x" * 5_000,
    [["\ud800"]],
    None,
]


@pytest.mark.parametrize("bad", UNREADABLE, ids=lambda value: repr(value)[:60])
def test_a_stock_row_that_cannot_be_kept_is_quarantined_and_spoils_no_other(calling, bad):
    merchant("m1")
    made = base("b1", agreed_by=["m1"])
    caller = calling(made.base)
    answer = caller.post("/stock-changes", counted(1, row("k0"), bad, row("k2"))).json()
    assert [each["code"] for each in answer["results"]] == ["", "ROW_UNREADABLE", ""]
    whole = caller.post("/stock-snapshots", counted(2, row("k0", quantity=6), bad))
    assert (whole.status_code, whole.json()["status"], whole.json()["quarantined"]) == (200, "applied", 1)
    assert stock_of(made) == {"k0": (1_000, 6)}
    assert QuarantinedRow.objects.count() == 2


def deep(levels: int) -> str:
    return "[" * levels + "]" * levels


@pytest.mark.parametrize("levels", [*range(100, 1_000, 100), 100_000])
def test_deep_json_is_refused_or_spoils_its_own_place_and_is_never_a_failure(calling, levels):
    merchant("m1")
    supplier, lead, shop_system = calling(base("b1").base), calling(leader("l1")), calling(source())
    rows = json.dumps(counted(1, row("k0"), "HERE", row("HERE"))).replace('"HERE"', deep(levels)).encode()
    assert supplier.post("/stock-changes", rows).status_code in {200, 400}
    wish = {"type": "HERE", "title": "HERE", "begins_at": "HERE", "streamers": ["HERE"], "description": "HERE"}
    wish = json.dumps(wish).replace('"HERE"', deep(levels)).encode()
    assert lead.post("/activities", wish).status_code in {400, 422}
    sent = json.dumps({"events": ["HERE", {"event_id": "HERE"}]}).replace('"HERE"', deep(levels)).encode()
    assert shop_system.post("/order-events", sent, Idempotency_Key="k1").status_code in {200, 400}


def test_the_last_of_two_members_of_one_name_counts(calling):
    raw = b'{"type": "normal", "title": "a", "title": "b", "begins_at": "2024-06-01T00:00:00Z"}'
    assert calling(leader("l1")).post("/activities", raw).json()["title"] == "b"


def test_what_the_schema_says_of_text_is_what_the_door_does():
    pattern = re.compile(fields.TEXT_PATTERN)
    for sent in ["a", " a ", "\u3000号", "👨‍👩‍👧", " ", "\u3000", "a\x00", "\x85", "a\nb", "\x7f"]:
        field = fields.CodeField()
        try:
            field.run_validation(sent)
            is_taken = True
        except serializers.ValidationError:
            is_taken = False
        assert bool(pattern.fullmatch(sent)) == is_taken, sent
    assert inputs.MAX_WHOLE == fields.WholeField().schema["maximum"] == 2_147_483_647


def test_names_are_kept_to_the_character(calling):
    lead = leader("l1")
    wish = {"code": "夏 季\u3000👨‍👩‍👧", "type": "normal", "title": "夏季", "begins_at": "2024-06-01T00:00:00Z"}
    assert calling(lead).post("/activities", wish).json()["code"] == wish["code"]
    assert calling(lead).get(f"/activities/{wish['code']}").json()["code"] == wish["code"]
    activity(lead, code="a1")
    shop = merchant("m1")
    product(shop, "p1")
    body = {"enrolments": [{"activity": " a1", "product": "p1", "commission_bps": 100, "service_fee_bps": 0}]}
    results = calling(shop).post("/enrolments", body).json()["results"]
    assert [(each["status"], each["code"]) for each in results] == [("rejected", "NOT_FOUND")]
