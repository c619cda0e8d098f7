"""Staff's queues of cases: opened by a form, decided by actions that take two people, looked at and never edited."""

from datetime import timedelta

import pytest
from django.test import Client

from commissions.cases import disputes, reconciliation
from commissions.cases.casework import trail_of
from commissions.models import (
    Correction,
    Dispute,
    LineHold,
    OrderLine,
    Policy,
    ReconciliationItem,
    Resettlement,
    TenantHold,
)
from haowu.approvals.models import Trail
from haowu.ground import days
from haowu.ledger.models import Posting
from haowu.tenants.models import Tenant, User
from tests.build import member, settle
from tests.casework import balance, everything, open_market, sell

pytestmark = pytest.mark.django_db


@pytest.fixture
def books():
    """o1 settled at 12.50, o2 waits."""
    market = open_market()
    sell(market, "o1", "2024-06-01 12:00")
    sell(market, "o2", "2024-06-30 12:00")
    settle("2024-06-09")
    return market


def signed_in(name: str) -> Client:
    person, _new = User.objects.get_or_create(username=name, defaults={"is_staff": True, "is_superuser": True})
    client = Client()
    client.force_login(person)
    return client


def at(model, place: str = "") -> str:
    return f"/admin/{model._meta.app_label}/{model._meta.model_name}/{place}"


def said(answer) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def act(by: str, row, action: str, **asked) -> list[str]:
    chosen = {"action": action, "_selected_action": [row.pk]} | asked
    return said(signed_in(by).post(at(type(row)), chosen, follow=True))


def raised() -> Dispute:
    sides = {"claimant": Tenant.objects.get(code="m1"), "against": Tenant.objects.get(code="s1")}
    line = OrderLine.objects.get(order_no="o1")
    at, until = days.start_of(line.settles_on), days.now() + timedelta(days=5)
    return disputes.open_dispute(line, **sides, reason="货不对版", by=member(sides["claimant"]), at=at, until=until)


def test_staff_hold_a_line_extend_and_release_it_each_with_a_reason(books):
    asked = {"order_no": "o2", "line_no": 1, "reason": "查验发票", "for_days": 3}
    answer = signed_in("maker").post(at(LineHold, "add/"), asked, follow=True)
    assert answer.status_code == 200
    kept = LineHold.objects.get()
    assert (kept.reason, kept.opened_by.username, kept.expires_at - kept.opened_at) == (
        "查验发票",
        "maker",
        timedelta(3),
    )
    assert OrderLine.objects.get(order_no="o2").held_reason == "STAFF_HOLD"
    act("maker", kept, "extend", reason="再查", more_days=4)
    kept.refresh_from_db()
    assert kept.expires_at - kept.opened_at == timedelta(days=7)
    before = everything()
    assert act("maker", kept, "release", reason=" ") == ["请写明原因，当事方会看到。"]
    assert everything() == before
    act("maker", kept, "release", reason="无误")
    page = signed_in("maker").get(at(LineHold, f"{kept.pk}/change/")).content.decode()
    assert [text in page for text in ("查验发票", "再查", "无误")] == [True] * 3
    assert 'name="_save"' not in page


def test_a_form_that_is_refused_says_why_and_changes_nothing(books):
    before = everything()
    asked = {"order_no": "o1", "line_no": 1, "reason": "查验发票", "for_days": 3}
    answer = signed_in("maker").post(at(LineHold, "add/"), asked, follow=True)
    assert said(answer) == ["该订单行已进入结算，不能再冻结。请冻结对方账户，或发起争议。"]
    assert [f'value="{typed}"' in answer.content.decode() for typed in ("o1", "查验发票")] == [True, True]
    answer = signed_in("maker").post(at(LineHold, "add/"), asked | {"order_no": "nothing"})
    assert "没有这个订单行" in answer.content.decode()
    assert everything() == before


