"""Files of stock that would fill the memory rather than say something."""

import io
import tracemalloc

import pytest

from bases import feed_rows
from bases.refusals import FeedInvalid, FeedTooLarge

HEAD = b"merchant,product,sku,price_fen,quantity\n"
MEGABYTE = 1024 * 1024
BOMBS = {
    "one row of ten million cells": (b"," * 10 * MEGABYTE, "有一行超过 20000 个字符"),
    "one row over a million lines": (b'"\n",' * 3 * MEGABYTE, "有一行超过 20000 个字符"),
    "an open quotation mark": (b'"' + b"a\n" * 5 * MEGABYTE, "有一行超过 20000 个字符"),
    "a million rows that are none": (b"aa,bb,cc,dd,ee,ff,gg\n" * 500_000, "超过 50000 行不能读"),
    "a header of ten million cells": None,
}


@pytest.mark.parametrize("kind", BOMBS)
def test_a_file_that_is_no_feed_is_refused_in_little_memory(kind):
    body, why = BOMBS[kind] or (b"", "有一行超过 20000 个字符")
    file = io.BytesIO(HEAD + body if BOMBS[kind] else b"," * 10 * MEGABYTE)
    tracemalloc.start()
    try:
        with pytest.raises(FeedInvalid) as refused:
            feed_rows.pack(feed_rows.from_csv(file))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert why in refused.value.message
    assert peak < 40 * MEGABYTE


def test_rows_without_end_are_refused(monkeypatch):
    monkeypatch.setattr(feed_rows, "ROW_LIMIT", 1_000)
    with pytest.raises(FeedTooLarge):
        feed_rows.pack(feed_rows.from_csv(io.BytesIO(HEAD + b"m1,p1,a,1000,5\n" * 1_001)))


def test_a_row_that_cannot_be_read_is_kept_as_far_as_it_is_shown():
    packed = feed_rows.pack(
        feed_rows.from_csv(io.BytesIO(HEAD + b"m1,p1,a,1000,5\nx" + b"y" * 500 + b",2,3,4,5,6,7\n"))
    )
    assert (packed.rows, packed.unreadable) == (2, [(2, ["x" + "y" * 199, "2", "3", "4", "5"])])


ROWS = [["m1", "p1", "a", "1290", "5"], ["m1", "p1", "b", "129900", "0"]]
IN_FEN = "merchant,product,sku,price_fen,quantity\nm1,p1,a,1290,5\nm1,p1,b,129900,0\n"
IN_YUAN = '商家编号,商品编号,规格编号,价格（元）,库存\nm1,p1,a,12.9,5\nm1,p1,b,"¥1,299.00",0\n'


def read(text: str, encoding: str = "utf-8") -> list[list[str]]:
    return list(feed_rows.from_csv(io.BytesIO(text.encode(encoding))))


@pytest.mark.parametrize("text", [IN_FEN, IN_YUAN])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_a_file_is_read_in_fen_or_yuan_in_either_language_and_as_spreadsheets_write_it(text, encoding):
    if encoding in ("gbk", "gb18030"):
        text = text.replace("¥", "￥")
    assert read(text, encoding) == ROWS


@pytest.mark.parametrize("mark", ["\t", ";"])
def test_columns_may_be_cut_by_tabs_and_semicolons_and_stand_in_any_order_among_others(mark):
    cut = "库存,备注,规格,商品,商家,单价\n5,好,a,p1,m1,12.90\n0,,b,p1,m1,1299\n".replace(",", mark)
    assert read(cut, "utf-16") == ROWS


def test_a_price_in_fen_goes_before_one_in_yuan():
    assert read("merchant,product,sku,price,price_fen,quantity\nm1,p1,a,99,1290,5\n") == ROWS[:1]


@pytest.mark.parametrize("price", ["12.905", "-1", "1e3", "", "abc", "1,29", "9999999999999"])
def test_a_price_that_is_none_spoils_its_row_alone(price):
    packed = feed_rows.pack(feed_rows.from_csv(io.BytesIO(f'{IN_YUAN}m1,p1,c,"{price}",5\n'.encode())))
    assert (packed.rows, [line for line, _cells in packed.unreadable]) == (3, [3])


def test_a_row_that_is_cut_short_is_not_taken_for_a_whole_one():
    """Five cells under a header of six would fall into the wrong columns."""
    packed = feed_rows.pack(feed_rows.from_csv(io.BytesIO(b"note," + HEAD + b"m1,p1,a,1000,5\n")))
    assert (packed.rows, packed.unreadable) == (1, [(1, ["m1", "p1", "a", "1000", "5"])])


def test_the_template_can_be_read_as_it_is():
    assert read(feed_rows.template()) == [["M10001", "P-001", "S-001", "1290", "100"]]
