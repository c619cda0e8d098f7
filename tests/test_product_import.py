"""A table of products: read from any usual file, looked at row by row, applied, and what is to be mended given back."""

import csv
import io
import zipfile

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from haowu.approvals.models import Trail
from haowu.ground import days
from haowu.ground.errors import Refused
from merchants.importing import applying, reading
from merchants.importing.judging import judge
from merchants.models import Category, Product, ProductUpload, Sku, SkuPrice
from tests import build
from tests.browser import browser, shown_messages, text, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
AT = build.moment("2024-06-20 14:00")


@pytest.fixture
def shop():
    return build.merchant("m1", name="山野集")


def table(*rows: str, head: str = "商品编号,标题,规格编号,规格,售价（元）,库存", encoding: str = "utf-8") -> bytes:
    return "\r\n".join([head, *rows]).encode(encoding)


def upload(shop, content: bytes, name: str = "goods.csv") -> ProductUpload:
    return applying.keep_upload(shop, SimpleUploadedFile(name, content), by=None, at=AT)


def goods() -> list[tuple]:
    return list(Sku.objects.order_by("pk").values_list("product__code", "product__title", "code", "price_fen", "stock"))


def effects(shop, content: bytes) -> list[tuple[int, str]]:
    return [(row.number, row.effect) for row in judge(shop, reading.read(content)).rows]


def problems(shop, content: bytes) -> list[tuple[int, str, str]]:
    rows = judge(shop, reading.read(content)).rows
    return [(row.number, str(each.column), each.why) for row in rows for each in row.problems]


class TestReading:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
    def test_every_usual_encoding_is_read(self, encoding):
        sheet = reading.read(table("a,青花盖碗,,,129,5", encoding=encoding))
        assert sheet.rows == [(2, ["a", "青花盖碗", "", "", "129", "5"])]

    def test_an_xlsx_file_reads_as_it_was_typed(self):
        book = openpyxl.Workbook()
        for row in (["code", "Title", "price (yuan)", "stock"], [], [10240, "盖碗", 129.9, 80.0], [None] * 4):
            book.active.append(row)
        content = io.BytesIO()
        book.save(content)
        sheet = reading.read(content.getvalue())
        assert sheet.rows == [(3, ["10240", "盖碗", "129.9", "80"])]
        assert sheet.places == {"code": 0, "title": 1, "price": 2, "stock": 3}

    def test_heads_in_english_and_of_full_width_and_semicolons_are_read(self):
        sheet = reading.read("SKU Code;product;ＰＲＩＣＥ_fen;更新人\nx;a;1290;张".encode())
        assert sheet.places == {"sku": 0, "code": 1, "price_fen": 2}

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"", "商品编号"),
            (b"title,price\na,1", "商品编号"),
            (b"code\na", "没有要导入的内容"),
            (b"code,price,price_fen\na,1,100", "按元和按分"),
            (b"code,code,price\na,b,1", "出现了两次"),
            (b"code,price", "除了列名没有别的行"),
            (b'code,price\n"a,1\n' + b"x" * 200_000, "不是有效的 CSV"),
            (b"PK\x03\x04nothing", "不是可读的 XLSX"),
            (b"\xff\xff\xff\x81", "编码"),
        ],
    )
    def test_a_file_that_is_none_is_refused_with_what_to_do_and_nothing_is_kept(self, shop, content, said):
        with pytest.raises(Refused) as refused:
            upload(shop, content)
        assert said in refused.value.message
        assert not ProductUpload.objects.exists()

    def test_an_xlsx_file_that_opens_into_more_than_is_read_is_refused_before_it_is_opened(self, shop):
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as parts:
            parts.writestr("xl/worksheets/sheet1.xml", b"0" * (reading.UNPACKED_LIMIT + 1))
        with pytest.raises(Refused) as refused:
            upload(shop, content.getvalue())
        assert refused.value.code == "SHEET_TOO_LONG"

    def test_more_rows_than_a_file_may_have_are_refused(self, shop, monkeypatch):
        monkeypatch.setattr(reading, "ROW_LIMIT", 2)
        with pytest.raises(Refused) as refused:
            upload(shop, table("a,x,,,1,1", "b,x,,,1,1", "c,x,,,1,1"))
        assert refused.value.code == "SHEET_TOO_LONG" and not ProductUpload.objects.exists()


