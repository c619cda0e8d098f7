"""Views of lists that a member keeps, and the columns that he wants to see."""

import pytest

from haowu.tenants import saved_views
from haowu.tenants.models import SavedView
from tests import build
from tests.browser import browser, shown_messages, text, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def shop():
    return build.merchant("m1", name="山野集")


def keep(client, name, query="view=off&q=tea&after=x", page="products"):
    return client.post("/views/new/", {"page": page, "name": name, "query": query}, follow=True)


class TestViews:
    def test_a_view_is_kept_opened_renamed_and_removed(self, shop):
        client = browser(shop)
        page = keep(client, "茶器主推")
        assert page.redirect_chain == [("/products/?q=tea&view=off", 302)]
        assert shown_messages(page) == ["已存为视图「茶器主推」。"]
        assert 'href="?q=tea&amp;view=off"' in text(page)
        view = SavedView.objects.get()
        assert (view.page, view.name, view.query) == ("products", "茶器主推", "q=tea&view=off")
        client.post(f"/views/{view.public_id}/name/", {"name": "茶器"})
        assert "茶器" in words(client.get("/views/")) and "茶器主推" not in words(client.get("/views/"))
        client.post(f"/views/{view.public_id}/removal/")
        assert not SavedView.objects.exists()

    def test_the_view_that_is_open_is_marked(self, shop):
        client = browser(shop)
        keep(client, "茶器")
        assert [each.is_here for each in client.get("/products/?view=off&q=tea").context["saved"]] == [True]
        assert [each.is_here for each in client.get("/products/?view=off").context["saved"]] == [False]

    def test_a_view_is_its_members_own(self, shop):
        mine, colleague = browser(shop), browser(shop)
        keep(mine, "茶器")
        assert list(colleague.get("/products/").context["saved"]) == []
        address = f"/views/{SavedView.objects.get().public_id}/removal/"
        assert colleague.post(address).status_code == 404
        assert browser(build.merchant("m2")).post(address).status_code == 404
        assert SavedView.objects.count() == 1

    def test_a_name_stands_once_in_a_list_and_twenty_are_the_most(self, shop):
        client = browser(shop, "viewer")
        keep(client, "v0"), keep(client, "v0", page="orders")
        assert shown_messages(keep(client, "v0")) == ["你已有名为「v0」的视图。请换一个名称，或先删除原来的。"]
        for number in range(1, 20):
            keep(client, f"v{number}")
        assert shown_messages(keep(client, "v20")) == ["一个列表最多存 20 个视图。请先删除一个。"]
        assert SavedView.objects.filter(page="products").count() == 20
        last = SavedView.objects.get(page="products", name="v1")
        renamed = client.post(f"/views/{last.public_id}/name/", {"name": "v0"}, follow=True)
        assert shown_messages(renamed) == ["你已有名为「v0」的视图。请换一个名称，或先删除原来的。"]
        assert SavedView.objects.get(pk=last.pk).name == "v1"

    def test_what_cannot_be_a_view_is_kept_nowhere(self, shop):
        client = browser(shop)
        assert client.post("/views/new/", {"page": "sign-in", "name": "x"}).status_code == 404
        assert client.post("/views/new/", {"page": "no\x00where", "name": "x"}).status_code == 404
        keep(client, ""), keep(client, "x" * 33), keep(client, "a\x00b"), keep(client, "x", query="q=" + "y" * 2000)
        assert not SavedView.objects.exists()

    def test_the_same_filters_are_the_same_text(self):
        assert saved_views.canonical("?b=2&a=1&c=&after=xy") == "a=1&b=2"
        assert saved_views.canonical("a=1&b=2&file=csv") == "a=1&b=2"


class TestOfStreamers:
    def test_a_streamer_saves_the_filters_of_the_selection_centre_and_finds_them_in_the_sheet(self):
        client = browser(build.streamer("s1"))
        kept = client.post(
            "/views/new/", {"page": "selection", "name": "高佣茶具", "query": "rate_from=20&q=tea"}, follow=True
        )
        assert kept.redirect_chain == [("/selection/?q=tea&rate_from=20", 302)]
        assert 'href="/selection/?q=tea&amp;rate_from=20"' in text(client.get("/selection/filters/"))
        assert "高佣茶具" in words(client.get("/views/"))
        assert client.post("/views/columns/", {"page": "selection", "columns": "x"}).status_code == 404


class TestColumns:
    def choose(self, client, page, *columns, **more):
        return client.post("/views/columns/", {"page": page, "columns": columns, **more}, follow=True)

    def test_a_member_sees_the_columns_that_he_chose_and_his_colleague_the_usual_ones(self, shop):
        build.product(shop, "p1")
        mine, colleague = browser(shop), browser(shop)
        page = self.choose(mine, "products", "price", "category")
        assert page.context["shown"] == ["price", "category"]
        heads = words(page)
        assert "类目" in heads and "30 天销量" not in text(page).split("<tbody>")[0].split("<thead>")[1]
        assert colleague.get("/products/").context["shown"] == [
            "price", "rate", "net", "sales", "pickers", "stock", "exposure", "status"
        ]  # fmt: skip
        back = self.choose(mine, "products", usual="1")
        assert back.context["shown"] == colleague.get("/products/").context["shown"]

    def test_orders_and_statements_have_columns_too_and_the_filter_stays(self, shop):
        client = browser(shop)
        page = self.choose(client, "orders", "net", query="status=paid")
        assert page.redirect_chain == [("/orders/?status=paid", 302)] and page.context["shown"] == ["net"]
        assert self.choose(client, "statements", "closing", "no-such").context["shown"] == ["closing"]
