"""What changes on a shelf: what is said, what has to be decided, many goods taken off at once."""

import pytest

from haowu.tenants.models import Tenant
from merchants import listing, plans
from merchants.models import Plan, Product, Shop, Sku
from streamers.changes import changes_of, to_decide
from streamers.models import Pick
from streamers.selection import Card, cards, open_to
from tests import build
from tests.browser import NOW, browser, shown_messages, text, words
from tuanzhang import activities
from tuanzhang.models import Activity

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
AT = build.moment(NOW)
MIDNIGHT = build.moment("2024-06-21 00:00")
URGENT = {"gone", "hidden", "kept", "nothing", "sold_out"}


@pytest.fixture
def merchant() -> Tenant:
    return build.merchant("m1", name="山野集")


@pytest.fixture
def streamer() -> Tenant:
    return build.streamer("s1", name="小禾")


def picked(by: Tenant, of: Tenant, code: str, bps: int = 2000, **how) -> Product:
    """On the shelf of ``by``, under a normal plan."""
    product = build.product(of, code)
    build.normal_plan(product, bps)
    build.pick(by, product, **how)
    return product


def dressed(streamer: Tenant) -> list[Card]:
    return cards(streamer, list(open_to(streamer).filter(picks__streamer=streamer)), AT, 1000)


def kinds(streamer: Tenant) -> dict[str, str]:
    changes = changes_of(dressed(streamer), AT).values()
    return {change.card.product.code: change.kind.value for change in changes}


@pytest.fixture
def mixed(merchant, streamer) -> Tenant:
    """A shelf with one good of every kind of change, and some that only look as if they changed."""
    other, closed = build.streamer("s2"), build.merchant("m2")
    lead = build.leader("l1", name="领头羊")
    normal, ending = build.activity(lead), build.activity(lead, ends_at=MIDNIGHT)
    later = build.activity(lead, title="周末专场", ends_at=build.moment("2024-06-23 00:00"))
    goods = {code: picked(streamer, merchant, code) for code in ("falls", "rises", "gone", "kept", "same", "empty")}
    picked(streamer, closed, "suspended")
    Shop.objects.filter(merchant=closed).update(suspended_at=AT)
    plans.set_rate(Plan.objects.get(product=goods["falls"]), 1500, at=AT)
    plans.set_rate(Plan.objects.get(product=goods["rises"]), 2500, at=AT)
    listing.delist_product(goods["gone"], at=AT)
    build.listed_plan(goods["kept"], "exclusive", {other: 2000}, AT)
    Sku.objects.filter(product=goods["empty"]).update(stock=0)
    nothing = picked(streamer, merchant, "nothing")
    Plan.objects.filter(product=nothing).update(ends_at=AT)
    for code, activity in (("through", normal), ("over-tonight", ending), ("over-later", later)):
        product = build.product(merchant, code)
        build.normal_plan(product, 1000)
        build.enrolled(product, activity, 2800)
        build.pick(streamer, product, activity=activity)
    listed = picked(streamer, merchant, "listed-falls")
    plan = build.listed_plan(listed, "item_targeted", {streamer: 1800})
    plans.set_rate(plan, 1700, at=AT, streamer=streamer)
    beside = picked(streamer, merchant, "normal-falls-beside")
    build.listed_plan(beside, "item_targeted", {streamer: 1800})
    plans.set_rate(Plan.objects.get(product=beside, type="normal"), 500, at=AT)
    build.listed_plan(picked(streamer, merchant, "kept-tonight"), "exclusive", {other: 2000}, MIDNIGHT)
    return streamer


def test_every_kind_of_change_is_distinguished(mixed):
    assert kinds(mixed) == {
        "falls": "falls",
        "gone": "gone",
        "suspended": "gone",
        "kept": "kept",
        "empty": "sold_out",
        "nothing": "nothing",
        "over-tonight": "replaced",
        "over-later": "replaced",
        "listed-falls": "falls",
        "kept-tonight": "kept_soon",
    }


def test_what_is_to_decide_in_sql_is_what_changes_before_tomorrow(mixed):
    changes = changes_of(dressed(mixed), AT).values()
    assert {each.card.product.code for each in changes if each.is_to_decide} == set(
        to_decide(mixed, AT).values_list("code", flat=True)
    )
    soon = [each for each in changes if each.kind in URGENT or (each.turn and each.turn.at <= MIDNIGHT)]
    expected = {each.card.product.code for each in soon}
    assert "over-later" not in expected
    assert set(to_decide(mixed, AT).values_list("code", flat=True)) == expected


def test_an_activity_that_ends_within_the_week_is_said_in_the_row_with_what_follows(mixed):
    page = browser(mixed).get("/shelf/")
    (row,) = [row.change for row in page.context["rows"] if row.card.product.code == "over-later"]
    assert (row.kind, row.turn.at, row.new_bps) == ("replaced", build.moment("2024-06-23 00:00"), 1000)
    assert (row.activity.title, str(row.follows), row.new_net_fen) == ("周末专场", "普通计划", 900)
    assert "活动到期" in words(page) and "6/23 00:00" in words(page)


def test_a_leader_who_closed_early_is_said_with_the_rate_that_speaks_since(mixed):
    activities.close(Activity.objects.get(title="周末专场"), at=AT)
    page = browser(mixed).get("/shelf/")
    (row,) = [(row.card, row.change) for row in page.context["rows"] if row.card.product.code == "over-later"]
    assert (row[0].bps, row[1].kind, row[1].activity.title) == (1000, "over", "周末专场")
    assert "团长提前结束了活动" in words(page)


