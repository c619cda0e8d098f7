"""The report of a night: kept as written, the same in every format, compared with the nights before."""

import csv
import io
import json

import pytest
from django.db import DatabaseError, transaction

from commissions import report_files
from commissions.models import Run
from tests.build import bought, event, merchant, normal_plan, paid, pick, product, push, settle, source, streamer

pytestmark = pytest.mark.django_db


@pytest.fixture
def nights() -> list[Run]:
    """Three nights: 12.50 on 9 June, 25.00 on 10 June, nothing on 11 June."""
    goods, by = product(merchant()), source()
    normal_plan(goods, 1250)
    pick(streamer(), goods, "x1")
    for number, day in enumerate(("01", "02", "02"), start=1):
        push(by, [paid(f"o{number}", "2024-06-01 08:00", [bought(goods, "x1")])])
        push(by, [event("received", f"o{number}", f"2024-06-{day} 12:00")])
    return [settle(f"2024-06-{day}") for day in ("09", "10", "11")]


def rows(run: Run) -> dict[str, list[str]]:
    return {label: figures for label, *figures in report_files.rows(run)}


def test_each_night_is_compared_with_the_one_before_and_the_mean(nights):
    assert rows(nights[0])["商家支出"] == ["12.50", "–", "–"]
    assert rows(nights[1])["商家支出"] == ["25.00", "12.50", "12.50"]
    assert rows(nights[2])["商家支出"] == ["0.00", "25.00", "18.75"]
    assert rows(nights[2])["结算行数"] == ["0", "2", "2"]


def test_every_format_says_the_same_and_carries_the_checksum(nights):
    run = nights[1]
    as_csv = list(csv.reader(io.StringIO(report_files.as_csv(run).removeprefix("\ufeff"))))
    assert as_csv[0][3] == json.loads(report_files.as_json(run))["checksum"] == run.checksum
    assert ["达人净额", "22.50", "11.25", "11.25"] in as_csv
    html = report_files.as_html(run)
    assert run.checksum in html
    assert "<td>22.50</td><td>11.25</td><td>11.25</td>" in html


def test_a_spreadsheet_knows_the_csv_is_utf8(nights):
    assert report_files.as_csv(nights[0]).encode().startswith(b"\xef\xbb\xbf")


def test_the_report_of_a_closed_night_cannot_be_changed(nights):
    with pytest.raises(DatabaseError), transaction.atomic():
        Run.objects.filter(pk=nights[0].pk).update(checksum="x")
    assert Run.objects.get(pk=nights[0].pk).checksum == nights[0].checksum
