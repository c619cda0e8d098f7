"""Postings in parts by month: any day finds its part, a reference happens once, no part is a way around the books."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, connections, transaction

from commissions.nights import night
from haowu.audit.invariants import run_audit
from haowu.ground import days
from haowu.ledger import books
from haowu.ledger.models import Account, Posting
from haowu.ledger.posting_partitions import make_ahead, make_partition
from haowu.ledger.tasks import make_posting_partitions
from tests import database
from tests.build import streamer

DAY, LATE = date(2024, 6, 9), date(2099, 3, 15)
both = pytest.mark.django_db(databases=["default", "owner"])
committed = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture
def ends() -> list[int]:
    world = books.open_accounts([(books.platform().pk, "external")])
    return [*world.values(), *books.open_accounts([(streamer().pk, "available")]).values()]


def book(ends: list[int], reference: str, day: date = DAY, fen: int = 100) -> None:
    books.post([books.Transfer(*ends, fen, "commission", reference, "test")], day=day)


def asked(query: str, using: str = "default") -> list[tuple]:
    with connections[using].cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall() if cursor.description else []


def parts() -> list[tuple[str, date, date]]:
    return asked("SELECT name, from_day, to_day FROM posting_partitions WHERE from_day > '-infinity' ORDER BY from_day")


def found_in() -> dict[str, str]:
    """``{reference: name of the part}``"""
    return dict(asked("SELECT reference, tableoid::regclass::text FROM ledger_posting"))


def rows() -> list:
    return list(Posting.objects.order_by("pk").values()), list(Account.objects.order_by("pk").values())


def broken() -> list[str]:
    return [finding.code for finding in run_audit() if not finding.holds]


@pytest.mark.django_db
def test_a_posting_of_any_day_finds_its_part_and_moves_its_balances(ends):
    name, begins, over = parts()[0]
    wanted = {
        date(1, 1, 1): "ledger_posting_before",
        DAY: "ledger_posting_before",
        begins - timedelta(days=1): "ledger_posting_before",
        begins: name,
        over - timedelta(days=1): name,
        LATE: "ledger_posting_default",
        date(9999, 12, 31): "ledger_posting_default",
    }
    for day in wanted:
        book(ends, f"r:{day}", day)
    assert found_in() == {f"r:{day}": part for day, part in wanted.items()}
    assert list(Account.objects.order_by("pk").values_list("balance_fen", flat=True)) == [-700, 700]
    assert [each for each in broken() if each.startswith(("I1.", "I2.", "I16"))] == []


@pytest.mark.django_db
def test_a_part_made_late_takes_its_rows_out_of_the_default_one(ends):
    for number, day in enumerate((LATE, LATE + timedelta(days=3), LATE + timedelta(days=90), DAY)):
        book(ends, f"r{number}", day)
    before = rows()
    assert make_partition(LATE + timedelta(days=1)) == "ledger_posting_209903"
    assert rows() == before
    assert found_in() == {
        **dict.fromkeys(("r0", "r1"), "ledger_posting_209903"),
        "r2": "ledger_posting_209906",
        "r3": "ledger_posting_before",
    }
    assert [part[0] for part in parts()][-2:] == ["ledger_posting_209903", "ledger_posting_209906"]
    assert make_partition(LATE) == "ledger_posting_209903"
    book(ends, "r4", LATE)
    book(ends, "r5", LATE + timedelta(days=200))
    assert (found_in()["r4"], found_in()["r5"]) == ("ledger_posting_209903", "ledger_posting_default")
    for day in (LATE, LATE + timedelta(days=200)):
        with pytest.raises(IntegrityError), transaction.atomic():
            book(ends, "r0", day)


@both
def test_parts_made_by_the_application_are_guarded_as_those_of_the_migration(ends):
    guarded = """
        SELECT relname, relrowsecurity AND relforcerowsecurity,
               (SELECT array_agg(tgname::text) FROM pg_trigger WHERE tgrelid = part.oid AND NOT tgisinternal),
               (SELECT count(*) FROM pg_index WHERE indrelid = part.oid AND indisvalid),
               (SELECT count(*) FROM pg_constraint WHERE conrelid = part.oid AND contype = 'c'),
               has_table_privilege('haowu_app', part.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE'),
               has_table_privilege('haowu_backup', part.oid, 'SELECT')
        FROM pg_inherits JOIN pg_class AS part ON part.oid = inhrelid WHERE inhparent = 'ledger_posting'::regclass
    """
    book(ends, "late", LATE)
    make_ahead(LATE)
    made = {name: guards for name, *guards in asked(guarded)}
    assert {"ledger_posting_before", "ledger_posting_default", "ledger_posting_209903", "ledger_posting_209904"} < set(
        made
    )
    assert all(guards == [True, ["only_by_routing"], 5, 3, False, True] for guards in made.values()), made


@both
@pytest.mark.parametrize("part", ["before", "default", "month"])
@pytest.mark.parametrize("using", ["default", "owner"])
def test_no_part_is_written_or_changed_by_its_own_name(part, using):
    table = parts()[0][0] if part == "month" else f"ledger_posting_{part}"
    refused, message = (ProgrammingError, "permission denied") if using == "default" else (DatabaseError, "append-only")
    for statement in (
        f"INSERT INTO {table} (id, day, from_account_id, to_account_id, amount_fen, kind, reference, cause)"
        " VALUES (1, '2024-06-09', 1, 2, 100, 'top_up', 'r', 'c')",
        f"UPDATE {table} SET amount_fen = 1",
        f"DELETE FROM {table}",
        f"TRUNCATE {table}",
    ):
        with pytest.raises(refused, match=message), transaction.atomic(using):
            asked(statement, using)


@both
def test_references_are_written_by_postings_alone_and_stay():
    for statement in ("INSERT INTO ledger_reference VALUES ('r')", "DELETE FROM ledger_reference"):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            asked(statement)
    for statement in ("UPDATE ledger_reference SET reference = 'r'", "DELETE FROM ledger_reference"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic("owner"):
            asked(statement, "owner")
    shown = "SELECT relrowsecurity AND relforcerowsecurity FROM pg_class WHERE relname = 'ledger_reference'"
    assert asked(shown) == [(True,)]


@pytest.mark.django_db
@pytest.mark.parametrize("reference", ["top-up:1:A", "withdrawal:7:in", "reversal:night:2024-06-09:cost:1:2", "night"])
@pytest.mark.parametrize("again", [DAY, date(2024, 6, 10), LATE], ids=["same day", "next day", "another part"])
def test_a_reference_booked_again_on_any_day_is_refused(ends, reference, again):
    book(ends, reference)
    before = rows()
    with pytest.raises(IntegrityError, match="duplicate key"), transaction.atomic():
        book(ends, reference, again)
    assert rows() == before
    assert asked("SELECT reference FROM ledger_reference") == [(reference,)]


@pytest.mark.django_db
def test_a_nights_reference_stands_on_its_own_day_alone(ends):
    book(ends, "night:2024-06-09:cost:1:2")
    assert asked("SELECT * FROM ledger_reference") == []
    for reference, day in (
        ("night:2024-06-09:cost:1:2", DAY),
        ("night:2024-06-09:cost:1:2", DAY + timedelta(days=1)),
        ("night:2024-06-09:cost:1:2", LATE),
        ("night:2024-6-9:cost:1:2", DAY),
        ("night:2024-06-091:cost", DAY),
        ("night:", DAY),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            book(ends, reference, day)


@pytest.mark.django_db
def test_twice_in_one_statement_is_refused_too(ends):
    with pytest.raises(IntegrityError), transaction.atomic():
        books.post([books.Transfer(*ends, 100, "commission", "r", "test")] * 2, day=DAY)


@pytest.mark.django_db
def test_days_lead_to_one_part_and_references_to_an_index(ends):
    asked("SET LOCAL enable_seqscan = off")
    name, begins, _over = parts()[0]
    for queryset in (Posting.objects.of_day(begins), Posting.objects.touching(Account(pk=ends[0])).of_day(begins)):
        plan = queryset.explain()
        assert name in plan
        assert plan.count("ledger_posting_2") == plan.count(name)
        assert "_before" not in plan and "_default" not in plan
    for queryset in (Posting.objects.filter(reference="r"), Posting.objects.filter(pk=1)):
        assert "Seq Scan" not in queryset.explain()


@both
def test_the_audit_names_a_reference_that_was_not_kept_and_one_without_its_posting(ends):
    book(ends, "r")
    assert "I16.3" not in broken()
    for statement in ("SELECT 'other' AS reference", "SELECT reference FROM ledger_reference WHERE false"):
        asked(f"CREATE TEMP TABLE ledger_reference AS {statement}")
        assert "I16.3" in broken()
        asked("DROP TABLE pg_temp.ledger_reference")


@pytest.mark.django_db
def test_this_month_and_the_next_are_ready():
    make_posting_partitions()
    before = parts()
    make_posting_partitions()
    assert parts() == before
    assert all(first[2] == second[1] for first, second in pairwise(before))


@pytest.mark.django_db
def test_a_night_that_is_refused_makes_no_part():
    make_posting_partitions()
    before = parts()
    with pytest.raises(night.DayNotEnded):
        night.settle(LATE, now=days.now())
    assert parts() == before


@committed
def test_who_reads_for_long_delays_a_part_and_no_posting(ends):
    with database._owner(connection.settings_dict["NAME"], atomic=True) as reader:
        reader.execute("LOCK TABLE ledger_posting IN ACCESS SHARE MODE")
        assert make_partition(LATE) is None
        book(ends, "meanwhile", LATE)
        assert make_partition(LATE) is None
    assert found_in()["meanwhile"] == "ledger_posting_default"
    assert make_partition(LATE) == "ledger_posting_209903"
    assert found_in()["meanwhile"] == "ledger_posting_209903"
