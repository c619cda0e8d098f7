"""A leader's level page, its appeals and applications, and the staff's queues, through the doors."""

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from commissions.models import Rebate, RebateBatch
from commissions.tasks import judge_leaders, revoke_permissions
from haowu.tenants.models import Tenant, User
from tests.browser import browser, chinese_left, shown_messages, text
from tests.build import leader, merchant, moment, settle, staff, streamer
from tests.quarters import Stall, assessed, closed, policy
from tuanzhang import appeals, permission
from tuanzhang.models import Appeal, LevelPolicy, MonthlyAssessment, QuarterLevel, Readmission, Revocation

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

MILLION = 1_000_000_00


def admin(name: str) -> Client:
    person, _new = User.objects.get_or_create(username=name, defaults={"is_staff": True, "is_superuser": True})
    client = Client()
    client.force_login(person)
    return client


def act(by: str, row, action: str, app: str, **asked) -> list[str]:
    chosen = {"action": action, "_selected_action": [row.pk]} | asked
    answer = admin(by).post(f"/admin/{app}/{row._meta.model_name}/", chosen, follow=True)
    return [str(message) for message in answer.context["messages"]]


def test_the_page_says_what_is_missing_for_the_next_level(clock):
    """88 M and 8 brands of silver's 100 M and 10: 12 M and 2 brands to silver."""
    policy(silver_brands=10, target_brands=10)
    lead = leader("l1")
    stall = Stall(lead)
    for number in range(8):
        stall.sell("2024-05-01 10:00", 11 * MILLION, by=stall.another_seller(stall.another_product(brand=f"b{number}")))
    settle("2024-05-20")
    page = text(browser(lead).get("/levels/"))
    assert "距银牌还差 1,200 万和 2 个品牌" in page
    assert "差 ¥12,000,000.00" in page and "净成交额 8,800 万" in page and "已结算 ¥88,000,000.00，追回 ¥0.00" in page
    page = text(browser(lead, language="en").get("/levels/"))
    assert "¥12,000,000.00" in page
    assert chinese_left(page) == []


def test_the_month_so_far_is_seen_as_its_assessment_would_see_it(clock):
    lead = leader("l1")
    stall = Stall(lead)
    stall.sell_many(2, "2024-06-19 10:00", 50_00)  # may still be shipped in time
    stall.sell_many(1, "2024-06-10 10:00", 50_00, shipped="2024-06-13 10:00")
    page = text(browser(lead).get("/levels/"))
    for figure in ("¥150.00", "1 / 1", "推广者 1、商家 1"):
        assert figure in page


def test_a_quarter_opens_into_how_its_level_score_and_rebate_follow(clock):
    policy(mode="whole", target_brands=1, target_promoters=1)
    lead = leader("l1")
    stall = Stall(lead)
    number = stall.sell("2024-05-01 10:00", 150 * MILLION)
    settle("2024-05-09")
    stall.refund(number, "2024-05-20 10:00", 30 * MILLION)
    clock("2024-07-02 10:00")
    closed("2024Q2")
    page = text(browser(lead).get("/levels/2024Q2/"))
    for figure in ("¥150,000,000.00", "¥30,000,000.00", "¥120,000,000.00", "银牌", "¥360,000.00", "0.3%"):
        assert figure in page
    assert browser(leader("l2")).get("/levels/2024Q2/").status_code == 404
    assert browser(lead).get("/levels/2024Q5/").status_code == 404
    for other in (merchant(), streamer()):
        assert browser(other).get("/levels/").status_code == 404


def test_a_page_of_a_long_history_asks_as_few_questions_as_a_short_one(clock):
    lead = leader("l1")
    stall = Stall(lead)
    counts = []
    for month in ("2024-03", "2024-04"):
        stall.sell_many(1, f"{month}-10 10:00", 50_00)
        assessed(month)
        client = browser(lead)
        with CaptureQueriesContext(connection) as asked:
            text(client.get("/levels/"))
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 40


