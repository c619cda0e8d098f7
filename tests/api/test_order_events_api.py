"""POST /api/v1/order-events: pushed, answered one by one, and read back."""

import json

import pytest

from commissions.models import OrderEvent, OrderLine
from tests.build import bought, event, merchant, paid, product, push, source, story_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop_system(calling):
    return calling(source("youzan"))


@pytest.fixture
def goods():
    return product(merchant("m1"), "p1")


def receipts(answer) -> list[tuple[str, str, str]]:
    assert answer.status_code == 200, answer.content
    return [(each["event_id"], each["status"], each["code"]) for each in answer.json()["results"]]


def test_events_are_answered_one_by_one_in_their_order(shop_system, goods):
    events = [
        event("received", "o1", "2024-06-03 10:00", event_id="a"),
        paid("o1", "2024-06-01 10:00", [bought(goods)], event_id="b"),
        event("shipped", "o2", "2024-06-03 10:00", event_id="c"),
        {"event_id": "d", "type": "teleported"},
        event("refunded", "o1", "2024-06-04 10:00", event_id="e", refund_no="r1", goods_fen=10_001),
        paid("o1", "2024-06-01 10:00", [bought(goods)], event_id="b"),
    ]
    assert receipts(shop_system.post("/order-events", {"events": events})) == [
        ("a", "accepted", ""),
        ("b", "accepted", ""),
        ("c", "parked", "PREDECESSOR_MISSING"),
        ("d", "rejected", "TYPE_UNKNOWN"),
        ("e", "rejected", "REFUND_EXCEEDS_PAYMENT"),
        ("b", "duplicate", ""),
    ]
    assert story_of("o1")["status"] == "received"


def test_sending_everything_again_changes_nothing(shop_system, goods):
    events = [paid("o1", "2024-06-01 10:00", [bought(goods)]), event("shipped", "o1", "2024-06-02 10:00")]
    shop_system.post("/order-events", {"events": events})
    before = list(OrderLine.objects.values())
    again = receipts(shop_system.post("/order-events", {"events": events}))
    assert [status for _id, status, _code in again] == ["duplicate", "duplicate"]
    assert list(OrderLine.objects.values()) == before


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        ("null", "EVENT_INVALID"),
        ("[]", "EVENT_INVALID"),
        ('"text"', "EVENT_INVALID"),
        ("1e999", "EVENT_INVALID"),
        ("{}", "FIELD_MISSING"),
        (r'{"event_id": "\u0000", "type": "shipped"}', "FIELD_INVALID"),
        (r'{"event_id": "\ud800", "type": "shipped"}', "FIELD_INVALID"),
        ('{"event_id": 7, "type": "shipped"}', "FIELD_INVALID"),
        ('{"event_id": ' + "9" * 60 + ', "type": "shipped"}', "FIELD_INVALID"),
        ('{"event_id": "x", "type": ["shipped"]}', "FIELD_INVALID"),
        ('{"event_id": "x", "type": "shipped", "order_no": "o1", "occurred_at": 1717200000}', "FIELD_INVALID"),
        ('{"event_id": "x", "type": "shipped", "order_no": "o1", "occurred_at": "2024-06-01"}', "FIELD_INVALID"),
        (
            '{"event_id": "x", "type": "refunded", "order_no": "o1", "occurred_at": "2024-06-01T00:00:00Z",'
            ' "refund_no": "r", "amount_fen": ' + "9" * 6000 + "}",
            "FIELD_INVALID",
        ),
        (
            '{"event_id": "x", "type": "refunded", "order_no": "o1", "occurred_at": "2024-06-01T00:00:00Z",'
            ' "refund_no": "r", "goods_fen": 1, "amount_fen": ' + "9" * 6000 + "}",
            "FIELD_INVALID",
        ),
        ('{"event_id": ' + "[" * 300 + "]" * 300 + "}", "FIELD_INVALID"),
    ],
)  # fmt: skip
def test_one_bad_event_never_spoils_the_others(shop_system, goods, broken, code):
    good = json.dumps(paid("o1", "2024-06-01 10:00", [bought(goods)], event_id="good"))
    answer = shop_system.post("/order-events", f'{{"events": [{broken}, {good}]}}'.encode())
    bad, fine = receipts(answer)
    assert (bad[1:], fine) == (("rejected", code), ("good", "accepted", ""))
    assert OrderEvent.objects.count() == 1


@pytest.mark.parametrize("depth", [300, 600, 700, 800, 850, 900, 940, 960, 980, 1000, 5000])
def test_deep_nesting_is_refused_and_is_no_failure(shop_system, depth):
    event = (
        '{"event_id": "x", "type": "shipped", "order_no": "o1", "occurred_at": "2024-06-01T00:00:00Z", "line_no": %s}'
    )
    answer = shop_system.post("/order-events", ('{"events": [' + event % ("[" * depth + "]" * depth) + "]}").encode())
    if answer.status_code == 400:
        assert (depth >= 600, answer.json()["code"]) == (True, "JSON_MALFORMED")
    else:
        assert receipts(answer) == [("x", "rejected", "FIELD_INVALID")]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "#/events"),
        ({"events": []}, "#/events"),
        ({"events": [{}] * 1001}, "#/events"),
        ({"events": {}}, "#/events"),
        ({"events": "x"}, "#/events"),
        ({"events": None}, "#/events"),
        ([], "#"),
        ("text", "#"),
        (None, "#"),
        (7, "#"),
    ],
)
def test_a_body_of_another_shape_is_refused_as_a_whole(shop_system, body, pointer):
    answer = shop_system.post("/order-events", body)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "BODY_INVALID")
    assert problem["errors"][0]["pointer"] == pointer
    assert not OrderEvent.objects.exists()


