"""Founding a base: what a leader hands in, and the queues in which staff decide."""

import pytest

from bases import founding, introducing
from bases.models import (
    Application,
    Base,
    Booking,
    BrandedProduct,
    Consent,
    Feed,
    Introduction,
    PullSource,
    QuarantinedRow,
    Room,
    Stock,
)
from tests import build
from tests.bases import AT, authorised, base, feed, introduced, stock_of
from tests.browser import NOW, browser, text
from tests.quarters import golden
from tuanzhang.models import QuarterLevel

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
TODAY = build.moment(NOW)


def row(sku: str, quantity: int, price: int = 1_000) -> tuple:
    return ("m1", "p1", sku, price, quantity)


@pytest.fixture
def made() -> Base:
    build.merchant("m1", name="山野集")
    return base("b1", name="临沂基地", agreed_by=["m1"])


class TestFounding:
    def form(self, **changes: str) -> dict[str, str]:
        papers = {"papers-TOTAL_FORMS": "3", "papers-INITIAL_FORMS": "0", "papers-2-kind": ""}
        for number, kind in enumerate(("licence", "property")):
            for name, value in (
                ("kind", kind),
                ("number", f"N{number}"),
                ("valid_from", "2020-01-01"),
                ("valid_to", "2030-01-01"),
            ):
                papers[f"papers-{number}-{name}"] = value
        site = {"name": "临沂基地", "level": "gold", "city": "linyi", "address": "兰山区", "live_rooms": "2"}
        return site | {"guides": "3", "property_sqm": "900"} | papers | changes

    def test_a_gold_leader_applies_and_reads_how_it_stands(self):
        leader = golden(build.tenant("tuanzhang", "g"))
        client = browser(leader)
        assert "全国 10 个名额，已用 0 个" in text(client.get("/bases/founding/"))
        assert "审核中" in text(client.post("/bases/founding/", self.form(), follow=True))
        asked = Application.objects.get()
        assert (asked.city, asked.documents.count()) == ("linyi", 2)
        founding.send_back(asked, "请补充消防验收", by=None, at=TODAY)
        assert "请补充消防验收" in text(client.get("/bases/founding/"))
        client.post("/bases/founding/", self.form(guides="9"))
        asked.refresh_from_db()
        assert (asked.status, asked.guides) == ("submitted", 9)

    def test_gold_holds_for_the_quarter_after(self, clock):
        client = browser(golden(build.tenant("tuanzhang", "g")))
        for day, is_gold in (("2024-03-31", False), ("2024-04-01", True), ("2024-06-30", True), ("2024-07-01", False)):
            clock(f"{day} 12:00")
            assert ("需要金牌团长" not in text(client.get("/bases/founding/"))) == is_gold, day

    def test_a_revision_after_an_appeal_is_what_counts(self):
        leader = golden(build.tenant("tuanzhang", "g"))
        known = QuarterLevel.objects.get()
        known.pk, known.revision, known.level, known.reason = None, 1, "silver", "复核"
        known.save()
        assert "需要金牌团长" in text(browser(leader).get("/bases/founding/"))

    def test_others_are_told_what_it_takes(self):
        client = browser(build.tenant("tuanzhang", "s"))
        assert "需要金牌团长" in text(client.get("/bases/founding/"))
        assert "须为本季金牌团长" in text(client.post("/bases/founding/", self.form()))
        assert not Application.objects.exists()
        assert browser(build.merchant()).get("/bases/founding/").status_code == 404

    def test_a_paper_that_is_missing_is_named(self):
        blank = {f"papers-1-{name}": "" for name in ("kind", "number", "valid_from", "valid_to")}
        page = text(browser(golden(build.tenant("tuanzhang", "g"))).post("/bases/founding/", self.form(**blank)))
        assert "缺少在有效期内的「房产证或租赁合同」" in page
        assert not Application.objects.exists()


class TestStaff:
    @pytest.fixture
    def staff(self):
        from django.test import Client

        from haowu.tenants.models import User

        client = Client(headers={"accept-language": "zh-hans"})
        client.force_login(User.objects.create_superuser("staff", password=build.PASSWORD))
        return client

    def act(self, client, model, action: str, *rows, **facts):
        address = f"/admin/bases/{model._meta.model_name}/"
        return client.post(address, {"action": action, "_selected_action": [r.pk for r in rows]} | facts, follow=True)

    def test_the_queue_of_applications_founds_bases(self, staff):
        from tests.bases import application

        first, second = application(name="一号"), application(name="二号")
        assert "请在「基地编号」里填写" in text(self.act(staff, Application, "approve", first))
        self.act(staff, Application, "approve", first, code="b1")
        self.act(staff, Application, "refuse", second, reason="场地太小")
        assert [(each.status, each.reason) for each in Application.objects.order_by("pk")] == [
            ("approved", ""), ("refused", "场地太小"),
        ]  # fmt: skip
        made = Base.objects.get()
        assert made.base.code == "b1"
        assert "请写明原因" in text(self.act(staff, Base, "close", made))
        self.act(staff, Base, "close", made, reason="停业")
        made.refresh_from_db()
        assert made.status == "closed"

    def test_brands_feeds_and_rows_are_decided(self, staff, made):
        wish = introducing.introduce(made.base, authorised("安克"), at=AT)
        self.act(staff, Introduction, "accept", wish)
        feed(made, 1, [row("a", 5)], at=TODAY)
        feed(made, 2, [row("a", 6, 9_000)], at=TODAY)
        self.act(staff, QuarantinedRow, "accept", QuarantinedRow.objects.get())
        wish.refresh_from_db()
        assert (wish.status, stock_of(made)) == ("accepted", {"a": (9_000, 6)})

    def test_the_document_of_a_duplicate_is_accepted_and_what_is_none_is_named(self, staff, made):
        introduced(base("b2"), ["安克"])
        (duplicate,) = introduced(made, ["安克"])
        waiting = introducing.introduce(made.base, authorised("小米"), at=AT)
        page = text(self.act(staff, Introduction, "authorise", duplicate, waiting))
        assert "已处理 1 项" in page and "小米 · 临沂基地" in page
        for each, status in ((duplicate, "authorised"), (waiting, "submitted")):
            each.refresh_from_db()
            assert each.status == status
        assert duplicate.decided_by.username == "staff"

    def test_consents_are_looked_at_and_never_written(self, staff, made):
        (consent,) = Consent.objects.all()
        page = text(staff.get("/admin/bases/consent/"))
        assert "山野集" in page and "临沂基地" in page
        assert staff.get("/admin/bases/consent/add/").status_code == 403
        facts = {"begins_at_0": "2030-01-01", "begins_at_1": "00:00"}
        assert staff.post(f"/admin/bases/consent/{consent.pk}/change/", facts).status_code == 403
        assert staff.post(f"/admin/bases/consent/{consent.pk}/delete/", {"post": "yes"}).status_code == 403
        assert list(Consent.objects.values_list("pk", "begins_at")) == [(consent.pk, consent.begins_at)]

    @pytest.mark.parametrize(
        "model",
        [
            Application, Base, BrandedProduct, Consent, Introduction, Feed, QuarantinedRow, Stock, Room, Booking,
            PullSource,
        ],
    )  # fmt: skip
    def test_every_queue_opens(self, staff, made, model):
        feed(made, 1, [row("a", 5), row("b", -1)], at=TODAY)
        assert staff.get(f"/admin/bases/{model._meta.model_name}/").status_code == 200
        assert staff.get("/admin/bases/basepolicy/add/").status_code == 200
