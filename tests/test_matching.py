"""A streamer's own list: learned from what streamers picked and sold, narrowed by every filter, explained."""

from datetime import timedelta

import pytest
from django.db import transaction

from commissions.orders import sales
from haowu.ground import days
from haowu.tenants.models import Tenant
from haowu.tenants.scope import read_only
from merchants import listing
from streamers import shelf
from streamers.centre import sync
from streamers.centre.filters import FOR_YOU, Filters
from streamers.centre.search import find
from streamers.matching import reading, serving, training
from streamers.models import CategoryPool, Companions, ForYou, Interaction, MatchingPolicy, MatchModel, Profile
from streamers.tasks import train_matching
from tests import build
from tests.browser import NOW
from tests.matches import LAMP, TEA, found, looker, picked, reasons

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


class TestLearning:
    def test_goods_that_three_streamers_have_together_are_companions_and_those_of_two_are_not(self, market, learn):
        model = learn()
        named = {product.pk: code for code, product in market.items()}
        pairs = {
            named[row.product_id]: sorted(named[other] for other in row.others)
            for row in Companions.objects.filter(model=model)
        }
        assert pairs == {"t0": ["t1", "t2"], "t1": ["t0", "t2"], "t2": ["t0", "t1"]}
        assert (model.streamers, model.goods, model.pairs, model.events, model.categories) == (5, 3, 6, 13, 2)

    def test_what_was_sold_and_settled_is_learned_from_once(self, market, learn):
        seller = Tenant.objects.get(code="tea-0")
        by = build.source()
        build.push(by, [build.paid("o1", "2024-06-01 08:00", [build.bought(market["t0"], "tea-0-t0")])])
        build.push(by, [build.event("received", "o1", "2024-06-02 08:00")])
        build.settle("2024-06-10")
        assert (sales.count_settled(), sales.count_settled()) == (1, 0)
        rows = Interaction.objects.values_list("streamer", "product", "kind", "times", "last_on")
        assert list(rows) == [(seller.pk, market["t0"].pk, "sold", 1, build.moment("2024-06-10 12:00").date())]
        assert learn().events == 14

    def test_a_model_that_is_not_whole_is_not_served_and_the_old_one_stays(self, market, mine, learn, monkeypatch):
        old = learn("2024-06-19 05:00")

        def broken(*_arguments):
            raise ZeroDivisionError

        monkeypatch.setattr(training, "_write", broken)
        with pytest.raises(ZeroDivisionError):
            learn()
        assert MatchModel.objects.served().get() == old
        assert [model.status for model in MatchModel.objects.newest_first()] == ["abandoned", "served"]
        assert found(mine)[0] == "t1"

    def test_two_trainings_at_once_are_one_and_a_lost_one_is_given_up(self, market, learn):
        at = build.moment(NOW)
        first = MatchModel.objects.create(day=days.day_of(at), started_at=at, renewed_at=at)
        with pytest.raises(training.MatchingUnderWay):
            learn()
        assert not training.train_once_a_day(at=at)
        assert MatchModel.objects.count() == 1
        MatchModel.objects.filter(pk=first.pk).update(renewed_at=at - timedelta(minutes=11))
        assert learn().pk != first.pk
        assert not MatchModel.objects.filter(pk=first.pk).exists()

    def test_the_task_trains_once_a_day(self, market, clock):
        train_matching()
        (model,) = MatchModel.objects.served()
        train_matching()
        assert list(MatchModel.objects.served()) == [model]
        clock("2024-06-21 05:40")
        train_matching()
        assert MatchModel.objects.served().get().pk > model.pk

    def test_only_the_model_before_is_kept_beside_the_served_one(self, market, mine, learn):
        for day in (17, 18, 19, 20):
            learn(f"2024-06-{day} 05:40")
            found(mine, f"2024-06-{day} 12:00")
        assert [(model.day.day, model.status) for model in MatchModel.objects.newest_first()] == [
            (20, "served"), (19, "replaced")]  # fmt: skip
        known = set(MatchModel.objects.values_list("pk", flat=True))
        for rows in (Companions, CategoryPool, ForYou):
            assert set(rows.objects.values_list("model", flat=True)) <= known


