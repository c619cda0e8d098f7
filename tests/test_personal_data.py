"""Bank accounts and identity numbers: sealed where they lie, masked where they are shown, opened for a reason."""

import base64
import logging
from io import StringIO

import pytest
from cryptography.exceptions import InvalidTag
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from haowu.tenants import checks, personal
from haowu.tenants.models import PersonalDataAccess, PersonalRecord
from haowu.tenants.scope import PLATFORM, enter_scope
from haowu.tenants.sealing import Keyring, keyring
from tests.build import bank_account, in_threads, member, moment, staff, streamer

pytestmark = pytest.mark.django_db
AT = moment("2024-06-10 12:00")
NUMBER, HOLDER = "6222020000001234", "诸葛孔明"
ID_CARD = "11010519491231002X"


def key(text: str) -> str:
    return base64.b64encode(text.encode().ljust(32, b".")).decode()


@pytest.fixture
def account():
    return bank_account(streamer("s1"), NUMBER, HOLDER)


def raw(table: str = "tenants_personalrecord") -> str:
    """Every byte of the table, as the database keeps it: binary columns once as hex, once as text."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT row::text FROM {table} AS row")
        rows = [row for (row,) in cursor.fetchall()]
        if table == "tenants_personalrecord":
            cursor.execute(f"SELECT encode(sealed, 'escape') FROM {table}")
            rows += [row for (row,) in cursor.fetchall()]
    return "\n".join(rows)


def test_neither_number_nor_holder_stands_in_the_table(account):
    personal.record(account.tenant, personal.Identity(HOLDER, ID_CARD), by=None, at=AT)
    table = raw()
    for plain in (NUMBER, NUMBER.encode().hex(), ID_CARD, ID_CARD.encode().hex(), HOLDER, HOLDER.encode().hex()):
        assert plain not in table
    assert "诸** · 招商银行 · **** 1234" in table
    assert "诸** · 1****************X" in table


def test_neither_stands_in_a_log_a_repr_or_an_error(caplog, account):
    caplog.set_level(logging.DEBUG)
    connection.force_debug_cursor = True
    try:
        connection.queries_log.clear()
        personal.record(account.tenant, personal.Identity(HOLDER, ID_CARD), by=None, at=AT)
        facts = personal.reveal(account, by=staff(), reason="核对退票", at=AT)
        statements = str(connection.queries)
    finally:
        connection.force_debug_cursor = False
    assert "INSERT INTO" in statements
    said = caplog.text + statements + repr(facts) + str(account) + repr(keyring())
    with pytest.raises(personal.BankAccountInvalid) as caught:
        personal.BankAccount(HOLDER, "", NUMBER).checked()
    said += str(caught.value) + repr(caught.value)
    for plain in (NUMBER, ID_CARD, HOLDER, "AAAAAAAA"):
        assert plain not in said


def test_who_sees_it_in_full_is_written_down_with_the_reason(account):
    clerk = staff("clerk")
    facts = personal.reveal(account, by=clerk, reason="  银行退票 核对 ", at=AT)
    assert (facts.holder, facts.bank, facts.number) == (HOLDER, "招商银行", NUMBER)
    (row,) = PersonalDataAccess.objects.visible_to(account.tenant)
    assert (row.record, row.by, row.who, row.reason, row.at) == (account, clerk, "clerk", "银行退票 核对", AT)


@pytest.mark.parametrize(("by", "who", "reason"), [(True, "", " \n"), (False, "", "核对"), (False, " ", "核对")])
def test_nobody_sees_it_without_a_reason_or_without_a_name(account, by, who, reason):
    with pytest.raises(personal.ReasonNeeded):
        personal.reveal(account, by=staff() if by else None, who=who, reason=reason, at=AT)
    assert not PersonalDataAccess.objects.exists()


def test_the_access_log_stays_as_it_is(account):
    personal.reveal(account, by=staff(), reason="核对", at=AT)
    before = raw("tenants_personaldataaccess")
    for statement in ("UPDATE tenants_personaldataaccess SET reason = 'x'", "DELETE FROM tenants_personaldataaccess"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert raw("tenants_personaldataaccess") == before


def test_the_same_account_again_is_the_same_record_and_another_retires_it(account):
    assert bank_account(account.tenant, "6222-0200 0000 1234", f" {HOLDER} ") == account
    other = bank_account(account.tenant, "62220200000099", HOLDER)
    account.refresh_from_db()
    assert (account.retired_at is None, other.retired_at) == (False, None)
    assert PersonalRecord.objects.visible_to(account.tenant).current("bank_account") == other
    assert personal.reveal(account, by=staff(), reason="旧账户退票", at=AT).number == NUMBER


@pytest.mark.parametrize("number", ["1234567", "1" * 31, "6222x20000001234", "", "６２２２０２００"])
def test_what_is_no_account_number_is_refused(number):
    of = streamer()
    with pytest.raises(personal.BankAccountInvalid):
        bank_account(of, number)
    assert not PersonalRecord.objects.exists()


@pytest.mark.parametrize(
    "number",
    ["110105194912310021", "11010519491231002", "A10105194912310020", "110105194902310026", "１１010519491231002X"],
)
def test_an_identity_number_with_a_wrong_check_digit_or_birthday_is_refused(number):
    with pytest.raises(personal.IdentityInvalid):
        personal.record(streamer(), personal.Identity("诸葛", number), by=None, at=AT)
    assert not PersonalRecord.objects.exists()


@pytest.mark.parametrize("number", [ID_CARD, "990105194912310023", "11010519491231002x"])
def test_an_identity_number_is_recorded_also_of_a_county_that_no_list_knows(number):
    kept = personal.record(streamer(), personal.Identity("诸葛", number), by=None, at=AT)
    assert personal.reveal(kept, by=staff(), reason="核对", at=AT).number == number.upper()


def test_a_sealed_text_moved_to_another_tenant_does_not_open(account):
    other = bank_account(streamer("s2"), "6222020000009999")
    PersonalRecord.objects.filter(pk=other.pk).update(sealed=account.sealed)
    other.refresh_from_db()
    with pytest.raises(InvalidTag), transaction.atomic():
        personal.reveal(other, by=staff(), reason="核对", at=AT)
    assert not PersonalDataAccess.objects.exists()


def test_a_tenant_records_its_own_and_sees_neither_anothers_nor_who_looked_at_it(account):
    personal.reveal(account, by=staff(), reason="核对", at=AT)
    other = streamer("s2")
    enter_scope(other.pk)
    mine = personal.record(other, personal.BankAccount("赵云", "工商银行", "62220200000088"), by=member(other), at=AT)
    assert list(PersonalRecord.objects.all()) == [mine]
    assert PersonalDataAccess.objects.count() == 0
    with pytest.raises(DatabaseError), transaction.atomic():
        bank_account(account.tenant, "62220200000077")
    enter_scope(PLATFORM)
    assert PersonalRecord.objects.count() == 2


def rotate(*arguments: str) -> list[str]:
    out = StringIO()
    call_command("rotate_keys", *arguments, stdout=out)
    return out.getvalue().splitlines()


def test_after_a_rotation_the_old_key_is_not_needed(account, settings):
    for number in range(4):
        bank_account(streamer(), f"622202000000{number:04d}")
    sealed_before = bytes(account.sealed)
    settings.DATA_KEYS = f"new:{key('new')},{settings.DATA_KEYS}"
    assert rotate("--batch", "2") == [
        "已重新加密 2 条",
        "已重新加密 4 条",
        "已重新加密 5 条",
        "密钥 new：5 条",
        "密钥 test：0 条",
    ]
    assert rotate() == ["密钥 new：5 条", "密钥 test：0 条"]
    settings.DATA_KEYS = f"new:{key('new')}"
    account.refresh_from_db()
    assert bytes(account.sealed) != sealed_before
    assert personal.reveal(account, by=staff(), reason="核对", at=AT).number == NUMBER


def test_a_rotation_that_was_interrupted_goes_on_where_it_was(settings):
    accounts = [bank_account(streamer(), f"622202000000{number:04d}") for number in range(5)]
    settings.DATA_KEYS = f"new:{key('new')},{settings.DATA_KEYS}"
    batches = personal.rotate(2)
    assert next(batches) == 2
    batches.close()
    assert PersonalRecord.objects.sealed_by_others("new").count() == 3
    for number, account in enumerate(PersonalRecord.objects.order_by("pk")):
        facts = personal.reveal(account, by=staff(), reason="核对", at=AT)
        assert facts.number == f"622202000000{number:04d}"
    assert list(personal.rotate(2)) == [2, 1]
    assert len(accounts) == PersonalRecord.objects.filter(key_id="new").count()


@pytest.mark.django_db(transaction=True)
def test_keys_are_rotated_while_accounts_are_recorded_and_opened(settings):
    numbers = [f"622202000000{number:04d}" for number in range(60)]
    parties = [streamer() for _ in numbers]
    for party, number in zip(parties[:40], numbers, strict=False):
        bank_account(party, number)
    clerk = staff()
    settings.DATA_KEYS = f"new:{key('new')},{settings.DATA_KEYS}"

    def act(turn: int) -> str | int:
        if turn < 4:
            return sum(personal.rotate(3))
        if turn < 24:
            return bank_account(parties[36 + turn], numbers[36 + turn]).key_id
        record = PersonalRecord.objects.visible_to(parties[turn - 24]).current("bank_account")
        return personal.reveal(record, by=clerk, reason="核对", at=AT).number

    results = in_threads(64, act, at_once=24)
    assert sum(results[:4]) == 40
    assert results[4:24] == ["new"] * 20
    assert results[24:] == numbers[:40]
    assert PersonalRecord.objects.filter(key_id="new").count() == 60
    assert PersonalDataAccess.objects.count() == 40


def test_a_missing_key_is_named_and_not_shown(account, settings):
    settings.DATA_KEYS = f"new:{key('new')}"
    with pytest.raises(ImproperlyConfigured, match="'test'"), transaction.atomic():
        personal.reveal(account, by=staff(), reason="核对", at=AT)
    assert not PersonalDataAccess.objects.exists()


@pytest.mark.parametrize(
    "text",
    ["", "k1", "k1:", "k1:kurz", f"k1:{key('a')}x", f"k1:{key('a')},k1:{key('b')}", f"k 1:{key('a')}"],
)
def test_keys_that_are_none_are_refused_at_the_deploy_check(settings, text):
    settings.DATA_KEYS = text
    (error,) = checks.data_keys_are_set(None)
    assert error.id == "haowu.tenants.E001"
    assert key("a") not in error.msg


def test_the_first_key_seals_and_no_seal_is_like_another():
    ring = Keyring("a", {"a": b"a" * 32, "b": b"b" * 32})
    first, second = ring.seal(b"plain", bound_to="x"), ring.seal(b"plain", bound_to="x")
    assert first != second
    assert ring.open(first, key_id="a", bound_to="x") == b"plain"
    for wrong in ({"key_id": "b", "bound_to": "x"}, {"key_id": "a", "bound_to": "y"}):
        with pytest.raises(InvalidTag):
            ring.open(first, **wrong)
