"""Batches as files that a bank takes, and the bank's results read back: each row once, whatever the file looks like."""

import csv
import io
import json

import pytest
from django.db import DatabaseError, transaction

from commissions.models import PayoutBatch, Withdrawal, WithdrawalStep
from commissions.payments import payouts, withdrawals
from commissions.payments.payout_file import Channel, Instruction, Result, results_file
from haowu.audit.invariants import run_audit
from haowu.ground.errors import Refused
from haowu.ledger.models import Account, Posting
from haowu.tenants.models import PersonalDataAccess
from haowu.tenants.scope import enter_scope
from tests.build import bank_account, in_threads, member, moment, staff, three_withdrawals

pytestmark = pytest.mark.django_db
AT = moment("2024-06-10 12:00")
LATER = moment("2024-06-11 09:00")


@pytest.fixture
def three():
    return three_withdrawals()


@pytest.fixture
def sent(three):
    payouts.make_batch(staff(), AT)
    for withdrawal in three:
        withdrawal.refresh_from_db()
    return three


def in_hand(withdrawal: Withdrawal) -> tuple[int, int, int]:
    kinds = dict(Account.objects.visible_to(withdrawal.tenant).values_list("kind", "balance_fen"))
    return kinds["available"], kinds["withdrawing"], kinds.get("paid", 0)


def everything() -> list:
    tables = (Account, Posting, Withdrawal, WithdrawalStep, PayoutBatch, PersonalDataAccess)
    return [list(model.objects.order_by("pk").values()) for model in tables]


def refused(act, *args, **kwargs) -> str:
    before = everything()
    with pytest.raises(Refused) as caught, transaction.atomic():
        act(*args, **kwargs)
    assert everything() == before
    assert caught.value.message
    return caught.value.code


def results(*rows: tuple[Withdrawal | str, int, bool, str]) -> bytes:
    return results_file((getattr(row[0], "reference", row[0]), *row[1:]) for row in rows)


def codes(content: bytes) -> list[str]:
    return [answer.code for answer in payouts.read_results(content, staff(), LATER)]


def test_a_batch_is_every_approved_withdrawal_with_its_account_in_full(three):
    clerk = staff()
    batch = payouts.make_batch(clerk, AT)
    rows = list(csv.reader(io.StringIO(payouts.file_of(batch, clerk, AT).decode("utf-8-sig"))))
    assert [row[:5] for row in rows[1:-1]] == [
        [three[0].reference, "张三丰", "招商银行", "6222020000000000", "1000"],
        [three[1].reference, "'=HYPERLINK(1)", "招商银行", "6222020000000001", "2000"],
        [three[2].reference, "𠮷野家", "招商银行", "6222020000000002", "123456"],
    ]
    assert (batch.number, batch.count, batch.sum_fen) == ("P20240610-001", 3, 126_456)
    assert set(Withdrawal.objects.values_list("status", "batch")) == {("sent", batch.pk)}


def test_half_a_file_changes_nothing(sent):
    content = results((sent[0], 1_000, True, ""), (sent[1], 2_000, True, ""))
    assert refused(payouts.read_results, content[: content.index(b"\n", 60)], staff(), LATER) == "HALF_FILE"


def test_the_file_is_written_again_the_same_and_each_look_is_logged(three):
    clerk = staff("clerk")
    batch = payouts.make_batch(clerk, AT)
    assert payouts.file_of(batch, clerk, AT) == payouts.file_of(batch, clerk, LATER)
    assert set(PersonalDataAccess.objects.values_list("who", "reason")) == {("clerk", "打款批次 P20240610-001")}
    assert PersonalDataAccess.objects.count() == 9


def test_a_file_that_would_differ_from_what_was_sealed_is_not_given_out(three):
    clerk = staff()
    batch = payouts.make_batch(clerk, AT)
    Withdrawal.objects.filter(pk=three[0].pk).update(amount_fen=999)
    assert refused(payouts.file_of, batch, clerk, AT) == "BATCH_CHANGED"


def test_a_bank_account_changed_after_the_request_does_not_change_the_payment(three):
    bank_account(three[0].tenant, "6222029999999999", "张三丰")
    content = payouts.file_of(payouts.make_batch(staff(), AT), staff(), AT)
    assert b"6222020000000000" in content and b"6222029999999999" not in content


