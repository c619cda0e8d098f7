"""Withdrawing on the console: limits said beforehand, one withdrawal a page, its way, taking it back, the account."""

import re

import pytest

from commissions.models import Withdrawal
from commissions.payments import withdrawals
from haowu.ledger.models import Account
from haowu.tenants.models import PersonalRecord, Tenant
from tests import build
from tests.browser import NOW, browser, chinese_left, shown_messages, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
ACCOUNT = {"holder": "李小禾", "bank": "招商银行杭州分行", "number": "6222 0200 0000 9876", "password": build.PASSWORD}


@pytest.fixture
def streamer() -> Tenant:
    """100.00 available and an account; at least 1.00, 80.00 a day, above 50.00 checked by a second person."""
    build.policy(min_withdrawal_fen=100, daily_withdrawal_fen=8_000, checked_above_fen=5_000)
    made = build.streamer("s1", name="小禾")
    build.bank_account(made)
    build.money(made, 10_000)
    return made


def number_of(page) -> str:
    """The hidden number that the page made."""
    return re.search(r'name="number" value="([^"]+)"', text(page))[1]


def in_hand(tenant: Tenant) -> tuple[int, int]:
    """Available, withdrawing."""
    kinds = dict(Account.objects.visible_to(tenant).values_list("kind", "balance_fen"))
    return kinds.get("available", 0), kinds.get("withdrawing", 0)


class TestAsking:
    def test_limits_are_said_before_anything_is_asked(self, streamer):
        page = text(browser(streamer).get("/withdrawals/"))
        for shown in ("¥100.00", "¥1.00", "¥80.00", "超过 ¥50.00 的由平台另一人复核", "张** · 招商银行 · **** 1234"):
            assert shown in page

    def test_a_double_click_or_a_reload_makes_one_withdrawal(self, streamer):
        client = browser(streamer)
        asked = {"amount": "30.00", "number": number_of(client.get("/withdrawals/"))}
        first, second = client.post("/withdrawals/", asked), client.post("/withdrawals/", asked)
        made = Withdrawal.objects.get()
        assert first.url == second.url == f"/withdrawals/{made.public_id}/"
        assert (made.amount_fen, made.status, made.touched_by.membership_set.get().tenant) == (
            3_000,
            "approved",
            streamer,
        )
        assert in_hand(streamer) == (7_000, 3_000)

    def test_each_page_makes_a_number_of_its_own(self, streamer):
        client = browser(streamer)
        for amount in ("10", "11"):
            client.post("/withdrawals/", {"amount": amount, "number": number_of(client.get("/withdrawals/"))})
        assert in_hand(streamer) == (7_900, 2_100)

    def test_the_same_amount_minutes_later_is_asked_back_and_made_when_it_is_meant(self, streamer):
        """Going back gives a fresh page with a fresh number: a press of its button would withdraw once more."""
        client = browser(streamer)
        first = client.post("/withdrawals/", {"amount": "10", "number": number_of(client.get("/withdrawals/"))})
        assert first.status_code == 302
        again = client.post("/withdrawals/", {"amount": "10", "number": number_of(client.get("/withdrawals/"))})
        assert "刚刚已经申请过同样的金额，这次没有提交" in text(again)
        assert in_hand(streamer) == (9_000, 1_000)
        client.post("/withdrawals/", {"amount": "10", "number": number_of(again), "again": "1"})
        assert in_hand(streamer) == (8_000, 2_000)

    def test_another_amount_from_the_same_page_is_asked_back_and_made_by_a_second_press(self, streamer):
        client = browser(streamer)
        number = number_of(client.get("/withdrawals/"))
        client.post("/withdrawals/", {"amount": "30.00", "number": number})
        again = client.post("/withdrawals/", {"amount": "20.00", "number": number})
        assert "从这一页已经申请过 ¥30.00，这次没有提交" in text(again)
        assert in_hand(streamer) == (7_000, 3_000)
        client.post("/withdrawals/", {"amount": "20.00", "number": number_of(again)})
        assert in_hand(streamer) == (5_000, 5_000)

    @pytest.mark.parametrize(
        ("amount", "said"),
        [
            ("0.99", "单笔提现不低于 ¥1.00"),
            ("100.01", "可提现余额为 ¥100.00"),
            ("80.01", "每日最多提现 ¥80.00，今日还可提 ¥80.00"),
            ("1.001", "金额最多两位小数"),
            ("much", "请填写金额"),
            ("", "该字段是必填项"),
        ],
    )
    def test_what_cannot_be_is_refused_in_words_and_keeps_what_was_typed(self, streamer, amount, said):
        answer = text(browser(streamer).post("/withdrawals/", {"amount": amount, "number": "n1"}))
        assert said in answer
        assert re.search(r'<input[^>]* name="amount"[^>]*>', answer)[0].count(f'value="{amount}"') == bool(amount)
        assert not Withdrawal.objects.exists()
        assert in_hand(streamer) == (10_000, 0)

    def test_what_stands_in_the_way_is_said_instead_of_a_form(self, streamer):
        client = browser(streamer)
        PersonalRecord.objects.update(retired_at=build.moment(NOW))
        page = text(client.get("/withdrawals/"))
        assert "还没有收款账户" in page and 'name="amount"' not in page
        build.money(streamer, -9_950)
        assert "单笔提现不低于 ¥1.00" in text(client.get("/withdrawals/"))
        build.money(streamer, -700, "debt")
        assert "账户有欠款 ¥7.00" in text(client.get("/withdrawals/"))


