"""The operators' doors: ``manage.py night`` and the admin's pages of nights and shards."""

import io
import json

import pytest
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.test import Client

from commissions.models import OrderLine, Run, Settlement, Shard
from commissions.nights import night
from haowu.approvals.models import Trail
from haowu.ground import days
from haowu.tenants.models import User
from tests.build import bought, event, merchant, normal_plan, paid, pick, product, push, settle, source, staff, streamer

pytestmark = pytest.mark.django_db


@pytest.fixture
def due(settings):
    """Two orders due in the night of 9 June, a shard each."""
    settings.NIGHT_SHARD_LINES = 1
    goods, by = product(merchant("m1")), source()
    normal_plan(goods, 1250)
    pick(streamer("s1"), goods, "x1")
    for number in (1, 2):
        push(by, [paid(f"o{number}", "2024-06-01 08:00", [bought(goods, "x1")])])
        push(by, [event("received", f"o{number}", "2024-06-01 12:00")])


@pytest.fixture
def opened(due) -> Run:
    return night.open_run(night.date(2024, 6, 9), now=days.now())


def say(*words: str) -> str:
    said = io.StringIO()
    call_command("night", *words, stdout=said)
    return said.getvalue()


def ask(*words: str) -> dict:
    return json.loads(say(*words, "--json"))


def sign_in(*permissions: str, username: str = "值班") -> Client:
    person = staff(username)
    person.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(person)
    return client


def act(client: Client, model: str, rows, action: str, reason: str = "查故障"):
    chosen = {"action": action, "_selected_action": [row.pk for row in rows], "reason": reason}
    return client.post(f"/admin/commissions/{model}/", chosen, follow=True)


def everything() -> list:
    kept = [Run, Shard, OrderLine, Settlement, Trail]
    return [list(model.objects.order_by("pk").values()) for model in kept]


def test_status_tells_shards_leases_tries_and_errors(opened):
    shard = night.claim(opened)
    (row,) = ask("status")["nights"]
    assert (row["day"], row["status"], row["shards_by_status"]) == (
        "2024-06-09",
        "settling",
        {"waiting": 1, "claimed": 1},
    )
    assert (row["shards"][0]["worker"], row["shards"][0]["attempts"]) == (night.worker_name(), 1)
    assert row["shards"][0]["lease_until"] == shard.lease_until.astimezone(days.SHANGHAI).isoformat(timespec="seconds")
    assert not row["shards"][0]["is_lease_over"]
    Shard.objects.filter(no=2).update(failures=3, error="DataError: bad")
    said = say("status", "2024-06-09")
    assert "#1 claimed" in said and "failures 3" in said and "DataError: bad" in said


def test_status_without_any_night_and_of_the_last_one(due):
    assert ask("status")["nights"] == []
    settle("2024-06-09")
    assert ask("status")["nights"][0]["lines"] == 2


def test_status_names_the_days_that_no_night_has_settled(due, clock):
    settle("2024-06-09")
    missing = ask("status")["missing_days"]
    assert (missing[0], missing[-1]) == ("2024-06-10", "2024-06-20")


def test_the_acts_by_command_are_printed_and_kept(opened):
    staff("值班")
    who = ("--by", "值班", "--reason", "查故障")
    assert ask("pause", *who)["nights"][0]["status"] == "paused"
    assert ask("resume", "2024-06-09", *who)["nights"][0]["status"] == "settling"
    assert ask("skip", "--shard", "2", *who)["postponed"] == 1
    Shard.objects.filter(no=1).update(status="failed", failures=5)
    assert ask("retry", "--shard", "1", *who)["nights"][0]["shards"][0]["status"] == "waiting"
    Shard.objects.filter(no=1).update(status="failed", failures=5)
    retried = ask("retry", *who)["nights"][0]
    assert [event["act"] for event in retried["trail"]] == [
        "opened",
        "paused",
        "resumed",
        "skipped",
        "retried",
        "retried",
        "retried",
    ]
    assert {(event["by"], event["reason"]) for event in retried["trail"][1:]} == {("值班", "查故障")}
    assert settle("2024-06-09").status == "closed"
    backfilled = ask("backfill", "2024-06-11", *who)
    assert backfilled["days_taken"] == ["2024-06-10", "2024-06-11"]
    assert settle("2024-06-11").report["lines"] == 1


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["pause", "2024-01-01", "--by", "值班", "--reason", "x"], "NIGHT_UNKNOWN"),
        (["skip", "--shard", "9", "--by", "值班", "--reason", "x"], "SHARD_UNKNOWN"),
        (["skip", "--by", "值班", "--reason", "x"], "--shard"),
        (["pause", "--by", "值班"], "REASON_MISSING"),
        (["pause", "--reason", "x"], "--by"),
        (["pause", "--by", "nobody", "--reason", "x"], "nobody"),
        (["retry", "--by", "值班", "--reason", "x"], "NOTHING_TO_RETRY"),
        (["backfill", "--by", "值班", "--reason", "x"], "backfill 2024-06-09"),
        (["backfill", "2024-06-08", "--by", "值班", "--reason", "x"], "DAY_COVERED"),
        (["status", "yesterday"], "2024-06-09"),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(opened, words, code):
    staff("值班")
    before = everything()
    with pytest.raises(CommandError) as refused:
        say(*words)
    assert code in str(refused.value)
    assert everything() == before