def test_a_thousand_events_at_once_are_taken(shop_system, goods):
    events = [paid(f"o{number}", "2024-06-01 10:00", [bought(goods)]) for number in range(1000)]
    taken = receipts(shop_system.post("/order-events", {"events": events}))
    assert {status for _id, status, _code in taken} == {"accepted"}
    assert OrderLine.objects.count() == 1000


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"\xff\xfe", b'{"events": [NaN]}', b"[" * 100_000, b"not json"],
)
def test_what_is_not_json_is_malformed(shop_system, raw):
    answer = shop_system.post("/order-events", raw)
    expected = (422, "BODY_INVALID") if raw == b"" else (400, "JSON_MALFORMED")
    assert (answer.status_code, answer.json()["code"]) == expected


def test_a_body_that_is_too_large_is_not_read(shop_system, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    answer = shop_system.post("/order-events", {"events": ["x" * 1000]})
    assert (answer.status_code, answer.json()["code"]) == (413, "BODY_TOO_LARGE")


def test_fields_that_are_not_the_partners_to_set_are_ignored(shop_system, goods):
    mine = {"verdict": "rejected", "code": "X", "source_id": 1, "id": 7, "received_at": "2020-01-01T00:00:00Z"}
    sent = (
        paid("o1", "2024-06-01 10:00", [bought(goods) | {"status": "settled", "streamer_id": 1}], event_id="a") | mine
    )
    assert receipts(shop_system.post("/order-events", {"events": [sent], "source": 1})) == [("a", "accepted", "")]
    row = OrderEvent.objects.get()
    assert (row.source.code, row.verdict, row.code, row.received_at.year > 2020) == ("youzan", "accepted", "", True)
    assert (OrderLine.objects.get().status, OrderLine.objects.get().streamer_id) == ("paid", None)


def test_two_sources_may_use_the_same_event_id(calling, goods):
    for code in ("a", "b"):
        sent = paid(f"o-{code}", "2024-06-01 10:00", [bought(goods)], event_id="same")
        assert receipts(calling(source(code)).post("/order-events", {"events": [sent]})) == [("same", "accepted", "")]


@pytest.mark.parametrize(
    ("language", "message"),
    [
        ("zh-hans", "前序事件（付款、退款或售后开启）还没有收到。已保留，收到后自动处理，不必重发。"),
        (
            "en",
            "An earlier event (payment, refund or after-sale opening) has not arrived yet. This one is kept and will be"
            " processed when it does; no need to resend.",
        ),
    ],
)
def test_messages_are_in_the_language_asked_for(shop_system, language, message):
    sent = {"events": [event("shipped", "o1", "2024-06-01 10:00")]}
    answer = shop_system.post("/order-events", sent, Accept_Language=language)
    assert (answer.json()["results"][0]["message"], answer["Content-Language"]) == (message, language)


def test_a_source_reads_what_became_of_its_events(shop_system, goods):
    push(source("other"), [paid("o1", "2024-06-01 10:00", [bought(goods)], event_id="theirs")])
    events = [
        paid("o1", "2024-06-01 10:00", [bought(goods)], event_id="a/1?"),
        event("shipped", "o2", "2024-06-05 10:00", event_id="b", line_no=3),
    ]
    shop_system.post("/order-events", {"events": events})
    listed = shop_system.get("/order-events").json()
    assert [each["event_id"] for each in listed["results"]] == ["b", "a/1?"]
    one = shop_system.get("/order-events/b").json()
    assert one == listed["results"][0]
    received_at = one.pop("received_at")
    assert one == {
        "event_id": "b",
        "type": "shipped",
        "order_no": "o2",
        "line_no": 3,
        "occurred_at": "2024-06-05T10:00:00+08:00",
        "verdict": "parked",
        "code": "PREDECESSOR_MISSING",
        "message": "前序事件（付款、退款或售后开启）还没有收到。已保留，收到后自动处理，不必重发。",
    }
    assert shop_system.get("/order-events/a%2F1%3F").json()["event_id"] == "a/1?"
    for query, found in [
        ({"verdict": "accepted"}, ["a/1?"]),
        ({"occurred_from": "2024-06-05T10:00:00+08:00"}, ["b"]),
        ({"occurred_to": "2024-06-05T10:00:00+08:00"}, ["a/1?"]),
        ({"received_from": received_at}, ["b", "a/1?"]),
        ({"received_to": received_at}, []),
        ({"order_no": "o2"}, ["b"]),
    ]:
        assert [each["event_id"] for each in shop_system.get("/order-events", query).json()["results"]] == found
    for unknown in ("theirs", "nothing", "%00", "x" * 300):
        assert shop_system.get(f"/order-events/{unknown}").status_code == 404
