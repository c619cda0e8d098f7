"""The trail where it is read: a party's own page, and the search of the staff."""

import pytest
from django.test import Client

from haowu.tenants.models import Tenant, User
from tests.build import PASSWORD, member, merchant
from tests.trails import OPENING, four_acts

pytestmark = pytest.mark.django_db


def signed_in(party: Tenant, role: str = "viewer") -> Client:
    user = member(party, role)
    client = Client()
    client.force_login(user, "haowu.tenants.members.MemberBackend")
    client.post("/tenants/", {"tenant": party.public_id})
    return client


@pytest.fixture
def parties() -> tuple[Tenant, Tenant]:
    return four_acts()


def entries(page) -> list[tuple[str, str, str, str | None]]:
    """What happened since the parties were opened and got their members."""
    rows = [each for each in page.context["rows"] if each["row"].act not in OPENING]
    return [(each["who"].side, each["who"].name, each["row"].act, each["request_id"]) for each in rows]


def test_a_party_reads_who_did_what_and_the_staff_are_not_named(parties):
    page = signed_in(parties[0]).get("/trail/")
    assert entries(page) == [
        ("system", "系统", "expired", None),
        ("platform", "平台", "refused", None),
        ("other", "团长甲", "passed", None),
        ("own", "lin", "rate_changed", "r-own"),
    ]
    shown = page.content.decode()
    assert "财务" in shown and "户名不符" in shown and "双十一" in shown
    assert "clerk" not in shown and "secret-name" not in shown and "r-other" not in shown


def test_the_other_side_reads_its_part_alone(parties):
    assert [act for _side, _name, act, _id in entries(signed_in(parties[1]).get("/trail/"))] == ["expired", "passed"]


def test_a_stranger_reads_its_own_opening_alone(parties):
    page = signed_in(merchant("m9"))
    rows = [(each["row"].act, each["row"].subject) for each in page.get("/trail/").context["rows"]]
    assert [act for act, _subject in rows] == ["added", "created", "created"]
    assert all("m9" in subject for _act, subject in rows)
    assert page.get("/trail/?act=refused").context["rows"] == []


def test_the_page_is_narrowed_by_act_kind_and_reference(parties, django_assert_max_num_queries):
    page = signed_in(parties[0])
    assert [act for *_rest, act, _id in entries(page.get("/trail/?act=refused"))] == ["refused"]
    assert [act for *_rest, act, _id in entries(page.get("/trail/?subject_kind=plan"))] == ["rate_changed"]
    assert [act for *_rest, act, _id in entries(page.get("/trail/?q=d-1"))] == ["expired"]
    with django_assert_max_num_queries(14):  # of them one for each of four kinds of thing, for their names
        page.get("/trail/")


class TestStaff:
    @pytest.fixture
    def client(self) -> Client:
        client = Client()
        root = User.objects.create_superuser("root", password=PASSWORD)
        client.force_login(root, "haowu.tenants.members.MemberBackend")
        return client

    @pytest.mark.parametrize(
        ("asked", "acts"),
        [
            ("q=lin", ["rate_changed"]),
            ("q=w-1", ["refused"]),
            ("q=r-other", ["passed"]),
            ("q=l1", ["expired", "passed"]),
            ("act=expired", ["expired"]),
            ("subject_kind=plan", ["rate_changed"]),
            ("actor_kind__exact=timer", ["expired"]),
            ("q=nobody", []),
        ],
    )
    def test_search_by_actor_subject_request_party_act_and_kind(self, parties, client, asked, acts):
        page = client.get(f"/admin/approvals/trail/?{asked}")
        assert [row.act for row in page.context["cl"].result_list if row.act not in OPENING] == acts

    def test_nothing_can_be_written_there(self, parties, client):
        assert client.get("/admin/approvals/trail/add/").status_code == 403
        assert client.post("/admin/approvals/trail/add/", {"act": "changed"}).status_code == 403