def test_only_what_is_approved_is_paid_and_once(three):
    withdrawals.cancel(three[0], None, AT)
    first = payouts.make_batch(staff(), AT, only=[three[0].pk, three[1].pk])
    second = payouts.make_batch(staff(), AT)
    assert [(batch.number, batch.sum_fen) for batch in (first, second)] == [
        ("P20240610-001", 2_000),
        ("P20240610-002", 123_456),
    ]
    assert refused(payouts.make_batch, staff(), AT) == "NOTHING_TO_PAY"
    assert refused(payouts.make_batch, member(three[0].tenant), AT) == "STAFF_ONLY"


def test_what_is_in_a_batch_is_neither_cancelled_nor_refused(sent):
    assert refused(withdrawals.cancel, sent[0], None, AT) == "STATE_REFUSED"
    assert refused(withdrawals.refuse, sent[0], staff(), AT, reason="x") == "STATE_REFUSED"


def test_a_batch_is_never_changed_or_deleted(sent):
    for act in (lambda: PayoutBatch.objects.update(count=1), lambda: PayoutBatch.objects.all()._raw_delete("default")):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    assert PayoutBatch.objects.get().count == 3


def test_results_pay_or_return(sent):
    content = results((sent[0], 1_000, True, ""), (sent[1], 2_000, False, "户名不符"), (sent[2], 123_456, True, ""))
    assert codes(content) == ["PAID", "FAILED", "PAID"]
    assert [in_hand(row) for row in sent] == [(500, 0, 1_000), (2_500, 0, 0), (500, 0, 123_456)]
    for row, status, reason in zip(sent, ("paid", "failed", "paid"), ("", "户名不符", ""), strict=True):
        row.refresh_from_db()
        assert (row.status, row.reason) == (status, reason)
    assert sorted(Posting.objects.filter(cause__startswith="withdrawal:").values_list("kind", flat=True)) == [
        "paid_out", "paid_out", "withdrawal", "withdrawal", "withdrawal", "withdrawal_returned"
    ]  # fmt: skip
    before = everything()
    assert codes(content) == ["REPEATED"] * 3
    assert everything() == before
    assert_audit_holds()


def test_a_failed_payment_may_be_asked_for_again_under_a_new_number(sent):
    codes(results((sent[1], 2_000, False, "户名不符")))
    again = withdrawals.request(sent[1].tenant, "n2", 2_500, None, LATER)
    assert (again.status, in_hand(again)) == ("approved", (0, 2_500, 0))


@pytest.mark.django_db(transaction=True)
def test_a_failed_payout_returns_its_money_once_however_many_read_the_file(sent):
    clerk = staff()
    content = results((sent[0], 1_000, False, "账户冻结"), (sent[1], 2_000, True, ""))
    answers = in_threads(5, lambda _: [row.code for row in payouts.read_results(content, clerk, LATER)])
    assert sorted(answers) == [["FAILED", "PAID"], *[["REPEATED", "REPEATED"]] * 4]
    assert [in_hand(row) for row in sent] == [(1_500, 0, 0), (500, 0, 2_000), (500, 123_456, 0)]
    assert Posting.objects.filter(kind="withdrawal_returned").count() == 1
    assert_audit_holds()


@pytest.mark.django_db(transaction=True)
def test_eight_batches_made_at_once_hold_each_withdrawal_once(three):
    clerk = staff()
    made = in_threads(8, lambda number: payouts.make_batch(clerk, AT, only=[three[number % 3].pk]))
    assert sorted(batch.number for batch in made if isinstance(batch, PayoutBatch)) == [
        f"P20240610-00{number}" for number in (1, 2, 3)
    ]
    assert [batch.code for batch in made if isinstance(batch, Refused)] == ["NOTHING_TO_PAY"] * 5
    assert sum(PayoutBatch.objects.values_list("sum_fen", flat=True)) == 126_456
    assert_audit_holds()


