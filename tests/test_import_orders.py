"""Importing an order export: what becomes an order line, what a refund, and why the rest does not."""

import gzip
import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from commissions.models import OrderEvent, OrderLine, Run
from haowu.demo.retail import replay, shops
from haowu.demo.retail.orders import arrange
from haowu.demo.retail.rows import COLUMNS, read
from haowu.management.commands.demo import ORDERS
from haowu.tenants.models import Tenant
from merchants.models import Plan, Product
from streamers.models import Pick

NOW = datetime(2026, 11, 23, tzinfo=UTC)
HEADER = ",".join(COLUMNS)
DIRTY = b'''\
1001,P1,RED MUG,2,2011-01-03T09:00,1.55,17,France
1001,P2,HEART SIGN,1,2011-01-03T09:02,2.005,17,France
1001,POST,POSTAGE,1,2011-01-03T09:00,18.00,17,France
1002,P1,,10,2011-01-03T10:00,1.55,18,France
C1003,P1,RED MUG,-4,2011-01-04T10:00,1.55,18,France
C1003,P1,RED MUG,-7,2011-01-04T10:00,1.55,18,France
C1004,P1,RED MUG,-1,2011-01-04T10:00,1.55,,France
C1005,P2,HEART SIGN,-1,2011-01-04T10:00,2.00,18,France
C1006,P1,RED MUG,3,2011-01-04T10:00,1.55,18,France
1007,P1,damaged,-5,2011-01-04T10:00,1.55,18,France
1008,P1,RED MUG,1,2011-01-04T10:00,0.004,18,France
1009,P1,RED MUG,1,2011-01-04T10:00,-3.00,18,France
1010,P1,RED MUG,1,2999-01-04T10:00,1.55,18,France
1011,P1,RED MUG,a few,2011-01-04T10:00,1.55,18,France
1012,P1,RED M
1013,P1,R\xc9D MUG,1,2011-01-04T10:00,1.55,18,France
1014,P1,"RED MUG,1,2011-01-04T10:00,1.55,18,France
1001,P1,RED MUG,1,2011-01-03T09:00,1.55,18,France
C1015,P1,RED MUG,-6,2011-01-05T10:00,2.00,18,France
1016,P1,RED MUG,999999999,2011-01-04T10:00,9999999.99,18,France
1017,,RED MUG,1,2011-01-04T10:00,1.55,18,France
1018,P1,RED MUG,1,yesterday,1.55,18,France
1019,P3,"BOX, ""SMALL""",3,2011-01-06T23:59,0.85,,Japan'''
REASONS = {
    4: "NOT_GOODS",
    7: "REFUND_TOO_MANY",
    8: "REFUND_WITHOUT_BUYER",
    9: "REFUND_WITHOUT_LINE",
    10: "REFUND_NOT_NEGATIVE",
    11: "QUANTITY_NOT_POSITIVE",
    12: "PRICE_NOT_POSITIVE",
    13: "PRICE_NOT_POSITIVE",
    14: "DATE_IN_FUTURE",
    15: "FIELD_UNREADABLE",
    16: "ROW_CUT",
    17: "ROW_NOT_UTF8",
    18: "ROW_QUOTES_OPEN",
    19: "INVOICE_MIXED",
    21: "AMOUNT_TOO_LARGE",
    22: "FIELD_UNREADABLE",
    23: "FIELD_UNREADABLE",
}


@pytest.fixture
def dirty(tmp_path) -> Path:
    path = tmp_path / "orders.csv"
    path.write_bytes(HEADER.encode() + b"\n" + DIRTY)
    return path


def run(*arguments: object) -> str:
    out = StringIO()
    call_command("import_orders", *map(str, arguments), stdout=out)
    return out.getvalue()


def import_json(*arguments: object) -> dict:
    return json.loads(run(*arguments, "--json"))


def lines() -> dict[tuple[str, int], OrderLine]:
    return {(line.order_no, line.line_no): line for line in OrderLine.objects.all()}


@pytest.mark.django_db
def test_every_row_is_a_line_a_refund_or_refused_with_its_number_and_reason(dirty):
    report = import_json(dirty)
    assert {key: report[key] for key in ("rows", "lines", "refunds", "refused", "later", "adds_up")} == {
        "rows": 23, "lines": 4, "refunds": 2, "refused": 17, "later": 0, "adds_up": True,
    }  # fmt: skip
    assert {refusal["row"]: refusal["code"] for refusal in report["refusals"]} == REASONS
    assert all(refusal["message"].endswith("。") for refusal in report["refusals"])
    assert report["events"] == {"accepted": 3 + 3 + 3 + 2}


