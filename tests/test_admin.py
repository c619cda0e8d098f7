"""Staff's admin: runs, orders and the ledger are looked at and never written, by nobody; policies are added."""

import re

import pytest
from django.test import Client

from commissions.admin import policy
from commissions.models import OrderLine, Policy, Run, Settlement, Shard, TopUp
from haowu.ledger.models import Account, DailyBalance, Posting
from haowu.tenants.models import User
from tests import build
from tests.browser import text, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
LOOKED_AT = [Shard, Settlement, OrderLine, Account, Posting, DailyBalance]


@pytest.fixture
def staff() -> Client:
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(User.objects.create_superuser("staff", password=build.PASSWORD))
    return client


@pytest.fixture
def night() -> Run:
    merchant, streamer = build.merchant("m1", name="山野集"), build.streamer("s1", name="小禾")
    product = build.product(merchant, "p1")
    build.normal_plan(product, 2000)
    build.pick(streamer, product, "x1")
    source = build.source("shop")
    build.push(source, [build.paid("o1", "2024-06-01 10:00", [build.bought(product, "x1")])])
    build.push(source, [build.event("received", "o1", "2024-06-02 10:00")])
    return build.settle("2024-06-10")


def address(model, place: str = "") -> str:
    return f"/admin/{model._meta.app_label}/{model._meta.model_name}/{place}"


def test_a_night_is_a_page_of_checks_roles_and_shards_and_holds_no_json(staff, night):
    page = words(staff.get(address(Run, f"{night.pk}/change/")))
    for shown in (
        "结了 1 行，4 项核对都过，已关账", "账平", "各分片行数之和 = 明细行数", "1 + 0 = 1", "商家支出 = 各方所得",
        "¥20.00 = ¥20.00", "清分过渡账户归零", "没有人动过，自己走完的。", night.checksum[:16],
    ):  # fmt: skip
        assert shown in page
    assert re.search(r"达人\s*¥20.00\s*¥2.00\s*¥18.00\s*¥0.00\s*¥18.00", page)
    assert "merchant_cost_fen" not in page


def test_the_ledger_explorer_shows_yuan_and_names(staff, night):
    page = text(staff.get(address(Posting)))
    for shown in ("¥20.00", "¥2.00", "佣金", "技术服务费", "小禾", "山野集"):
        assert shown in page


