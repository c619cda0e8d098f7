"""The report of a night: kept as written, the same in every format, compared with the nights before."""

import csv
import hashlib
import io
import json
import re

import pytest
from django.db import DatabaseError, transaction

from commissions.models import Run
from commissions.nights import report_files
from haowu.tenants.models import Tenant
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
    html = re.sub(r">\s+<", "><", report_files.as_html(run))
    assert run.checksum in html
    assert "<td>22.50</td><td>11.25</td><td>11.25</td>" in html


def test_a_spreadsheet_knows_the_csv_is_utf8(nights):
    assert report_files.as_csv(nights[0]).encode().startswith(b"\xef\xbb\xbf")


def test_the_report_of_a_closed_night_cannot_be_changed(nights):
    with pytest.raises(DatabaseError), transaction.atomic():
        Run.objects.filter(pk=nights[0].pk).update(checksum="x")
    assert Run.objects.get(pk=nights[0].pk).checksum == nights[0].checksum


def test_totals_are_given_by_role_and_reason(nights):
    """A refund of one of the two lines of 10 June, known on 12 June; nothing settles on 13 June."""
    by = Tenant.objects.get(kind="partner")
    push(by, [event("refunded", "o2", "2024-06-12 09:00", refund_no="r1", goods_fen=10_000)])
    run = settle("2024-06-13")
    assert list(report_files.by_reason(nights[1])) == [["结算", "达人", "25.00", "2.50", "22.50"]]
    assert list(report_files.by_reason(run)) == [["追回", "达人", "-12.50", "-1.25", "-11.25"]]
    assert ["追回", "1", "12.50"] in list(report_files.by_kind(run))
    as_csv = list(csv.reader(io.StringIO(report_files.as_csv(run).removeprefix("\ufeff"))))
    assert ["追回", "达人", "-12.50", "-1.25", "-11.25"] in as_csv
    assert "<td>-11.25</td>" in report_files.as_html(run)


def test_an_empty_night_has_a_report_with_its_proofs_and_checksum(nights):
    run = nights[2]
    assert (run.report["lines"], run.report["adjustments"], run.report["postings"]) == (0, 0, 0)
    assert set(run.report["proofs"].values()) == {True}
    assert run.checksum == hashlib.sha256(json.dumps(run.report, sort_keys=True).encode()).hexdigest()
    assert "当晚没有要结算的订单行" in report_files.as_html(run)


def test_a_stored_report_still_matches_its_checksum(nights):
    for run in Run.objects.all():
        assert run.checksum == hashlib.sha256(json.dumps(run.report, sort_keys=True).encode()).hexdigest()


@pytest.mark.parametrize("change", [{"report": {}}, {"checksum": "x"}, {"day": "2024-07-01"}])
def test_no_part_of_a_closed_run_can_be_changed(nights, change):
    with pytest.raises(DatabaseError), transaction.atomic():
        Run.objects.filter(pk=nights[0].pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        nights[0].delete()
    assert Run.objects.get(pk=nights[0].pk).report == nights[0].report
