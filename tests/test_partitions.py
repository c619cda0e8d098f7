"""Settlement rows by night: a large night has a partition of its own; promises 2, 3 and 8 hold on each."""

from contextlib import closing
from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from commissions.models import OrderLine, Run, Settlement
from commissions.nights import night, sql
from haowu.ground import days
from haowu.tenants.scope import PLATFORM, enter_scope
from tests.build import bought, event, merchant, normal_plan, paid, pick, product, push, settle, source, streamer

pytestmark = pytest.mark.django_db


@pytest.fixture
def by():
    return source()


@pytest.fixture
def sold(by):
    """Buy and receive one line that the night nine days after ``day`` of June takes: 10.00 of commission."""
    of = product(merchant())
    normal_plan(of, 1000)
    pid = pick(streamer(), of).pid

    def sell(order_no: str, day: int) -> OrderLine:
        push(
            by,
            [
                paid(order_no, f"2024-06-{day:02} 10:00", [bought(of, pid)]),
                event("received", order_no, f"2024-06-{day:02} 12:00"),
            ],
        )
        return OrderLine.objects.get(order_no=order_no)

    return sell


def partitions() -> list[tuple[str, date, date]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, from_day, to_day FROM settlement_partitions ORDER BY from_day")
        return cursor.fetchall()


def vacuum_of(name: str) -> str | None:
    """``off`` where the partition is not vacuumed by itself, None where it is as any table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT option_value FROM pg_class, pg_options_to_table(reloptions)"
            " WHERE relname = %s AND option_name = 'autovacuum_enabled'",
            [name],
        )
        return (cursor.fetchone() or [None])[0]


def test_small_nights_share_the_month(sold):
    sold("a", 1)
    sold("b", 2)
    settle("2024-06-09")
    settle("2024-06-10")
    assert partitions() == [("commissions_settlement_20240601", date(2024, 6, 1), date(2024, 7, 1))]
    assert Settlement.objects.count() == 2


def test_a_large_night_has_its_own_and_the_next_ones_too(sold, settings):
    sold("a", 1)
    settle("2024-06-09")
    settings.NIGHT_LARGE_LINES = 1
    sold("b", 23)
    settle("2024-07-01")
    settings.NIGHT_LARGE_LINES = 10**9
    sold("c", 24)
    settle("2024-07-02")
    assert [(begins, ends) for _name, begins, ends in partitions()] == [
        (date(2024, 6, 1), date(2024, 7, 1)),
        (date(2024, 7, 1), date(2024, 7, 2)),
        (date(2024, 7, 2), date(2024, 7, 3)),
    ]
    assert [row.line.order_no for row in Settlement.objects.order_by("day").select_related("line")] == ["a", "b", "c"]


def test_a_large_night_cuts_the_month_that_small_nights_share(sold, settings):
    sold("a", 1)
    settle("2024-06-09")
    settings.NIGHT_LARGE_LINES = 1
    sold("b", 7)
    settle("2024-06-15")
    settings.NIGHT_LARGE_LINES = 10**9
    sold("c", 8)
    settle("2024-06-16")
    assert [(begins, ends) for _name, begins, ends in partitions()] == [
        (date(2024, 6, 1), date(2024, 6, 15)),
        (date(2024, 6, 15), date(2024, 6, 16)),
        (date(2024, 6, 16), date(2024, 6, 17)),
    ]
    assert [row.line.order_no for row in Settlement.objects.order_by("day").select_related("line")] == ["a", "b", "c"]


@pytest.mark.django_db(transaction=True)
def test_a_month_that_is_being_read_is_not_cut_and_takes_the_large_night(sold, settings):
    sold("a", 1)
    settle("2024-06-09")
    settings.NIGHT_LARGE_LINES = 1
    sold("b", 7)
    with closing(connection.copy()) as reader, reader.cursor() as cursor:
        cursor.execute("BEGIN; SELECT count(*) FROM commissions_settlement")
        settle("2024-06-15")
    assert [(begins, ends) for _name, begins, ends in partitions()] == [(date(2024, 6, 1), date(2024, 7, 1))]
    assert Settlement.objects.filter(day=date(2024, 6, 15)).count() == 1


def test_a_night_earlier_in_the_month_than_the_first_ends_where_that_begins(sold, settings):
    with connection.cursor() as cursor:
        cursor.execute("SELECT settlement_partition('2024-06-20', true), settlement_partition('2024-06-09', false)")
    assert [(begins, ends) for _name, begins, ends in partitions()] == [
        (date(2024, 6, 1), date(2024, 6, 20)),
        (date(2024, 6, 20), date(2024, 6, 21)),
    ]


@pytest.mark.parametrize("large", [True, False])
def test_its_closed_partition_has_what_pages_look_rows_up_by(sold, settings, large):
    settings.NIGHT_LARGE_LINES = 1 if large else 10**9
    sold("a", 1)
    settle("2024-06-09")
    ((name, _begins, _ends),) = partitions()
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname FROM pg_indexes WHERE tablename = %s", [name])
        found = {row[0] for row in cursor.fetchall()}
    assert {f"{name}_{party}" for party in ("merchant", "streamer", "first_leader", "agency")} <= found


def test_a_nights_own_partition_is_vacuumed_from_its_close_on(sold, settings):
    settings.NIGHT_LARGE_LINES = 1
    sold("a", 1)
    night.open_run(date(2024, 6, 9), now=days.now())
    ((name, _begins, _ends),) = partitions()
    assert vacuum_of(name) == "off"
    settle("2024-06-09")
    assert vacuum_of(name) is None


@pytest.mark.parametrize("statement", ["UPDATE {} SET cost_fen = 0", "DELETE FROM {}", "TRUNCATE {}"])
def test_rows_of_a_partition_stay(sold, statement):
    sold("a", 1)
    settle("2024-06-09")
    ((name, _begins, _ends),) = partitions()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(name))
    assert Settlement.objects.get().cost_fen == 1000


def test_a_partition_shows_a_tenant_its_own_rows(sold):
    line = sold("a", 1)
    settle("2024-06-09")
    ((name, _begins, _ends),) = partitions()
    stranger = streamer()
    for tenant, rows in ((line.streamer_id, 1), (line.merchant_id, 1), (stranger.pk, 0), ("", 0)):
        enter_scope(tenant)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {name}")
            assert cursor.fetchone()[0] == rows
    enter_scope(PLATFORM)


def test_a_line_is_not_written_twice_in_a_night(sold):
    sold("a", 1)
    run = settle("2024-06-09")
    with pytest.raises(IntegrityError), transaction.atomic():
        sql.settle_lines(run, run.shards.get())
    assert Settlement.objects.count() == 1


def test_a_settled_line_keeps_its_night_and_so_never_comes_into_another(sold):
    line = sold("a", 1)
    settle("2024-06-09")
    with pytest.raises(IntegrityError, match="its night stays"), transaction.atomic():
        OrderLine.objects.filter(pk=line.pk).update(settles_on=date(2024, 6, 10))
    settle("2024-06-10")
    assert Settlement.objects.count() == 1


def test_no_two_nights_cover_a_day(sold):
    sold("a", 1)
    settle("2024-06-09")
    with pytest.raises(IntegrityError, match="runs_never_overlap"), transaction.atomic():
        Run.objects.create(day=date(2024, 6, 12), covers_after=date(2024, 6, 8))


@pytest.mark.parametrize(
    "question", ["night_bounds('2024-06-08', '2024-06-09', 10)", "night_due_lines('2024-06-08', '2024-06-09')"]
)
def test_what_nights_count_is_the_platforms(sold, question):
    line = sold("a", 1)
    enter_scope(line.merchant_id)
    refused = pytest.raises(DatabaseError, match="nights are the platform's")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT {question}")
    enter_scope(PLATFORM)


def test_bounds_cut_lines_and_adjustments_into_parts(sold, by):
    """Nights with and without skipped days before them; what has no part is in no night."""
    ids = [sold(f"a{number}", 1).pk for number in range(5)]
    settle("2024-06-08")
    with connection.cursor() as cursor:
        cursor.execute("SELECT night_bounds('2024-06-08', '2024-06-09', 2)")
        assert [row[0] for row in cursor.fetchall()] == [0, *ids[2::2]]
        cursor.execute("SELECT night_bounds('-infinity', '2024-06-09', 2)")
        assert [row[0] for row in cursor.fetchall()] == [0, *ids[2::2]]
    settle("2024-06-09")
    push(by, [event("refunded", "a3", "2024-06-10 10:00", refund_no="r", amount_fen=100)])
    new = sold("b", 3).pk
    with connection.cursor() as cursor:
        cursor.execute("SELECT night_bounds('2024-06-10', '2024-06-11', 1)")
        assert [row[0] for row in cursor.fetchall()] == [0, new]
