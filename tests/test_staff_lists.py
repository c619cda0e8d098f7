"""Staff's lists and queues: money, percent and words rather than fen, codes and JSON; acts where they can succeed."""

import re

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from commissions.models import OrderEvent, Withdrawal
from commissions.payments import withdrawals
from haowu.approvals.models import Trail
from haowu.approvals.queues import StaffQueue
from haowu.ground import days
from haowu.tenants.models import User
from tests import build
from tests.browser import HAN, shown_messages, text, words
from tests.hostile_market import market

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
QUERIES = 12
LATIN = {"ID", "Email", "API"}
"""Columns that have no Chinese name."""
LIST = "/admin/commissions/withdrawal/"


def signed_in(name: str) -> Client:
    person, _new = User.objects.get_or_create(username=name, defaults={"is_staff": True, "is_superuser": True})
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(person)
    return client


@pytest.fixture
def asked() -> list[Withdrawal]:
    """Three withdrawals that wait for a second person, the first of them touched by lin."""
    build.policy(checked_above_fen=0)
    lin, made = User.objects.create_superuser("lin"), []
    for number in range(3):
        party = build.streamer(f"s{number}", name=f"达人{number}")
        build.bank_account(party)
        build.money(party, 10_000)
        made.append(withdrawals.request(party, f"n{number}", 1_000, lin if number == 0 else None, days.now()))
    return made


def act(client: Client, rows: list, action: str, **asked: object):
    chosen = {"action": action, "_selected_action": [row.pk for row in rows], "index": "0"}
    return client.post(LIST, chosen | asked)


def statuses() -> list[str]:
    return list(Withdrawal.objects.order_by("pk").values_list("status", flat=True))


class TestQueues:
    def test_a_refusal_without_a_reason_keeps_the_ticks_and_says_where(self, asked):
        answer = act(signed_in("mei"), asked[:2], "refuse", usual_reason="")
        page = text(answer)
        ticked = re.findall(r'name="_selected_action" value="(\d+)"[^>]*checked', page)
        assert sorted(ticked) == sorted(str(row.pk) for row in asked[:2])
        assert answer.context["action_form"].errors == {"reason": ["请写明原因，当事方会看到。"]}
        assert shown_messages(answer) == ["请写明原因，当事方会看到。"]
        assert statuses() == ["requested"] * 3

    def test_what_was_typed_stands_where_some_are_refused_and_each_says_why(self, asked):
        answer = act(signed_in("lin"), asked, "approve", reason="都核对过")
        assert statuses() == ["requested", "approved", "approved"]
        (row,) = answer.context["cl"].answers.items()
        assert row == (str(asked[0].pk), "您是上一位经手人，须由另一位同事复核。")
        assert 'value="都核对过"' in text(answer)
        assert re.findall(r'value="(\d+)"[^>]*checked', text(answer)) == [str(asked[0].pk)]

    def test_acts_that_can_never_succeed_are_not_offered(self, asked):
        def offered(client: Client, query: str = "") -> list[str]:
            return [each["name"] for each in client.get(LIST + query).context["acts"]]

        mei = signed_in("mei")
        assert offered(mei) == ["approve", "refuse"]
        assert offered(signed_in("lin"), f"?q={asked[0].number}") == ["refuse"], "a second person is needed"
        act(mei, asked[:1], "refuse", reason="户名不符")
        assert offered(mei, "?status__exact=refused") == []
        page = words(mei.get(LIST + "?status__exact=refused"))
        assert "这一页没有现在可以处理的记录。" in page
        assert "_selected_action" not in text(mei.get(LIST + "?status__exact=refused"))

    def test_every_act_of_every_queue_says_when_it_is_offered(self):
        queues = [each for each in admin.site._registry.values() if isinstance(each, StaffQueue)]
        assert len(queues) >= 15
        assert {str(each): set(each.actions) ^ set(each.offers) for each in queues} == {
            str(each): set() for each in queues
        }

    def test_a_row_is_decided_on_its_own_page_and_a_refusal_stays_there(self, asked):
        mei, page = signed_in("mei"), f"{LIST}{asked[1].pk}/change/"
        assert [each["name"] for each in mei.get(page).context["acts"]] == ["approve", "refuse"]
        answer = act(mei, asked[1:2], "refuse", _item=asked[1].pk)
        assert "请写明原因，当事方会看到。" in words(answer) and answer.context["original"] == asked[1]
        assert act(mei, asked[1:2], "refuse", _item=asked[1].pk, reason="户名不符").url == page
        assert statuses() == ["requested", "refused", "requested"]

    def test_the_home_counts_what_waits_and_what_money_waits(self, asked):
        page = words(signed_in("mei").get("/admin/"))
        assert "3 件事在等" in page and "提现，待第二人复核" in page and "¥30.00" in page
        act(signed_in("mei"), asked, "approve")
        assert "提现，待打款" in words(signed_in("mei").get("/admin/"))

    def test_the_search_finds_by_name_and_by_whole_number(self, asked):
        mei = signed_in("mei")
        assert "达人1" in words(mei.get("/admin/search/?q=达人1"))
        assert asked[2].reference in words(mei.get("/admin/search/?q=n2"))
        assert "没有找到" in words(mei.get("/admin/search/?q=nobody-at-all"))