@pytest.mark.django_db
def test_rows_of_one_invoice_are_one_order_with_its_lines_in_file_order_priced_half_up(dirty):
    import_json(dirty)
    assert {
        place: (line.product.code, line.quantity, line.paid_fen, line.buyer_ref) for place, line in lines().items()
    } == {
        ("1001", 1): ("P1", 2, 310, "17"),
        ("1001", 2): ("P2", 1, 201, "17"),
        ("1002", 1): ("P1", 10, 1550, "18"),
        ("1019", 1): ("P3", 3, 255, ""),
    }
    paid = OrderEvent.objects.get(event_id="1001:paid")
    assert lines()["1001", 1].ordered_at == datetime(2011, 1, 3, 1, 0, tzinfo=UTC)
    assert paid.occurred_at == datetime(2011, 1, 3, 1, 2, tzinfo=UTC)


@pytest.mark.django_db
def test_a_cancellation_refunds_the_same_customers_line_and_never_more_than_is_left(dirty):
    import_json(dirty)
    refunds = OrderEvent.objects.filter(type="refunded").order_by("occurred_at")
    assert [(event.event_id, event.order.order_no, event.line_no, event.facts["goods_fen"]) for event in refunds] == [
        ("C1003-1:refunded", "1002", 1, 620),
        ("C1015-1:refunded", "1002", 1, 930),  # 6 × 2.00 = 12.00, of which 15.50 − 6.20 are left
    ]
    line = lines()["1002", 1]
    assert (line.refunded_fen, line.due_base_fen, line.status) == (1550, 0, "invalid")


@pytest.mark.django_db
def test_delivery_times_follow_from_the_order_number(dirty):
    import_json(dirty)
    for (order_no, _line_no), line in lines().items():
        paid_at = OrderEvent.objects.get(event_id=f"{order_no}:paid").occurred_at
        assert timedelta(hours=4) <= line.shipped_at - paid_at < timedelta(hours=47)
        assert timedelta(days=2) <= line.received_at - paid_at < timedelta(days=9)
    assert lines()["1001", 1].shipped_at == lines()["1001", 2].shipped_at
    assert "发货（付款后 4–47 小时）与收货（2–9 天）按订单号推算" in run(dirty)


@pytest.mark.django_db
def test_a_second_import_is_all_duplicates_and_changes_nothing(dirty):
    import_json(dirty)
    models = (Tenant, Product, Plan, Pick, OrderEvent, OrderLine)
    before = [list(model.objects.order_by("pk").values()) for model in models]
    report = import_json(dirty)
    assert report["events"] == {"duplicate": 11}
    assert report["market"] == {"loaded": {}, "refusals": []}
    assert [list(model.objects.order_by("pk").values()) for model in models] == before


@pytest.mark.django_db
def test_until_leaves_later_events_for_later_and_counts_their_rows(dirty):
    report = import_json(dirty, "--until", "2011-01-04")
    assert (report["lines"], report["refunds"], report["refused"], report["later"]) == (3, 1, 17, 2)
    assert report["adds_up"]
    assert not OrderEvent.objects.filter(occurred_at__gte=datetime(2011, 1, 4, 16, tzinfo=UTC)).exists()
    assert import_json(dirty)["events"]["duplicate"] == sum(report["events"].values())
    assert OrderLine.objects.count() == 4


@pytest.mark.django_db
def test_an_import_settles_nothing(dirty):
    import_json(dirty)
    assert Run.objects.count() == 0


