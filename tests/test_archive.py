"""Closed nights as files: what a file says is what the night says, and a file that differs is not kept."""

from contextlib import contextmanager
from datetime import date

import duckdb
import pytest
from django.core.management import CommandError, call_command
from django.db.models import Sum

from commissions.models import Settlement
from haowu.analytics import archive
from tests.build import bought, event, merchant, normal_plan, paid, pick, product, push, settle, source, streamer

pytestmark = pytest.mark.django_db
FIRST, SECOND = date(2024, 6, 9), date(2024, 6, 10)


@pytest.fixture
def nights():
    """Two shops and two streamers; 10.00 of commission each on the first night, and one again on the second."""
    by, who = source(), [streamer("a"), streamer("b")]
    for number, each in enumerate(who):
        of = product(merchant(f"m{number}"))
        normal_plan(of, 1000)
        pid = pick(each, of).pid
        for day in (1, 2)[: number + 1]:
            order = f"{number}-{day}"
            at = f"2024-06-{day:02}"
            push(by, [paid(order, f"{at} 10:00", [bought(of, pid)]), event("received", order, f"{at} 12:00")])
    settle(str(FIRST))
    settle(str(SECOND))
    return who


def test_what_the_files_say_is_what_the_nights_paid(nights, tmp_path):
    for day in (FIRST, SECOND):
        archive.export_night(day, tmp_path)
    found = {
        earned.tenant.code: (earned.rows, earned.gross_fen, earned.fee_fen)
        for earned in archive.largest("streamer", FIRST, SECOND, tmp_path)
    }
    rows = Settlement.objects.values("streamer__code").annotate(Sum("streamer_fen"), Sum("streamer_fee_fen"))
    paid_out = {row["streamer__code"]: (row["streamer_fen__sum"], row["streamer_fee_fen__sum"]) for row in rows}
    assert {code: amounts[1:] for code, amounts in found.items()} == paid_out
    assert [earned.rows for earned in archive.largest("merchant", FIRST, SECOND, tmp_path)] == [2, 1]
    assert [earned.rows for earned in archive.largest("merchant", SECOND, SECOND, tmp_path)] == [1]


def test_a_file_holds_every_column_of_every_row(nights, tmp_path):
    place = archive.export_night(FIRST, tmp_path / "the owner's")
    columns = ("line_id", "phase", "day", "merchant_id", "streamer_id", "agency_id", "cost_fen", "base_fen")
    kept = duckdb.execute(f"SELECT {', '.join(columns)} FROM read_parquet(?) ORDER BY 1", [str(place)]).fetchall()
    assert kept == list(Settlement.objects.of_day(FIRST).order_by("line_id").values_list(*columns))
    assert len(kept) == 2


def test_a_file_that_lacks_a_row_is_not_kept(nights, tmp_path, monkeypatch):
    whole = archive._rows_of

    @contextmanager
    def without_the_last(day, pipe):
        with whole(day, pipe) as full:
            cut = pipe.with_suffix(".csv")
            cut.write_text("".join(full.read_text().splitlines(keepends=True)[:-1]))
            yield cut

    monkeypatch.setattr(archive, "_rows_of", without_the_last)
    with pytest.raises(archive.ArchiveDiffers, match=r"rows, base_fen, cost_fen, streamer_fen"):
        archive.export_night(FIRST, tmp_path)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_copy_that_breaks_is_reported_and_leaves_nothing(nights, tmp_path, monkeypatch):
    monkeypatch.setitem(archive._TYPES, "no_such_column", "BIGINT")
    with pytest.raises(Exception, match="no_such_column"):
        archive.export_night(FIRST, tmp_path)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_what_is_open_or_not_written_is_refused(nights, tmp_path):
    with pytest.raises(archive.NightNotClosed):
        archive.export_night(date(2024, 6, 11), tmp_path)
    archive.export_night(FIRST, tmp_path)
    with pytest.raises(archive.NightsNotArchived, match="2024-06-10"):
        archive.largest("merchant", FIRST, SECOND, tmp_path)


def test_by_command_each_night_is_written_once_and_listed_by_name(nights, tmp_path, capsys):
    call_command("archive", "export", "--folder", tmp_path)
    assert capsys.readouterr().out.split() == [str(archive.path_of(day, tmp_path)) for day in (FIRST, SECOND)]
    call_command("archive", "export", "--folder", tmp_path)
    assert capsys.readouterr().out == ""
    call_command("archive", "top", str(FIRST), str(SECOND), "--by", "streamer", "--folder", tmp_path)
    best, *_others = capsys.readouterr().out.splitlines()
    assert best.split() == ["1", "20.00", "2.00", "18.00", "2", nights[1].name]
    with pytest.raises(CommandError, match="2024-06-11"):
        call_command("archive", "export", "2024-06-11", "--folder", tmp_path)
