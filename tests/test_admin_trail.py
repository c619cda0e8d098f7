"""What staff write by hand, in forms, stands in the trail: with before and after, and without personal data."""

import pytest
from django.contrib import admin
from django.test import Client

from bases.models import BasePolicy
from commissions.admin.casework import CaseAdmin
from commissions.models import Policy
from haowu.approvals.models import Trail
from haowu.tenants.models import Membership, Tenant, User
from haowu.tenants.recorded_admin import RecordedAdmin
from merchants.models import Category, Shop
from tests import build

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def root() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("root", password=build.PASSWORD))
    return client


def written(kind: str) -> list[tuple]:
    """What came about in the admin; what a test builds before is no part of it."""
    rows = Trail.objects.filter(subject_kind=kind).exclude(actor_kind="command").order_by("pk")
    assert {(row.actor_kind, row.actor, row.acting_for) for row in rows} <= {("user", "root", None)}
    return [(row.act, row.subject, row.before, row.after) for row in rows]


def form_of(client: Client, address: str, **changes) -> dict:
    """What the form at ``address`` holds, and ``changes``."""
    page = client.get(address)
    form = page.context["adminform"].form
    held = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    for inline in page.context["inline_admin_formsets"]:
        formset = inline.formset
        held |= {f"{formset.prefix}-TOTAL_FORMS": 0, f"{formset.prefix}-INITIAL_FORMS": 0}
    return {name: value for name, value in (held | changes).items() if value not in (None, "")}


def test_a_category_says_what_changed_and_nothing_else(root):
    leaf = Category.objects.get(code="uncategorised")
    address = f"/admin/merchants/category/{leaf.pk}/change/"
    root.post(address, form_of(root, address, hold_days=3))
    assert written("category") == [("changed", "uncategorised", {"hold_days": None}, {"hold_days": 3})]
    root.post(address, form_of(root, address))
    assert len(written("category")) == 1


def test_a_shop_is_its_merchants_affair(root):
    shop = Shop.objects.get(merchant=build.merchant("m1"))
    address = f"/admin/merchants/shop/{shop.pk}/change/"
    root.post(address, form_of(root, address, hold_days=15))
    (row,) = written("shop")
    assert row == ("changed", "m1", {"hold_days": None}, {"hold_days": 15})
    assert Trail.objects.get(subject_kind="shop", act="changed").tenant == shop.merchant


def test_a_policy_is_recorded_with_all_its_terms(root):
    address = "/admin/commissions/policy/add/"
    asked = form_of(root, address, tech_bps="8", effective_from_0="2031-01-01", effective_from_1="00:00")
    root.post(
        address, {**asked, "min_withdrawal_fen": "1", "daily_withdrawal_fen": "50000", "checked_above_fen": "5000"}
    )
    made = Policy.objects.latest("pk")
    ((act, subject, before, after),) = written("policy")
    assert (act, subject, before, after["tech_bps"]) == ("created", str(made.pk), {}, 800)


class TestPeople:
    def test_a_membership_is_added_changed_and_removed(self, root):
        shop, user = build.merchant("m1"), User.objects.create_user("lin")
        root.post("/admin/tenants/membership/add/", {"user": user.pk, "tenant": shop.pk, "role": "viewer"})
        made = Membership.objects.get()
        changed = {"user": user.pk, "tenant": shop.pk, "role": "finance"}
        root.post(f"/admin/tenants/membership/{made.pk}/change/", changed)
        root.post(f"/admin/tenants/membership/{made.pk}/delete/", {"post": "yes"})
        assert written("membership") == [
            ("created", "merchant:m1/lin", {}, {"user_id": user.pk, "tenant_id": shop.pk, "role": "viewer"}),
            ("changed", "merchant:m1/lin", {"role": "viewer"}, {"role": "finance"}),
            ("deleted", "merchant:m1/lin", {}, {}),
        ]
        assert set(Trail.objects.filter(subject_kind="membership").values_list("tenant", flat=True)) == {shop.pk}

    def test_a_membership_added_beside_its_tenant_is_recorded_too(self, root):
        shop, user = build.merchant("m1"), User.objects.create_user("lin")
        address = f"/admin/tenants/tenant/{shop.pk}/change/"
        rows = {"membership_set-0-user": user.pk, "membership_set-0-role": "owner", "membership_set-TOTAL_FORMS": 1}
        root.post(address, form_of(root, address, **rows))
        assert written("membership") == [("added", "merchant:m1/lin", {}, {"user_id": user.pk, "role": "owner"})]
        assert written("tenant") == []

    def test_a_buyers_account_is_not_shown(self, root):
        shop = build.merchant("m1")
        address = f"/admin/tenants/tenant/{shop.pk}/change/"
        rows = {"buyer_identities-0-buyer_ref": "13800138000", "buyer_identities-TOTAL_FORMS": 1}
        root.post(address, form_of(root, address, **rows))
        assert written("buyer-identity") == [("added", "merchant:m1", {}, {"buyer_ref": "***"})]

    def test_a_users_rights_are_shown_and_its_mail_and_password_are_not(self, root):
        user = User.objects.create_user("lin", "lin@example.com", "an-older-password-1")
        address = f"/admin/tenants/user/{user.pk}/change/"
        asked = form_of(root, address, email="lin@example.org", is_staff="on", is_active="on")
        joined = {"date_joined_0": "2024-01-01", "date_joined_1": "00:00"}
        root.post(address, {name: value for name, value in asked.items() if name != "is_superuser"} | joined)
        root.post(
            f"/admin/tenants/user/{user.pk}/password/", {"password1": "a-new-word-9x", "password2": "a-new-word-9x"}
        )
        user.refresh_from_db()
        assert user.check_password("a-new-word-9x")
        assert written("user") == [
            ("changed", "lin", {"email": "***", "is_staff": False}, {"email": "***", "is_staff": True}),
            ("changed", "lin", {}, {"password": "***"}),
        ]
        kept = " ".join(str(row) for row in Trail.objects.values_list("before", "after", "reason"))
        assert "example" not in kept and "argon2" not in kept


def test_a_refused_form_writes_nothing(root):
    before = BasePolicy.objects.count()
    root.post("/admin/bases/basepolicy/add/", {"gold_seats": "many"})
    assert (BasePolicy.objects.count(), written("base-policy")) == (before, [])
    assert not Trail.objects.exists()


def test_kinds_of_tenants_stay_as_they_are(root):
    shop = build.merchant("m1")
    address = f"/admin/tenants/tenant/{shop.pk}/change/"
    root.post(address, form_of(root, address, name="山野集"))
    assert written("tenant") == [("changed", "merchant:m1", {"name": "m1"}, {"name": "山野集"})]
    assert Tenant.objects.get(pk=shop.pk).kind == "merchant"


def test_whatever_staff_may_write_by_form_is_recorded(rf):
    """A form of a case opens it by its act, which records itself."""
    request = rf.get("/admin/")
    request.user = User(username="root", is_staff=True, is_superuser=True)
    unrecorded = {
        model.__name__: desk
        for model, desk in admin.site._registry.items()
        if not isinstance(desk, RecordedAdmin | CaseAdmin)
    }
    may = ("has_add_permission", "has_change_permission", "has_delete_permission")
    assert [name for name, desk in unrecorded.items() if any(getattr(desk, each)(request) for each in may)] == []


def test_staff_neither_make_nor_see_tokens_of_the_api(root):
    for model in ("accesstoken", "refreshtoken", "grant", "idtoken"):
        for page in ("", "add/"):
            assert root.get(f"/admin/oauth2_provider/{model}/{page}").status_code == 404
