"""A streamer's own list on pages and in the API; what nobody else learns from it."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from haowu.approvals.models import Trail
from haowu.audit.invariants import run_audit
from haowu.tenants.models import Tenant
from haowu.tenants.scope import enter_scope
from streamers.centre.filters import FOR_YOU
from streamers.matching import serving
from streamers.models import Companions, ForYou, Interaction, MatchingPolicy
from tests import build
from tests.browser import NOW, browser, text, words
from tests.matches import found, picked

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


class TestIsolation:
    def test_nobody_reads_anothers_list_or_sales(self, market, mine, learn):
        learn()
        found(mine)
        other = Tenant.objects.get(code="tea-0")
        Interaction.objects.create(
            streamer=mine, product=market["t0"], kind="sold", times=1, last_on=build.moment(NOW).date()
        )
        with transaction.atomic():
            enter_scope(other.pk)
            assert (ForYou.objects.count(), Interaction.objects.count()) == (0, 0)
            enter_scope(mine.pk)
            assert (ForYou.objects.count(), Interaction.objects.count()) == (1, 1)

    def test_what_one_streamer_sells_changes_nobody_elses_list(self, market, mine, learn):
        learn()
        before = found(mine)
        picked(build.streamer("secret"), market, "t0", "l5")
        learn("2024-06-20 15:00")
        after = found(mine, "2024-06-20 15:01")
        assert after.index("l5") == before.index("l5")


class TestDoors:
    def test_the_front_page_asks_twelve_questions_however_long_the_list(self, market, mine, learn):
        """The client's scope, set and reset, are two more, of the test."""
        learn()
        client = browser(mine)
        client.get("/selection/")
        with CaptureQueriesContext(connection) as asked:
            page = client.get("/selection/")
        assert page.context["sort"].key == FOR_YOU
        assert len(asked) - 2 <= 12

    def test_the_front_page_is_for_him_and_says_why(self, market, mine, learn):
        learn()
        page = browser(mine).get("/selection/")
        assert [card.code for card in page.context["rows"]][:2] == ["t1", "t2"]
        assert "为什么给我看这些" in words(page) and "和你选的「茶具 0 号」常被一起选" in words(page)
        assert [card.code for card in browser(mine).get("/selection/?sort=best").context["rows"]][:2] != ["t1", "t2"]

    def test_the_front_page_of_one_nothing_is_known_of_is_as_before(self, market, learn):
        page = browser(build.streamer("s9")).get("/selection/")
        assert page.context["sort"].key == "best"
        assert "为你推荐" not in [str(label) for label, _query, _here in page.context["tabs"]]

    def test_the_parts_of_a_match_are_shown_and_add_up(self, market, mine, learn):
        learn()
        page = browser(mine).get(f"/selection/{market['t1'].public_id}/why/")
        assert "今天为你排在第 1 位" in words(page)
        assert sum(part.percent for part in page.context["parts"]) == 100
        explained, listed = page.context["explained"], serving.list_of(mine, build.moment(NOW))
        assert explained.score == listed.scores[0] == explained.parts.total
        part = browser(mine).get(f"/selection/{market['t1'].public_id}/why/", headers={"HX-Request": "true"})
        assert "<html" not in text(part)

    def test_what_his_list_is_made_of_is_shown(self, market, mine, learn):
        learn()
        page = words(browser(mine).get("/selection/for-you/"))
        for said in ("按你的 1 件商品来排", "¥100.00", "茶具", "每十个位置留 2 个"):
            assert said in page

    def test_the_api_gives_the_same_order_with_reasons_page_by_page(self, market, mine, learn, calling):
        learn()
        first = calling(mine).get("/selection", {"sort": "for_you", "page_size": 5}).json()
        assert [row["product"]["code"] for row in first["results"]] == found(mine)[:5]
        assert first["results"][0]["why"] == {"code": "together", "text": "和你选的「茶具 0 号」常被一起选"}
        cursor = parse_qs(urlsplit(first["next"]).query)["cursor"][0]
        second = calling(mine).get("/selection", {"sort": "for_you", "page_size": 5, "cursor": cursor}).json()
        assert [row["product"]["code"] for row in second["results"]] == found(mine)[5:10]
        refused = calling(mine).get("/selection", {"sort": "sales", "cursor": cursor})
        assert refused.status_code == 400

    def test_staff_publish_a_policy_and_the_trail_says_so(self, market):
        staff = Client()
        staff.force_login(build.staff())
        asked = {"effective_from_0": "2024-07-01", "effective_from_1": "00:00", "reserved_of_ten": 3, "quiet_sales": 5}
        answer = staff.post("/admin/streamers/matchingpolicy/add/", asked)
        assert answer.status_code == 302, text(answer)
        policy = MatchingPolicy.objects.in_force(build.moment("2024-07-01 00:00"))
        assert (policy.reserved_of_ten, policy.quiet_sales) == (3, 5)
        (row,) = Trail.objects.filter(subject_kind="matching-policy")
        assert row.after["reserved_of_ten"] == 3
        too_many = staff.post("/admin/streamers/matchingpolicy/add/", asked | {"reserved_of_ten": 6})
        assert too_many.status_code == 200 and MatchingPolicy.objects.count() == 2

    def test_english_pages_leave_no_chinese(self, market, mine, learn):
        learn()
        page = words(browser(mine, language="en").get("/selection/for-you/"))
        assert "Why am I shown these" in page


def test_the_audit_notices_a_model_that_is_not_whole(market, mine, learn):
    learn()
    found(mine)
    assert [finding.code for finding in run_audit() if finding.code.startswith("I23") and not finding.holds] == []
    Companions.objects.filter(product_id=market["t0"].pk).delete()
    assert [finding.code for finding in run_audit() if not finding.holds] == ["I23"]