class TestItsWay:
    def test_every_status_says_what_comes_next_and_when(self, streamer, clock):
        client = browser(streamer)
        withdrawals.request(streamer, "n1", 6_000, None, clock("2024-06-21 10:00"))
        made = Withdrawal.objects.get()
        page = text(client.get(f"/withdrawals/{made.public_id}/"))
        for shown in ("待复核", "最迟 2024-06-24", made.reference, "张** · 招商银行 · **** 1234"):
            assert shown in page
        withdrawals.refuse(made, build.staff("checker"), clock("2024-06-21 11:00"), reason="户名不符")
        page = text(client.get(f"/withdrawals/{made.public_id}/"))
        for shown in ("已拒绝", "钱已退回可提现", "户名不符", "平台"):
            assert shown in page
        assert "checker" not in page and "取消这笔提现" not in page

    def test_it_is_taken_back_until_it_is_with_the_bank(self, streamer):
        client = browser(streamer)
        first = withdrawals.request(streamer, "n1", 3_000, None, build.moment(NOW))
        client.post(f"/withdrawals/{first.public_id}/cancellation/")
        first.refresh_from_db()
        assert (first.status, in_hand(streamer)) == ("cancelled", (10_000, 0))
        answer = client.post(f"/withdrawals/{first.public_id}/cancellation/", follow=True)
        assert shown_messages(answer)[-1] == "这笔提现已不能取消，下面是它现在的状态。"
        assert in_hand(streamer) == (10_000, 0)

    def test_the_list_asks_as_many_questions_for_nine_as_for_one(self, streamer, django_assert_num_queries):
        client = browser(streamer)
        for number in range(9):
            withdrawals.request(streamer, f"n{number}", 100, None, build.moment(NOW))
            if number in (0, 8):
                client.get("/withdrawals/")  # what waits on the shelf is counted once a minute
                with django_assert_num_queries(16):
                    client.get("/withdrawals/")


