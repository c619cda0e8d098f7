"""``GET /trail``: a party's own part of the trail."""

import pytest

from haowu.approvals import actors
from tests.build import merchant
from tests.trails import OPENING, four_acts

pytestmark = pytest.mark.django_db


def test_the_api_tells_the_same(calling):
    shop, _leader = four_acts()
    answer = calling(shop).get("/trail")
    made, *rest = answer.json()["results"]
    results = [row for row in rest if row["act"] not in OPENING]
    assert (made["subject"]["kind"], made["act"]) == ("api-client", "created")  # the client that asks
    assert [(row["who"]["side"], row["who"]["name"], row["act"], row["request_id"]) for row in results] == [
        ("system", "系统", "expired", None),
        ("platform", "平台", "refused", None),
        ("other", "团长甲", "passed", None),
        ("own", "lin", "rate_changed", "r-own"),
    ]
    last = results[-1]
    assert last["subject"] == {"kind": "plan", "reference": "p-1"}
    assert (last["at"], last["reason"], last["who"]["role"]) == ("2024-06-01T10:00:00+08:00", "双十一", "财务")
    narrowed = calling(shop).get("/trail?subject_kind=withdrawal").json()["results"]
    assert [row["act"] for row in narrowed] == ["refused"]
    assert calling(shop).get("/trail?act=fiddled").status_code == 422


def test_an_api_client_is_recognised_as_who_acts_for_its_tenant(calling, monkeypatch):
    shop = merchant()
    seen = []
    monkeypatch.setattr(
        "haowu.partners.trail.TrailView.get_queryset", lambda view: seen.append(actors.current()) or view.queryset
    )
    assert calling(shop).get("/trail").status_code == 200
    assert [(actor.kind, actor.acting_for, actor.user_id) for actor in seen] == [("client", shop.pk, None)]
    assert actors.current().kind == "command"