class TestJudging:
    def test_each_row_is_judged_by_itself(self, shop):
        build.product(shop, "old", price_fen=5000, stock=3)
        content = table(
            "new,青花盖碗,,,129,80",
            "old,,,,50.00,3",
            "old2,无价,,,,5",
            ",没有编号,,,1,1",
            "bad,价钱,,,一百,5",
            "bad2,库存,,,1.00,1.5",
            "new,青花盖碗,,,129,80",
        )
        assert effects(shop, content) == [
            (2, "new"), (3, "same"), (4, "bad"), (5, "bad"), (6, "bad"), (7, "bad"), (8, "bad")
        ]  # fmt: skip
        assert problems(shop, content) == [
            (4, "售价（元）", "这个规格是新的，须填售价。"),
            (5, "商品编号", "须为 1 到 64 个字符的文本。"),
            (6, "售价（元）", "须为大于 0 的金额，最多两位小数，例如 129.00。"),
            (7, "库存", "须为 0 到 1000000000 之间的整数。"),
            (8, "规格编号", "规格「new」在第 2 行已经有了。每个规格只留一行。"),
        ]

    def test_what_changes_is_shown_as_a_difference(self, shop):
        build.product(shop, "old", price_fen=5000, stock=3)
        (row,) = judge(shop, reading.read(table("old,新标题,,,49.9,3"))).rows
        assert [(str(each.column), each.before, each.after) for each in row.changes] == [
            ("标题", "old", "新标题"),
            ("售价（元）", "¥50.00", "¥49.90"),
        ]

    def test_rows_of_one_product_agree_or_leave_it_to_the_first(self, shop):
        content = table("a,盖碗,a1,小,129,1", "a,,a2,大,149,1", "a,别的,a3,特大,159,1")
        assert effects(shop, content) == [(2, "new"), (3, "new"), (4, "bad")]

    def test_categories_by_path_code_and_name_and_brands_by_code_and_name(self, shop):
        build.product(shop, "p")
        leaf = Category.objects.get(code="uncategorised")
        head = "code,category"
        for written in ("uncategorised", leaf.path, leaf.path.replace(" ", "")):
            assert effects(shop, table(f"p,{written}", head=head)) == [(2, "same")]
        assert problems(shop, table("p,没有", head=head))[0][2].startswith("没有三级类目「没有」")
        assert problems(shop, table("p,没有", head="code,brand"))[0][2].startswith("平台上没有品牌「没有」")

    def test_a_listed_product_keeps_its_category(self, shop):
        build.product(shop, "p")
        (problem,) = problems(shop, table("p,", head="code,category"))
        assert problem[1:] == ("类目", "商品正在售卖，类目不能清空。先下架，或写上类目。")


class TestApplying:
    def test_good_rows_go_on_bad_ones_stay_and_once_more_changes_nothing(self, shop):
        build.product(shop, "old", price_fen=5000, stock=3)
        kept = upload(shop, table("a,盖碗,a1,小,129,1", "a,,a2,大,149.5,2", "old,,,,49.9,9", "bad,x,,,免费,1"))
        assert goods() == [("old", "old", "old", 5000, 3)]
        done = applying.apply_upload(kept, at=AT)
        assert (done.products, done.skus, done.changed, done.bad) == (1, 2, 1, 1)
        after = [
            ("old", "old", "old", 4990, 9),
            ("a", "盖碗", "a1", 12_900, 1),
            ("a", "盖碗", "a2", 14_950, 2),
        ]
        assert goods() == after
        assert Product.objects.get(code="a").status == "draft"
        again = applying.apply_upload(kept, at=AT)
        assert (again.products, again.skus, again.changed, again.bad) == (0, 0, 0, 1)
        assert goods() == after

    def test_columns_that_are_not_there_stay_as_they_are(self, shop):
        build.product(shop, "p", price_fen=5000, stock=3)
        applying.apply_upload(upload(shop, table("p,7", head="货号,库存")), at=AT)
        assert goods() == [("p", "p", "p", 5000, 7)]

    def test_a_changed_price_stands_in_the_trail_and_stock_alone_does_not(self, shop):
        build.product(shop, "p", price_fen=5000), build.product(shop, "q", price_fen=5000)
        applying.apply_upload(upload(shop, table("p,,,,40,1", "q,,,,50,1")), at=AT)
        rows = Trail.objects.filter(act="changed", subject_kind="product").values_list("subject", "before", "after")
        assert list(rows) == [("p", {"skus": {"p": 5000}}, {"skus": {"p": 4000}})]

    def test_the_price_of_a_listed_product_enters_its_history_and_that_of_a_draft_does_not(self, shop):
        build.product(shop, "p", price_fen=5000), build.product(shop, "draft", price_fen=5000, listed=False)
        applying.apply_upload(upload(shop, table("p,,,,40,1", "draft,,,,40,1")), at=AT)
        laid_down = SkuPrice.objects.filter(effective_from=AT).values_list("sku_code", "price_fen")
        assert list(laid_down) == [("p", 4000)]

    def test_another_merchants_goods_of_the_same_code_are_left_alone(self, shop):
        other = build.product(build.merchant("m2"), "p", price_fen=5000)
        applying.apply_upload(upload(shop, table("p,我的,,,1,1")), at=AT)
        assert list(other.skus.values_list("price_fen", flat=True)) == [5000]

    def test_uploads_are_kept_for_a_day_and_ten_at_a_time(self, shop):
        made = [upload(shop, table("a,x,,,1,1")) for _number in range(applying.MOST)]
        with pytest.raises(Refused) as refused:
            upload(shop, table("a,x,,,1,1"))
        assert (refused.value.code, ProductUpload.objects.count()) == ("TOO_MANY_UPLOADS", 10)
        tomorrow = AT + days.ONE_DAY
        assert not ProductUpload.objects.kept(tomorrow).filter(pk=made[0].pk).exists()
        applying.keep_upload(shop, SimpleUploadedFile("b.csv", table("a,x,,,1,1")), by=None, at=tomorrow)
        assert ProductUpload.objects.count() == 1

    def test_the_night_forgets_them(self, shop):
        upload(shop, table("a,x,,,1,1"))
        assert (applying.forget_uploads(at=AT), applying.forget_uploads(at=AT + days.ONE_DAY)) == (0, 1)


