"""Statements and months as files: CSV and XLSX say the same, to the fen; no spreadsheet takes text for a formula."""

import csv
from io import BytesIO, StringIO

import pytest
from openpyxl import load_workbook

from haowu.ground.tables import Column, Table, csv_lines, safe, xlsx_file
from haowu.tenants.models import Tenant
from tests.browser import browser, text
from tests.build import settle
from tests.casework import sell

pytestmark = pytest.mark.django_db


def read_csv(answer) -> list[list[str]]:
    content = b"".join(answer.streaming_content).decode()
    assert content.startswith("\ufeff")
    return list(csv.reader(StringIO(content.removeprefix("\ufeff"))))


def read_xlsx(answer) -> dict[str, list[tuple]]:
    book = load_workbook(BytesIO(b"".join(answer.streaming_content)))
    return {sheet.title: [tuple(cell.value for cell in row) for row in sheet] for sheet in book}


class TestFiles:
    @pytest.fixture
    def client(self, short):
        return browser(Tenant.objects.get(code="s1"))

    def test_a_statement_as_xlsx_has_figures_postings_and_lines_in_yuan_and_fen(self, client):
        sheets = read_xlsx(client.get("/statements/available/2024-06-09/statement.xlsx"))
        assert list(sheets) == ["对账单", "记账", "明细"]
        assert [row[2:] for row in sheets["对账单"]] == [
            ("项目", "金额（元）", "金额（分）"),
            ("期初", 0, 0),
            ("佣金", 12.5, 1_250),
            ("技术服务费", -1.25, -125),
            ("期末", 11.25, 1_125),
        ]
        line = sheets["明细"][1]
        assert line[1:13] == ("o1", 1, 0, "结算", 100, 10_000, 12.5, 1_250, 1.25, 125, 11.25, 1_125)
        assert line[14:] == (None, "普通计划", "12.5%", "")
        assert sheets["明细"][-1][:2] == ("合计", "1 行")

    def test_the_same_statement_as_csv(self, client):
        rows = read_csv(client.get("/statements/available/2024-06-09/statement.csv"))
        assert rows[0] == ["账务日", "账户", "项目", "金额（元）", "金额（分）"]
        assert rows[2] == ["2024-06-09", "可提现", "佣金", "12.50", "1250"]
        assert rows[5] == [] and rows[7][4] == "好物联盟 · 清分过渡"

    def test_months_and_lists_as_files(self, client):
        month = read_xlsx(client.get("/statements/months/available/2024-06/month.xlsx"))
        assert [row[2:] for row in month["月度汇总"]][1:3] == [("期初", 0, 0), ("佣金", 25, 2_500)]
        assert len(month["对账单"]) == 4
        assert read_csv(client.get("/statements/months/available/2024-06/month.csv"))[2][3:] == ["25.00", "2500"]
        assert len(read_csv(client.get("/statements/months/months.csv"))) == len(
            read_xlsx(client.get("/statements/months/months.xlsx"))["月度汇总"]
        )
        narrowed = read_csv(client.get("/statements/statements.csv", {"account": "debt"}))
        assert [row[:2] for row in narrowed[1:]] == [["2024-06-12", "欠款"], ["2024-06-20", "欠款"]]
        assert len(read_xlsx(client.get("/statements/statements.xlsx", {"account": "debt"}))["对账单"]) == 3

    def test_lines_are_streamed_with_their_sums_and_without_a_limit(self, client, monkeypatch):
        monkeypatch.setattr("commissions.statements.export.CHUNK", 2)
        answer = client.get("/statements/available/2024-06-09/lines.csv")
        assert answer.streaming
        rows = read_csv(answer)
        assert rows[-1][:2] == ["合计", "1 行"]
        assert rows[-1][5:13] == ["100.00", "10000", "12.50", "1250", "1.25", "125", "11.25", "1125"]

    def test_an_xlsx_that_leaves_lines_out_says_so_in_the_file_and_on_the_page(self, short, monkeypatch):
        for number in range(3, 6):
            sell(short, f"o{number}", "2024-06-13 12:00")
        settle("2024-06-21")
        monkeypatch.setattr("commissions.statements.export.XLSX_LINES", 2)
        monkeypatch.setattr("commissions.views.statements.XLSX_LINES", 2)
        client = browser(Tenant.objects.get(code="s1"))
        sheet = read_xlsx(client.get("/statements/available/2024-06-21/statement.xlsx"))["明细"]
        assert "只有前 2 行" in sheet[0][0] and sheet[-1][:2] == ("合计", "2 行")
        assert "明细超过 2 行" in text(client.get("/statements/available/2024-06-21/"))
        assert len(read_csv(client.get("/statements/available/2024-06-21/lines.csv"))) == 5

    def test_a_download_shows_only_the_tenants_own_rows(self, short):
        """The file is read after the request's scope has ended, in one of its own."""
        other = browser(Tenant.objects.get(code="m1"))
        rows = read_csv(other.get("/statements/statements.csv"))
        assert {row[1] for row in rows[1:]} == {"佣金账户", "待返还追回款"}


