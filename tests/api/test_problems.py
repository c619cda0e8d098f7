"""Every error is RFC 9457 problem JSON with a stable code."""

from pathlib import Path

import pytest
from django.core.signals import got_request_exception

from haowu.ground.states import MoveRefused
from haowu.partners import idempotency
from haowu.partners.models import IdempotentAnswer
from tests.build import merchant, source

pytestmark = pytest.mark.django_db


def problem(answer) -> tuple[int, str]:
    body = answer.json()
    assert answer["Content-Type"] == "application/problem+json"
    assert body["type"] == "about:blank"
    assert body["status"] == answer.status_code
    assert body["title"] and body["detail"]
    return answer.status_code, body["code"]


@pytest.mark.parametrize(
    "path", ["/api/", "/api/v1/", "/api/v1/nothing", "/api/v2/orders", "/api/v1/orders/", "/api/x/y"]
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_an_unknown_address_is_a_problem_too(anonymous, path, method):
    assert problem(anonymous.send(method, path)) == (404, "NOT_FOUND")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "POST"])
def test_a_method_that_is_not_offered_is_named_with_those_that_are(calling, method):
    answer = calling(merchant()).send(method, "/api/v1/orders")
    assert problem(answer) == (405, "METHOD_NOT_ALLOWED")
    assert answer["Allow"] == "GET, HEAD"


def test_a_body_that_is_not_json_is_unsupported(calling):
    caller = calling(source())
    for content_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""):
        answer = caller.http.post(
            "/api/v1/order-events",
            b"--x--",
            content_type=content_type,
            headers={"Authorization": f"Bearer {caller.token}"},
        )
        assert problem(answer) == (415, "MEDIA_TYPE_UNSUPPORTED")


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "*/*", "application/problem+json", "nonsense"])
def test_the_answer_is_json_whatever_is_asked_for(calling, accept):
    answer = calling(merchant()).get("/orders", Accept=accept)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")


@pytest.mark.parametrize(
    ("path", "query", "parameter", "code"),
    [
        ("/orders", {"ordered_from": "yesterday"}, "ordered_from", "invalid"),
        ("/orders", {"ordered_from": "2024-06-01T00:00:00"}, "ordered_from", "invalid"),
        ("/orders", {"ordered_from": "2024-06-01"}, "ordered_from", "invalid"),
        ("/orders", {"updated_to": "0001-01-01T00:00:00+23:59"}, "updated_to", "invalid"),
        ("/orders", {"status": "done"}, "status", "invalid_choice"),
        ("/orders", {"order_no": "\0"}, "order_no", "invalid"),
        ("/orders", {"order_no": "x" * 65}, "order_no", "invalid"),
        ("/orders", {"order_no": "\x1b"}, "order_no", "invalid"),
        ("/orders", {"status": ["paid", "settled"]}, "status", "repeated"),
        ("/orders", {"stauts": "paid"}, "stauts", "unknown"),
        ("/orders", {"limit": "10"}, "limit", "unknown"),
        ("/orders/o1/lines/1", {"expand": "all"}, "expand", "unknown"),
        ("/orders", {"page_size": "0"}, "page_size", "invalid"),
        ("/orders", {"page_size": "101"}, "page_size", "invalid"),
        ("/orders", {"page_size": "0.5"}, "page_size", "invalid"),
        ("/orders", {"page_size": "-1"}, "page_size", "invalid"),
        ("/orders", {"page_size": "５"}, "page_size", "invalid"),
        ("/orders", {"page_size": ""}, "page_size", "blank"),
        ("/orders", {"cursor": ""}, "cursor", "blank"),
        ("/orders", {"status": ""}, "status", "blank"),
        ("/orders", {"order_no": " "}, "order_no", "blank"),
        ("/orders", {"cursor": "x"}, "cursor", "invalid"),
        ("/statements", {"day_from": "2024-06-31"}, "day_from", "invalid"),
        ("/statements", {"day_from": "0001-01-01"}, "day_from", "invalid"),
        ("/statements", {"day_to": "9999-12-31"}, "day_to", "invalid"),
        ("/statements", {"day_to": "2024-6-1"}, "day_to", "invalid"),
        ("/orders", {"ordered_to": "9999-12-31T23:59:59Z"}, "ordered_to", "invalid"),
        ("/statements", {"account": "mine"}, "account", "invalid_choice"),
    ],
)  # fmt: skip
def test_a_query_that_cannot_be_used_is_refused_by_name(calling, path, query, parameter, code):
    answer = calling(merchant()).get(path, query)
    assert problem(answer) == (422, "QUERY_INVALID")
    assert [(error["parameter"], error["code"]) for error in answer.json()["errors"]] == [(parameter, code)]