def test_a_quarter_through_the_doors_from_the_appeal_to_the_rebate_on_the_statement(clock):
    policy(mode="whole", target_brands=1, target_promoters=2)
    lead = leader("l1", name="领头羊")
    Stall(lead).sell("2024-06-01 10:00", 120 * MILLION)
    clock("2024-07-01 04:00")
    settle("2024-06-30")
    judge_leaders.run()
    judge_leaders.run()
    assert QuarterLevel.objects.count() == 1
    leading = browser(lead)
    assert "2024Q3 的等级是银牌" in text(leading.get("/levels/"))
    asked = leading.post("/levels/2024Q2/appeal/", {"reason": "推广者应为 2 位"}, follow=True)
    assert shown_messages(asked) == ["申诉已提交，处理完之前这一季的返点不会入账。"]
    assert "推广者应为 2 位" in text(leading.get("/levels/2024Q2/"))
    appeal = Appeal.objects.get()
    assert "请写明原因" in act("ann", appeal, "uphold", "tuanzhang", promoters="2")[0]
    assert "请填更正后" in act("ann", appeal, "uphold", "tuanzhang", reason="核实")[0]
    assert act("ann", appeal, "uphold", "tuanzhang", reason="核实", promoters="2") == ["已处理 1 项。"]
    clock("2024-07-16 10:00")
    added = admin("ann").post("/admin/commissions/rebatebatch/add/", {"name": "2024Q2"}, follow=True)
    assert added.status_code == 200
    batch = RebateBatch.objects.get()
    seen = text(admin("bob").get(f"/admin/commissions/rebatebatch/{batch.pk}/change/"))
    assert "银牌 × 1 · ¥120,000,000.00 → <b>¥360,000.00</b>" in seen
    assert "领头羊" in text(admin("bob").get(f"/admin/commissions/rebate/?batch__id__exact={batch.pk}"))
    assert "另一位同事" in act("ann", batch, "approve", "commissions")[0]
    assert act("bob", batch, "approve", "commissions") == ["已处理 1 项。"]
    assert "¥360,000.00" in text(leading.get("/levels/"))
    clock("2024-07-17 03:00")
    settle("2024-07-17")
    day = str(Rebate.objects.get().posted_on)
    statement = text(leading.get("/statements/available/2024-07-17/"))
    assert "返点" in statement and "¥360,000.00" in statement
    why = text(leading.get("/statements/available/2024-07-17/rebate/"))
    assert "2024Q2 返点：净成交额 ¥120,000,000.00，银牌，评分 100%" in why
    assert day in why


def test_a_wrong_quarter_is_refused_and_nothing_is_proposed(clock):
    for name, said in (("2024", "2024Q2"), ("2024Q2", "没有可以提出的返点")):
        answer = admin("ann").post("/admin/commissions/rebatebatch/add/", {"name": name}, follow=True)
        assert said in text(answer)
    assert not RebateBatch.objects.exists()


def test_staff_without_the_right_do_not_decide(clock):
    lead = leader("l1")
    Stall(lead)
    (month,) = assessed("2024-05")
    appeal = appeals.appeal(lead, month, "x", by=None, at=moment("2024-06-02 10:00"))
    looker = staff("looker")
    looker.user_permissions.add(*Permission.objects.filter(codename__startswith="view_"))
    client = Client()
    client.force_login(looker)
    client.post(
        "/admin/tuanzhang/appeal/",
        {"action": "uphold", "_selected_action": [appeal.pk], "reason": "好"},
    )
    appeal.refresh_from_db()
    assert appeal.status == "open"
    assert client.get(f"/admin/tuanzhang/appeal/{appeal.pk}/delete/").status_code == 403


@pytest.fixture
def noticed(clock) -> Tenant:
    lead = leader("l1")
    Stall(lead)
    for month in ("2024-04", "2024-05", "2024-06"):
        assessed(month)
    clock("2024-07-02 10:00")
    return lead