TABLE = Table(
    "明细",
    [Column("订单号"), Column("行号"), Column("金额", is_money=True)],
    [
        ("=1+1", 1, -5),
        ("@SUM(A1)", 2, 10**15 - 1),
        ("x", 3, 10**15 + 1),
        ("y", 4, None),
        ("+86", 5, 99_999_999_999_999),
    ],
    note="-1 行",
)


def test_no_text_becomes_a_formula_and_no_fen_is_lost_in_either_file():
    rows = list(csv.reader(StringIO("".join(csv_lines([TABLE])).removeprefix("\ufeff"))))
    assert rows == [
        ["'-1 行"],
        ["订单号", "行号", "金额（元）", "金额（分）"],
        ["'=1+1", "1", "-0.05", "-5"],
        ["'@SUM(A1)", "2", "9999999999999.99", "999999999999999"],
        ["x", "3", "10000000000000.01", "1000000000000001"],
        ["y", "4", "", ""],
        ["'+86", "5", "999999999999.99", "99999999999999"],
    ]
    sheet = load_workbook(xlsx_file([TABLE])).active
    cells = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3)]
    assert [row[0] for row in cells] == ["'=1+1", "'@SUM(A1)", "x", "y", "'+86"]
    assert {cell.data_type for row in sheet for cell in row} == {"s", "n"}
    assert [row[3] for row in cells] == [-5, 10**15 - 1, "1000000000000001", None, 99_999_999_999_999]
    assert [row[2] for row in cells] == [-0.05, 9999999999999.99, "10000000000000.01", None, 999999999999.99]
    assert sheet["C3"].number_format == "#,##0.00"


def test_a_table_longer_than_a_sheet_goes_on_on_the_next(monkeypatch):
    monkeypatch.setattr("haowu.ground.tables.SHEET_ROWS", 3)
    book = load_workbook(xlsx_file([Table("明细", [Column("n")], [(number,) for number in range(5)])]))
    assert [[row[0].value for row in sheet] for sheet in book] == [["n", 0, 1], ["n", 2, 3], ["n", 4]]
    assert book.sheetnames == ["明细", "明细 2", "明细 3"]


@pytest.mark.parametrize(
    "lead", ["", " ", "\u3000", "\t", "\r\n", "\ufeff", "\u200b", "\u2060", "\x00", "\u200b \u202e"]
)
@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "＝", "＋", "－", "＠", "﹦", "﹢", "﹣", "﹫"])
def test_a_formula_is_led_by_an_apostrophe_of_whatever_width_and_behind_whatever_is_not_seen(lead, sign):
    assert safe(f"{lead}{sign}1") == f"'{lead}{sign}1"


@pytest.mark.parametrize("text", ["", "1+1", "a=1", "山野 ＝ 集", "\u3000山野", "'=1", "·-1", "\u200b"])
def test_other_text_stays_as_it_is(text):
    assert safe(text) == text