@pytest.mark.django_db
def test_the_report_names_each_refused_row_and_its_remedy(dirty):
    printed = run(dirty)
    assert "✗ 第 4 行 NOT_GOODS：「POST」是运费、折扣或手续费，不是商品，不计佣。无需处理。" in printed
    assert "✗ 第 14 行 DATE_IN_FUTURE：下单时间 2999-01-04T10:00 晚于现在。请核对日期与时区（北京时间）。" in printed
    assert "✗ 第 16 行 ROW_CUT：有 3 列，须为 8 列。此行可能被截断，请重新导出。" in printed
    assert "23 行 = 订单行 4 + 退款 2 + 未导入 17 + 截止日之后 0  ✓" in printed


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "remedy"),
    [
        (None, "No such file or directory。请核对文件名与权限。"),
        (b"", f"第 1 行表头缺少 {'、'.join(COLUMNS)}"),
        (HEADER.replace("Country", "Land").encode(), "第 1 行表头缺少 Country，不认识 Land。"),
        (f"{HEADER},Note\n".encode(), "第 1 行表头缺少 –，不认识 Note。"),
        (HEADER.encode("utf-16"), "第 1 行不是 UTF-8 编码。请另存为 UTF-8 的 CSV。"),
        (gzip.compress(HEADER.encode() + DIRTY)[:-9], "gzip 压缩不完整。请重新传送此文件。"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_whole_with_the_remedy(tmp_path, content, remedy):
    path = tmp_path / "orders.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CommandError) as refused:
        run(path)
    assert str(refused.value).startswith(f"EXPORT_UNREADABLE: {path}：")
    assert remedy in str(refused.value)
    assert not Tenant.objects.exclude(kind=Tenant.Kind.PLATFORM).exists()


@pytest.mark.django_db
def test_a_spreadsheets_mark_line_ends_and_column_order_are_no_obstacle(tmp_path, dirty):
    swapped = [
        ",".join(reversed(line.split(","))) for line in [HEADER, "1001,P1,MUG,2,2011-01-03T09:00,1.55,17,France"]
    ]
    path = tmp_path / "windows.csv.gz"
    path.write_bytes(gzip.compress("\ufeff".encode() + "\r\n".join([*swapped, ""]).encode()))
    assert import_json(path)["lines"] == 1


@pytest.fixture(scope="module")
def whole():
    return arrange(read(ORDERS, now=NOW))


def test_the_whole_file_is_accounted_for_to_the_row(whole):
    assert (whole.rows, len(whole.lines), len(whole.refunds), len(whole.refused)) == (240_007, 233_099, 3_115, 3_793)
    numbers = Counter(
        [line.row.number for line in whole.lines]
        + [refund.row.number for refund in whole.refunds]
        + [refusal.row for refusal in whole.refused]
    )
    assert numbers == Counter(range(2, 240_009))
    assert Counter(refusal.code for refusal in whole.refused) == {
        "NOT_GOODS": 1435,
        "REFUND_WITHOUT_LINE": 787,
        "QUANTITY_NOT_POSITIVE": 737,
        "PRICE_NOT_POSITIVE": 673,
        "REFUND_WITHOUT_BUYER": 118,
        "REFUND_TOO_MANY": 42,
        "INVOICE_MIXED": 1,
    }
    assert whole.refused[-1].row == 240_008  # cut off after "Unit"


def test_no_refund_of_the_whole_file_takes_more_than_its_line(whole):
    assert all(line.left >= 0 and line.left_fen >= 0 for line in whole.lines)
    taken = Counter()
    for refund in whole.refunds:
        assert refund.line.row.at <= refund.row.at
        taken[id(refund.line)] += refund.goods_fen
    assert all(line.row.amount_fen - taken[id(line)] == line.left_fen for line in whole.lines)


def test_the_whole_file_makes_one_event_of_each_kind_an_order_by_day(whole):
    calendar = replay.calendar(whole)
    parcels = [parcel for day in calendar for parcel in day.parcels]
    assert len(parcels) == 3 * len(whole.orders) + len(whole.refunds)
    assert len({parcel.event_id for parcel in parcels}) == len(parcels)
    assert [parcel.at for parcel in parcels] == sorted(parcel.at for parcel in parcels)
    assert (str(calendar[0].day), str(whole.last_day)) == ("2010-12-01", "2011-06-26")


def test_the_same_file_makes_the_same_market_everywhere(whole):
    market = shops.market(whole)
    kinds = Counter(plan["type"] for plan in market["plans"])
    assert kinds == {"normal": 3407, "item_targeted": 316, "exclusive": 129, "shop_targeted": 10}
    assert (len(market["merchants"]), len(market["streamers"]), len(market["picks"])) == (40, 62, 13_816)
    heart = whole.goods["85123A"]
    assert (heart.shop, heart.name) == ("m25", "白色心形挂式烛台")
    assert shops.promoters("85123A", heart.field) == ["s30", "s31", "s59", "s14"]
    natural = sum(not shops.pid(line, whole.goods[line.row.code]) for line in whole.lines)
    assert natural == 18_671