@pytest.mark.django_db(transaction=True)
def test_a_withdrawal_cancelled_while_its_batch_is_made_is_in_one_place(three):
    clerk = staff()
    acts = (
        lambda: payouts.make_batch(clerk, AT),
        lambda: withdrawals.cancel(three[0], None, AT),
        lambda: withdrawals.cancel(three[1], None, AT),
    )
    in_threads(9, lambda number: acts[number % 3]())
    under_way = [row for row in Withdrawal.objects.all() if row.status == "sent"]
    assert sum(row.amount_fen for row in under_way) == sum(PayoutBatch.objects.values_list("sum_fen", flat=True))
    assert_audit_holds()


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda s: results(("W000000000000", 100, True, "")), ["UNKNOWN_ROW"]),
        (lambda s: results(("X1", 100, True, ""), ("W٠٠٠٠٠٠٠٠٠٠٠١", 1, True, "")), ["UNKNOWN_ROW", "UNKNOWN_ROW"]),
        (lambda s: results((s[0], 1_001, True, "")), ["WRONG_AMOUNT"]),
        (lambda s: results((s[0], 1_000, True, ""), (s[0], 1_000, False, "")), ["DUPLICATE_ROW", "DUPLICATE_ROW"]),
        (lambda s: results((s[0], 1_000, True, "")).replace("成功".encode(), "已付".encode()).rsplit(b",", 1)[0]
         + b",\r\n", ["ROW_UNREADABLE"]),
        (lambda s: results((s[0], 1_000, True, "")).replace(b",1000,\xe6\x88", b",10.00,\xe6\x88").rsplit(b",", 1)[0]
         + b",\r\n", ["ROW_UNREADABLE"]),
    ],
    ids=["unknown", "no reference of ours", "wrong amount", "twice in one file", "unknown result", "yuan for fen"],
)  # fmt: skip
def test_a_row_that_cannot_be_right_is_named_and_changes_nothing(sent, make, expected):
    content, clerk = make(sent), staff()
    before = everything()
    answers = payouts.read_results(content, clerk, LATER)
    assert [(answer.row, answer.code) for answer in answers] == list(enumerate(expected, start=2))
    assert all("。" in answer.message and "{" not in answer.message for answer in answers)
    assert everything() == before


def test_a_wrong_row_does_not_hold_up_the_others(sent):
    assert codes(results(("W999999999999", 5, True, ""), (sent[0], 1_000, True, ""), (sent[1], 1, False, ""))) == [
        "UNKNOWN_ROW",
        "PAID",
        "WRONG_AMOUNT",
    ]
    assert [in_hand(row) for row in sent] == [(500, 0, 1_000), (500, 2_000, 0), (500, 123_456, 0)]


def test_a_result_that_contradicts_an_earlier_one_changes_nothing(sent):
    codes(results((sent[0], 1_000, True, "")))
    before = everything()
    (answer,) = payouts.read_results(results((sent[0], 1_000, False, "退汇")), None, LATER)
    assert (answer.code, answer.is_fine) == ("CONTRADICTS", False)
    assert "已到账" in answer.message
    assert everything() == before


def test_a_result_for_what_was_never_sent_changes_nothing(three):
    before = everything()
    (answer,) = payouts.read_results(results((three[0], 1_000, True, "")), None, LATER)
    assert answer.code == "NOT_SENT"
    assert everything() == before


def test_another_channel_is_another_adapter(three):
    class Provider:
        """A payment provider: the request is JSON, and so is what it calls back with."""

        code = "provider"

        def write(self, batch: str, instructions: list[Instruction]) -> bytes:
            return json.dumps([batch, *((one.reference, one.amount_fen) for one in instructions)]).encode()

        def read(self, content: bytes) -> list[Result]:
            return [Result(number, *row) for number, row in enumerate(json.loads(content), start=1)]

    provider: Channel = Provider()
    batch = payouts.make_batch(staff(), AT, channel=provider, only=[three[0].pk])
    assert batch.channel == "provider"
    content = json.dumps([[three[0].reference, 1_000, True]]).encode()
    assert [row.code for row in payouts.read_results(content, None, LATER, channel=provider)] == ["PAID"]
    assert in_hand(three[0]) == (500, 0, 1_000)


def test_parties_see_no_batch(sent):
    enter_scope(sent[0].tenant_id)
    assert PayoutBatch.objects.count() == 0
    assert Withdrawal.objects.get().status == "sent"


def assert_audit_holds() -> None:
    assert [finding.code for finding in run_audit() if not finding.holds] == []
