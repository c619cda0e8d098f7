"""A base's systems: snapshots in parts, changes with an answer for each row, brands; and nobody else's."""

from datetime import UTC, datetime, timedelta

import pytest

from bases.models import Feed, Introduction, QuarantinedRow, Stock
from tests.bases import base, introduced, stock_of
from tests.build import merchant

pytestmark = pytest.mark.django_db
COUNTED = (datetime.now(UTC) - timedelta(minutes=1)).isoformat()


def row(sku: str, quantity: int, price: int = 1_000, **other) -> dict:
    return {"merchant": "m1", "product": "p1", "sku": sku, "price_fen": price, "quantity": quantity} | other


def body(sequence: int, *rows, **facts) -> dict:
    return {"sequence": sequence, "counted_at": COUNTED, "rows": list(rows)} | facts


@pytest.fixture
def made():
    merchant("m1")
    return base("b1", agreed_by=["m1"])


@pytest.fixture
def caller(made, calling):
    return calling(made.base)


def test_a_snapshot_comes_in_parts_and_tells_what_is_missing(made, caller):
    first = caller.post("/stock-snapshots", body(1, row("a", 5), part=2, parts=2)).json()
    assert (first["status"], first["missing"], first["repeated"]) == ("partial", [1], False)
    assert caller.get("/stock-feeds/1").json()["missing"] == [1]
    whole = caller.post("/stock-snapshots", body(1, row("b", 6), part=1, parts=2)).json()
    assert (whole["status"], whole["changed"], whole["rows"]) == ("applied", 2, 2)
    again = caller.post("/stock-snapshots", body(1, row("b", 6), part=1, parts=2)).json()
    assert (again["repeated"], again["status"]) == (True, "applied")
    assert stock_of(made) == {"a": (1_000, 5), "b": (1_000, 6)}
    rows = caller.get("/stock").json()["results"]
    assert rows[0] == row("b", 6) | {"reserved": 0, "free": 6, "sequence": 1}
    assert caller.get("/stock", {"sku": "b"}).json()["results"][0]["sku"] == "b"


def test_changes_answer_row_by_row(made, caller):
    caller.post("/stock-snapshots", body(1, row("a", 5), row("b", 5)))
    rows = [
        row("a", 4),
        row("b", 4, price=9_999),
        {"merchant": "m1"},
        None,
        row("c", 1, merchant="nobody"),
        row("d", True),
    ]
    answer = caller.post("/stock-changes", body(2, *rows)).json()
    assert [(each["status"], each["code"]) for each in answer["results"]] == [
        ("accepted", ""),
        ("quarantined", "PRICE_OUT_OF_BAND"),
        ("quarantined", "ROW_UNREADABLE"),
        ("quarantined", "ROW_UNREADABLE"),
        ("quarantined", "MERCHANT_UNKNOWN"),
        ("quarantined", "ROW_UNREADABLE"),
    ]
    assert stock_of(made) == {"a": (1_000, 4), "b": (1_000, 5)}
    late = caller.post("/stock-snapshots", body(9, row("a", 9))).json()
    assert late["emptied"] == 1
    ignored = caller.post("/stock-changes", body(8, row("a", 8))).json()
    assert (ignored["status"], [each["status"] for each in ignored["results"]]) == ("superseded", ["ignored"])
    assert [feed["sequence"] for feed in caller.get("/stock-feeds").json()["results"]] == [9, 8, 2, 1]


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"sequence": 0}, 422, "BODY_INVALID"),
        ({"sequence": 10**30}, 422, "BODY_INVALID"),
        ({"rows": {}}, 422, "BODY_INVALID"),
        ({"counted_at": "yesterday"}, 422, "BODY_INVALID"),
        ({"counted_at": "2199-01-01T00:00:00Z"}, 422, "COUNTED_IN_FUTURE"),
        ({"part": 3, "parts": 2}, 422, "FEED_INVALID"),
        ({"rows": [row("a", 6)]}, 409, "SEQUENCE_REUSED"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(made, caller, change, status, code):
    caller.post("/stock-snapshots", body(1, row("a", 5)))
    answer = caller.post("/stock-snapshots", body(1, row("a", 5)) | change)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (Feed.objects.count(), stock_of(made)) == (1, {"a": (1_000, 5)})


def test_another_base_sees_and_changes_nothing_of_it(made, caller, calling):
    caller.post("/stock-snapshots", body(1, row("a", 5), row("b", -1)))
    introduced(made, ["安克"])
    other = calling(base("b2", agreed_by=["m1"]).base)
    assert other.get("/stock-feeds/1").status_code == 404
    for path in ("/stock-feeds", "/stock", "/brand-introductions"):
        assert other.get(path).json()["results"] == []
    other.post("/stock-snapshots", body(1, row("a", 1)))
    assert stock_of(made) == {"a": (1_000, 5)}
    assert (Stock.objects.count(), QuarantinedRow.objects.count()) == (2, 1)


def test_brands_are_introduced_with_an_answer_each_and_shared_with_all_when_accepted(made, caller, calling):
    introduced(base("b2"), ["Anker"])
    wish = {"document_no": "A-1", "authorised_from": "2024-01-01", "authorised_to": "2199-01-01"}
    brands = [wish | {"name": name} for name in ("ANKER", "小米", "…")]
    results = caller.post("/brand-introductions", {"brands": brands}).json()["results"]
    assert [(each["status"], each["code"]) for each in results] == [
        ("duplicate", ""), ("submitted", ""), ("rejected", "BRAND_NAME_MISSING"),
    ]  # fmt: skip
    mine = caller.get("/brand-introductions", {"status": "submitted"}).json()["results"]
    assert [(each["id"], each["brand"]["name"]) for each in mine] == [(results[1]["id"], "小米")]
    Introduction.objects.filter(status="accepted").update(authorised_to="2199-01-01")
    assert [each["name"] for each in calling(merchant("m2")).get("/brands").json()["results"]] == ["Anker"]


def test_the_same_key_introduces_once(made, caller):
    brands = {
        "brands": [{"name": "a", "document_no": "1", "authorised_from": "2024-01-01", "authorised_to": "2199-01-01"}]
    }
    answers = [caller.post("/brand-introductions", brands, Idempotency_Key="k1") for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert (answers[1]["Idempotency-Hit"], Introduction.objects.count()) == ("true", 1)
