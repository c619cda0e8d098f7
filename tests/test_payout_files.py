"""The bank's two files, without a database: what is written, and what is refused before any row is looked at."""

import csv
import hashlib
import io

import pytest

from commissions.payments.payout_file import FILE, Instruction, Result, results_file
from haowu.ground.errors import Refused

ORDERS = [
    Instruction("W000000000001", "张三丰", "招商银行", "6222020000000000", 1_000),
    Instruction("W000000000002", "=HYPERLINK(1)", "@建设银行", "6222020000000001", 2_000),
    Instruction("W000000000003", "𠮷野家", "招商银行, 上海", "6222020000000002", 123_456),
]
RESULTS = results_file([("W000000000001", 1_000, True, ""), ("W000000000002", 2_000, False, "户名不符")])


def test_the_order_has_a_header_every_payment_and_control_totals():
    content = FILE.write("P20240610-001", ORDERS)
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    body = content[: content.rindex("合计".encode())]
    assert rows == [
        ["流水号", "户名", "开户银行", "账号", "金额（分）", "金额（元）", "附言"],
        ["W000000000001", "张三丰", "招商银行", "6222020000000000", "1000", "10.00", "P20240610-001"],
        ["W000000000002", "'=HYPERLINK(1)", "'@建设银行", "6222020000000001", "2000", "20.00", "P20240610-001"],
        ["W000000000003", "𠮷野家", "招商银行, 上海", "6222020000000002", "123456", "1234.56", "P20240610-001"],
        ["合计", "P20240610-001", "3", "", "126456", "1264.56", hashlib.sha256(body).hexdigest()],
    ]


def test_names_and_account_numbers_stay_out_of_reprs():
    assert repr(ORDERS[0]) == "Instruction(reference='W000000000001', bank='招商银行', amount_fen=1000)"


def test_results_are_read_by_row():
    assert FILE.read(RESULTS) == [
        Result(2, "W000000000001", 1_000, True),
        Result(3, "W000000000002", 2_000, False, "户名不符"),
    ]


def test_results_may_be_in_gb18030_and_without_a_checksum():
    text = "流水号,金额（分）,结果,说明\nW000000000003,123456,失败,户名：𠮷野家\n合计,123456,1,\n"
    assert FILE.read(text.encode("gb18030")) == [Result(2, "W000000000003", 123_456, False, "户名：𠮷野家")]


def test_a_file_cut_anywhere_is_refused():
    nothing_lost = {RESULTS.rindex(b",") + 1, *range(len(RESULTS.rstrip()), len(RESULTS))}  # only checksum or line end
    for end in sorted(set(range(len(RESULTS))) - nothing_lost):
        assert read(RESULTS[:end]) in {
            "HALF_FILE",
            "HEADER_UNKNOWN",
            "FILE_NOT_READABLE",
            "TOTALS_WRONG",
            "CHECKSUM_WRONG",
        }


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (RESULTS, b"", "HEADER_UNKNOWN"),
        ("流水号".encode(), "单号".encode(), "HEADER_UNKNOWN"),
        (b",3000,2,", b",3000,3,", "TOTALS_WRONG"),
        (b",3000,2,", b",3001,2,", "TOTALS_WRONG"),
        ("户名不符".encode(), "户名相符".encode(), "CHECKSUM_WRONG"),
        (RESULTS, b"\x89PNG\xff\xff", "FILE_NOT_READABLE"),
        (RESULTS, b'"', "FILE_NOT_READABLE"),
    ],
)
def test_a_file_that_is_not_what_the_bank_wrote_is_refused(old, new, code):
    assert read(RESULTS.replace(old, new)) == code


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("W1,10.00,成功,", "金额（分）"),
        ("W1,-5,成功,", "金额（分）"),
        ("W1,９,成功,", "金额（分）"),
        (f"W1,{'9' * 5000},成功,", "金额（分）"),
        ("W1,5,已付,", "结果"),
        ("W1,5,成功", "列数"),
        ("W1,5,成功,a,b", "列数"),
    ],
)
def test_a_row_that_cannot_be_read_is_named_by_what_is_wrong_with_it(row, column):
    (result,) = FILE.read(f"流水号,金额（分）,结果,说明\n{row}\n合计,0,1,\n".encode())
    assert (result.row, result.reference, result.unreadable) == (2, "W1", column)


def read(content: bytes) -> str:
    with pytest.raises(Refused) as caught:
        FILE.read(content)
    assert "{" not in caught.value.message
    return caught.value.code
