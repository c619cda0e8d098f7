"""``/links``, ``/link-resolutions`` and ``/live-sessions``: made, resolved, played and reported over REST."""

from datetime import timedelta

import pytest

from haowu.ground import days
from merchants.models import Product
from streamers.clicks.storing import NewClick, store
from streamers.models import Link
from tests.build import bought, paid, push

pytestmark = pytest.mark.django_db


def test_links_are_made_one_by_one_and_listed_with_what_came_of_them(sale, calling):
    caller = calling(sale.seller)
    asked = {"links": [{"pid": "x1", "sub_id": "群 1"}, {"pid": "nobody's"}, {"pid": "x1", "sub_id": "群 1"}]}
    made, refused, again = caller.post("/links", asked).json()["results"]
    assert (made["status"], refused["status"], refused["reason"]) == ("accepted", "rejected", "PICK_UNKNOWN")
    assert made == again
    assert made["url"].endswith(f"/s/{made['code']}")
    assert f"￥{made['code']}￥" in made["token"]
    link = Link.objects.get()
    store([NewClick(link.pk, 1, days.now()), NewClick(link.pk, 2, days.now())])
    (listed,) = caller.get("/links").json()["results"]
    assert (listed["pid"], listed["sub_id"], listed["clicks"], listed["sold"]["orders"]) == ("x1", "群 1", 2, 0)


def test_a_mark_comes_back_with_the_order_to_its_streamer_alone(sale, calling):
    push(
        sale.source,
        [paid("o7", "2024-06-03 08:00", [bought(Product.objects.get(code="p1"), "x1") | {"sub_id": "群 1"}])],
    )
    for caller, mark in ((sale.seller, "群 1"), (sale.shop, None), (sale.source, None)):
        found = calling(caller).get("/orders", {"order_no": "o7"}).json()["results"]
        assert [line["sub_id"] for line in found] == [mark]


def test_whatever_was_pasted_is_resolved_without_saying_whose_it_is(sale, calling):
    caller = calling(sale.seller)
    (made,) = caller.post("/links", {"links": [{"pid": "x1", "sub_id": "群 1"}]}).json()["results"]
    texts = [made["token"], made["url"], made["code"], "nothing"]
    *found, none = caller.post("/link-resolutions", {"texts": texts}).json()["results"]
    assert {(each["product"]["code"], each["is_mine"], each["pid"]) for each in found} == {("p1", True, "x1")}
    assert (none["status"], none["reason"]) == ("rejected", "LINK_UNKNOWN")


def test_a_session_is_planned_started_reported_and_ended(sale, calling):
    caller, at = calling(sale.seller), days.now()
    window = {"starts_at": at.isoformat(), "ends_at": (at + timedelta(hours=2)).isoformat()}
    planned = caller.post("/live-sessions", {"title": "晚场", "items": [{"pid": "x1"}, {"pid": "x9"}], **window})
    assert planned.status_code == 201, planned.content
    body = planned.json()
    assert [(each["status"], each["reason"]) for each in body["results"]] == [
        ("accepted", ""),
        ("rejected", "NOT_ON_SHELF"),
    ]
    session = f"/live-sessions/{body['id']}"
    assert caller.get(f"{session}/report").json()["code"] == "SESSION_NOT_BEGUN"
    assert caller.post(f"{session}/start", None).json()["status"] == "live"
    line = bought(Product.objects.get(code="p1"), "x1") | {"sub_id": body["id"]}
    push(sale.source, [paid("o8", "2024-06-04 08:00", [line], buyer_ref="b8")])
    report = caller.get(f"{session}/report").json()
    assert (report["sold"]["orders"], report["sold"]["gmv_fen"]) == (1, 10_000)
    assert [(each["product"]["code"], each["sold"]["gmv_fen"]) for each in report["items"]] == [("p1", 10_000)]
    assert caller.post(f"{session}/end", None).json()["status"] == "ended"
    assert caller.post(f"{session}/start", None).json()["code"] == "STATE_REFUSED"
    assert [each["pid"] for each in caller.get(session).json()["items"]] == ["x1"]


def test_a_window_that_is_none_plans_nothing(sale, calling):
    at = days.now() - timedelta(days=2)
    window = {"starts_at": at.isoformat(), "ends_at": (at + timedelta(hours=2)).isoformat()}
    answer = calling(sale.seller).post("/live-sessions", {"title": "晚场", **window})
    assert (answer.status_code, answer.json()["code"]) == (422, "SESSION_WINDOW_INVALID")
    assert calling(sale.seller).get("/live-sessions").json()["results"] == []
