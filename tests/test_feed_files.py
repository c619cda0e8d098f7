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
