"""The bench's twins of live tables hold what the live ones do, except for the keys that partitions cannot keep."""

from collections.abc import Iterator

import pytest
from django.db import IntegrityError, connections

from haowu.bench import partitions, subjects, twins
from haowu.bench.orders_behind import Events, Lines
from haowu.bench.postings_behind import Postings
from haowu.bench.subjects import Subject
from haowu.bench.twins import HASHED, MONTHS, PLAIN, Twin

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
SIZE = 10 * subjects.DAYS


@pytest.fixture
def owner() -> Iterator:
    with connections["owner"].cursor() as cursor:
        yield cursor
        for form in (PLAIN, MONTHS, HASHED):
            cursor.execute(f"DROP SCHEMA IF EXISTS {form} CASCADE")


def made(owner, subject: Subject) -> list[Twin]:
    forms = [Twin(subject.table, form, {PLAIN: "", **subject.columns}[form]) for form in (PLAIN, MONTHS, HASHED)]
    for twin in forms:
        twins.build(owner, twin, partitions.months())
        owner.execute(subject.history.format(table=twin.name), subject.parameters())
        twins.furnish(owner, twin)
    return forms


def column(owner, query: str, *parameters: object) -> list:
    owner.execute(query, parameters)
    return [value for (value,) in owner.fetchall()]


@pytest.mark.parametrize("kind", [Events, Lines, Postings])
def test_a_twin_has_the_live_tables_rows_indexes_policies_and_triggers(owner, kind):
    subject = kind(SIZE)
    forms = made(owner, subject)
    counted = (
        "pg_indexes WHERE schemaname = %s AND tablename = %s",
        "pg_policies WHERE schemaname = %s AND tablename = %s",
        "pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
        " WHERE NOT tgisinternal AND relnamespace = %s::regnamespace AND relname = %s",
    )
    for twin in forms:
        assert column(owner, f"SELECT count(*) FROM {twin.name}") == [subject.size]
        for what in counted:
            live = column(owner, f"SELECT count(*) FROM {what}", "public", twin.table)
            assert column(owner, f"SELECT count(*) FROM {what}", twin.form, twin.table) == live
    of_months = column(owner, f"SELECT count(*) FROM {forms[1].partition_of(subjects.FIRST)}")
    assert of_months == [30 * subject.per_day]


def test_in_every_form_a_postings_reference_happens_once(owner):
    """The twins' keys hold a day only; the trigger that they take from the live table keeps what is not a night's."""
    insert = (
        "INSERT INTO {} (day, from_account_id, to_account_id, amount_fen, kind, reference, cause)"
        " VALUES (%s, 1, 2, 100, 'top_up', %s, 'top-up')"
    )
    for twin in made(owner, Postings(SIZE)):
        for reference in (f"top-up:1:{twin.form}", "night:2026-06-15:top_up:1:2"):
            owner.execute(insert.format(twin.name), ["2026-06-15", reference])
            for day in ("2026-06-15", "2026-06-16", "2026-05-16"):
                with pytest.raises(IntegrityError):
                    owner.execute(insert.format(twin.name), [day, reference])