def test_a_cursor_serves_the_list_it_came_from(sale, calling):
    from tests.build import event, push, settle

    push(sale.source, [event("refunded", "o1", "2024-06-11 09:00", refund_no="r1", goods_fen=4000)])
    settle("2024-06-12")
    caller = calling(sale.seller)
    cursor = caller.get("/statements", {"page_size": 1}).json()["next"].partition("cursor=")[2].partition("&")[0]
    assert problem(caller.get("/orders", {"cursor": cursor})) == (422, "QUERY_INVALID")


@pytest.mark.parametrize("query", ["%", "%zz", "a=%ff", "&&&", "=", "ordered_from=%00"])
def test_a_malformed_address_is_refused_and_is_no_failure(calling, query):
    caller = calling(merchant())
    answer = caller.send("GET", f"/api/v1/orders?{query}")
    assert answer.status_code in {200, 400, 422}


def test_a_refusal_of_the_business_keeps_its_code_status_and_words(rf):
    from haowu.web.problems import respond

    refused = MoveRefused(status="已上架", move="list")
    answer = respond(refused, {"request": rf.get("/api/v1/x"), "view": None})
    assert (answer.status_code, answer.data["code"]) == (409, "STATE_REFUSED")
    assert answer.data["detail"] == "当前状态为「已上架」，不能执行「list」。请刷新后查看最新状态。"


def test_a_bug_is_a_problem_that_tells_nothing_and_leaves_nothing(calling, monkeypatch, caplog):
    from commissions.orders import intake
    from haowu.tenants.models import Tenant

    def fail_after_writing(source_tenant, events, *, now):
        Tenant.objects.create(kind="partner", code="half-done")
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(intake, "receive", fail_after_writing)  # a bug, as it may be in any act
    caller = calling(source())
    caller.http.raise_request_exception = False
    reported = []

    def note(request, **_):
        reported.append(request.path)

    got_request_exception.connect(note)
    for headers in ({}, {idempotency.HEADER.replace("-", "_"): "k1"}):
        answer = caller.post("/order-events", {"events": [{}]}, **headers)
        assert problem(answer) == (500, "INTERNAL_ERROR")
        assert "secret" not in answer.content.decode()
    got_request_exception.disconnect(note)
    assert reported == ["/api/v1/order-events"] * 2
    assert "secret detail" in caplog.text
    assert not Tenant.objects.filter(code="half-done").exists()
    assert not IdempotentAnswer.objects.exists()


def test_every_code_is_in_the_documentation():
    from commissions.api.orders import OrderAmbiguous
    from commissions.orders import events, intake
    from haowu.ground.errors import Refused
    from haowu.web.problems import ApiRefused

    codes = {each.code for each in _descendants(ApiRefused)} | {OrderAmbiguous.code} | set(intake.MESSAGES)
    for module in (events, intake):
        codes |= {each.code for each in vars(module).values() if isinstance(each, type) and issubclass(each, Refused)}
    documented = Path("docs/api.md").read_text()
    assert {code for code in codes - {Refused.code} if f"`{code}`" not in documented} == set()


def _descendants(kind: type) -> set[type]:
    return {each for child in kind.__subclasses__() for each in {child, *_descendants(child)}}