class TestPages:
    def send(self, client, content, name="秋季.csv"):
        return client.post("/products/import/", {"file": SimpleUploadedFile(name, content)}, follow=True)

    def test_a_file_is_looked_at_applied_and_its_bad_rows_come_back_with_reasons(self, shop):
        client = browser(shop)
        page = self.send(client, table("a,盖碗,,,129,1", "b,=1+1,,,免费,1"))
        (address, _status), *_rest = page.redirect_chain
        assert page.context["counts"] == {"new": 1, "changed": 0, "same": 0, "bad": 1}
        assert "须为大于 0 的金额" in words(page) and "秋季.csv" in words(client.get("/products/import/"))
        assert words(client.get(address)) == words(client.get(address))  # it is still there after a reload
        bad = client.get(f"{address}to-mend.csv")
        rows = list(csv.reader(io.StringIO(b"".join(bad.streaming_content).decode("utf-8-sig"))))
        assert rows[1][:2] == ["b", "'=1+1"] and rows[1][-2:] == [
            "3",
            "售价（元）：须为大于 0 的金额，最多两位小数，例如 129.00。",
        ]
        done = client.post(f"{address}application/", follow=True)
        assert shown_messages(done) == [
            "已导入：新商品 1 件，新规格 1 个，修改 0 件。还有 1 行要改，改好再传一次就行。"
        ]
        assert goods() == [("a", "盖碗", "a", 12_900, 1)]
        client.post(f"{address}removal/")
        assert client.get(address).status_code == 404 and goods() == [("a", "盖碗", "a", 12_900, 1)]

    def test_what_was_exported_can_be_sent_back_and_is_the_same(self, shop):
        build.product(shop, "p1", price_fen=12_345, stock=7)
        Product.objects.update(title="=1+1", description="'quoted'")
        client = browser(shop)
        for kind in ("csv", "xlsx"):
            answer = client.get("/products/", {"file": kind})
            content = b"".join(answer.streaming_content)
            assert effects(shop, content) == [(2, "same")], kind
            assert reading.read(content).rows[0][1][-2:] == ["123.45", "7"]

    def test_the_export_holds_the_filter_in_force_and_nothing_else(self, shop):
        build.product(shop, "tea"), build.product(shop, "cup"), build.product(build.merchant("m2"), "tea2")
        answer = browser(shop).get("/products/", {"file": "csv", "q": "tea"})
        assert [row[0] for _n, row in reading.read(b"".join(answer.streaming_content)).rows] == ["tea"]

    def test_the_template_can_be_read_and_is_understood(self, shop):
        client = browser(shop)
        for ending in ("csv", "xlsx"):
            content = b"".join(client.get(f"/products/import/template.{ending}").streaming_content)
            assert [number for number, *_row in reading.read(content).rows] == [2, 3, 4]
        english = browser(shop, language="en")
        content = b"".join(english.get("/products/import/template.csv").streaming_content)
        assert set(reading.read(content).places) == {
            "code", "title", "category", "brand", "description", "sku", "spec", "price", "stock"
        }  # fmt: skip

    def test_an_upload_is_its_merchants_own_and_viewers_send_none(self, shop):
        kept = upload(shop, table("a,x,,,1,1"))
        stranger = browser(build.merchant("m2"))
        for way in ("", "to-mend.csv"):
            assert stranger.get(f"/products/import/{kept.public_id}/{way}").status_code == 404
        assert stranger.post(f"/products/import/{kept.public_id}/application/").status_code == 404
        viewer = browser(shop, "viewer")
        assert viewer.get("/products/import/").status_code == 403
        assert viewer.post(f"/products/import/{kept.public_id}/application/").status_code == 403
        assert goods() == []

    def test_a_file_that_cannot_be_read_says_so_at_the_form(self, shop):
        assert "这个文件不能读" in text(self.send(browser(shop), b"nothing"))
        assert not ProductUpload.objects.exists()
