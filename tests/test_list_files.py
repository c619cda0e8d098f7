"""Every list as a file: the rows of the filter in force, all pages of it, and no others."""

import csv
import io

import openpyxl
import pytest

from tests import build
from tests.browser import browser, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def rows(client, address: str, **query: str) -> list[list[str]]:
    answer = client.get(address, {"file": "csv", **query})
    return list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))


@pytest.fixture
def shop():
    return build.merchant("m1", name="山野集")


def test_orders_hold_what_the_filter_finds_with_amounts_in_yuan_and_fen(shop):
    goods = build.product(shop, "p1")
    build.normal_plan(goods, 2000)
    seller = build.streamer("s1", name="=小禾")
    build.pick(seller, goods, "x1")
    paid = [
        build.paid(f"o{n}", f"2024-06-{10 + n:02} 10:00", [build.bought(goods, "x1" if n == 1 else "")]) for n in (1, 2)
    ]
    build.push(build.source(), paid)
    client = browser(shop)
    head, first, second = rows(client, "/orders/")
    assert head[:3] == ["订单号", "行号", "下单时间"] and [first[0], second[0]] == ["o2", "o1"]
    assert second[3:8] == ["p1", "p1", "1", "'=小禾", "已付款"] and second[8:10] == ["100.00", "10000"]
    assert second[-2:] == ["-20.00", "-2000"]
    assert [row[0] for row in rows(client, "/orders/", ordered_from="2024-06-12")[1:]] == ["o2"]
    assert rows(browser(build.merchant("m2")), "/orders/") == [head]


def test_all_pages_of_a_list_are_in_its_file(shop):
    for number in range(30):
        build.normal_plan(build.product(shop, f"p{number:02}"), 1000)
    client = browser(shop)
    assert len(rows(client, "/plans/")) == 31
    answer = client.get("/plans/", {"file": "xlsx"})
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert book.active.max_row == 31
    assert answer["Content-Disposition"] == 'attachment; filename="plans.xlsx"'


@pytest.mark.parametrize("address", ["/enrolments/", "/disputes/", "/trail/", "/stock/", "/plans/", "/orders/"])
def test_a_list_without_rows_still_gives_its_head_and_a_file_that_is_none_is_the_page(shop, address):
    client = browser(shop)
    assert len(rows(client, address)[0]) >= 5
    assert "<html" in text(client.get(address, {"file": "exe"}))
