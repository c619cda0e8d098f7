"""Staff's queue of withdrawals, the batches, and the page that opens personal data."""

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from commissions.models import PayoutBatch, Withdrawal
from commissions.payments import payouts, withdrawals
from commissions.payments.payout_file import results_file
from haowu.ledger.models import Account
from haowu.tenants.models import PersonalDataAccess, PersonalRecord, User
from tests import build
from tests.browser import NOW, shown_messages, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
AT = build.moment(NOW)
QUEUE, BATCHES = "/admin/commissions/withdrawal/", "/admin/commissions/payoutbatch/"


def signed_in(user: User) -> Client:
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(user)
    return client


def clerk(*may: str) -> User:
    user = build.staff()
    user.user_permissions.set(Permission.objects.filter(codename__in=may))
    return user


@pytest.fixture
def waiting() -> list[Withdrawal]:
    """Three of 60.00 that a second person must check; the first was entered by a member of staff."""
    build.policy(min_withdrawal_fen=1, daily_withdrawal_fen=10**9, checked_above_fen=5_000)
    made = []
    for number in range(3):
        party = build.streamer(f"s{number}")
        build.bank_account(party, f"622202000000000{number}")
        build.money(party, 6_000)
        by = clerk("view_withdrawal", "check_withdrawal", "pay_withdrawal") if number == 0 else None
        made.append(withdrawals.request(party, "n1", 6_000, by, AT))
    return made


def chosen(action: str, *rows: Withdrawal, **more: str) -> dict:
    return {"action": action, "_selected_action": [row.pk for row in rows], **more}


def statuses() -> list[str]:
    return list(Withdrawal.objects.order_by("pk").values_list("status", flat=True))


def test_the_queue_shows_masked_accounts_in_the_same_queries_for_one_row_and_three(waiting):
    client = signed_in(User.objects.create_superuser("root"))
    client.get(QUEUE)
    counts = []
    for page in (f"{QUEUE}?q={waiting[0].tenant.code}", QUEUE):
        with CaptureQueriesContext(connection) as queries:
            shown = text(client.get(page))
        counts.append(len(queries))
    assert shown.count("¥60.00") == 3 and "张** · 招商银行 · **** 0002" in shown and "待复核" in shown
    assert "622202" not in shown and "张三丰" not in shown
    assert counts[0] == counts[1]


def test_one_clerk_approves_anothers_and_not_his_own(waiting):
    own, second, third = waiting
    answer = signed_in(own.touched_by).post(QUEUE, chosen("approve", own, second, third), follow=True)
    assert shown_messages(answer) == [
        f"{own.reference}：您是上一位经手人，须由另一位同事复核。",
        "已处理 2 项。",
    ]
    assert statuses() == ["requested", "approved", "approved"]


def test_a_refusal_needs_its_reason_and_returns_the_money(waiting):
    client = signed_in(clerk("view_withdrawal", "check_withdrawal"))
    client.post(QUEUE, chosen("refuse", waiting[1]))
    assert statuses() == ["requested"] * 3
    client.post(QUEUE, chosen("refuse", waiting[1], reason="账户名不符"))
    assert statuses() == ["requested", "refused", "requested"]
    assert Account.objects.get(owner=waiting[1].tenant, kind="available").balance_fen == 6_000
    assert "账户名不符" in text(client.get(f"{QUEUE}{waiting[1].pk}/change/"))


def test_staff_without_the_right_see_no_action(waiting):
    client = signed_in(clerk("view_withdrawal", "view_payoutbatch"))
    assert "复核通过" not in text(client.get(QUEUE))
    client.post(QUEUE, chosen("approve", *waiting))
    client.post(QUEUE, chosen("pay", *waiting))
    assert statuses() == ["requested"] * 3
    assert client.get(f"{BATCHES}results/").status_code == 403
    assert client.get(f"{BATCHES}1/file/").status_code == 403


def test_from_the_queue_to_the_bank_and_back(waiting):
    checker = signed_in(clerk("view_withdrawal", "check_withdrawal"))
    payer = signed_in(clerk("view_withdrawal", "view_payoutbatch", "pay_withdrawal"))
    checker.post(QUEUE, chosen("approve", *waiting[:2]))
    answer = payer.post(QUEUE, chosen("pay", *waiting), follow=True)
    assert shown_messages(answer) == ["批次 P20240620-001：2 笔，合计 ¥120.00。请到「打款批次」下载文件。"]
    assert statuses() == ["sent", "sent", "requested"]
    batch = PayoutBatch.objects.get()
    file = payer.get(f"{BATCHES}{batch.pk}/file/")
    assert file["Content-Disposition"] == 'attachment; filename="P20240620-001.csv"'
    assert "no-store" in file["Cache-Control"]
    assert file.content == payouts.file_of(batch, None, AT, who="test")
    results = results_file([(waiting[0].reference, 6_000, True, ""), (waiting[1].reference, 1, True, "")])
    page = text(payer.post(f"{BATCHES}results/", {"file": SimpleUploadedFile("r.csv", results)}))
    assert "✓ PAID" in page and "✗ WRONG_AMOUNT" in page
    assert statuses() == ["paid", "sent", "requested"]
    half = text(payer.post(f"{BATCHES}results/", {"file": SimpleUploadedFile("r.csv", results[:-90])}))
    assert "HALF_FILE" in half
    assert text(payer.get(BATCHES)).count("P20240620-001") >= 1


def test_nothing_approved_makes_no_batch(waiting):
    answer = signed_in(User.objects.create_superuser("root")).post(QUEUE, chosen("pay", *waiting), follow=True)
    assert shown_messages(answer) == ["没有待打款的提现。复核通过后再制作批次。"]
    assert PayoutBatch.objects.count() == 0


@pytest.mark.parametrize("place", ["add/", "{pk}/delete/", "{pk}/change/"])
def test_not_even_a_superuser_edits_a_withdrawal(waiting, place):
    client = signed_in(User.objects.create_superuser("root"))
    answer = client.post(QUEUE + place.format(pk=waiting[0].pk), {"status": "paid", "amount_fen": 1, "post": "yes"})
    assert answer.status_code == 403
    assert statuses() == ["requested"] * 3


def test_personal_data_is_opened_for_a_reason_on_a_page_that_is_not_kept(waiting):
    client = signed_in(clerk("view_personalrecord", "reveal_personalrecord"))
    record = PersonalRecord.objects.order_by("pk")[0]
    address = f"/admin/tenants/personalrecord/{record.pk}/"
    assert "6222020000000000" not in text(client.get(f"{address}change/"))
    assert "6222020000000000" not in text(client.get(f"{address}reveal/"))
    assert "6222020000000000" not in text(client.post(f"{address}reveal/", {"reason": "  "}))
    assert not PersonalDataAccess.objects.exists()
    page = client.post(f"{address}reveal/", {"reason": "银行来电核对"})
    assert "6222020000000000" in text(page) and "张三丰" in text(page)
    assert "no-store" in page["Cache-Control"]
    (row,) = PersonalDataAccess.objects.all()
    assert (row.record, row.reason, row.at) == (record, "银行来电核对", AT)


def test_staff_without_the_right_open_no_personal_data(waiting):
    client = signed_in(clerk("view_personalrecord"))
    record = PersonalRecord.objects.order_by("pk")[0]
    answer = client.post(f"/admin/tenants/personalrecord/{record.pk}/reveal/", {"reason": "好奇"})
    assert answer.status_code == 403
    assert not PersonalDataAccess.objects.exists()