def test_staff_freeze_a_party_and_release_it(books):
    party = Tenant.objects.get(code="s1")
    asked = {"tenant": party.pk, "reason": "账户异常", "for_days": 15}
    signed_in("maker").post(at(TenantHold, "add/"), asked)
    assert (balance("available"), balance("frozen")) == (0, 1125)
    act("maker", TenantHold.objects.get(), "release", reason="无误")
    assert (balance("available"), balance("frozen")) == (1125, 0)


def test_a_dispute_is_decided_by_two_of_the_staff(books):
    dispute = raised()
    act("maker", dispute, "propose", reason="部分成立", amount="8.00")
    assert act("maker", dispute, "uphold") == [f"{dispute}：您是上一位经手人，须由另一位同事复核。"]
    assert balance("frozen") == 1125
    act("checker", dispute, "uphold")
    assert (balance("available"), balance("funding", "m1")) == (325, 800)
    again = raised()
    act("maker", again, "propose", reason="成立", amount="不是金额")
    again.refresh_from_db()
    assert again.status == "open"
    act("maker", again, "propose", reason="成立", amount="1.00")
    act("checker", again, "send_back", reason="金额有误")
    act("checker", again, "extend", reason="等待", more_days=2)
    act("checker", again, "reject", reason="不成立")
    acts = trail_of(again).values_list("act", flat=True)
    assert list(acts) == ["opened", "proposed", "rejected", "extended", "rejected"]


def test_a_reversal_is_proposed_by_a_form_and_posted_by_another(books):
    reference = Posting.objects.get(kind="tech_fee").reference
    signed_in("maker").post(at(Correction, "add/"), {"posting_reference": reference, "reason": "重复收取"})
    made = Correction.objects.get()
    act("maker", made, "approve")
    assert balance("available") == 1125
    act("checker", made, "approve")
    assert balance("available") == 1250
    again = Posting.objects.get(kind="cost").reference
    signed_in("maker").post(at(Correction, "add/"), {"posting_reference": again, "reason": "有误"})
    act("checker", Correction.objects.latest("pk"), "refuse", reason="无误")
    assert Correction.objects.latest("pk").status == "refused"


def test_a_resettlement_is_previewed_by_a_form_and_applied_by_another(books):
    right = Policy.objects.create(effective_from=days.now(), tech_bps=600)
    asked = {"first_day": "2024-06-09", "last_day": "2024-06-09", "policy": right.pk, "reason": "费率有误"}
    signed_in("maker").post(at(Resettlement, "add/"), asked)
    made = Resettlement.objects.get()
    page = signed_in("maker").get(at(Resettlement, f"{made.pk}/change/")).content.decode()
    assert "-¥0.50" in page
    act("checker", made, "apply")
    settle("2024-06-10")
    assert balance("available") == 1175
    signed_in("maker").post(at(Resettlement, "add/"), asked)
    assert Resettlement.objects.count() == 1


def test_a_difference_is_resolved_by_two(books, tmp_path):
    file = tmp_path / "upstream.csv"
    file.write_text("order_no,line_no,paid_fen,refunded_fen,commission_fen,settled_on\no1,1,10000,0,1300,2024-06-09\n")
    reconciliation.read(file, at=days.now())
    item = ReconciliationItem.objects.get()
    act("maker", item, "propose", reason="补记", amount="0.50")
    act("checker", item, "send_back", reason="再核")
    act("maker", item, "propose", reason="补记", amount="0.50")
    act("checker", item, "resolve")
    assert balance("available") == 1175


@pytest.mark.parametrize("model", [LineHold, TenantHold, Dispute, Correction, Resettlement, ReconciliationItem, Trail])
def test_staff_without_the_permission_neither_see_nor_decide(books, model):
    plain = User.objects.create_user("plain", is_staff=True)
    client = Client()
    client.force_login(plain)
    assert client.get(at(model)).status_code == 403
    assert client.get(at(model, "add/")).status_code == 403