def test_a_failed_month_is_appealed_and_taken_back_on_the_page(noticed, clock):
    leading = browser(noticed)
    page = text(leading.get("/levels/"))
    assert "2024-07-15 收回" in page
    assert "累计 3 次将在 15 日收回权限" in page
    assert browser(noticed, "viewer").post("/levels/months/2024-06/appeal/", {"reason": "x"}).status_code == 403
    assert browser(leader("l2")).post("/levels/months/2024-06/appeal/", {"reason": "x"}).status_code == 404
    assert leading.post("/levels/months/2024-13/appeal/", {"reason": "x"}).status_code == 404
    empty = leading.post("/levels/months/2024-06/appeal/", {"reason": ""}, follow=True)
    assert "理由" in shown_messages(empty)[0]
    leading.post("/levels/months/2024-06/appeal/", {"reason": "物流停运"})
    appeal = Appeal.objects.get()
    assert (appeal.asked_by is not None, appeal.reason) == (True, "物流停运")
    assert "物流停运" in text(leading.get("/levels/"))
    leading.post(f"/levels/appeals/{appeal.public_id}/retraction/")
    appeal.refresh_from_db()
    assert appeal.status == "withdrawn"


def test_a_leader_without_permission_reads_when_to_apply_and_let_in_again_by_staff(noticed, clock):
    clock("2024-07-15 00:05")
    revoke_permissions.run()
    revoke_permissions.run()
    assert Revocation.objects.get().status == "effected"
    leading = browser(noticed)
    page = text(leading.get("/levels/"))
    assert "2024-08-14 起可以申请重新开通" in page and 'id="revoked"' in page
    early = leading.post("/levels/application/", {"reason": "已整改"}, follow=True)
    assert "满 30 天" in shown_messages(early)[0]
    drafted = leading.post("/activities/new/", {
        "type": "normal", "title": "x", "begins_at": "2024-08-21T00:00", "commission_bps": "5",
        "service_fee_bps": "1", "joining": "none", "minimums-TOTAL_FORMS": "0", "minimums-INITIAL_FORMS": "0",
    })  # fmt: skip
    assert "团长权限已被收回" in text(drafted)
    clock("2024-08-14 00:00")
    leading.post("/levels/application/", {"reason": "已整改"})
    asked = Readmission.objects.get()
    assert "等平台审核" in text(leading.get("/levels/"))
    assert "请写明原因" in act("ann", asked, "refuse", "tuanzhang")[0]
    assert act("ann", asked, "approve", "tuanzhang", reason="整改到位") == ["已处理 1 项。"]
    assert permission.permission_state(noticed) == "held"
    page = text(leading.get("/levels/"))
    assert "重新开通申请已重新开通：整改到位" in page
    assert 'id="revoked"' not in page


def test_the_monthly_task_judges_the_month_before_and_waits_for_the_quarters_last_night(clock):
    Stall(leader("l1"))
    clock("2024-07-01 04:00")
    judge_leaders.run()
    assert [str(each.month) for each in MonthlyAssessment.objects.all()] == ["2024-06-01"]
    assert not QuarterLevel.objects.exists()
    settle("2024-06-30")
    clock("2024-07-02 04:00")
    judge_leaders.run()
    assert MonthlyAssessment.objects.count() == QuarterLevel.objects.count() == 1


def test_a_new_version_of_the_policy_begins_tomorrow_at_the_earliest_and_carries_the_last_one(clock):
    client = admin("ann")
    form = text(client.get("/admin/tuanzhang/levelpolicy/add/"))
    assert "300000000.00" in form
    first = LevelPolicy.objects.get()
    said = {
        "effective_from": "2024-06-20", "mode": "whole", "credited_to": "first", "note": "",
        "target_gmv_fen": "100", "target_brands": "1", "target_promoters": "1",
    }  # fmt: skip
    said |= {f"{level}_{name}": "0" for level in ("bronze", "silver", "gold") for name in ("brands", "promoters")}
    for number, level in enumerate(("bronze", "silver", "gold"), start=1):
        said |= {f"{level}_gmv_fen": f"{number}00.50", f"{level}_rebate_bps": f"0.{number}"}
    assert "只能从明天" in text(client.post("/admin/tuanzhang/levelpolicy/add/", said))
    client.post("/admin/tuanzhang/levelpolicy/add/", said | {"effective_from": "2024-07-01"})
    made = LevelPolicy.objects.exclude(pk=first.pk).get()
    assert (made.silver_gmv_fen, made.gold_rebate_bps, made.mode) == (200_50, 30, "whole")
    assert client.get(f"/admin/tuanzhang/levelpolicy/{first.pk}/delete/").status_code == 403
