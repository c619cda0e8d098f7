"""``/activities``, ``/enrolments``, ``/change-requests``, ``/second-level``: leader tools and merchant systems."""

import pytest

from haowu.partners.access import KindRefused
from tests.build import activity, enrolled, leader, merchant, product
from tuanzhang.models import Activity, ChangeRequest, Enrolment, SecondLevel

pytestmark = pytest.mark.django_db

DRAFT = {
    "code": "summer", "type": "normal", "title": "夏季", "begins_at": "2024-06-01T00:00:00+08:00",
    "min_commission_bps": 500, "min_service_fee_bps": 100, "second_level": "all",
}  # fmt: skip


@pytest.fixture
def parties(calling):
    shop, lead = merchant("m1"), leader("l1")
    return shop, lead, calling(shop), calling(lead)


def results(answer) -> list[tuple[str, str]]:
    assert answer.status_code == 200, answer.content
    return [(result["status"], result["code"]) for result in answer.json()["results"]]


def test_a_leader_drafts_publishes_and_closes_and_others_do_not_find_it(parties, calling):
    _shop, _lead, selling, leading = parties
    made = leading.post("/activities", DRAFT)
    assert (made.status_code, made.json()["state"]) == (201, "unpublished")
    assert leading.post("/activities", DRAFT).json()["code"] == "ACTIVITY_CODE_TAKEN"
    other = calling(leader("l2"))
    assert other.get("/activities/summer").status_code == 404
    assert other.post("/activities/summer/publication", {}).status_code == 404
    assert selling.get("/open-activities").json()["results"] == []
    assert leading.post("/activities/summer/publication", {}).json()["state"] == "promoting"
    shown = selling.get("/open-activities").json()["results"]
    assert [(each["code"], each["leader"], "share_token" in each) for each in shown] == [("summer", "l1", False)]
    assert leading.post("/activities/summer/closing", {}).json()["state"] == "expired"
    refused = leading.post("/activities/summer/closing", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "ACTIVITY_OVER")
    assert [each["code"] for each in leading.get("/activities", {"state": "expired"}).json()["results"]] == ["summer"]
    assert leading.get("/activities", {"state": "promoting"}).json()["results"] == []


def test_unknown_streamers_are_named_and_nothing_is_made(parties):
    *_tenants, leading = parties
    refused = leading.post("/activities", DRAFT | {"type": "exclusive", "streamers": ["s9"]})
    assert (refused.status_code, refused.json()["code"]) == (422, "PARTY_UNKNOWN")
    assert "s9" in refused.json()["detail"]
    assert not Activity.objects.exists()


def test_many_are_enrolled_and_audited_each_with_its_own_answer(parties, calling):
    shop, lead, selling, leading = parties
    activity(lead, code="a1", minimum=(500, 100))
    product(shop, "p1"), product(shop, "p2")
    wish = {"activity": "a1", "commission_bps": 2000, "service_fee_bps": 600}
    asked = [wish | {"product": "p1"}, wish | {"product": "p2", "commission_bps": 400}, wish | {"product": "p9"},
             wish | {"product": "p2", "activity": "a9"}, wish | {"product": "p2"}]  # fmt: skip
    assert results(selling.post("/enrolments", {"enrolments": asked})) == [
        ("accepted", ""),
        ("rejected", "BELOW_MINIMUM"),
        ("rejected", "NOT_FOUND"),
        ("rejected", "NOT_FOUND"),
        ("accepted", ""),
    ]
    waiting = leading.get("/enrolments", {"state": "pending", "activity": "a1"}).json()["results"]
    assert [(each["product"], each["commission_bps"]) for each in waiting] == [
        ({"merchant": "m1", "code": "p2"}, 2000),
        ({"merchant": "m1", "code": "p1"}, 2000),
    ]
    second, first = (each["id"] for each in waiting)
    decisions = [
        {"enrolment": first, "decision": "pass"},
        {"enrolment": second, "decision": "reject"},
        {"enrolment": second, "decision": "reject", "reason": "缺图"},
        {"enrolment": "x", "decision": "pass"},
    ]
    body = {"decisions": decisions}
    assert results(calling(leader("l2")).post("/enrolment-decisions", body)) == [("rejected", "NOT_FOUND")] * 4
    assert results(leading.post("/enrolment-decisions", body)) == [
        ("accepted", ""),
        ("rejected", "REASON_MISSING"),
        ("accepted", ""),
        ("rejected", "NOT_FOUND"),
    ]
    states = {each["id"]: (each["state"], each["reason"]) for each in selling.get("/enrolments").json()["results"]}
    assert states == {first: ("passed", ""), second: ("rejected", "缺图")}
    assert calling(merchant("m2")).get("/enrolments").json()["results"] == []
    assert leading.post("/enrolments", {"enrolments": asked}).json()["code"] == KindRefused.code