def test_an_operator_acts_on_nights_and_shards_in_the_admin(opened):
    client = sign_in("view_run", "change_run", "view_shard", "change_shard")
    act(client, "run", [opened], "pause")
    opened.refresh_from_db()
    assert opened.status == "paused"
    act(client, "run", [opened], "resume", "修好了")
    act(client, "shard", [opened.shards.get(no=2)], "skip")
    Shard.objects.filter(no=1).update(status="failed", failures=5, error="DataError: bad")
    assert "DataError: bad" in client.get("/admin/commissions/shard/").content.decode()
    act(client, "run", [opened], "retry")
    assert list(opened.shards.order_by("no").values_list("status", flat=True)) == ["waiting", "skipped"]
    page = client.get(f"/admin/commissions/run/{opened.pk}/change/").content.decode()
    assert "修好了" in page and "值班" in page
    Shard.objects.filter(no=1).update(status="failed", failures=5)
    act(client, "shard", [opened.shards.get(no=1)], "retry")
    assert settle("2024-06-09").status == "closed"


def test_without_the_permission_an_operator_only_looks(opened):
    client = sign_in("view_run", "view_shard")
    before = everything()
    for action in ("pause", "resume", "retry"):
        act(client, "run", [opened], action)
    for action in ("retry", "skip"):
        act(client, "shard", opened.shards.all(), action)
    assert client.get("/admin/commissions/run/add/").status_code == 403
    assert everything() == before


def test_a_refused_act_in_the_admin_says_why_and_changes_nothing(opened):
    client = sign_in("view_run", "change_run", "view_shard", "change_shard")
    before = everything()
    answer = act(client, "run", [opened], "pause", reason="")
    assert "请写明原因" in answer.content.decode()
    shard = night.claim(opened)
    answer = act(client, "shard", [shard], "skip")
    assert shard.worker in answer.content.decode()
    assert [Trail.objects.count(), Settlement.objects.count()] == [len(before[4]), 0]


def test_a_day_is_backfilled_from_the_admin_and_a_covered_one_is_refused(due):
    client = sign_in("view_run", "add_run")
    answer = client.post("/admin/commissions/run/add/", {"day": "2024-06-09", "reason": "停电"}, follow=True)
    assert "1 天" in answer.content.decode()
    assert Trail.objects.get(act="backfilled").reason == "停电"
    answer = client.post("/admin/commissions/run/add/", {"day": "2024-06-01", "reason": "停电"}, follow=True)
    assert "2024-06-09" in answer.content.decode()
    client.post("/admin/commissions/run/add/", {"day": "2024-06-09", "reason": "再来"}, follow=True)
    assert (Run.objects.count(), Trail.objects.filter(act="backfilled").count()) == (1, 1)


def test_nights_are_neither_edited_nor_deleted_in_the_admin(opened):
    User.objects.create_superuser("root", password="correct-horse-battery")
    client = Client()
    client.force_login(User.objects.get(username="root"))
    before = everything()
    for place in (f"{opened.pk}/change/", f"{opened.pk}/delete/"):
        assert client.post(f"/admin/commissions/run/{place}", {"post": "yes", "day": "2024-01-01"}).status_code == 403
    assert everything() == before


def test_the_list_of_nights_asks_the_same_number_of_questions_however_many_there_are(
    due, django_assert_max_num_queries
):
    client = sign_in("view_run")
    for day in range(9, 15):
        settle(f"2024-06-{day:02}")
    with django_assert_max_num_queries(14):
        client.get("/admin/commissions/run/")