class TestTheList:
    def test_what_goes_with_his_goods_comes_first_then_his_category_then_the_rest(self, market, mine, learn):
        learn()
        assert found(mine)[:2] == ["t1", "t2"]
        assert set(found(mine)[2:5]) == {"t3", "t4", "t5"}
        assert found(mine)[5] == "t0" or found(mine)[5].startswith("l")
        assert sorted(found(mine)) == sorted(market)

    def test_each_reason_is_the_largest_part(self, market, mine, learn):
        learn()
        said = reasons(mine)
        assert said["t1"] == "和你选的「茶具 0 号」常被一起选"
        assert said["l0"] is None
        assert {said["t3"], said["t4"], said["t5"]} <= {"你选过 1 件同类", "少曝光商品的机会位"}

    def test_it_is_the_same_for_a_day_and_his_pick_makes_it_anew(self, market, mine, learn):
        learn()
        before = found(mine)
        assert found(mine) == before
        assert ForYou.objects.count() == 1
        shelf.pick(mine, market["t1"], at=build.moment("2024-06-20 14:01"))
        after = found(mine, "2024-06-20 14:02")
        assert (ForYou.objects.count(), after[0]) == (2, "t2")

    @pytest.mark.parametrize(
        ("filters", "expected"),
        [
            ({"q": "茶具"}, {"t0", "t1", "t2", "t3", "t4", "t5"}),
            ({"category": LAMP}, {"l0", "l1", "l2", "l3", "l4", "l5"}),
            ({"q": "2 号"}, {"t2", "l2"}),
            ({"price_to": 9_999}, set()),
            ({"rate_from": 2000, "category": TEA, "not_on_shelf": True}, {"t1", "t2", "t3", "t4", "t5"}),
        ],
    )
    def test_every_filter_narrows_it(self, market, mine, learn, filters, expected):
        learn()
        answer = found(mine, **filters)
        assert (len(answer), set(answer)) == (len(expected), expected)

    def test_pages_neither_repeat_nor_skip_while_he_picks_and_models_change(self, market, mine, learn, clock):
        learn("2024-06-20 05:40")
        first = find(looker(mine), Filters(sort=FOR_YOU), size=3)
        shelf.pick(mine, market["t2"], at=build.moment("2024-06-20 14:01"))
        learn("2024-06-20 15:00")
        seen, cursor = [card.code for card in first.cards], first.next_cursor
        while cursor:
            page = find(looker(mine, "2024-06-20 16:00"), Filters(sort=FOR_YOU), cursor=cursor, size=3)
            seen += [card.code for card in page.cards]
            cursor = page.next_cursor
        assert (len(seen), set(seen)) == (12, set(market))

    def test_what_is_taken_off_sale_is_gone_at_once(self, market, mine, learn):
        learn()
        assert found(mine)[0] == "t1"
        listing.delist_product(market["t1"], at=build.moment(NOW))
        sync.in_step()
        assert "t1" not in found(mine)

    def test_of_one_with_very_many_goods_the_latest_speak_and_none_is_recommended(
        self, market, mine, learn, monkeypatch
    ):
        picked(mine, market, "t1", at="2024-06-01 12:00")
        monkeypatch.setattr(reading, "MOST_HELD", 1)
        learn()
        named = {product.pk: code for code, product in market.items()}
        listed = [named[product] for product in serving.list_of(mine, build.moment(NOW)).goods]
        assert listed[0] == "t2" and not {"t0", "t1"} & {*listed}
        assert serving.explain(mine, market["t0"].pk, build.moment(NOW)) is None

    def test_a_targeted_rate_is_laid_over_it(self, market, mine, learn):
        build.listed_plan(market["t1"], "item_targeted", {mine: 4000})
        learn()
        sync.in_step()
        (first, *_others) = find(looker(mine), Filters(sort=FOR_YOU), size=3).cards
        assert (first.code, first.bps, first.kind) == ("t1", 4000, "item_targeted")

    def test_without_a_model_or_anything_known_of_him_there_is_none(self, market, learn):
        stranger = build.streamer("s9")
        assert serving.list_of(stranger, build.moment(NOW)) is None
        learn()
        assert serving.list_of(stranger, build.moment(NOW)) is None
        assert sorted(found(stranger)) == sorted(market)

    def test_staff_who_look_through_his_eyes_make_none(self, market, mine, learn):
        learn()
        with transaction.atomic():
            read_only()
            assert serving.list_of(mine, build.moment(NOW)) is None
            transaction.set_rollback(True)
        assert ForYou.objects.count() == 0


class TestBeginning:
    def test_a_streamer_without_goods_begins_with_the_categories_of_his_field(self, market, learn):
        fresh = build.streamer("s9")
        Tenant.objects.filter(pk=fresh.pk).update(field="家用灯饰")
        fresh.refresh_from_db()
        learn()
        assert {code[0] for code in found(fresh)[:6]} == {"l"}
        assert set(reasons(fresh, category=LAMP).values()) <= {"你主营的类目", "少曝光商品的机会位"}

    def test_he_begins_at_the_price_that_streamers_with_as_many_fans_sell_at(self, market, learn):
        Profile.objects.filter(streamer__code__startswith="tea").update(fans=50_000)
        Profile.objects.filter(streamer__code__startswith="lamp").update(fans=500_000)
        model = learn()
        assert (model.small_fen, model.middle_fen, model.large_fen) == (10_000, 0, 0)


class TestLittleExposure:
    def test_two_of_ten_places_are_kept_and_the_policy_says_how_many(self, market, mine, learn):
        learn()
        kept = [place for place, why in enumerate(serving.list_of(mine, build.moment(NOW)).whys) if why >= 9]
        assert kept == [4]
        MatchingPolicy.objects.create(effective_from=build.moment("2024-06-21 00:00"), reserved_of_ten=0)
        tomorrow = serving.list_of(mine, build.moment("2024-06-21 12:00"))
        assert [why for why in tomorrow.whys if why >= 9] == []