@pytest.fixture
def staff(settings) -> Client:
    return market().client("staff")


def lists() -> list[str]:
    return [f"/admin/{model._meta.app_label}/{model._meta.model_name}/" for model in admin.site._registry]


def test_no_list_asks_the_database_more_than_twelve_times(staff):
    for address in ["/admin/", *lists()]:
        with CaptureQueriesContext(connection) as asked:
            assert staff.get(address).status_code == 200
        found = [each["sql"][:120] for each in asked if not each["sql"].startswith(("SET ", "SAVEPOINT", "RELEASE"))]
        assert len(found) <= QUERIES, (address, found)


def test_no_page_shows_json_fen_or_basis_points(staff):
    for model, shown in admin.site._registry.items():
        address = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        row = model.objects.order_by("-pk").first()
        for page in (address, *([f"{address}{row.pk}/change/"] if row else [])):
            answer = staff.get(page)
            read = words(answer)
            found = [each for each in ("{&", "&quot;", "&#x27;", "_fen", "_bps", "万分之一", "（分）") if each in read]
            assert found == [], page
            labels = re.findall(r'<label>([^<]+):</label>|<th scope="col"[^>]*><a[^>]*>([^<]+)</a>', text(answer))
            assert [each for each in map("".join, labels) if not HAN.search(each) and each not in LATIN] == [], page
        assert shown.view_on_site is False


def test_an_events_facts_and_a_trails_changes_are_tables(staff):
    event = OrderEvent.objects.filter(type="paid").first()
    page = words(staff.get(f"/admin/commissions/orderevent/{event.pk}/change/"))
    assert "买家付款" in page and "推广位" in page and "¥100.00" in page
    row = Trail.objects.filter(after__has_key="commission_bps").first()
    page = text(staff.get(f"/admin/approvals/trail/{row.pk}/change/"))
    assert re.search(r'<th scope="row">佣金率</th><td>[^<]*</td><td>\d+(\.\d+)?%</td>', page)


def test_days_narrow_a_list_both_included_and_what_is_no_day_is_said(asked):
    def numbers(query: str) -> list[str]:
        return [row.number for row in signed_in("mei").get(LIST + query).context["cl"].result_list]

    today = days.day_of(days.now())
    assert numbers(f"?requested_on_from={today}&requested_on_to={today}") == ["n2", "n1", "n0"]
    assert numbers(f"?requested_on_from={today + days.ONE_DAY}") == []
    assert numbers(f"?requested_on_to={today - days.ONE_DAY}") == []
    assert signed_in("mei").get(LIST + "?requested_on_from=2024-02-31").url == LIST + "?e=1"


def test_lists_are_counted_up_to_a_limit(asked, monkeypatch):
    monkeypatch.setattr("haowu.tenants.staff_lists.COUNTED", 2)
    assert "2 条以上，请用筛选或搜索缩小范围" in words(signed_in("mei").get(LIST))


def test_models_that_hold_secrets_of_libraries_have_no_list(staff):
    for address in ("oauth2_provider/accesstoken", "otp_totp/totpdevice", "otp_static/staticdevice", "auth/group"):
        assert staff.get(f"/admin/{address}/").status_code == 404