class TestTheAccount:
    def test_it_is_recorded_sealed_and_shown_masked(self, streamer):
        client = browser(streamer)
        answer = client.post("/bank-account/", ACCOUNT, follow=True)
        assert shown_messages(answer) == ["收款账户已登记：李** · 招商银行杭州分行 · **** 9876。"]
        kept = PersonalRecord.objects.get(retired_at=None)
        assert b"9876" not in bytes(kept.sealed)
        for path in ("/bank-account/", "/withdrawals/"):
            assert "6222" not in text(client.get(path)) and "**** 9876" in text(client.get(path))

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"number": "12"}, "8 到 30 位数字"),
            ({"holder": ""}, "该字段是必填项"),
            ({"password": "not mine"}, "密码不对"),
        ],
    )
    def test_what_is_incomplete_or_not_confirmed_changes_nothing(self, streamer, changes, said):
        assert said in text(browser(streamer).post("/bank-account/", ACCOUNT | changes))
        assert PersonalRecord.objects.get().masked.endswith("1234")

    def test_guessing_the_password_is_locked_out(self, streamer, settings):
        client = browser(streamer)
        for _ in range(settings.LIMITS["sign-in-tries"][0] + 1):
            answer = client.post("/bank-account/", ACCOUNT | {"password": "a guess"})
        assert answer.status_code == 429
        assert client.post("/bank-account/", ACCOUNT).status_code == 429
        assert PersonalRecord.objects.get().masked.endswith("1234")


class TestWhoMay:
    def test_finance_withdraws_and_neither_operator_nor_viewer_does(self, streamer):
        made = withdrawals.request(streamer, "n1", 1_000, None, build.moment(NOW))
        for role in ("operator", "viewer"):
            client = browser(streamer, role)
            assert "只有所有者和财务可以提现" in text(client.get("/withdrawals/"))
            assert "取消这笔提现" not in text(client.get(f"/withdrawals/{made.public_id}/"))
            assert client.get("/bank-account/").status_code == 403
            asked = {"amount": "5", "number": "n2"}
            for path in ("/withdrawals/", "/bank-account/", f"/withdrawals/{made.public_id}/cancellation/"):
                assert client.post(path, asked | ACCOUNT).status_code == 403
        assert in_hand(streamer) == (9_000, 1_000)
        assert browser(streamer, "finance").post("/withdrawals/", {"amount": "5", "number": "n2"}).status_code == 302
        assert in_hand(streamer) == (8_500, 1_500)

    def test_a_strangers_withdrawal_does_not_exist(self, streamer):
        made = withdrawals.request(streamer, "n1", 1_000, None, build.moment(NOW))
        other = browser(build.streamer("s2"))
        assert other.get("/withdrawals/").context["rows"] == []
        assert other.get(f"/withdrawals/{made.public_id}/").status_code == 404
        assert other.post(f"/withdrawals/{made.public_id}/cancellation/").status_code == 404
        assert in_hand(streamer) == (9_000, 1_000)

    def test_a_merchant_has_no_such_pages(self):
        client = browser(build.merchant("m1"))
        for path in ("/earnings/", "/withdrawals/", "/bank-account/"):
            assert client.get(path).status_code == 404

    @pytest.mark.parametrize("kind", ["tuanzhang", "provider", "base"])
    def test_everybody_who_is_paid_has_them(self, kind):
        build.policy(min_withdrawal_fen=100)
        paid = build.tenant(kind)
        build.bank_account(paid)
        build.money(paid, 5_000)
        client = browser(paid)
        assert client.get("/earnings/").context["buckets"].available_fen == 5_000
        client.post("/withdrawals/", {"amount": "20", "number": number_of(client.get("/withdrawals/"))})
        assert in_hand(paid) == (3_000, 2_000)


@pytest.mark.parametrize("path", ["/withdrawals/", "/bank-account/", "/withdrawals/{}/"])
def test_pages_speak_english_too(streamer, path):
    build.bank_account(streamer, holder="Zhang", number="6222020000001234")
    PersonalRecord.objects.update(masked="Z** · Bank · **** 1234")
    made = withdrawals.request(streamer, "n1", 1_000, None, build.moment(NOW))
    page = text(browser(streamer, language="en").get(path.format(made.public_id)))
    assert chinese_left(page, streamer.name) == []