@pytest.mark.parametrize("model", LOOKED_AT, ids=lambda model: model.__name__)
def test_not_even_a_superuser_may_add_change_or_delete(staff, night, model):
    row = model.objects.order_by("pk").first()
    before = list(model.objects.order_by("pk").values())
    assert staff.get(address(model)).status_code == 200
    assert staff.get(address(model, f"{row.pk}/change/")).status_code == 200
    assert staff.get(address(model, "add/")).status_code == 403
    assert staff.post(address(model, "add/"), {}).status_code == 403
    assert staff.post(address(model, f"{row.pk}/change/"), {}).status_code == 403
    assert staff.post(address(model, f"{row.pk}/delete/"), {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    staff.post(address(model), chosen)
    assert list(model.objects.order_by("pk").values()) == before


class TestPolicy:
    ALL = {
        "tech_bps": "8",
        "hold_days": "10",
        "reserve_bps": "2.5",
        "reserve_days": "30",
        "return_tech_fee": "on",
        "min_withdrawal_fen": "2.00",
        "daily_withdrawal_fen": "200000.00",
        "checked_above_fen": "5000.00",
        "note": "大促",
        "effective_from_1": "00:00:00",
    }

    def test_a_version_is_added_for_the_future_with_every_switch(self, staff):
        refused = staff.post(address(Policy, "add/"), self.ALL | {"effective_from_0": "2024-06-20"})
        assert "新版本只能从现在或以后生效。" in text(refused)
        assert Policy.objects.count() == 1
        staff.post(address(Policy, "add/"), self.ALL | {"effective_from_0": "2024-07-01"})
        added = Policy.objects.latest("pk")
        said = {name: getattr(added, name) for name in policy.SWITCHES}
        assert said == {
            "effective_from": build.moment("2024-07-01 00:00"),
            "tech_bps": 800,
            "hold_days": 10,
            "return_tech_fee": True,
            "front_clawbacks": False,
            "subsidy_in_base": False,
            "reserve_bps": 250,
            "reserve_days": 30,
            "min_withdrawal_fen": 200,
            "daily_withdrawal_fen": 20_000_000,
            "checked_above_fen": 500_000,
            "note": "大促",
        }

    def test_no_field_of_the_model_is_missing_from_the_form(self, staff):
        page = text(staff.get(address(Policy, "add/")))
        names = {field.name for field in Policy._meta.fields} - {"id", "created_at", "effective_from"}
        assert [name for name in names if f'name="{name}"' not in page] == []

    def test_what_nobody_touches_is_carried_forward_from_the_last_version(self, staff):
        """Also from one that was announced and has not begun, so that the next one does not undo it in silence."""
        build.policy(front_clawbacks=True, checked_above_fen=12_345, tech_bps=1250)
        form = staff.get(address(Policy, "add/")).context["adminform"].form
        assert [form[name].value() for name in ("front_clawbacks", "checked_above_fen", "tech_bps")] == [
            True,
            "123.45",
            "12.5",
        ]
        Policy.objects.create(effective_from=build.moment("2024-08-01 00:00"), hold_days=3, note="八月")
        form = staff.get(address(Policy, "add/")).context["adminform"].form
        assert (form["hold_days"].value(), form["tech_bps"].value(), form["note"].value()) == (3, "10", None)

    def test_a_version_is_changed_until_it_begins_and_never_after(self, staff, clock):
        first = Policy.objects.get()
        coming = Policy.objects.create(effective_from=build.moment("2024-07-01 00:00"))
        changed = self.ALL | {"effective_from_0": "2024-07-02", "hold_days": "12"}
        staff.post(address(Policy, f"{coming.pk}/change/"), changed)
        coming.refresh_from_db()
        assert (coming.hold_days, coming.effective_from) == (12, build.moment("2024-07-02 00:00"))
        clock("2024-07-02 00:00")
        for begun in (first, coming):
            assert staff.post(address(Policy, f"{begun.pk}/change/"), changed | {"hold_days": "1"}).status_code == 403
            assert staff.post(address(Policy, f"{begun.pk}/delete/"), {"post": "yes"}).status_code == 403
        assert list(Policy.objects.order_by("pk").values_list("hold_days", flat=True)) == [7, 12]
        assert "生效中" in text(staff.get(address(Policy)))


class TestTopUps:
    FORM = {"merchant": "m1", "number": "CMB-0001", "amount": "250.00"}

    def approve(self, by) -> str:
        chosen = TopUp.objects.values_list("pk", flat=True)
        asked = {"action": "approve", "_selected_action": list(chosen)}
        return text(by.post(address(TopUp), asked, follow=True))

    def test_one_books_what_came_in_when_another_agrees_and_a_second_time_changes_nothing(self, staff, night):
        for _ in range(2):
            assert staff.post(address(TopUp, "add/"), self.FORM).status_code == 302
        (asked,) = TopUp.objects.all()
        assert (asked.amount_fen, asked.to_account.owner.code, asked.to_account.kind) == (25_000, "m1", "funding")
        self.approve(staff)
        assert Account.objects.get(owner__code="m1", kind="funding").balance_fen == 0
        another = Client()
        another.force_login(User.objects.create_superuser("another"))
        for _ in range(2):
            self.approve(another)
        assert Account.objects.get(owner__code="m1", kind="funding").balance_fen == 25_000
        assert "¥250.00" in text(staff.get(address(TopUp)))

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"merchant": "nobody"}, "没有编号为「nobody」的商家"),
            ({"amount": "0"}, "充值金额须大于 0"),
            ({"amount": "1"}, "已入账，或正在等待复核"),
        ],
    )
    def test_what_cannot_be_is_refused_in_words_and_books_nothing(self, staff, night, changes, said):
        staff.post(address(TopUp, "add/"), self.FORM)
        before = list(Posting.objects.values())
        page = text(staff.post(address(TopUp, "add/"), self.FORM | changes, follow=True))
        assert said in page and 'value="CMB-0001"' in page
        assert list(Posting.objects.values()) == before

    def test_one_that_is_booked_is_not_edited(self, staff, night):
        staff.post(address(TopUp, "add/"), self.FORM)
        booked = TopUp.objects.get()
        assert staff.post(address(TopUp, f"{booked.pk}/change/"), self.FORM).status_code == 403
        assert staff.post(address(TopUp, f"{booked.pk}/delete/"), {"post": "yes"}).status_code == 403


def test_members_of_tenants_are_no_staff(client, night):
    client.force_login(build.member(Account.objects.filter(owner__code="m1")[0].owner))
    assert client.get(address(Run)).url == f"/admin/login/?next={address(Run)}"


def test_every_page_of_the_admin_opens(staff, night):
    """The lists, and for each the form that adds to it and the page of its first row; whatever they link to as well."""
    models = [model for app in staff.get("/admin/lists/").context["app_list"] for model in app["models"]]
    assert len(models) >= 40
    for model in models:
        row = model["model"].objects.order_by("pk").first()
        pages = [model["admin_url"], *([f"{model['admin_url']}{row.pk}/change/"] if row else [])]
        for page in pages:
            answer = staff.get(page)
            assert answer.status_code == 200, page
            for link in re.findall(r'href="(/admin/r/[^"]+)"', answer.content.decode()):
                assert staff.get(link).status_code == 302, link