def test_a_repeated_enrolment_under_one_key_has_one_effect(parties):
    shop, lead, selling, _leading = parties
    activity(lead, code="a1")
    product(shop, "p1")
    body = {"enrolments": [{"activity": "a1", "product": "p1", "commission_bps": 2000, "service_fee_bps": 600}]}
    first = selling.post("/enrolments", body, Idempotency_Key="k1")
    again = selling.post("/enrolments", body, Idempotency_Key="k1")
    assert (first.json(), again["Idempotency-Hit"]) == (again.json(), "true")
    assert Enrolment.objects.count() == 1


def test_requests_are_asked_and_answered(parties):
    shop, lead, selling, leading = parties
    item = enrolled(product(shop, "p1"), activity(lead))
    lower = {"enrolment": item.public_id, "kind": "lower", "commission_bps": 1500, "service_fee_bps": 600}
    assert selling.post("/change-requests", {"enrolment": item.public_id, "kind": "lower"}).status_code == 422
    asked = selling.post("/change-requests", lower | {"reason": "成本"})
    if asked.json().get("code") == "DECREASES_CLOSED":
        pytest.skip("it is between 23:50 and 24:00 in Shanghai")
    assert asked.json()["state"] == "waiting"
    assert selling.post("/change-requests", lower).json()["code"] == "REQUEST_OPEN"
    shown = leading.get("/change-requests").json()["results"]
    assert [(each["reason"], each["commission_bps"]) for each in shown] == [("成本", 1500)]
    answers = {"answers": [{"request": shown[0]["id"], "answer": "refuse"}, {"request": "x", "answer": "agree"},
                           {"request": shown[0]["id"], "answer": "agree"}]}  # fmt: skip
    assert results(leading.post("/change-request-answers", answers)) == [
        ("rejected", "REASON_MISSING"),
        ("rejected", "NOT_FOUND"),
        ("accepted", ""),
    ]
    assert ChangeRequest.objects.get().answer == "agreed"


def test_second_leaders_apply_and_are_answered(parties, calling):
    shop, lead, _selling, leading = parties
    item = enrolled(product(shop, "p1"), activity(lead, joining="all"))
    partner = calling(leader("l2"))
    wishes = {"applications": [{"enrolment": item.public_id, "bps": 700}, {"enrolment": item.public_id, "bps": 500}]}
    assert results(partner.post("/second-level", wishes)) == [("rejected", "SECOND_OUT_OF_RANGE"), ("accepted", "")]
    part = SecondLevel.objects.get()
    passing = {"decisions": [{"second_level": part.public_id, "decision": "pass"}]}
    assert results(partner.post("/second-level-decisions", passing)) == [("rejected", "NOT_FOUND")]
    assert results(leading.post("/second-level-decisions", passing)) == [("accepted", "")]
    shown = partner.get("/second-level").json()["results"]
    assert [(each["first_leader"], each["second_leader"], each["bps"], each["status"]) for each in shown] == [
        ("l1", "l2", 500, "passed")
    ]
    ending = {"decisions": [{"second_level": part.public_id, "decision": "ask_end"},
                            {"second_level": part.public_id, "decision": "agree_end"}]}  # fmt: skip
    assert results(partner.post("/second-level-decisions", ending)) == [
        ("accepted", ""),
        ("rejected", "ANSWER_BY_OTHER"),
    ]
    refusing = {"decisions": [{"second_level": part.public_id, "decision": "refuse_end"}]}
    assert results(leading.post("/second-level-decisions", refusing)) == [("accepted", "")]
    assert calling(leader("l3")).get("/second-level").json()["results"] == []