def test_the_menu_counts_what_is_to_decide_and_counts_anew_after_an_act(
    merchant, streamer, django_capture_on_commit_callbacks
):
    product = picked(streamer, merchant, "falls")
    picked(streamer, merchant, "same")
    plans.set_rate(Plan.objects.get(product=product), 1500, at=AT)
    client = browser(streamer)
    assert "有 1 项变动" in words(client.get("/selection/"))
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/selection/{product.public_id}/unpick/")
    assert "项变动" not in words(client.get("/selection/"))


class TestMany:
    def test_ticked_goods_leave_the_shelf_and_each_of_the_others_says_why(self, merchant, streamer):
        goods = [picked(streamer, merchant, f"p{number}") for number in range(4)]
        client = browser(streamer)
        client.post(f"/selection/{goods[0].public_id}/unpick/")
        ids = [product.public_id for product in goods[:3]]
        page = client.post("/shelf/removal/", {"product": ids}, follow=True)
        assert shown_messages(page)[-2:] == ["2 款已移出货架。分享出去的链接仍然计佣。", "p0：该商品不在货架上。"]
        assert list(Pick.objects.on_shelf().values_list("product__code", flat=True)) == ["p3"]
        assert set(Pick.objects.filter(unpicked_at=AT).values_list("product__code", flat=True)) == {"p0", "p1", "p2"}

    def test_more_than_fifty_are_refused_and_nothing_leaves(self, merchant, streamer):
        product = picked(streamer, merchant, "p")
        ids = [product.public_id] + [f"unknown-{number}" for number in range(50)]
        page = browser(streamer).post("/shelf/removal/", {"product": ids}, follow=True)
        assert shown_messages(page) == ["一次最多处理 50 款。请分几次选。"]
        assert Pick.objects.on_shelf().count() == 1

    def test_anothers_goods_and_none_at_all_change_nothing(self, merchant, streamer):
        product = picked(streamer, merchant, "p")
        other = browser(build.streamer("s2"))
        other.post("/shelf/removal/", {"product": [product.public_id]})
        assert Pick.objects.get().unpicked_at is None
        assert shown_messages(other.post("/shelf/removal/", follow=True))[-1] == "请至少选一项。"

    def test_who_may_only_look_takes_nothing_off(self, merchant, streamer):
        product = picked(streamer, merchant, "p")
        client = browser(streamer, "viewer")
        assert client.post("/shelf/removal/", {"product": [product.public_id]}).status_code == 403
        assert 'id="batch"' not in text(client.get("/shelf/"))
        assert Pick.objects.get().unpicked_at is None


class TestInPlace:
    def pick(self, streamer: Tenant, product: Product, **posted: str):
        path = f"/selection/{product.public_id}/pick/"
        return browser(streamer).post(path, posted, headers={"hx-request": "true"})

    def test_the_answer_is_the_card_as_it_is_now(self, merchant, streamer):
        product = build.product(merchant, "nut")
        build.normal_plan(product, 2000)
        card = text(self.pick(streamer, product))
        assert card.lstrip().startswith("<li") and f'id="good-{product.public_id}"' in card
        assert "已在货架" in card and "¥<b>18</b>.00" in card
        assert Pick.objects.get().product == product

    def test_a_refusal_stands_on_the_card_and_nothing_is_picked(self, merchant, streamer):
        product = build.product(merchant, "nut")
        build.listed_plan(product, "exclusive", {build.streamer("s2"): 2000})
        card = text(self.pick(streamer, product))
        assert "「nut」正由商家指定的达人独家推广，名单外不能选入。" in card
        assert not Pick.objects.exists()


def codes(changes) -> set[str]:
    return {change.card.product.code for change in changes}


def test_a_large_shelf_says_the_same_page_by_page(mixed, merchant, monkeypatch):
    """What is to decide is then asked of the database rather than found among the cards."""
    client = browser(mixed)
    whole = client.get("/shelf/").context
    monkeypatch.setattr("streamers.shelf_page.WHOLE", 3)
    monkeypatch.setattr("streamers.shelf_page.PAGE_SIZE", 2)
    first = client.get("/shelf/").context
    assert {each.card.product.code for each in first["changes"]} == {
        each.card.product.code for each in whole["changes"]
    }
    shown, page = [], first
    while True:
        shown += [row.card.product.code for row in page["rows"]]
        assert (page["on_shelf"], page["total"]) == (whole["on_shelf"], whole["total"])
        if not page["next_cursor"]:
            break
        page = client.get("/shelf/", {"after": page["next_cursor"]}).context
    assert shown == [row.card.product.code for row in whole["rows"]]


def test_what_is_to_decide_no_more_within_the_minute_stands_in_the_rows_of_a_large_shelf(mixed, monkeypatch):
    monkeypatch.setattr("streamers.shelf_page.WHOLE", 3)
    client = browser(mixed)
    assert "empty" in codes(client.get("/shelf/").context["changes"])
    Sku.objects.filter(product__code="empty").update(stock=5)
    page = client.get("/shelf/").context
    assert "empty" not in codes(page["changes"])
    assert [row.card.product.code for row in page["rows"]].count("empty") == 1
